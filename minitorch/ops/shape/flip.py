"""Elements in another order along a dimension: ``flip`` and ``roll``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, sizes_of, wrap_dim, wrap_dims
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Flip(Op):
    """Reversed along dimensions: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, dims: Shape) -> Array:
        back = slice(None, None, -1)
        index = tuple([back if i in dims else slice(None) for i in range(x.ndim)])
        out = np.empty_like(x)  # tensors have no negative strides
        out[...] = x[index]
        return out

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return flip(grad, ctx.dims)

    parity = staticmethod(lambda torch, x, *, dims: torch.flip(x, dims))

    @staticmethod
    def reference(x: Array, *, dims: Shape) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            mirror = [x.shape[d] - 1 - i if d in dims else i for d, i in enumerate(index)]
            out[tuple(mirror)] = x[index]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dims=(0,))
        yield s(s.real(2, 3, 2), dims=(2, 0))
        yield s(s.real(2), dims=())
        yield s(s.real(0, 2), dims=(1,))


def flip(input: TensorBase, *order: Any, dims: Any = None) -> Tensor:
    """Return the tensor reversed along dimensions, as a copy: (*) -> (*)."""
    several = sizes_of(order, dims)
    return Flip.apply(input, dims=wrap_dims(several, input._array.ndim) if several else ())


class Roll(Op):
    """Moved along dimensions, what leaves at the end coming back in front: (*) -> (*).

    Without ``dims`` one shift moves the elements in their order.
    """

    @staticmethod
    def forward(x: Array, *, shifts: Shape, dims: Shape) -> Array:
        return in_order(np.roll(x, shifts, dims or None))

    @staticmethod
    def batched(batch: Batch, x: Array, *, shifts: Shape, dims: Shape) -> Any:
        if not dims:
            return NotImplemented
        return Roll.forward(x, shifts=shifts, dims=batch.dims(dims, x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Roll.apply(grad, shifts=tuple([-n for n in ctx.shifts]), dims=ctx.dims)

    parity = staticmethod(lambda torch, x, *, shifts, dims: torch.roll(x, shifts, dims))

    @staticmethod
    def reference(x: Array, *, shifts: Shape, dims: Shape) -> Array:
        if not dims:
            return np.take(x, [(i - shifts[0]) % x.size for i in range(x.size)]).reshape(x.shape)
        for n, d in zip(shifts, dims, strict=True):
            x = np.take(x, [(i - n) % x.shape[d] for i in range(x.shape[d])], d)
        return x

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(4, 3), shifts=(1,), dims=(0,))
        yield s(s.real(4, 3), shifts=(-5, 2), dims=(0, 1))
        yield s(s.real(2, 3), shifts=(2,), dims=())


def roll(input: Any, shifts: Any, dims: Any = None) -> Tensor:
    """Return the tensor moved by ``shifts`` along ``dims``: (*) -> (*).

    What leaves at the end comes back in front.
    Without ``dims`` the elements are moved in their order, whatever the shape.

    Raises:
        RuntimeError: if there are not as many shifts as dimensions.
    """
    steps = sizes_of((shifts,))
    if dims is None or dims == ():
        if len(steps) != 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:0")
        return Roll.apply(input, shifts=steps, dims=())
    several = tuple([wrap_dim(d, input._array.ndim) for d in sizes_of((dims,))])
    if len(steps) != len(several):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(several)}"
        )
    return Roll.apply(input, shifts=steps, dims=several)
