"""Views under another shape, in the order of the elements: ``view``, ``reshape``, ``flatten``.

The forward of a view returns an array that shares its input's memory; ``Op`` does the rest of what
makes a view (Note [Views and in-place]). Dimensions in ops are counted from the front.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import Example
from minitorch.autograd.writes.views import ViewOp
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.dims import Shape, infer_shape, numpy_names, sizes_of, wrap_dim
from minitorch.ops.elementwise.copies import contiguous

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class View(ViewOp):
    """The same elements in the same order under another shape: (*) -> shape."""

    @staticmethod
    def forward(x: Array, *, shape: Shape) -> Array:
        return x.reshape(shape)

    @staticmethod
    def batched(batch: Batch, x: Array, *, shape: Shape) -> Array:
        return x.reshape(batch.sizes + shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.reshape(ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, shape: torch.reshape(x, shape))
    reference = staticmethod(lambda x, *, shape: np.array(list(x.flat), x.dtype).reshape(shape))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), shape=(3, 2))
        yield s(s.real(2, 3, 4), shape=(6, 1, 4))
        yield s(s.real(), shape=(1, 1))
        yield s(s.real(1), shape=())
        yield s(s.real(0, 3), shape=(3, 0, 2))


class UnsafeView(View):
    """As :class:`View`, of a fresh copy that nobody else sees: so the result counts as no view."""

    is_view = False


class Alias(ViewOp):
    """The tensor itself as a view: (*) -> (*)."""

    @staticmethod
    def forward(x: Array) -> Array:
        return x[...]

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad

    parity = staticmethod(lambda torch, x: x[...])
    reference = staticmethod(np.copy)
    samples = staticmethod(lambda s: s.unary(s.real))


def view(input: TensorBase, *shape: Any) -> Tensor:
    """Return the elements under another shape, in the same memory: (*) -> shape; -1 is inferred.

    Raises:
        RuntimeError: if the number of elements differs, or strides do not allow it without a copy.
    """
    array = input._array
    size = infer_shape(sizes_of(shape), array.size)
    if not _is_viewable(array, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
            " [explain: view-strides]"
        )
    return View.apply(input, shape=size)


@takes_tensors
def view_as(input: TensorBase, other: TensorBase) -> Tensor:
    """Return a view in the shape of another tensor: (*A), (*B) -> (*B).

    Raises:
        RuntimeError: as :func:`view`.
    """
    return view(input, other._array.shape)


def _is_viewable(array: Array, shape: Shape) -> bool:
    """Whether an array can take on a shape without a copy."""
    if isinstance(array, Example):
        lead = array.payload.shape[: len(array.levels)]
        return _is_viewable(array.payload, lead + shape)
    if array.flags.c_contiguous or array.size == 0:
        return True
    return np.may_share_memory(array, array.reshape(shape))


@takes_tensors
def reshape(input: TensorBase, *sizes: Any, shape: Any = None) -> Tensor:
    """Return the elements under another shape: (*) -> shape.

    A view where possible, else a copy.

    Args:
        input: any tensor.
        sizes: the shape, as ints or as one tuple; one of them may be -1, which is inferred.
        shape: the same by keyword.

    Raises:
        RuntimeError: if the number of elements differs.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.reshape.html
    """
    array = input._array
    size = infer_shape(sizes_of(sizes, shape), array.size)
    if _is_viewable(array, size):
        return View.apply(input, shape=size)
    return UnsafeView.apply(contiguous(input), shape=size)


@takes_tensors
def reshape_as(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the elements in the shape of another tensor: (*A), (*B) -> (*B).

    Raises:
        RuntimeError: if the number of elements differs.
    """
    return reshape(input, other._array.shape)


@takes_tensors
def flatten(input: TensorBase, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the tensor with dimensions start_dim to end_dim made one: (*A, *B, *C) -> (*A, B, *C).

    Raises:
        RuntimeError: if end_dim comes before start_dim.
    """
    shape = input._array.shape
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError(
            "flatten() has invalid args: start_dim cannot come after end_dim, got "
            f"{start_dim} and {end_dim}"
        )
    if start == end and shape:
        return input  # type: ignore[return-value]
    # Not -1: with a size of 0 beside it that could be anything.
    joined = math.prod(shape[start : end + 1])
    return reshape(input, (*shape[:start], joined, *shape[end + 1 :]))


@numpy_names
def unflatten(input: TensorBase, dim: int, sizes: Any) -> Tensor:
    """Return a view with one dimension split into several: (*, A * B, *) -> (*, A, B, *).

    One of ``sizes`` may be -1, which is inferred.

    Raises:
        RuntimeError: if they do not multiply to the dimension's size.
    """
    shape = input._array.shape
    d = wrap_dim(dim, len(shape))
    if not shape:
        raise RuntimeError("unflatten got an unexpected error: the tensor has no dimension")
    try:
        inner = infer_shape(sizes_of((sizes,)), shape[d])
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} "
            f"({shape[d]}) in the input tensor"
        ) from None
    return view(input, (*shape[:d], *inner, *shape[d + 1 :]))


@takes_tensors
def ravel(input: TensorBase) -> Tensor:
    """Return the elements in one dimension, a view where possible: (*) -> (A,)."""
    return reshape(input, -1)
