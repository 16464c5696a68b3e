"""Tiles as the C takes them: of each, where it starts and stops along its axes."""

import struct
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, product

Tiles = bytes
Cut = tuple[int, int]


def packed(tiles: Iterable[tuple[int, ...]]) -> Tiles:
    numbers = [number for tile in tiles for number in tile]
    return struct.pack(f"={len(numbers)}q", *numbers)


def cuts(length: int, step: int) -> list[Cut]:
    """Cut an axis into pieces of ``step`` and a rest."""
    return [(first, min(first + step, length)) for first in range(0, length, step)]


def crossed(*axes: Iterable[Cut]) -> Tiles:
    """A tile for each combination of pieces of several axes, the last axis first."""
    return packed(tuple(chain(*pieces)) for pieces in product(*axes))


@lru_cache(maxsize=1024)
def slices(length: int, step: int) -> Tiles:
    """Cut an axis into tiles of ``step`` and a rest."""
    return packed(cuts(length, step))


@lru_cache(maxsize=1024)
def numbered(length: int, step: int) -> Tiles:
    """The same, each behind its number: (i, i + 1, start, stop)."""
    return packed((i, i + 1, *own) for i, own in enumerate(cuts(length, step)))
