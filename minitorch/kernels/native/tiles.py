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
