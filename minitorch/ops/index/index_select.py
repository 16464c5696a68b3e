"""Whole slices picked and written along a dimension: ``index_select``, ``index_add``, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import reshaped, values_of
from minitorch.autograd.writes.inplace import warn_of_repeats, write_
from minitorch.core.dtypes import scalar_name
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.index.advanced import ArrayIndex, Index, IndexPut, kept
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_ALL = slice(None)


class IndexSelect(Index):
    """:class:`Index` along one dimension, under PyTorch's name."""

    @staticmethod
    def forward(x: Array, *, index: ArrayIndex) -> Array:
        return in_order(x[index])


@takes_out
@numpy_names
def index_select(input: TensorBase, dim: int, index: TensorBase) -> Tensor:
    """Return the positions along a dimension that a 1-d tensor lists.

    Shapes: (*, A, *), (I,) -> (*, I, *).

    Raises:
        IndexError: for an index with more dimensions, or one that points outside.
        RuntimeError: for an index of another dtype, or several positions in a 0-d tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.index_select.html
    """
    shape, places = input._array.shape, index._array
    if places.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if places.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"index_select(): Expected dtype int32 or int64 for index, got {scalar_name(places)}"
        )
    if not shape:
        if places.size != 1:
            raise RuntimeError(
                f"index_select(): Index to scalar can have only 1 value, got {places.size} value(s)"
            )
        return index_select(input.reshape(1), 0, index).reshape(())  # type: ignore[attr-defined]
    return IndexSelect.apply(input, index=kept(_along(input, dim, index), input))


def _along(x: TensorBase, dim: int, index: TensorBase) -> ArrayIndex:
    """Check positions along a dimension and return them as a whole index."""
    d = wrap_dim(dim, x._array.ndim)
    places, size = index._array, x._array.shape[d]
    if places.dtype.name not in ("int64", "int32"):
        raise IndexError(f"index: Expected dtype int32/int64 for index, got {scalar_name(places)}")
    values = values_of(places)
    outside = (values < 0) | (values >= size)
    if outside.any():
        raise IndexError(
            f"index out of range in self: {values[outside][0]} for dimension {d} with size {size}"
        )
    return (_ALL,) * d + (reshaped(places, (places.size,)),)


class IndexAdd(IndexPut):
    """:class:`IndexPut` that adds along one dimension, under PyTorch's name."""

    onto_repeats = False

    @staticmethod
    def forward(x: Array, values: Any, *, index: ArrayIndex, accumulate: bool) -> Array:
        return IndexPut.forward(in_order(x), values, index=index, accumulate=accumulate)


@takes_out
@numpy_names
def index_add(
    input: TensorBase, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
) -> Tensor:
    """Return ``input`` with ``alpha * source`` added at positions along a dimension.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *). What falls on one position adds up.

    Raises:
        RuntimeError: if dtypes or sizes differ.
        IndexError: for positions outside.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
    """
    op, inputs, params = _added(input, dim, index, source, alpha)
    return op.apply(input, *inputs, **params)


@numpy_names
def index_add_(
    input: TensorBase, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
) -> Tensor:
    """Add ``alpha * source`` at positions along a dimension, in place; see :func:`index_add`.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).
    """
    op, inputs, params = _added(input, dim, index, source, alpha)
    return write_(op, input, *inputs, **params)


def _added(
    x: TensorBase, dim: int, index: TensorBase, source: Any, alpha: float
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_add`` and ``index_add_`` and return the call they make."""
    places = _along(x, dim, index)
    _check_added("index_add_()", x._array, places, source._array)
    values = source if alpha == 1 else source * alpha
    return IndexAdd, (values,), {"index": kept(places, x, source), "accumulate": True}


def _check_added(name: str, x: Array, places: ArrayIndex, source: Array) -> None:
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}: self ({scalar_name(x)}) and source ({scalar_name(source)}) must have the "
            "same scalar type: convert one with .to(dtype)"
        )
    d, count = len(places) - 1, places[-1].size
    own = source.shape[d] if d < source.ndim else 1
    if count != own:
        raise RuntimeError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim): ({own}), "
            f"for dim: {d}"
        )
    if source.shape != (*x.shape[:d], count, *x.shape[d + 1 :]):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {list(x.shape)} source.shape = {list(source.shape)}"
        )


class IndexCopy(IndexPut):
    """:class:`IndexPut` along one dimension, under PyTorch's name."""

    onto_repeats = False
    forward = IndexAdd.forward


@takes_out
@numpy_names
def index_copy(input: TensorBase, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
    """Return ``input`` with ``source`` at positions along a dimension.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).

    Raises:
        RuntimeError: if dtypes or sizes of the other dimensions differ.
        IndexError: if ``source`` has not one slice for each position.
    """
    op, inputs, params = _copied(input, dim, index, source)
    return op.apply(input, *inputs, **params)


@numpy_names
def index_copy_(input: TensorBase, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
    """Write ``source`` at positions along a dimension; see :func:`index_copy`.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).
    """
    op, inputs, params = _copied(input, dim, index, source)
    return write_(op, input, *inputs, **params)


def _copied(
    x: TensorBase, dim: int, index: TensorBase, source: TensorBase
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_copy`` and ``index_copy_`` and return the call they make."""
    places = _along(x, dim, index)
    _check_copied("index_copy_()", x._array, places, source._array)
    return IndexCopy, (source,), {"index": kept(places, x, source), "accumulate": False}


def _check_copied(name: str, x: Array, places: ArrayIndex, source: Array) -> None:
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got (self) "
            f"{scalar_name(x)} and (source) {scalar_name(source)}"
        )
    d, count = len(places) - 1, places[-1].size
    if source.ndim not in (0, x.ndim):
        raise IndexError(
            f"{name}: When source and destination are not scalars, their dimensionality must "
            f"match. Source dimensionality ({source.ndim}), destination dimensionality ({x.ndim})"
        )
    own = source.shape[d] if source.ndim else 1
    if source.ndim and source.shape != (*x.shape[:d], own, *x.shape[d + 1 :]):
        raise RuntimeError(
            f"{name}: Source/destination tensor must have same slice shapes. Got "
            f"{list(x.shape)} and {list(source.shape)}, which may differ in dimension {d}"
        )
    if count != own:
        raise IndexError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim) ({own})"
        )


class IndexFill(IndexPut):
    """:class:`IndexPut` of one number along one dimension, under PyTorch's name."""

    number = 1


@numpy_names
def index_fill(input: TensorBase, dim: int, index: TensorBase, value: Any) -> Tensor:
    """Return ``input`` with one value at positions along a dimension.

    Shapes: (*, A, *), (I,), () -> (*, A, *).

    Raises:
        IndexError: for positions outside, or of another dtype than integers.
    """
    op, inputs, params = _filled(input, dim, index, value)
    return op.apply(input, *inputs, **params)


def index_fill_(input: TensorBase, dim: int, index: TensorBase, value: Any) -> Tensor:
    """Write one value at positions along a dimension; see :func:`index_fill`.

    Shapes: (*, A, *), (I,), () -> (*, A, *).
    """
    op, inputs, params = _filled(input, dim, index, value)
    warn_of_repeats(input, "index_fill_")
    return write_(op, input, *inputs, **params)


def _filled(
    x: TensorBase, dim: int, index: TensorBase, value: Any
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_fill`` and ``index_fill_`` and return the call they make."""
    places = kept(_along(x, dim, index), x, value)
    return IndexFill, (value,), {"index": places, "accumulate": False}
