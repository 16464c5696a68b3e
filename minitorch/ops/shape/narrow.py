"""Views of a part of a tensor: selections and slices; and the gradient that puts it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.dtypes import is_integer
from minitorch.ops.dims import Shape, numpy_names, read_int, wrap_dim
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# A basic index: ints, slices and None, without Ellipsis.
BasicIndex = tuple[Any, ...]

_ALL = slice(None)


class Part(ViewOp):
    """Elements at a basic index, a tuple of ints, slices and None: (*) -> (*)."""

    name = "SliceBackward0"

    @staticmethod
    def forward(x: Array, *, index: BasicIndex) -> Array:
        if len(index) != x.ndim:
            return x[index]
        return x[(*index, ...)]  # an array also where one element is left

    @staticmethod
    def batched(batch: Batch, x: Array, *, index: BasicIndex) -> Array:
        return Part.forward(x, index=(_ALL,) * batch.lead + index)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return PartGrad.apply(grad, index=ctx.index, shape=ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, index: x[index])

    @staticmethod
    def reference(x: Array, *, index: BasicIndex) -> Any:
        out: Any = x.tolist()
        return np.array(_picked(out, [i for i in index if i is not None])).reshape(x[index].shape)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(4, 3), index=(1,))
        yield s(s.real(4, 3), index=(slice(1, 3),))
        yield s(s.real(5, 3), index=(slice(None, None, 2), -1))
        yield s(s.real(2, 3), index=(1, 0))
        yield s(s.real(2, 3, 4), index=(slice(None), None, slice(1, 2), 3))
        yield s(s.real(4, 3), index=(slice(2, 2),))
        yield s(s.real(3), index=(slice(-2, None),))


def _picked(data: Any, index: list[Any]) -> Any:
    """Index nested lists as an array is indexed."""
    if not index:
        return data
    if isinstance(index[0], slice):
        return [_picked(row, index[1:]) for row in data[index[0]]]
    return _picked(data[index[0]], index[1:])


def _dim_of_last(node: Any) -> int:
    """Return the dimension, of what the steps before it left, that the last step was about."""
    return sum([not isinstance(step, int) for step in node.index[:-1]])


class Select(Part):
    """:class:`Part` whose last step picked one position of a dimension, under PyTorch's name."""

    saved_as = {  # noqa: RUF012 - as declared
        "dim": _dim_of_last,
        "index": lambda node: node.index[-1],
    }


class Slice(Part):
    """:class:`Part` whose last step took a slice, under PyTorch's name."""

    saved_as = {  # noqa: RUF012 - as declared
        "dim": _dim_of_last,
        "start": lambda node: node.index[-1].start or 0,
        "end": lambda node: node.index[-1].stop,
        "step": lambda node: node.index[-1].step or 1,
    }


class Insert(Part):
    """:class:`Part` whose last step inserted a dimension, under PyTorch's name."""

    name = "UnsqueezeBackward0"


class Whole(Part):
    """:class:`Part` that takes everything, under PyTorch's name."""

    name = "AliasBackward0"


class PartGrad(LinearMap):
    """Zeros with ``grad`` at a basic index: (*) -> shape."""

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, *, index: BasicIndex, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        out[index] = grad
        return out

    @staticmethod
    def batched(batch: Batch, grad: Array, *, index: BasicIndex, shape: Shape) -> Array:
        index = (_ALL,) * batch.lead + index
        return PartGrad.forward(grad, index=index, shape=batch.sizes + shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Part.apply(grad, index=ctx.index)

    @staticmethod
    def reference(grad: Array, *, index: BasicIndex, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        positions = np.arange(out.size).reshape(shape)[index]
        for place, value in zip(np.ravel(positions), grad.flat, strict=True):
            out.flat[place] = value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3), index=(1,), shape=(4, 3))
        yield s(s.real(2, 1, 3), index=(slice(1, 3), None), shape=(4, 3))


@numpy_names
def select(input: TensorBase, dim: int, index: int) -> Tensor:
    """Return a view of one position along a dimension: (*, A, *) -> (*).

    Raises:
        IndexError: if there is no such position.
    """
    shape = input._array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    d, index = wrap_dim(dim, len(shape)), read_int(index, "index")
    if not -shape[d] <= index < shape[d]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(shape)} at "
            f"dimension {d}"
            " [explain: index-range]"
        )
    return Select.apply(input, index=(_ALL,) * d + (index,))


@numpy_names
def narrow(input: TensorBase, dim: int, start: Any, length: int) -> Tensor:
    """Return a view of ``length`` positions from ``start`` along a dimension.

    Shapes: (*, A, *) -> (*, length, *).

    Raises:
        IndexError: if ``start`` lies outside.
        RuntimeError: if the end does, or for a ``start`` that is a tensor but no integer.
    """
    if isinstance(start, TensorBase) and (start._array.ndim or not is_integer(start._array.dtype)):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    if input._array.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    d = wrap_dim(dim, input._array.ndim)
    size = input._array.shape[d]
    start, length = read_int(start, "start"), read_int(length, "length")
    if not -size <= start <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [-{size}, {size}], but got {start})"
        )
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    first = start + size if start < 0 else start
    if first + length > size:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return Slice.apply(input, index=(_ALL,) * d + (slice(first, first + length),))


@numpy_names
def slice_along(
    input: TensorBase,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Tensor:
    """Return a view of a slice along a dimension: (*, A, *) -> (*, L, *).

    Raises:
        RuntimeError: if the step is not positive.
    """
    if read_int(step, "step") <= 0:
        raise RuntimeError("slice step must be positive")
    d = wrap_dim(dim, input._array.ndim, of_scalars=False)
    first = None if start is None else read_int(start, "start")
    last = None if end is None else read_int(end, "end")
    return Slice.apply(input, index=(*(_ALL,) * d, slice(first, last, step)))
