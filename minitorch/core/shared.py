"""Memory that processes share: the one who made it, and those forked later."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.layout import copied
from minitorch.core.storage import deep_copied, owner_of


class _Block(mmap.mmap):
    """Memory without a file; of one that maps a file nobody knows here who sees writes."""


def is_shared(array: Array) -> bool:
    """Return whether an array lies in memory made by :func:`in_shared_memory`."""
    return isinstance(owner_of(array).base, _Block)


def in_shared_memory(array: Array, memo: dict[int, Any]) -> Array:
    """Return the array in a shared copy of the memory it lies in, or itself if that is shared.

    Args:
        array: what to share.
        memo: begins as an empty dict; with the same one, arrays over one memory have one copy.
    """
    return array if is_shared(array) else deep_copied(array, memo, _copied_into_a_block)


def _copied_into_a_block(array: Array) -> Array:
    array = copied(array)
    block = _Block(-1, max(array.nbytes, 1))
    shared = np.ndarray(array.shape, array.dtype, block, 0, array.strides)
    shared[...] = array
    return shared
