"""Distances of two tensors, and tensors whose parts are cut to a length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.elementwise.comparison import Gt
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.in_place import in_place_of
from minitorch.ops.out import takes_out
from minitorch.ops.reduce.vector_norm import norm

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def dist(input: TensorBase, other: TensorBase, p: float = 2) -> Tensor:
    """Return the p-norm of ``input - other``: (*A), (*B) -> ()."""
    need_tensors(input, other)
    return norm(input - other, p)  # type: ignore[operator]


@takes_out
@numpy_names
def renorm(input: TensorBase, p: float, dim: int, maxnorm: float) -> Tensor:
    """Return the parts along a dimension, those with a longer p-norm shortened to ``maxnorm``.

    Shapes: (*) -> (*), of two dimensions or more.

    Raises:
        RuntimeError: for fewer dimensions, p <= 0, or a negative ``maxnorm``.
    """
    need_tensors(input)
    if not p > 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    ndim = input._array.ndim
    if ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {ndim} dimensions")
    dim = wrap_dim(dim, ndim)
    length: Any = norm(input, p, [d for d in range(ndim) if d != dim], keepdim=True)
    factor = Where.apply(Gt.apply(length, maxnorm), maxnorm / (length + 1e-7), 1.0)
    return (input * factor).contiguous()


renorm_ = in_place_of(renorm)
