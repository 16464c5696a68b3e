"""Bilinear maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.core.dtypes import c_type_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.linalg.products import rows

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """Return x1ᵀ W_k x2 + b_k for each k: (*, A), (*, B), (K, A, B), (K) -> (*, K).

    Args:
        input1: (*, A).
        input2: (*, B).
        weight: (K, A, B).
        bias: (K), or None.

    Raises:
        RuntimeError: for sizes or dtypes that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
    """
    _check(input1, input2, weight, bias)
    k, a, b = weight.shape
    left = rows(input1) @ weight.transpose(0, 1).reshape(a, k * b)  # (N, K B)
    right = rows(input2).unsqueeze(-1)
    out = (left.reshape(-1, k, b) if b else left.new_zeros((len(left), k, b))) @ right
    out = out.reshape(*input1.shape[:-1], k)
    return out if bias is None else out + bias


def _check(input1: Any, input2: Any, weight: Any, bias: Any) -> None:
    one, two, sizes = input1.shape, input2.shape, weight.shape
    if not one or not two:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    if not input1.dtype == input2.dtype == weight.dtype:
        raise RuntimeError(
            "All tensors must have the same dtype, got input1: {}, input2: {}, weight: {}"
            " [explain: dtype-mismatch]".format(
                *[c_type_name(x._array) for x in (input1, input2, weight)]
            )
        )
    if len(one) != len(two):
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {len(one)} and {len(two)}"
        )
    for dim, (m, n) in enumerate(zip(one[:-1], two[:-1], strict=True)):
        if m != n:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {m} and {n}"
            )
    given = [("input1", one[-1], sizes[1:2]), ("input2", two[-1], sizes[2:3])]
    if bias is not None:
        given.append(("bias", bias.shape[0], sizes[:1]))
    for name, size, expected in given:
        if (size,) != tuple(expected):
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {size} but expected "
                f"{expected[0] if expected else 'three dimensions of weight'}"
            )
