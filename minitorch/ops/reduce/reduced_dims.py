"""Reduced dimensions in gradients: a result brought back to the dimensions of what was reduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
