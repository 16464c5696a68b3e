"""Dropout."""

from __future__ import annotations

from minitorch.core.dtypes import scalar_name
from minitorch.creation import ones_like
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.layers import dropout as noise
from minitorch.tensor import Tensor


def check_probability(p: float) -> None:
    """Require a probability.

    Raises:
        ValueError: if p is not within 0 and 1.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, set each element to zero with probability p and divide the others by 1 − p.

    Shapes: (*) -> (*).

    Args:
        input: (*).
        p: probability of a zero.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1207.0580;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
    """
    require_tensors("dropout(input)", input)
    check_probability(p)
    x = input._array
    if not training or p == 0 or x.size == 0:
        return input
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {scalar_name(x)}: dropout "
            "needs a floating-point input; convert it with .float()"
        )
    if p == 1:
        return input.mul_(0.0) if inplace else input * 0.0
    if inplace:
        return input.mul_(noise.dropout(ones_like(input), p))
    return noise.dropout(input, p)
