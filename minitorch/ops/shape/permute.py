"""Views with dimensions in another order: ``transpose``, ``t``, ``permute``, ``movedim``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import rearrange_
from minitorch.autograd.writes.views import ViewOp
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape, sizes_of, wrap_dim, wrap_dims
from minitorch.ops.shape.view import Alias

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Transpose(ViewOp):
    """Two dimensions swapped: (*, A, *, B, *) -> (*, B, *, A, *)."""

    @staticmethod
    def forward(x: Array, *, dim0: int, dim1: int) -> Array:
        return x.swapaxes(dim0, dim1)

    @staticmethod
    def batched(batch: Batch, x: Array, *, dim0: int, dim1: int) -> Array:
        return x.swapaxes(batch.dim(dim0, x), batch.dim(dim1, x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.transpose(ctx.dim0, ctx.dim1)

    parity = staticmethod(lambda torch, x, *, dim0, dim1: torch.transpose(x, dim0, dim1))

    @staticmethod
    def reference(x: Array, *, dim0: int, dim1: int) -> Array:
        order = list(range(x.ndim))
        order[dim0], order[dim1] = dim1, dim0
        return _permuted(x, order)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim0=0, dim1=1)
        yield s(s.real(2, 3, 4), dim0=2, dim1=0)
        yield s(s.real(0, 3), dim0=1, dim1=0)


def _permuted(x: Array, order: Any) -> Array:
    out = np.empty([x.shape[d] for d in order], x.dtype)
    for index in np.ndindex(x.shape):
        out[tuple(index[d] for d in order)] = x[index]
    return out


def transpose(input: TensorBase, dim0: int, dim1: int) -> Tensor:
    """Return a view with two dimensions swapped: (*, A, *, B, *) -> (*, B, *, A, *)."""
    ndim = input._array.ndim
    d0, d1 = wrap_dim(dim0, ndim), wrap_dim(dim1, ndim)
    return Transpose.apply(input, dim0=d0, dim1=d1) if ndim else Alias.apply(input)


def transpose_(input: TensorBase, dim0: int, dim1: int) -> Tensor:
    """Swap two dimensions of the tensor itself: (*, A, *, B, *) -> (*, B, *, A, *)."""
    return rearrange_("transpose_", input, lambda x: transpose(x, dim0, dim1))


swapdims, swapdims_ = transpose, transpose_


def swapaxes(input: TensorBase, axis0: int, axis1: int) -> Tensor:
    """Return :func:`transpose` under NumPy's words: (*, A, *, B, *) -> (*, B, *, A, *)."""
    return transpose(input, axis0, axis1)


def swapaxes_(input: TensorBase, axis0: int, axis1: int) -> Tensor:
    """Swap two dimensions as :func:`transpose_`: (*, A, *, B, *) -> (*, B, *, A, *)."""
    return transpose_(input, axis0, axis1)


def matrix_transpose(input: TensorBase, name: str = "mT") -> Tensor:
    """Return what ``x.mT`` is, the last two dimensions swapped: (*, A, B) -> (*, B, A).

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    ndim = input._array.ndim
    if ndim < 2:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {ndim}-D "
            "tensor."
        )
    return Transpose.apply(input, dim0=ndim - 2, dim1=ndim - 1)


def adjoint(input: TensorBase) -> Tensor:
    """Return ``x.mT``, conjugated: (*, A, B) -> (*, B, A).

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    return matrix_transpose(input, "adjoint()").conj()


def adjoint_of_matrix(input: TensorBase) -> Tensor:
    """Return what ``x.H`` is, a matrix transposed and conjugated: (A, B) -> (B, A).

    Raises:
        RuntimeError: for other numbers of dimensions.
    """
    ndim = input._array.ndim
    if ndim == 2:
        return adjoint(input)
    batch = "" if ndim < 2 else " For batches of matrices, consider using tensor.mH"
    raise RuntimeError(
        f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{batch}"
    )


class T(ViewOp):
    """Matrix transposed: (A, B) -> (B, A)."""

    @staticmethod
    def forward(x: Array) -> Array:
        return x.T

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return x.swapaxes(-2, -1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.t()

    parity = staticmethod(lambda torch, x: torch.t(x))
    reference = staticmethod(lambda x: _permuted(x, [1, 0]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3))
        yield s(s.real(0, 3))


@takes_tensors
def t(input: TensorBase) -> Tensor:
    """Return a view of a matrix transposed: (A, B) -> (B, A); of fewer dimensions as they are.

    Raises:
        RuntimeError: for more than two dimensions.
    """
    ndim = input._array.ndim
    if ndim == 2:
        return T.apply(input)
    if ndim > 2:
        raise RuntimeError(
            f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D: use "
            ".transpose(dim0, dim1) or .mT"
        )
    return Alias.apply(input)


def t_(input: TensorBase) -> Tensor:
    """Transpose the tensor itself, a matrix: (A, B) -> (B, A)."""
    return rearrange_("t_", input, t)


class Permute(ViewOp):
    """Dimensions in another order: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, dims: Shape) -> Array:
        return x.transpose(dims)

    @staticmethod
    def batched(batch: Batch, x: Array, *, dims: Shape) -> Array:
        return x.transpose((*range(batch.lead), *batch.dims(dims, x)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        back = [0] * len(ctx.dims)
        for i, d in enumerate(ctx.dims):
            back[d] = i
        return grad.permute(back)

    parity = staticmethod(lambda torch, x, *, dims: torch.permute(x, dims))
    reference = staticmethod(lambda x, *, dims: _permuted(x, dims))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3, 4), dims=(2, 0, 1))
        yield s(s.real(2, 3), dims=(0, 1))
        yield s(s.real(), dims=())


@takes_tensors
def permute(input: TensorBase, *order: Any, dims: Any = None) -> Tensor:
    """Return a view with all dimensions in the order given: (*) -> (*).

    Args:
        input: any tensor.
        order: the dimensions, as ints or as one tuple.
        dims: the same by keyword.

    Raises:
        RuntimeError: if not each dimension is named once.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.permute.html
    """
    places = sizes_of(order, dims, "dims")
    ndim = input._array.ndim
    if len(places) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal "
            f"to len(dims) = {len(places)}"
        )
    wrapped = tuple([wrap_dim(d, ndim) for d in places])
    if len(set(wrapped)) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed. Got {list(places)}.")
    return Permute.apply(input, dims=wrapped)


def reverse_dims(input: TensorBase) -> Tensor:
    """Return what ``x.T`` is, dimensions in reverse order, meant for matrices: (A, B) -> (B, A)."""
    ndim = input._array.ndim
    if ndim != 2:
        warn_user(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is "
            "deprecated. Use `x.mT` to transpose batches of matrices or `x.permute(...)`.",
        )
    return Permute.apply(input, dims=tuple(range(ndim - 1, -1, -1)))


def movedim(input: TensorBase, source: Any, destination: Any) -> Tensor:
    """Return a view with dimensions ``source`` (an int or several) moved to ``destination``.

    Shapes: (*) -> (*).

    Raises:
        RuntimeError: if there are not as many sources as destinations.
    """
    ndim = input._array.ndim
    sources = wrap_dims(source, ndim)
    places = wrap_dims(destination, ndim)
    if len(sources) != len(places):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source "
            f"({list(sources)} dims) should contain the same number of dims as destination "
            f"({list(places)} dims)"
        )
    order = [d for d in range(ndim) if d not in sources]
    for place, d in sorted(zip(places, sources, strict=True)):
        order.insert(place, d)
    return Permute.apply(input, dims=tuple(order))


moveaxis = movedim
