"""Arrays of a batch side by side: what a ``batched`` rule is told, and how payloads line up."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np

from minitorch.autograd.vmap.example import (
    Example,
    Levels,
    count,
    examples_in,
    in_order,
    shape_mismatch,
    shared,
    values_of,
)
from minitorch.core.dtypes import Array


class Batch:
    """What a ``batched`` rule is told of the batch.

    Arrays that are batched have ``lead`` dimensions in front of those of an example: of the sizes
    ``sizes``, or 1 where the array does not belong to that level.
    """

    __slots__ = ("has", "lead", "levels", "sizes")

    def __init__(self, levels: Levels, arrays: Any = ()) -> None:
        self.levels = levels
        self.lead = len(levels)
        self.sizes = (
            (levels[0].size,) if self.lead == 1 else tuple([level.size for level in levels])
        )
        self.has = tuple(map(isinstance, arrays, repeat(Example)))  # which inputs are batched

    @property
    def count(self) -> int:
        """How many examples there are."""
        return count(self.levels)

    def align(self, x: Any) -> Any:
        """Return the payload of a batched array with all leading dimensions; others as they are."""
        if not isinstance(x, Example):
            return x
        if x.levels == self.levels:
            return x.payload
        lead = tuple([level.size if level in x.levels else 1 for level in self.levels])
        return x.payload.reshape(lead + x.shape)

    def widened(self, x: Any, ndim: int, index: int | None = None) -> Any:
        """Return an array whose examples have ``ndim`` dimensions, the new ones in front."""
        if not isinstance(x, np.ndarray) or (index is not None and not self.has[index]):
            return x  # what is not batched broadcasts by itself
        missing = ndim - (x.ndim - self.lead)
        return x.reshape(x.shape[: self.lead] + (1,) * missing + x.shape[self.lead :])

    def full(self, x: Array, index: int | None = None) -> Array:
        """Return an aligned array in all ``sizes``, also one that is the same for all examples.

        Args:
            x: aligned, or not batched.
            index: which input it is; None for an array known to be batched.
        """
        if index is not None and not self.has[index]:
            return np.broadcast_to(x, self.sizes + x.shape)
        if x.shape[: self.lead] == self.sizes:
            return x
        return np.broadcast_to(x, self.sizes + x.shape[self.lead :])

    def whole(self, param: Array) -> Array:
        """Return an array of a parameter, batched or not, in all ``sizes``."""
        x = self.align(param)
        return np.broadcast_to(x, self.sizes + x.shape) if x is param else self.full(x)

    def folded(self, x: Array, index: int | None = None) -> Array:
        """As :meth:`full`, all examples in one dimension: (count, *)."""
        x = self.full(x, index)
        return x if self.lead == 1 else x.reshape(self.count, *x.shape[self.lead :])

    def merged(self, x: Array, index: int | None = None) -> Array:
        """As :meth:`full`, with the leading dimensions in the example's first: (count * N, *)."""
        x = self.full(x, index)
        return x.reshape(self.count * x.shape[self.lead], *x.shape[self.lead + 1 :])

    def split(self, x: Array) -> Array:
        """Undo :meth:`merged`: (count * N, *) -> (*sizes, N, *)."""
        return x.reshape(*self.sizes, x.shape[0] // max(self.count, 1), *x.shape[1:])

    def unfolded(self, x: Array) -> Array:
        """Undo :meth:`folded`: (count, *) -> (*sizes, *)."""
        return x if self.lead == 1 else x.reshape(self.sizes + x.shape[1:])

    def dim(self, dim: int, x: Array) -> int:
        """Return where dimension ``dim`` of an example is in ``x``, which is aligned."""
        return dim % max(x.ndim - self.lead, 1) + self.lead

    def dims(self, dims: tuple[int, ...], x: Array) -> tuple[int, ...]:
        """As :meth:`dim`, of several."""
        return tuple([self.dim(d, x) for d in dims])

    def inner(self, x: Array) -> tuple[int, ...]:
        """Return all dimensions of an aligned array that are an example's."""
        return tuple(range(self.lead, x.ndim))


def levels_of(arrays: Any, params: dict[str, Any]) -> Levels:
    """Return all levels that the operands and parameters belong to, the outermost first."""
    levels: Levels = ()
    for x in arrays:
        if type(x) is Example and x.levels != levels:
            levels = in_order((*levels, *x.levels)) if levels else x.levels
    for value in params.values():
        if type(value) is Example or type(value) is tuple:
            for x in examples_in(value):
                levels = in_order((*levels, *x.levels))
    return levels


def missing_in(x: Any, levels: Levels) -> Levels:
    """Return which of some levels an array does not belong to."""
    own = x.levels if type(x) is Example else ()
    return () if own == levels else tuple([level for level in levels if level not in own])


def lift(x: Any, levels: Levels) -> Example:
    """Return an array as examples of further levels, the same in all of them."""
    before: Levels = x.levels if type(x) is Example else ()
    if type(x) is Example and x.levels == levels:
        return x
    every = in_order((*before, *levels))
    batch = Batch(every)
    return Example(shared(batch.align(x), batch.sizes + x.shape), every)


def join(tensor: Any, levels: Levels) -> None:
    """Have a tensor belong to further levels; all their examples share its memory.

    What has a history in a level must: else its gradient would be the sum over the examples.
    """
    missing = missing_in(tensor._array, levels)
    if missing:
        tensor._array = lift(tensor._array, missing)


def without_repeats(x: Any) -> Any:
    """Return a batched array without the levels along which it repeats one example.

    Weights are such: gradients for each sample lift them, and would multiply by each copy.
    """
    if isinstance(x, tuple):
        return tuple([without_repeats(item) for item in x])
    if not isinstance(x, Example):
        return x
    payload, lead = x.payload, len(x.levels)
    steps = list(zip(payload.shape[:lead], payload.strides[:lead], strict=True))
    if not any([n > 1 and step == 0 for n, step in steps]):
        return x
    kept = tuple([level for level, (n, step) in zip(x.levels, steps, strict=True) if step or n < 2])
    once = payload[(*[slice(None) if step or n < 2 else 0 for n, step in steps], ...)]
    return Example(once, kept) if kept else once


def facing(own: Array, array: Array, no_room: str | None = None) -> tuple[Array, Array]:
    """Return where to write and what, as plain arrays, for a write between batched tensors.

    Raises:
        RuntimeError: if the target has no room for the examples' different values.
    """
    own, array = without_repeats(own), without_repeats(array)
    levels: Levels = own.levels if isinstance(own, Example) else ()
    if isinstance(array, Example) and any([level not in levels for level in array.levels]):
        raise RuntimeError(no_room) if no_room else shape_mismatch("arithmetic", own, array)
    batch = Batch(levels, (own, array))
    room = values_of(own)
    return room, np.broadcast_to(batch.align(array), room.shape)
