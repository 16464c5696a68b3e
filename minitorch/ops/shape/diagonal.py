"""Diagonals of matrices: ``diagonal``, a view, ``diag`` and the gradient that puts them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.views import ViewOp
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape, read_int, wrap_dim
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Diagonal(ViewOp):
    """Diagonals of the matrices that dim1 and dim2 span: (*, A, *, B, *) -> (*, D)."""

    @staticmethod
    def forward(x: Array, *, offset: int, dim1: int, dim2: int) -> Array:
        view = x.diagonal(offset, dim1, dim2)
        if x.flags.writeable:
            view.flags.writeable = True  # NumPy hands diagonals out as read-only
        return view

    @staticmethod
    def batched(batch: Batch, x: Array, *, offset: int, dim1: int, dim2: int) -> Array:
        d1, d2 = batch.dim(dim1, x), batch.dim(dim2, x)
        return Diagonal.forward(x, offset=offset, dim1=d1, dim2=d2)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return DiagonalGrad.apply(
            grad, offset=ctx.offset, dim1=ctx.dim1, dim2=ctx.dim2, shape=ctx.input_shapes[0]
        )

    parity = staticmethod(
        lambda torch, x, *, offset, dim1, dim2: torch.diagonal(x, offset, dim1, dim2)
    )

    @staticmethod
    def reference(x: Array, *, offset: int, dim1: int, dim2: int) -> Array:
        moved = np.moveaxis(x, (dim1, dim2), (-2, -1))
        rows, columns = moved.shape[-2:]
        pairs = [(i, i + offset) for i in range(rows) if 0 <= i + offset < columns]
        out = np.empty((*moved.shape[:-2], len(pairs)), x.dtype)
        for k, (i, j) in enumerate(pairs):
            out[..., k] = moved[..., i, j]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 3), offset=0, dim1=0, dim2=1)
        yield s(s.real(2, 4), offset=1, dim1=0, dim2=1)
        yield s(s.real(4, 2, 3), offset=-1, dim1=0, dim2=2)
        yield s(s.real(2, 2), offset=5, dim1=0, dim2=1)


class DiagonalGrad(LinearMap):
    """Zeros with ``grad`` on the diagonals: (*, D) -> shape."""

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, *, offset: int, dim1: int, dim2: int, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        Diagonal.forward(out, offset=offset, dim1=dim1, dim2=dim2)[...] = grad
        return out

    @staticmethod
    def batched(
        batch: Batch, grad: Array, *, offset: int, dim1: int, dim2: int, shape: Shape
    ) -> Array:
        d1, d2 = (d % len(shape) + batch.lead for d in (dim1, dim2))
        whole = batch.sizes + shape
        return DiagonalGrad.forward(grad, offset=offset, dim1=d1, dim2=d2, shape=whole)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.diagonal(ctx.offset, ctx.dim1, ctx.dim2)

    @staticmethod
    def reference(grad: Array, *, offset: int, dim1: int, dim2: int, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        moved = np.moveaxis(out, (dim1, dim2), (-2, -1))
        for k in range(grad.shape[-1]):
            moved[..., k + max(-offset, 0), k + max(offset, 0)] = grad[..., k]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3), offset=0, dim1=0, dim2=1, shape=(3, 3))
        yield s(s.real(2, 2), offset=-1, dim1=0, dim2=2, shape=(4, 2, 2))


@takes_tensors
def diagonal(input: TensorBase, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a view of the diagonals of the matrices that two dimensions span, as last dimension.

    Shapes: (*, A, *, B, *) -> (*, D).

    Raises:
        RuntimeError: if both dimensions are the same.
    """
    ndim = input._array.ndim
    d1, d2 = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if d1 == d2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return Diagonal.apply(input, offset=read_int(offset, "offset"), dim1=d1, dim2=d2)


@takes_out
def diag(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the diagonal of a matrix as a copy, or a vector as the diagonal of a matrix.

    Shapes: (A, B) -> (D,), (D,) -> (A, A).

    Raises:
        RuntimeError: for other numbers of dimensions.
    """
    ndim, diagonal = input._array.ndim, read_int(diagonal, "diagonal")
    if ndim == 1:
        n = input._array.size + abs(diagonal)
        return DiagonalGrad.apply(input, offset=diagonal, dim1=0, dim2=1, shape=(n, n))
    if ndim == 2:
        return _diagonal(input, diagonal).clone()
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")


_diagonal = diagonal  # the argument of diag() has the same name


@takes_tensors
def diag_embed(input: TensorBase, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Return zeros with the last dimension as diagonals of matrices that two new ones span.

    Shapes: (*, D) -> (*, A, *, A, *), A = D + abs(offset).

    Raises:
        RuntimeError: if both dimensions are the same.
    """
    shape = input._array.shape
    if not shape:
        raise IndexError("diag_embed() cannot be applied to a 0-dim tensor.")
    offset = read_int(offset, "offset")
    d1, d2 = wrap_dim(dim1, len(shape) + 1), wrap_dim(dim2, len(shape) + 1)
    if d1 == d2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    whole = list(shape[:-1])
    for d in sorted((d1, d2)):
        whole.insert(d, shape[-1] + abs(offset))
    return DiagonalGrad.apply(input, offset=offset, dim1=d1, dim2=d2, shape=tuple(whole))


@takes_tensors
def diagflat(input: TensorBase, offset: int = 0) -> Tensor:
    """Return all elements as the diagonal of a matrix of zeros: (*) -> (A, A)."""
    return _diag(input.reshape(-1), offset)  # type: ignore[attr-defined]


_diag = without_out(diag)
