"""Elements in another order along a dimension: ``flip`` and ``roll``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.core.layout import in_format, prototype, suggested_format
from minitorch.core.strided import contiguous_format
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, read_int, sizes_of, wrap_dim, wrap_dims
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Flip(LinearMap):
    """Reversed along dimensions: (*) -> (*)."""

    complex = LINEAR
    in_own_dtype = True

    @staticmethod
    def forward(x: Array, *, dims: Shape) -> Array:
        back = slice(None, None, -1)
        index = tuple([back if i in dims else slice(None) for i in range(x.ndim)])
        out = np.empty_like(prototype(x))  # tensors have no negative strides
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


@takes_tensors
def flip(input: TensorBase, *order: Any, dims: Any = None) -> Tensor:
    """Return the tensor reversed along dimensions, as a copy: (*) -> (*)."""
    several = sizes_of(order, dims, "dims")
    return Flip.apply(input, dims=wrap_dims(several, input._array.ndim) if several else ())


class Roll(LinearMap):
    """Moved along dimensions, what leaves at the end coming back in front: (*) -> (*).

    Without ``dims`` one shift moves the elements in their order.
    """

    complex = LINEAR
    in_own_dtype = True

    @staticmethod
    def forward(x: Array, *, shifts: Shape, dims: Shape) -> Array:
        if not dims or x.flags.c_contiguous:
            return in_order(np.roll(x, shifts, dims or None))
        resting = [n for n, d in zip(shifts, dims, strict=True) if n % max(x.shape[d], 1) == 0]
        format = contiguous_format if resting else suggested_format(x)  # as PyTorch has it
        return in_format(np.roll(x, shifts, dims), format)

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
        yield s(s.real(2, 3, 2, 2), shifts=(1, 1), dims=(1, 3))
        yield s(s.real(2, 3, 2, 2), shifts=(1, 2), dims=(1, 3))


@takes_tensors
def roll(input: Any, shifts: Any, dims: Any = None) -> Tensor:
    """Return the tensor moved by ``shifts`` along ``dims``: (*) -> (*).

    What leaves at the end comes back in front.
    Without ``dims`` the elements are moved in their order, whatever the shape.

    Raises:
        RuntimeError: if there are not as many shifts as dimensions, or none.
    """
    steps = sizes_of((shifts,), None, "shifts")
    if not steps:
        raise RuntimeError("`shifts` required")
    named = sizes_of((() if dims is None else dims,), None, "dims")
    several = tuple([wrap_dim(d, input._array.ndim, of_scalars=False) for d in named])
    if len(steps) != (len(several) or 1):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(several)}"
        )
    return Roll.apply(input, shifts=steps, dims=several)


@takes_tensors
def fliplr(input: TensorBase) -> Tensor:
    """Return the tensor reversed along its second dimension, as a copy: (A, B, *) -> (A, B, *).

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    if input._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


@takes_tensors
def flipud(input: TensorBase) -> Tensor:
    """Return the tensor reversed along its first dimension, as a copy: (A, *) -> (A, *).

    Raises:
        RuntimeError: for a 0-d tensor.
    """
    if input._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


@takes_tensors
def rot90(input: TensorBase, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Return the tensor turned by k times 90 degrees, from one of two dimensions to the other.

    Shapes: (*, A, *, B, *) -> (*, B, *, A, *) for odd k, else as it is; a copy.

    Raises:
        RuntimeError: for other than two different dimensions, or a tensor with fewer.
        IndexError: for a dimension that is not there.
    """
    k, both, ndim = read_int(k, "k"), sizes_of((dims,), None, "dims"), input._array.ndim
    if len(both) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(both)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    if both[0] == both[1] or abs(both[0] - both[1]) == ndim:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {both[0]} and dim1 = {both[1]}"
        )
    both = (wrap_dim(both[0], ndim), wrap_dim(both[1], ndim))
    if k % 4 == 2:
        return flip(input, both)
    if k % 4 == 0:
        return input.clone()  # type: ignore[attr-defined]
    return flip(input, both[k % 4 == 1]).transpose_(*both)
