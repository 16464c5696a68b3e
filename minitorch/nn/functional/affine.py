"""Affine maps."""

from __future__ import annotations

import math

from minitorch.core.dtypes import scalar_name
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.linalg import affine
from minitorch.ops.out import takes_out
from minitorch.tensor import Tensor


@takes_out
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return input · weightᵀ + bias: (*, in), (out, in), (out) -> (*, out); weight may be (in).

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
    """
    require_tensors("linear(input, weight, bias)", input, weight, bias, required=2)
    x, w = input._array.shape, weight._array.shape
    if not x or not w:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {len(x)}D and {len(w)}D"
        )
    if len(w) == 2 and x[-1] != w[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({math.prod(x[:-1])}x{x[-1]} and "
            f"{w[1]}x{w[0]}): linear expects {w[1]} input features, but got an input of shape "
            f"{list(x)}"
            " [explain: matmul-shapes]"
        )
    if bias is not None and input._array.dtype != weight._array.dtype:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {scalar_name(input._array)} and "
            f"{scalar_name(weight._array)}: convert the input with .to(weight.dtype)"
            " [explain: dtype-mismatch]"
        )
    return affine.linear(input, weight, bias)
