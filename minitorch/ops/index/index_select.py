"""Whole slices picked and written along a dimension: ``index_select``, ``index_add``, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import reshaped
from minitorch.autograd.writes.inplace import warn_of_repeats
from minitorch.core.dtypes import is_complex, scalar_name
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.elementwise.arithmetic import scaled
from minitorch.ops.index.advanced import ArrayIndex, Index, IndexPut, kept
from minitorch.ops.index.along import Call, check_bounds, made, with_dim, written
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out

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
@out_rules(casts="none", apart=True)
def index_select(input: TensorBase, dim: int, index: TensorBase) -> Tensor:
    """Return the positions along a dimension that a 1-d tensor lists.

    Shapes: (*, A, *), (I,) -> (*, I, *).

    Raises:
        IndexError: for an index with more dimensions, or one that points outside.
        RuntimeError: for an index of another dtype, or several positions in a 0-d tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.index_select.html
    """
    shape, places = input._array.shape, index._array
    if places.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"index_select(): Expected dtype int32 or int64 for index, got {scalar_name(places)}"
        )
    if not shape and places.size != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {places.size} value(s)"
        )
    at = kept(_along("index_select()", input, dim, index), input)
    return made(input, (IndexSelect, (with_dim(input),), {"index": at}))


def _along(
    name: str,
    x: TensorBase,
    dim: int,
    index: TensorBase,
    error: type[Exception] = RuntimeError,
    *,
    wraps: bool = False,
) -> ArrayIndex:
    """Check positions along a dimension and return them as a whole index.

    Those of another dtype are an ``error``; with ``wraps`` -1 stands for the last one.
    """
    d = wrap_dim(dim, x._array.ndim)
    places = index._array
    if places.dtype.name not in ("int64", "int32"):
        raise error(f"{name}: Expected dtype int32/int64 for index but got: {scalar_name(places)}")
    if places.ndim > 1:
        raise IndexError(
            f"{name}: Index is supposed to be a vector, but got dim: {places.ndim} with type: "
            f"{scalar_name(places)} and size: {list(places.shape)}"
        )
    size = x._array.shape[d] if x._array.ndim else 1
    words = "" if wraps else "index out of range in self: "
    check_bounds(places, size, d, IndexError, words, wraps=wraps)
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
    return made(input, _added(input, dim, index, source, alpha))


@numpy_names
def index_add_(
    input: TensorBase, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
) -> Tensor:
    """Add ``alpha * source`` at positions along a dimension, in place; see :func:`index_add`.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).
    """
    return written(input, _added(input, dim, index, source, alpha))


def _added(x: TensorBase, dim: int, index: TensorBase, source: Any, alpha: float) -> Call:
    """Check the arguments of ``index_add`` and ``index_add_`` and return the call they make."""
    places = _along("index_add_()", x, dim, index)
    _check_added("index_add_()", x._array, places, source._array)
    values = with_dim(source if alpha == 1 else scaled(x, source, alpha))
    params = {"index": kept(places, x, source), "accumulate": True}
    return IndexAdd, (with_dim(x), values), params


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
    if source.shape != ((*x.shape[:d], count, *x.shape[d + 1 :]) if x.ndim else ()):
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
    return made(input, _copied(input, dim, index, source))


@numpy_names
def index_copy_(input: TensorBase, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
    """Write ``source`` at positions along a dimension; see :func:`index_copy`.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).
    """
    return written(input, _copied(input, dim, index, source))


def _copied(x: TensorBase, dim: int, index: TensorBase, source: TensorBase) -> Call:
    """Check the arguments of ``index_copy`` and ``index_copy_`` and return the call they make."""
    places = _along("index_copy_()", x, dim, index)
    _check_copied("index_copy_()", x._array, places, source._array)
    params = {"index": kept(places, x, source), "accumulate": False}
    return IndexCopy, (with_dim(x), with_dim(source)), params


def _check_copied(name: str, x: Array, places: ArrayIndex, source: Array) -> None:
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got (self) "
            f"{scalar_name(x)} and (source) {scalar_name(source)}"
        )
    d, count = len(places) - 1, places[-1].size
    if source.ndim == 0 and count != 1:
        raise IndexError(
            f"{name}: When source is scalar, index should have one element (got {count})"
        )
    if source.ndim and x.ndim and source.ndim != x.ndim:
        raise IndexError(
            f"{name}: When source and destination are not scalars, their dimensionality must "
            f"match. Source dimensionality ({source.ndim}), destination dimensionality ({x.ndim})"
        )
    slices = [shape[:d] + shape[d + 1 :] for shape in (x.shape, source.shape)]
    if slices[0] != slices[1]:
        raise RuntimeError(
            f"{name}: Source/destination tensor must have same slice shapes. Destination slice "
            f"shape: {list(slices[0])} and source slice shape: {list(slices[1])}, without "
            f"dimension {d}."
        )
    own = source.shape[d] if source.ndim else 1
    if count != own:
        raise IndexError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim) ({own})"
        )


class IndexFill(IndexPut):
    """:class:`IndexPut` of one number along one dimension, under PyTorch's name."""

    read_first = 1


@numpy_names
def index_fill(input: TensorBase, dim: int, index: TensorBase, value: Any) -> Tensor:
    """Return ``input`` with one value at positions along a dimension.

    Shapes: (*, A, *), (I,), () -> (*, A, *).

    Raises:
        IndexError: for positions outside, or of another dtype than integers.
    """
    return made(input, _filled(input, dim, index, value))


@numpy_names
def index_fill_(input: TensorBase, dim: int, index: TensorBase, value: Any) -> Tensor:
    """Write one value at positions along a dimension; see :func:`index_fill`.

    Shapes: (*, A, *), (I,), () -> (*, A, *).
    """
    call = _filled(input, dim, index, value)
    warn_of_repeats(input, "index_fill_")
    return written(input, call)


def _filled(x: TensorBase, dim: int, index: TensorBase, value: Any) -> Call:
    """Check the arguments of ``index_fill`` and ``index_fill_`` and return the call they make."""
    places = _along("index_fill_()", x, dim, index, IndexError, wraps=True)
    if isinstance(value, TensorBase) and value._array.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value._array.ndim} dimension(s)."
        )
    of_complex = isinstance(value, complex)
    if isinstance(value, TensorBase):
        of_complex = is_complex(value._array.dtype)
    if of_complex and not is_complex(x._array.dtype):
        raise RuntimeError(
            "index_fill_(): Converting complex Scalar to non-complex type is not supported"
        )
    params = {"index": kept(places, x, value), "accumulate": False}
    return IndexFill, (with_dim(x), value), params
