"""Tiles as the C takes them: of each, where it starts and stops along its axes."""

import struct
from collections.abc import Iterable
from functools import lru_cache

Tiles = bytes


def packed(tiles: Iterable[tuple[int, ...]]) -> Tiles:
    numbers = [number for tile in tiles for number in tile]
    return struct.pack(f"={len(numbers)}q", *numbers)


@lru_cache(maxsize=1024)
def slices(length: int, step: int) -> Tiles:
    """Cut an axis into tiles of ``step`` and a rest."""
    return packed((first, min(first + step, length)) for first in range(0, length, step))


@lru_cache(maxsize=1024)
def numbered(length: int, step: int) -> Tiles:
    """The same, each behind its number: (i, i + 1, start, stop)."""
    return packed(
        (i, i + 1, first, min(first + step, length))
        for i, first in enumerate(range(0, length, step))
    )
