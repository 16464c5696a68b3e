"""Writes at indices in NumPy."""

import math
from typing import Any

import numpy as np

from minitorch.core.dtypes import is_float, is_signed
from minitorch.kernels.arrays import Array, Shape, working_dtype
from minitorch.kernels.contract.index import Index
from minitorch.kernels.sums import add_floats

SMALL = 1 << 15  # numbers that are not worth sorting
FEW = 16  # rows that are worth adding at once


def index_add(values: Array, index: Any, shape: Shape) -> Array:
    """Add values into zeros of `shape` at `index`, repeats adding up in the order they come.

    Rows are added as such, all others number by number: one flat index takes the quick road
    through `np.add.at`.
    """
    dtype = working_dtype(values.dtype)
    if type(index) is tuple and len(index) == 1:
        (index,) = index
    if type(index) is np.ndarray and is_signed(index.dtype) and len(shape) > 1:
        return _add_rows(values, index, shape, dtype).astype(values.dtype, copy=False)
    out = np.zeros(shape, dtype)
    places = _flat(index, shape)
    values_in_place = np.broadcast_to(values, places.shape).astype(dtype)
    np.add.at(out.reshape(-1), places.reshape(-1), values_in_place.reshape(-1))
    return out.astype(values.dtype, copy=False)


def _flat(index: Any, shape: Shape) -> Array:
    """Return the numbers, in the order of all, of the elements that an index picks."""
    if type(index) is tuple and len(index) == len(shape) and all(map(_is_positions, index)):
        return np.asarray(np.ravel_multi_index(index, shape, mode="wrap"))
    places: Array = np.arange(math.prod(shape)).reshape(shape)[index]
    return places


def _is_positions(item: Any) -> bool:
    return type(item) is np.ndarray and item.dtype.kind == "i"


def _add_rows(values: Array, index: Array, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Add (*I, *W) into (V, *W) at rows (*I): first all that come first, then all second ones, ...

    Rows of 128 take half the time of `np.add.at`, and a third where places seldom repeat.
    """
    out = np.zeros(shape, dtype)
    width = math.prod(shape[1:])
    if not index.size or not width:
        return out
    rows = np.broadcast_to(values, index.shape + shape[1:]).reshape(index.size, width)
    rows = rows.astype(dtype, copy=False)
    places = index.reshape(-1) % shape[0]
    if rows.size < SMALL or width == 1:
        numbers = places[:, None] * width + np.arange(width)
        np.add.at(out.reshape(-1), numbers.reshape(-1), rows.reshape(-1))
        return out
    # Of 16 bits NumPy sorts in one go, the others by comparing.
    keys = places.astype(np.uint16 if shape[0] <= 1 << 16 else np.int64)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(starts, append=keys.size)
    most_first = np.argsort(-counts, kind="stable")
    starts, counts = starts[most_first], counts[most_first]
    sums = rows.take(order[starts], 0)
    done, left = 1, np.count_nonzero(counts > 1)
    while left >= FEW:
        sums[:left] += rows.take(order[starts[:left] + done], 0)
        done += 1
        left = np.count_nonzero(counts > done)
    for i in range(left):
        sums[i] += _sum(rows.take(order[starts[i] + done : starts[i] + counts[i]], 0))
    out.reshape(-1, width)[keys[starts]] = sums
    return out


def _sum(rows: Array) -> Array:
    total: Array = add_floats(rows, (0,)) if is_float(rows.dtype) else np.add.reduce(rows, 0)
    return total


INDEX = Index(add=index_add)
