"""Arrays that share memory: which they are, and views on what a file has of it."""

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.declared import to_view

# What is known of one array: the "entry" that holds it; its "view", if it is not the whole entry as
# that stands; "requires_grad", for a tensor that does.
Record = dict[str, Any]


class Stretch(NamedTuple):
    """Where in memory the bytes of one array lie; ``number`` is its place in ``records``."""

    low: int
    high: int
    number: int
    array: Array


def restore(record: Record, entry: Array) -> Array:
    """Return the array that a record describes, sharing the entry's memory."""
    if "view" not in record:
        return entry
    shape, dtype, offset, strides = to_view(record["view"], entry.nbytes)
    if not dtype.isnative and dtype.itemsize != entry.itemsize:
        raise ValueError(f"a view of {dtype} on bytes in the order of another kind of machine")
    return np.ndarray(shape, dtype.newbyteorder("="), entry, offset, strides)


def overlapping(arrays: list[Array]) -> list[list[Stretch]]:
    """Group arrays whose memory overlaps; the others stand alone."""
    stretches = [_stretch(number, array) for number, array in enumerate(arrays)]
    groups = [[s] for s in stretches if s.low == s.high]
    high = -1
    for stretch in sorted((s for s in stretches if s.low < s.high), key=lambda s: s[:3]):
        if stretch.low < high:
            groups[-1].append(stretch)
        else:
            groups.append([stretch])
        high = max(high, stretch.high)
    # In the order of the structure, not of addresses, which differ from run to run.
    groups.sort(key=lambda group: min(s.number for s in group))
    return [_without_gaps(group) for group in groups]


def _stretch(number: int, array: Array) -> Stretch:
    low, high = np.lib.array_utils.byte_bounds(array) if array.size else (_address(array),) * 2
    return Stretch(low, high, number, array)


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _without_gaps(group: list[Stretch]) -> list[Stretch]:
    """Copy a lone array that is strewn over more memory than it has content, such as a column."""
    (low, high, number, array), *others = group
    if others or high - low <= array.nbytes:
        return group
    return [_stretch(number, np.ascontiguousarray(array))]


def cover(group: list[Stretch]) -> Array:
    """Return an array over the whole stretch of memory of a group, without copying."""
    low, high = group[0].low, max(s.high for s in group)
    for s in group:
        if s.array.flags.c_contiguous and (s.low, s.high) == (low, high):
            return s.array
    first = group[0].array
    turn: Any = (..., *(slice(None, None, -1 if step < 0 else 1) for step in first.strides))
    unit = np.lib.stride_tricks.as_strided(first[turn], (1,), (first.itemsize,))
    aligned = all((s.low - low) % first.itemsize == 0 for s in group)
    if not aligned or any(s.array.dtype != first.dtype for s in group):
        unit = unit.view(np.uint8)[:1]
    count = (high - low) // unit.itemsize
    return np.lib.stride_tricks.as_strided(unit, (count,), (unit.itemsize,), writeable=False)
