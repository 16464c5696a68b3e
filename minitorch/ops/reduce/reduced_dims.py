"""What reductions share: a result brought back to the dimensions of its input, or to ``dtype=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype as DType, read
from minitorch.ops.dims import Shape, kept_shape

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def spread(grad: Tensor, shape: Shape, dims: Shape, keepdim: bool) -> Tensor:
    """Give a reduction's gradient back to all that was reduced, as a view that repeats it."""
    if not keepdim and len(dims) < len(shape):
        grad = grad.reshape(kept_shape(shape, dims))
    return grad.expand(shape)


def keep(x: Tensor, shape: Shape, dims: Shape, keepdim: bool) -> Tensor:
    """Bring a reduction's result back to the input's number of dimensions."""
    return x if keepdim else x.reshape(kept_shape(shape, dims))


def cast_to(dtype: DType | None, input: TensorBase) -> Any:
    """Return the input as the argument ``dtype`` of a reduction wants it.

    Raises:
        TypeError: for what is no dtype.
    """
    return input if dtype is None else input.to(read(dtype))  # type: ignore[attr-defined]


def cut_to(dtype: DType | None, out: Any) -> Tensor:
    """Return a sum or product as if it had been computed in ``dtype``, to which its input was cast.

    Integers are added and multiplied in int64; its last bits are what fewer would have given. Of
    bools a sum is not 0 where any is true, a product where all are.
    """
    return out if dtype is None else out.to(read(dtype))
