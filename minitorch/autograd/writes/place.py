"""Where a view's elements stand among those of its base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.autograd.vmap.batch import join, missing_in
from minitorch.autograd.vmap.example import Example, Levels
from minitorch.autograd.vmap.levels import FromBatched
from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import Array
from minitorch.core.storage import address_of, owner_of


@dataclass(frozen=True, slots=True)
class Place:
    """Strides over the base's elements, counted in the order of their indices."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int


# Of a base whose memory is in another order: for each element its number in the base.
Numbers = Array


def place_across(base: Any, view: Any) -> tuple[Place | Numbers, Array, Levels]:
    """Return where a view stands in its base, which may belong to fewer levels of vmap.

    If it has joined further ones, so does the view.

    Returns:
        The place, as that of an array with further dimensions in front; that array; and the levels
        that they stand for.
    """
    if type(base._array) is Example:
        join(view, base._array.levels)
    array = view._array
    levels = missing_in(base._array, array.levels) if type(array) is Example else ()
    for level in reversed(levels):
        array = FromBatched.forward(array, dim=0, level=level)
    return place_of(base._array, array), array, levels


def place_of(base: Array, view: Array) -> Place | Numbers:
    """Return where a view stands in its base.

    Raises:
        NotImplementedError: for a view of another dtype, real parts of complex numbers.
    """
    if view.itemsize != base.itemsize:
        raise NotImplementedError(
            "what follows a write here is a part of complex numbers, which cannot: write the whole."
        )
    if view.size == 0:
        return Place(view.shape, (0,) * view.ndim, 0)
    if base.flags.c_contiguous:
        size = view.itemsize
        if owner_of(view) is owner_of(base):
            start = address_of(view) - address_of(base)
        else:  # ``.data`` gave one of them other memory: it counts as if it lay alike there
            start = _start(view) - _start(base)
        place = Place(view.shape, tuple([s // size for s in view.strides]), start // size)
        _check_inside(place, base)
        return place
    if not np.may_share_memory(base, view):
        raise RuntimeError(_OTHER_MEMORY)
    return _numbers(base, view)


_OTHER_MEMORY = (
    "The base of a view has been given other memory (by .data or set_()), in which there is no "
    "place for the view: make the view anew."
)


def _start(array: Array) -> int:
    """Where an array starts in its memory, in bytes."""
    return address_of(array) - address_of(owner_of(array))


def _check_inside(place: Place, base: Array) -> None:
    steps = zip(place.shape, place.strides, strict=True)
    last = place.offset + sum([(n - 1) * s for n, s in steps])
    if place.offset < 0 or last >= base.size:
        raise RuntimeError(_OTHER_MEMORY)


def _numbers(base: Array, view: Array) -> Numbers:
    first = min(address_of(base), address_of(view))
    last = max(_last_address(base), _last_address(view))
    span = (last - first) // base.itemsize + 1
    lookup = np.zeros(span, np.int64)
    _strided(lookup, base, first)[...] = np.arange(base.size).reshape(base.shape)
    return _strided(lookup, view, first).copy()


def _last_address(array: Array) -> int:
    steps = zip(array.shape, array.strides, strict=True)
    return address_of(array) + sum((n - 1) * s for n, s in steps if n > 1)


def _strided(lookup: Array, like: Array, first: int) -> Array:
    """View the look-up table with the geometry that ``like`` has in memory."""
    start = (address_of(like) - first) // like.itemsize
    strides = [s // like.itemsize * lookup.itemsize for s in like.strides]
    return np.lib.stride_tricks.as_strided(lookup[start:], like.shape, strides)


def repeats(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether strides lead to one element by several indices."""
    steps = sorted([(abs(s), n) for s, n in zip(strides, shape, strict=True) if n > 1])
    reach = 0
    for step, n in steps:
        if step <= reach:
            return True
        reach += (n - 1) * step
    return False


def window(out: Array, place: Place, lead: int = 0) -> Array:
    """The place as a view of a contiguous array, the same behind each index of ``lead`` axes."""
    size = out.itemsize
    strides = (*out.strides[:lead], *[s * size for s in place.strides])
    shape = (*out.shape[:lead], *place.shape)
    return np.ndarray(shape, out.dtype, buffer_of(out), place.offset * size, strides)


def numbered(place: Place | Numbers) -> Numbers:
    if not isinstance(place, Place):
        return place
    numbers = np.full(place.shape, place.offset)
    for axis, step in enumerate(place.strides):
        steps = np.arange(place.shape[axis]) * step
        numbers += steps.reshape([-1 if i == axis else 1 for i in range(numbers.ndim)])
    return numbers
