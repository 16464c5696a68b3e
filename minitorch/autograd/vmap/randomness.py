"""Random numbers inside vmap: as its ``randomness`` says, of PyTorch's streams.

With "different" the numbers of all examples are drawn in one go, so from one seed they are those
that a draw of the whole batch gives; with "same" one example's are drawn, for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.autograd.vmap.batch import Batch
from minitorch.autograd.vmap.example import Example, Levels, in_order, shape_mismatch
from minitorch.autograd.vmap.levels import running
from minitorch.core.dtypes import Array
from minitorch.core.layout import prototype

Shape = tuple[int, ...]

ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or "
    "'different' randomness flags on vmap or perform the randomness operation out of vmap"
)
_SAME = (
    "Vmap does not currently support same randomness with a batched tensor input: the numbers "
    "depend on it, so they differ. Use randomness='different'."
)
_UNBATCHED = (
    "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear "
    "like same randomness. Use the function that returns a new tensor, such as rand_like()."
)


def different() -> Levels:
    """Return the running vmaps whose examples get numbers of their own, the outermost first.

    Raises:
        RuntimeError: if one of them forbids randomness.
    """
    levels = [level for level in running() if level.is_open]
    if any([level.randomness == "error" for level in levels]):
        raise RuntimeError(ERROR)
    return tuple([level for level in levels if level.randomness == "different"])


def drawn(shape: Shape, draw: Callable[[Shape], Array]) -> Array:
    """Return new numbers: ``draw`` of a shape, or of the shape of a batch of them."""
    levels = different()
    if not levels:
        return draw(shape)
    return Example(draw((*[level.size for level in levels], *shape)), levels)


def drawn_one_by_one(draw: Callable[[], Array]) -> Array:
    """As :func:`drawn`, where the whole batch is no larger draw: the examples' one by one."""
    levels = different()
    if not levels:
        return draw()
    sizes = tuple([level.size for level in levels])
    rows = [draw() for _ in np.ndindex(sizes)]
    if not rows:
        one = draw()
        return Example(np.empty((*sizes, *one.shape), one.dtype), levels)
    return Example(np.stack(rows).reshape(*sizes, *rows[0].shape), levels)


def drawn_from(draw: Callable[..., Array], *arrays: Any) -> Array:
    """Return numbers drawn by what tensors hold: ``draw`` of whole arrays, in the same shape.

    Raises:
        RuntimeError: for a batched tensor in a vmap that wants the same numbers for all examples.
    """
    levels = different()
    batched = in_order([level for x in arrays if isinstance(x, Example) for level in x.levels])
    if any([level.is_open and level not in levels for level in batched]):
        raise RuntimeError(_SAME)
    if not levels:
        return draw(*arrays)
    batch = Batch(levels, arrays)
    whole = [
        np.ascontiguousarray(batch.whole(x)) if isinstance(x, np.ndarray) else x for x in arrays
    ]
    return Example(draw(*whole), levels)


def layout(x: Array, *, in_place: bool = False) -> tuple[Array, Levels]:
    """Return an array laid out as the numbers are to be that go with a tensor, and their levels.

    Args:
        x: the tensor's array.
        in_place: whether they will be written into the tensor, which then must have room for them.

    Raises:
        RuntimeError: if it has not.
    """
    levels = different()
    own: Levels = x.levels if isinstance(x, Example) else ()
    if any([level not in own for level in levels]):
        if in_place:
            raise RuntimeError(_UNBATCHED)
        return np.empty((*[level.size for level in levels], *x.shape), x.dtype), levels
    if not isinstance(x, Example):
        return x, levels
    sizes = [level.size for level in levels]
    if x.payload.size == 0:
        return np.empty((*sizes, *x.shape), x.dtype), levels
    index = tuple([slice(None) if level in levels else 0 for level in own])
    return x.payload[(*index, ...)], levels


def empty_like(x: Array, *, contiguous: bool = False, examples_in_order: bool = False) -> Array:
    """Return memory for the numbers that are to go with a tensor, laid out as it is.

    Args:
        x: the tensor's array.
        contiguous: not as it is, but contiguous.
        examples_in_order: one example's numbers come after the other's, whatever the layout.
    """
    like, levels = layout(x)
    contiguous = contiguous or (examples_in_order and bool(levels))
    numbers = np.empty_like(prototype(like), order="C" if contiguous else "K")
    return Example(numbers, levels) if levels else numbers


def chances_for(target: Array, chances: Array) -> Array:
    """Return what each number of a fill in place is drawn by, in the shape of its layout.

    Raises:
        RuntimeError: if the target is shared by examples of which each has chances of its own.
    """
    levels = different()
    if isinstance(chances, Example):
        if any([level.is_open and level not in levels for level in chances.levels]):
            raise RuntimeError(_SAME)
        own: Levels = target.levels if isinstance(target, Example) else ()
        if any([level not in own for level in chances.levels]):
            raise shape_mismatch("bernoulli", target, chances)
    batch = Batch(levels)
    whole = batch.align(chances)
    if isinstance(chances, Example):
        whole = batch.widened(whole, target.ndim)
    return np.broadcast_to(whole, (*batch.sizes, *target.shape))
