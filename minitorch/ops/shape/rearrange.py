"""Repeating and reordering: shape operations that copy."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.ops.batches import along_dims, last_dims
from minitorch.ops.dims import Shape, sizes_of, wrap_dim, wrap_dims
from minitorch.ops.order import in_order
from minitorch.ops.shape.diagonal import DiagonalGrad, diagonal
from minitorch.ops.shape.view import expand, reshape

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Repeat(Op):
    """The whole tensor side by side with itself, ``times`` along each dimension: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, times: Shape) -> Array:
        return in_order(np.tile(x, times))

    @staticmethod
    def batched(batch: Batch, x: Array, *, times: Shape) -> Array:
        return Repeat.forward(batch.widened(x, len(times)), times=(1,) * batch.lead + times)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        lead = len(ctx.times) - len(shape)
        apart: list[int] = []
        for n, size in zip(ctx.times, (1,) * lead + shape, strict=True):
            apart += [n, size]
        return grad.reshape(apart).sum(tuple(range(0, len(apart), 2))).reshape(shape)

    parity = staticmethod(lambda torch, x, *, times: x.repeat(times))

    @staticmethod
    def reference(x: Array, *, times: Shape) -> Array:
        x = x.reshape((1,) * (len(times) - x.ndim) + x.shape)
        for d, n in enumerate(times):
            x = np.concatenate([x] * n, d) if n else np.take(x, [], d)
        return x

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), times=(2, 2))
        yield s(s.real(2, 3), times=(3, 1, 2))
        yield s(s.real(3), times=(0,))
        yield s(s.real(), times=(2,))


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


class Tril(Op):
    """Lower triangles of matrices, up to diagonal ``diagonal``; zeros above: (*, A, B) -> same."""

    @staticmethod
    def forward(x: Array, *, diagonal: int) -> Array:
        return in_order(np.tril(x, diagonal))

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return tril(grad, ctx.diagonal)

    parity = staticmethod(lambda torch, x, *, diagonal: torch.tril(x, diagonal))

    @staticmethod
    def reference(x: Array, *, diagonal: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index[-1] - index[-2] > diagonal:
                out[index] = 0
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 3), diagonal=0)
        yield s(s.real(2, 4), diagonal=1)
        yield s(s.real(2, 3, 2), diagonal=-1)
        yield s(s.integers(1, 5, 3, 3), diagonal=0)


class Triu(Op):
    """Upper triangles of matrices, from diagonal ``diagonal``; zeros below: (*, A, B) -> same."""

    @staticmethod
    def forward(x: Array, *, diagonal: int) -> Array:
        return in_order(np.triu(x, diagonal))

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return triu(grad, ctx.diagonal)

    parity = staticmethod(lambda torch, x, *, diagonal: torch.triu(x, diagonal))

    @staticmethod
    def reference(x: Array, *, diagonal: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index[-1] - index[-2] < diagonal:
                out[index] = 0
        return out

    samples = Tril.samples


def repeat(input: TensorBase, *sizes: Any) -> Tensor:
    """Return the tensor side by side with itself, that many times along each dimension.

    Raises:
        RuntimeError: for fewer numbers than the tensor has dimensions.
    """
    times = sizes_of(sizes)
    if len(times) < input._array.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor: got {list(times)} for shape {list(input._array.shape)}"
        )
    return Repeat.apply(input, times=times)


def tile(input: TensorBase, *dims: Any) -> Tensor:
    """As :func:`repeat`, with ones in front of too few numbers."""
    times = sizes_of(dims)
    return Repeat.apply(input, times=(1,) * (input._array.ndim - len(times)) + times)


def repeat_interleave(input: Any, repeats: Any, dim: int | None = None) -> Tensor:
    """Return each element (or each position along ``dim``) several times in a row.

    Args:
        input: what to repeat.
        repeats: how often, one number for all or a tensor with one for each.
        dim: the dimension; None flattens first.
    """
    if dim is None:
        return repeat_interleave(input.reshape(-1), repeats, 0)
    shape = input._array.shape
    d = wrap_dim(dim, len(shape))
    if isinstance(repeats, TensorBase):
        places = np.repeat(np.arange(shape[d]), repeats._array)
        return input.index_select(d, input._plain(places))
    apart = (*shape[: d + 1], repeats, *shape[d + 1 :])
    joined = (*shape[:d], shape[d] * repeats, *shape[d + 1 :])
    return input.unsqueeze(d + 1).expand(apart).clone().contiguous().view(joined)


def flip(input: TensorBase, *dims: Any) -> Tensor:
    """Return the tensor reversed along dimensions, as a copy."""
    several = sizes_of(dims)
    return Flip.apply(input, dims=wrap_dims(several, input._array.ndim) if several else ())


def roll(input: Any, shifts: Any, dims: Any = None) -> Tensor:
    """Return the tensor moved by ``shifts`` along ``dims``, what leaves coming back in front.

    Without ``dims`` the elements are moved in their order, whatever the shape.

    Raises:
        RuntimeError: if there are not as many shifts as dimensions.
    """
    steps = sizes_of((shifts,))
    if dims is None:
        if len(steps) != 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:0")
        return Roll.apply(input, shifts=steps, dims=())
    several = tuple([wrap_dim(d, input._array.ndim) for d in sizes_of((dims,))])
    if len(steps) != len(several):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(several)}"
        )
    return Roll.apply(input, shifts=steps, dims=several)


def _check_matrices(name: str, x: TensorBase) -> None:
    if x._array.ndim < 2:
        raise RuntimeError(
            f"{name}: input tensor must have at least 2 dimensions, got {x._array.ndim}"
        )


def tril(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the lower triangles of matrices, zeros above ``diagonal`` (0 is the main one)."""
    _check_matrices("tril", input)
    return Tril.apply(input, diagonal=diagonal)


def triu(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the upper triangles of matrices, zeros below ``diagonal`` (0 is the main one)."""
    _check_matrices("triu", input)
    return Triu.apply(input, diagonal=diagonal)


def diag(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the diagonal of a matrix as a copy, or a vector as the diagonal of a matrix.

    Raises:
        RuntimeError: for other numbers of dimensions.
    """
    ndim = input._array.ndim
    if ndim == 1:
        n = input._array.size + abs(diagonal)
        return DiagonalGrad.apply(input, offset=diagonal, dim1=0, dim2=1, shape=(n, n))
    if ndim == 2:
        return _diagonal(input, diagonal).clone()
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")


_diagonal = diagonal  # the argument of diag() has the same name


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Return 1-d tensors as coordinates of a grid: the i-th varies along dimension i.

    Args:
        tensors: 1-d or 0-d tensors, or one sequence of them.
        indexing: "ij", or "xy" for the first two dimensions swapped.
    """
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        (tensors,) = tensors
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            UserWarning,
            stacklevel=2,
        )
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    if any(x._array.dtype != tensors[0]._array.dtype for x in tensors):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    swap = indexing == "xy" and len(tensors) >= 2
    if swap:
        tensors = (tensors[1], tensors[0], *tensors[2:])
    shape = tuple(x._array.size for x in tensors)
    grids = [
        expand(reshape(x, (1,) * i + (-1,) + (1,) * (len(shape) - 1 - i)), shape)
        for i, x in enumerate(tensors)
    ]
    if swap:
        grids = [grids[1], grids[0], *grids[2:]]
    return tuple(grids)
