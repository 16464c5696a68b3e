"""Which keys a dict out of a file may have: none that cost more than they are long."""

from collections import Counter
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.devices import device
from minitorch.core.size import Size

_MAX_PARTS = 100  # of a tuple, its tuples included: one tuple may be part of another many times
_MAX_COLLISIONS = 1000
_MAX_INTEGER = 2**61 - 1  # below it no two integers but -1 and -2 have the same hash
_OTHERS = (dtypes.dtype, device, np.number, np.bool_)
_PLAIN = (str, bytes, int, float, bool, complex, type(None))


class Keys:
    """Checks keys before they are hashed, and counts those that have the same hash.

    Text has another one in each process. Numbers and tuples of them could be chosen to have the
    same, and each would be compared with all before it.
    """

    def __init__(self) -> None:
        self._hashes: Counter[tuple[int, int]] = Counter()

    def check(self, container: Any, key: Any) -> None:
        """Refuse a key of a dict, or an element of a set.

        Raises:
            UnpicklingError: it is of another kind than numbers, text and tuples of them, is
                nested too often, or collides with too many before it.
        """
        if type(key) is str or (type(key) is int and abs(key) < _MAX_INTEGER):
            return
        pending, parts = [key], 0
        while pending:
            part = pending.pop()
            parts += 1
            if type(part) is tuple and parts + len(part) <= _MAX_PARTS:
                pending += part
            elif type(part) is Size and len(part) < _MAX_PARTS:
                continue
            elif type(part) not in _PLAIN and not isinstance(part, _OTHERS):
                raise UnpicklingError(f"files have no such keys: a {type(part).__name__}")
        place = id(container), hash(key)
        self._hashes[place] += 1
        if self._hashes[place] > _MAX_COLLISIONS:
            raise UnpicklingError(f"more than {_MAX_COLLISIONS} keys have the same hash")
