"""Methods that change the shape: views, repeats, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import rearrange_, write_
from minitorch.core.dtypes import dtype as DType
from minitorch.ops.dims import numpy_names
from minitorch.tensor.resize import view_dtype

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ShapeMethods(TensorBase):
    """Methods that keep or repeat the elements and change how they are arranged."""

    @property
    def T(self) -> Tensor:
        return ops.reverse_dims(self)

    @property
    def mT(self) -> Tensor:
        return ops.matrix_transpose(self)

    def view(self, *shape: Any, dtype: Any = None) -> Tensor:
        """Return the elements under another shape, or the memory read as another dtype.

        The second has no gradient.
        """
        if dtype is not None or (shape and isinstance(shape[0], DType)):
            return view_dtype(self, shape[0] if dtype is None else dtype)
        return ops.view(self, *shape)

    def view_as(self, other: TensorBase) -> Tensor:
        return ops.view(self, other._array.shape)

    def reshape(self, *shape: Any) -> Tensor:
        return ops.reshape(self, *shape)

    def reshape_as(self, other: TensorBase) -> Tensor:
        return ops.reshape(self, other._array.shape)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        return ops.flatten(self, start_dim, end_dim)

    def unflatten(self, dim: int, sizes: Any) -> Tensor:
        return ops.unflatten(self, dim, sizes)

    def ravel(self) -> Tensor:
        return ops.ravel(self)

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        return ops.transpose(self, dim0, dim1)

    def transpose_(self, dim0: int, dim1: int) -> Tensor:
        return rearrange_("transpose_", self, lambda x: ops.transpose(x, dim0, dim1))

    swapaxes = swapdims = transpose
    swapaxes_ = swapdims_ = transpose_

    def t(self) -> Tensor:
        return ops.t(self)

    def t_(self) -> Tensor:
        return rearrange_("t_", self, ops.t)

    def permute(self, *dims: Any) -> Tensor:
        return ops.permute(self, *dims)

    def movedim(self, source: Any, destination: Any) -> Tensor:
        return ops.movedim(self, source, destination)

    @numpy_names
    def squeeze(self, dim: Any = None) -> Tensor:
        return ops.squeeze(self, dim)

    def squeeze_(self, dim: Any = None) -> Tensor:
        return rearrange_("squeeze_", self, lambda x: ops.squeeze(x, dim))

    @numpy_names
    def unsqueeze(self, dim: int) -> Tensor:
        return ops.unsqueeze(self, dim)

    def unsqueeze_(self, dim: int) -> Tensor:
        return rearrange_("unsqueeze_", self, lambda x: ops.unsqueeze(x, dim))

    def expand(self, *size: Any) -> Tensor:
        return ops.expand(self, *size)

    def expand_as(self, other: TensorBase) -> Tensor:
        return ops.expand(self, other._array.shape)

    def broadcast_to(self, size: Any) -> Tensor:
        return ops.expand(self, size)

    def select(self, dim: int, index: int) -> Tensor:
        return ops.select(self, dim, index)

    def narrow(self, dim: int, start: Any, length: int) -> Tensor:
        return ops.narrow(self, dim, start, length)

    def split(self, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
        return ops.split(self, split_size, dim)

    def chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        return ops.chunk(self, chunks, dim)

    def unbind(self, dim: int = 0) -> tuple[Tensor, ...]:
        return ops.unbind(self, dim)

    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
        return ops.diagonal(self, offset, dim1, dim2)

    def diag(self, diagonal: int = 0) -> Tensor:
        return ops.diag(self, diagonal)

    def repeat(self, *repeats: Any) -> Tensor:
        return ops.repeat(self, *repeats)

    def tile(self, *dims: Any) -> Tensor:
        return ops.tile(self, *dims)

    def repeat_interleave(self, repeats: int, dim: int | None = None) -> Tensor:
        return ops.repeat_interleave(self, repeats, dim)

    def flip(self, *dims: Any) -> Tensor:
        return ops.flip(self, *dims)

    def roll(self, shifts: Any, dims: Any = None) -> Tensor:
        return ops.roll(self, shifts, dims)

    def tril(self, diagonal: int = 0) -> Tensor:
        return ops.tril(self, diagonal)

    def triu(self, diagonal: int = 0) -> Tensor:
        return ops.triu(self, diagonal)

    def tril_(self, diagonal: int = 0) -> Tensor:
        return write_(ops.Tril, self, diagonal=diagonal)

    def triu_(self, diagonal: int = 0) -> Tensor:
        return write_(ops.Triu, self, diagonal=diagonal)
