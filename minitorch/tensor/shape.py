"""Methods that change the shape: views, repeats, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype as DType
from minitorch.ops.out import method
from minitorch.ops.shape import (
    copying,
    diagonal as diagonals,
    expand as expanding,
    flip as flipping,
    joining,
    narrow as narrowing,
    permute as permuting,
    placing,
    repeat as repeating,
    splitting,
    squeeze as squeezing,
    triangle,
    view as viewing,
    windows,
)
from minitorch.tensor.resize import resize_as_ as resize_to, view_dtype

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ShapeMethods(TensorBase):
    """Methods that keep or repeat the elements and change how they are arranged."""

    @property
    def T(self) -> Tensor:
        """A view of a matrix transposed: (A, B) -> (B, A). See :attr:`mT` for more dimensions."""
        return permuting.reverse_dims(self)

    @property
    def mT(self) -> Tensor:
        """A view with the last two dimensions swapped: (*, A, B) -> (*, B, A)."""
        return permuting.matrix_transpose(self)

    def view(self, *shape: Any, size: Any = None, dtype: Any = None) -> Tensor:
        """Return the elements under another shape, or the memory read as another dtype.

        Shapes: (*) -> shape; (*, A) -> (*, A * own item size / that of dtype).

        Args:
            shape: sizes, as ints or as one tuple, one of which may be -1; or a dtype.
            size: the shape by keyword.
            dtype: the dtype by keyword; such a view has no gradient.

        Raises:
            RuntimeError: if the number of elements differs, or strides do not allow it without a
                copy.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html
        """
        if dtype is not None or (shape and isinstance(shape[0], DType)):
            return view_dtype(self, shape[0] if dtype is None else dtype)
        return viewing.view(self, *(shape if size is None else (size,)))

    view_as = viewing.view_as
    reshape, reshape_as = method(viewing.reshape), viewing.reshape_as
    flatten, ravel = method(viewing.flatten), method(viewing.ravel)
    unflatten = viewing.unflatten

    transpose, transpose_ = permuting.transpose, permuting.transpose_
    swapaxes, swapaxes_ = permuting.swapaxes, permuting.swapaxes_
    swapdims, swapdims_ = permuting.swapdims, permuting.swapdims_
    t, t_ = method(permuting.t), permuting.t_
    permute, movedim, moveaxis = method(permuting.permute), permuting.movedim, permuting.movedim

    squeeze, squeeze_ = squeezing.squeeze, squeezing.squeeze_
    unsqueeze, unsqueeze_ = squeezing.unsqueeze, squeezing.unsqueeze_

    expand, expand_as = method(expanding.expand), expanding.expand_as
    broadcast_to = expanding.broadcast_to

    select, narrow = narrowing.select, narrowing.narrow
    narrow_copy = method(copying.narrow_copy)
    chunk, unbind = joining.chunk, joining.unbind

    def split(self, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Return consecutive views of one length (the last may be shorter), or of lengths listed.

        Shapes: (*, A, *) -> several (*, L, *).

        Raises:
            RuntimeError: if the length is negative or zero, or lengths do not sum to the size.
        """
        return joining.split(self, split_size, dim)

    split_with_sizes, tensor_split = joining.split_with_sizes, splitting.tensor_split
    hsplit, vsplit, dsplit = splitting.hsplit, splitting.vsplit, splitting.dsplit
    unsafe_chunk, unsafe_split = splitting.unsafe_chunk, splitting.unsafe_split
    unsafe_split_with_sizes = splitting.unsafe_split_with_sizes

    unfold = windows.unfold
    as_strided, as_strided_ = windows.as_strided, windows.as_strided_
    select_scatter, slice_scatter = placing.select_scatter, method(placing.slice_scatter)
    diagonal_scatter, as_strided_scatter = placing.diagonal_scatter, placing.as_strided_scatter

    diagonal, diag = diagonals.diagonal, method(diagonals.diag)
    diag_embed, diagflat = diagonals.diag_embed, diagonals.diagflat
    tril, tril_ = method(triangle.tril), triangle.tril_
    triu, triu_ = method(triangle.triu), triangle.triu_

    repeat, tile = repeating.repeat, repeating.tile
    repeat_interleave = repeating.repeat_interleave
    resize_as_ = resize_to
    flip, roll = method(flipping.flip), method(flipping.roll)
    fliplr, flipud, rot90 = flipping.fliplr, flipping.flipud, flipping.rot90
