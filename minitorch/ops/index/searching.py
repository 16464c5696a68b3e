"""Where values belong among others: ``searchsorted``, ``bucketize``, ``isin``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched, values_of
from minitorch.core.dtypes import (
    is_bool,
    is_float,
    not_implemented,
    refuse_complex,
    scalar_dtype,
    scalar_name,
    to_common_dtype,
)
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class SearchSorted(Op):
    """How many elements of each row are less than values, or to the right no larger.

    (*, A), (*, V) -> (*, V). One row, (A,), does for values of any shape.
    """

    differentiable = False
    promotion = staticmethod(to_common_dtype)

    @staticmethod
    def forward(rows: Array, values: Array, *, right: bool) -> Array:
        size = rows.shape[-1]
        if rows.ndim == 1 and not (is_float(rows.dtype) and np.isnan(rows).any()):
            found = np.asarray(np.searchsorted(rows, values, "right" if right else "left"))
            return np.where(values == values, found, size)
        # As PyTorch bisects, so that NaN ends where it does there.
        if rows.ndim == 1:
            rows = rows.reshape((1,) * (max(values.ndim, 1) - 1) + (size,))
        wide = values.reshape(values.shape or (1,))
        low = np.zeros(wide.shape, np.int64)
        high = np.full(wide.shape, size)
        rows = np.broadcast_to(rows, (*wide.shape[:-1], size))
        for _ in range(size.bit_length()):
            middle = (low + high) // 2
            there = np.take_along_axis(rows, np.minimum(middle, size - 1), -1)
            is_behind = ~(there > wide if right else there >= wide) & (low < high)
            low, high = np.where(is_behind, middle + 1, low), np.where(is_behind, high, middle)
        return low.reshape(values.shape)

    @staticmethod
    def parity(torch: Any, rows: Any, values: Any, *, right: bool) -> Any:
        return torch.searchsorted(rows, values, right=right)

    @staticmethod
    def reference(rows: Array, values: Array, *, right: bool) -> Array:
        out = np.zeros(values.shape, np.int64)
        for at in np.ndindex(values.shape):
            row = rows if rows.ndim == 1 else rows[at[:-1]]
            out[at] = sum(x <= values[at] if right else x < values[at] for x in row)
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        rows = np.sort(s.distinct(2, 5) + 1)
        for right in (False, True):
            yield s(rows, np.hstack([rows[:, 1:3], s.real(2, 2)]), right=right)
            yield s(rows[0], rows + 0.05, right=right)
        yield s(rows[0], s.real(), right=False)
        yield s(rows[:, :0], s.real(2, 3), right=False)


@takes_out
@out_rules(casts="none")
def searchsorted(
    sorted_sequence: Any,
    input: Any = None,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
    self: Any = None,
) -> Tensor:
    """Return where values would have to stand among sorted ones: (*, A), (*, V) -> (*, V).

    Args:
        sorted_sequence: rows in ascending order, or one row for values of any shape.
        input: the values, or a number.
        out_int32: whether to return int32, not int64.
        right: behind those that are equal, not in front of them.
        side: "left" or "right", instead of ``right``.
        sorter: positions that put rows in order, which need not be then.
        self: a number, instead of ``input``.

    Raises:
        RuntimeError: for shapes that do not fit, or a side against ``right``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.searchsorted.html
    """
    rows, name = sorted_sequence, "torch.searchsorted()"
    values = _as_tensor(self if input is None else input, rows)
    if side not in (None, "left", "right"):
        raise RuntimeError(f"{name}: side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            f"{name}: side and right can't be set to opposites, got side of left while right was "
            "True"
        )
    if sorter is not None:
        _check_sorter(rows._array, sorter._array)
        rows = rows.gather(-1, sorter)
    _check_search(name, rows._array, values._array)
    found = SearchSorted.apply(rows, values, right=right or side == "right")
    return found.int() if out_int32 else found


def _as_tensor(x: Any, like: Any) -> Any:
    if isinstance(x, TensorBase):
        return x
    return like._plain(np.full((), x, scalar_dtype(x)))


def _check_search(name: str, rows: Array, values: Array) -> None:
    if is_bool(rows.dtype) and is_bool(values.dtype):  # with others they are compared as numbers
        raise not_implemented("searchsorted_out_cpu", rows.dtype)
    if rows.ndim == 0:
        raise RuntimeError(
            f"{name}: boundaries tensor should have positive dimension, but got 0 dimension"
        )
    if values.ndim == 0 and rows.ndim != 1:
        raise RuntimeError(
            f"{name}: input value can be a scalar only when boundaries tensor dimension is 1, but "
            f"we got boundaries tensor dim({rows.ndim}) and input value's dim(0) numel(1)"
        )
    if rows.ndim != 1 and rows.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            f"{name}: boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            f"boundaries tensor and input value tensor must match, but we got boundaries tensor "
            f"{list(rows.shape)} and input value tensor {list(values.shape)}"
        )


def _check_sorter(rows: Array, sorter: Array) -> None:
    name = "torch.searchsorted()"
    if sorter.shape != rows.shape:
        raise RuntimeError(
            f"{name}: boundary and sorter must have the same size, but got boundary tensor "
            f"{list(rows.shape)} and got sorter tensor {list(sorter.shape)}"
        )
    if sorter.dtype != np.int64:
        raise RuntimeError(
            f"{name}: sorter must be a tensor of long dtype but got dtype {scalar_name(sorter)}"
        )
    places = values_of(sorter)
    if places.size and not (places.min() >= 0 and places.max() < rows.shape[-1]):
        raise RuntimeError(f"{name}: sorter index out of range")


@takes_out
@out_rules(casts="none")
def bucketize(
    input: Any = None,
    boundaries: Any = None,
    *,
    out_int32: bool = False,
    right: bool = False,
    self: Any = None,
) -> Tensor:
    """Return between which of the sorted boundaries values lie: (*), (B,) -> (*).

    Args:
        input: the values, or a number.
        boundaries: in ascending order.
        out_int32: whether to return int32, not int64.
        right: count boundaries equal to a value as less than it.
        self: a number, instead of ``input``.

    Raises:
        RuntimeError: for boundaries of another number of dimensions.
    """
    if boundaries._array.ndim != 1:
        raise RuntimeError(
            f"bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.dim()})"
        )
    values = _as_tensor(self if input is None else input, boundaries)
    _check_search("torch.bucketize()", boundaries._array, values._array)
    found = SearchSorted.apply(boundaries, values, right=right)
    return found.int() if out_int32 else found


@takes_out
@out_rules(casts="none")
def isin(
    elements: Any = None,
    test_elements: Any = None,
    *,
    assume_unique: bool = False,
    invert: bool = False,
    element: Any = None,
    test_element: Any = None,
) -> Tensor:
    """Return which elements are among others: (*), (*T) -> (*).

    Args:
        elements: a tensor, or a number if the others are a tensor.
        test_elements: a tensor or a number.
        assume_unique: whether neither has an element twice, which changes nothing here.
        invert: return which are not.
        element: a number, instead of ``elements``.
        test_element: a number, instead of ``test_elements``.

    Raises:
        RuntimeError: for bools.
    """
    x: Any = element if elements is None else elements
    among: Any = test_element if test_elements is None else test_elements
    like = x if isinstance(x, TensorBase) else among
    if not isinstance(like, TensorBase):
        raise TypeError("isin() received an invalid combination of arguments - got no Tensor")
    x, among = (y if isinstance(y, TensorBase) else like._plain(np.asarray(y)) for y in (x, among))
    if is_bool(x._array.dtype) or is_bool(among._array.dtype):
        raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    for y in (x, among):
        name = scalar_name(y._array)
        refuse_complex(y, f"Unsupported input type encountered for isin(): {name}")
    if is_batched(x._array) or is_batched(among._array):
        found = (x.unsqueeze(-1) == among.reshape(-1)).any(-1)
        return ~found if invert else found
    return like._plain(np.isin(x._array, among._array, invert=invert))
