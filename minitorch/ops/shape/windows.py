"""Views in steps of their own: ``unfold``, windows along a dimension, and ``as_strided``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched
from minitorch.autograd.writes.inplace import rearrange_
from minitorch.autograd.writes.place import Place, repeats
from minitorch.autograd.writes.place_ops import AsStrided, AsStridedGrad
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.storage import address_of, bytes_of, elements_strides, owner_of
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape, read_int, sizes_of, wrap_dim
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Unfold(ViewOp):
    """Windows of ``size`` at every ``step`` along a dimension: (*, A, *) -> (*, count, *, size)."""

    @staticmethod
    def forward(x: Array, *, dim: int, size: int, step: int) -> Array:
        shape, steps = list(x.shape), list(x.strides)
        shape[dim], steps[dim] = (shape[dim] - size) // step + 1, steps[dim] * step
        return np.lib.stride_tricks.as_strided(
            x, (*shape, size), (*steps, x.strides[dim]), writeable=x.flags.writeable
        )

    @staticmethod
    def batched(batch: Batch, x: Array, *, dim: int, size: int, step: int) -> Array:
        return Unfold.forward(x, dim=batch.dim(dim, x), size=size, step=step)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return UnfoldGrad.apply(grad, dim=ctx.dim, step=ctx.step, shape=ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, dim, size, step: x.unfold(dim, size, step))

    @staticmethod
    def reference(x: Array, *, dim: int, size: int, step: int) -> Array:
        starts = range(0, x.shape[dim] - size + 1, step)
        parts = [np.take(x, range(i, i + size), dim) for i in starts]
        return np.stack([np.moveaxis(part, dim, -1) for part in parts], dim)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(7), dim=0, size=3, step=2)
        yield s(s.real(2, 5, 2), dim=1, size=2, step=1)
        yield s(s.real(6, 2), dim=0, size=2, step=4)
        yield s(s.real(2, 3), dim=1, size=3, step=1)


class UnfoldGrad(LinearMap):
    """Zeros with windows added where :class:`Unfold` took them: (*, count, *, size) -> shape."""

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, *, dim: int, step: int, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        size, count = grad.shape[-1], grad.shape[dim]
        before: Any = (slice(None),) * dim
        if size <= count:  # whichever loop is shorter
            for k in range(size):
                out[(*before, slice(k, k + (count - 1) * step + 1, step))] += grad[..., k]
        else:
            windows = np.moveaxis(grad, -1, dim + 1)
            for i in range(count):
                part = (*before, slice(i * step, i * step + size))
                out[part] += windows[(*before, i)]
        return out

    @staticmethod
    def batched(batch: Batch, grad: Array, *, dim: int, step: int, shape: Shape) -> Array:
        whole = batch.sizes + shape
        return UnfoldGrad.forward(batch.full(grad, 0), dim=dim + batch.lead, step=step, shape=whole)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        size = ctx.input_shapes[0][-1]
        return Unfold.apply(grad, dim=ctx.dim, size=size, step=ctx.step)

    @staticmethod
    def reference(grad: Array, *, dim: int, step: int, shape: Shape) -> Array:
        places = np.arange(int(np.prod(shape))).reshape(shape)
        out = np.zeros(shape, grad.dtype)
        windows = Unfold.forward(places, dim=dim, size=grad.shape[-1], step=step)
        for place, value in zip(windows.flat, grad.flat, strict=True):
            out.flat[place] += value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 3), dim=0, step=2, shape=(7,))
        yield s(s.real(2, 4, 2, 2), dim=1, step=1, shape=(2, 5, 2))
        yield s(s.real(2, 2, 3), dim=1, step=1, shape=(2, 4))


@takes_tensors
def unfold(input: TensorBase, dimension: int, size: int, step: int) -> Tensor:
    """Return a view of all windows of a size along a dimension, one every ``step`` elements.

    Shapes: (*, A, *) -> (*, (A - size) // step + 1, *, size).

    Raises:
        RuntimeError: for a window larger than the dimension, a negative one, or no step.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
    """
    d = wrap_dim(dimension, input._array.ndim)
    size, step = read_int(size, "size"), read_int(step, "step")
    own = input._array.shape[d] if input._array.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > own:
        raise RuntimeError(f"maximum size for tensor at dimension {d} is {own} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if input._array.ndim == 0:
        return input.reshape(1)[:size]  # type: ignore[attr-defined]
    return Unfold.apply(input, dim=d, size=size, step=step)


class Restride(ViewOp):
    """The memory of a tensor in other steps, ``offset`` elements from its first on: (*) -> size.

    The gradient is added up in all of the memory, and read out of it in the tensor's ``own`` steps.
    """

    name = "AsStridedBackward0"

    @staticmethod
    def forward(x: Array, *, size: Shape, stride: Shape, offset: int, own: Shape) -> Array:
        start = address_of(x) - address_of(owner_of(x)) + offset * x.itemsize
        if 0 in size:
            start = 0
        steps = tuple([s * x.itemsize for s in stride])
        view = np.ndarray(size, x.dtype, bytes_of(x), start, steps)
        view.flags.writeable = x.flags.writeable
        return view

    @staticmethod
    def batched(
        batch: Batch, x: Array, *, size: Shape, stride: Shape, offset: int, own: Shape
    ) -> Array:
        sizes, steps = x.shape[: batch.lead], elements_strides(x)[: batch.lead]
        return Restride.forward(
            x, size=(*sizes, *size), stride=(*steps, *stride), offset=offset, own=own
        )

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        if 0 in ctx.size:
            return grad.new_zeros(shape)
        here, there = Place(shape, ctx.own, 0), Place(ctx.size, ctx.stride, ctx.offset)
        first = min(0, ctx.offset)
        span = max(_end(here), _end(there)) - first
        here, there = (Place(p.shape, p.strides, p.offset - first) for p in (here, there))
        memory = AsStridedGrad.apply(grad, place=there, shape=(span,))
        if repeats(here.shape, here.strides):
            ones = memory._plain(np.ones(shape, memory._array.dtype))
            memory = memory / AsStridedGrad.apply(ones, place=here, shape=(span,)).clamp_min(1)
        return AsStrided.apply(memory, place=here)

    @staticmethod
    def parity(torch: Any, x: Any, *, size: Shape, stride: Shape, offset: int, own: Shape) -> Any:
        return torch.as_strided(x, size, stride, x.storage_offset() + offset)

    @staticmethod
    def reference(x: Array, *, size: Shape, stride: Shape, offset: int, own: Shape) -> Array:
        flat = list(x.flat)
        at = [offset + sum(i * s for i, s in zip(i, stride, strict=True)) for i in np.ndindex(size)]
        return np.array([flat[i] for i in at], x.dtype).reshape(size)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), size=(3, 2), stride=(1, 3), offset=0, own=(3, 1))
        yield s(s.real(6), size=(2, 2), stride=(1, 2), offset=1, own=(1,))
        yield s(s.real(2, 3), size=(3, 3), stride=(1, 1), offset=1, own=(3, 1))
        yield s(s.real(4), size=(), stride=(), offset=3, own=(1,))
        yield s(s.real(4), size=(0, 2), stride=(1, 1), offset=0, own=(1,))


def _end(place: Place) -> int:
    """Return where the memory that a place needs ends."""
    steps = zip(place.shape, place.strides, strict=True)
    return place.offset + sum([(n - 1) * s for n, s in steps]) + 1 if 0 not in place.shape else 0


@takes_tensors
def as_strided(
    input: TensorBase, size: Any, stride: Any, storage_offset: int | None = None
) -> Tensor:
    """Return a view of the memory with steps of one's own, counted in elements: (*) -> size.

    Args:
        input: a tensor in that memory.
        size: the shape.
        stride: the step along each dimension.
        storage_offset: where in the memory to start; by default where ``input`` does.

    Raises:
        RuntimeError: for another number of steps, negative ones, or what lies outside the memory.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.as_strided.html
    """
    array = input._array
    size, stride = sizes_of((size,)), sizes_of((stride,), None, "stride")
    # The memory of an example starts with the example.
    offset: int = 0 if is_batched(array) else input.storage_offset()  # type: ignore[attr-defined]
    first = offset if storage_offset is None else read_int(storage_offset, "storage_offset")
    _check_strided(array, size, stride, first)
    own = elements_strides(array)
    return Restride.apply(input, size=size, stride=stride, offset=first - offset, own=own)


def _check_strided(array: Array, size: Shape, stride: Shape, offset: int) -> None:
    if len(size) != len(stride):
        raise RuntimeError(
            f"mismatch in length of strides and shape: got {len(stride)} and {len(size)}"
        )
    if min(stride, default=0) < 0:
        raise RuntimeError(
            "as_strided: Negative strides are not supported at the moment, got strides: "
            f"{list(stride)}"
        )
    if min(size, default=0) < 0:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)}")
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    needed = _end(Place(size, stride, offset)) * array.itemsize
    if is_batched(array):
        there = _end(Place(array.shape, elements_strides(array), 0)) * array.itemsize
    else:
        there = bytes_of(array).nbytes
    if needed > there:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and "
            f"itemsize {array.itemsize} requiring a storage size of {needed} are out of bounds for "
            f"storage of size {there}"
        )


@takes_tensors
def as_strided_(
    input: TensorBase, size: Any, stride: Any, storage_offset: int | None = None
) -> Tensor:
    """Give the tensor itself other steps in its memory, as :func:`as_strided`: (*) -> size."""
    return rearrange_("as_strided_", input, lambda x: as_strided(x, size, stride, storage_offset))
