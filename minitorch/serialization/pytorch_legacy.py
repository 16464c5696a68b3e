"""PyTorch's format before version 1.6: pickles one after the other, then the storages."""

from __future__ import annotations

import sys
from pickle import UnpicklingError
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array, dtype
from minitorch.serialization.pickles.machine import Machine
from minitorch.serialization.pickles.names import Name, named
from minitorch.serialization.pickles.tensors import storage_of
from minitorch.serialization.pytorch_zip import Classes, swap
from minitorch.serialization.refusals import shown

MAGIC = 0x1950A86A20F9469CFC6C  # the first pickle is this number
_PROTOCOL = 1001


class Legacy:
    """A file in the old format, whose storages are known by size before they are read.

    Args:
        file: from its beginning.
        size: how many bytes it has: no more are ever asked for.
        classes: those that the user admits.
    """

    def __init__(self, file: IO[bytes], size: int, classes: Classes) -> None:
        self._file = file
        self._left = size
        self._classes = classes
        self._stored: dict[str, tuple[Array, Any]] = {}

    def read(self) -> Any:
        """Return the object."""
        self._file.seek(0)
        content = memoryview(self._file.read())
        machine = Machine(content, lambda path: named(path, self._classes), self._storage)
        if machine.load() != MAGIC or machine.load() != _PROTOCOL:
            raise UnpicklingError("it does not begin as PyTorch's files do")
        about = machine.load()
        obj = machine.load()
        keys = machine.load()
        is_plain = isinstance(keys, list) and all(type(key) is str for key in keys)
        if not is_plain or set(keys) != set(self._stored):
            raise UnpicklingError("the storages are not those that the tensors are on")
        is_swapped = about.get("little_endian", True) != (sys.byteorder == "little")
        position = machine.position
        for key in keys:
            stored, kind = self._stored[key]
            end = position + 8 + stored.nbytes
            if end > len(content):
                raise EOFError(f"the storage {key} ends at {end}, the file at {len(content)}")
            stored[:] = np.frombuffer(content[position + 8 : end], np.uint8)
            if is_swapped:
                swap(stored, kind)
            position = end
        return obj

    def _storage(self, about: Any) -> Any:
        """Return the storage of an id: ("storage", type, key, device, count, part)."""
        word, name, key, _, count, part = about
        if word != "storage" or not isinstance(name, Name) or not isinstance(name.kind, dtype):
            kind = f"{name!r}" if isinstance(name, Name) else shown(name)
            raise UnpicklingError(f"an id of something that is no storage: {shown(word)} of {kind}")
        itemsize = name.kind.numpy.itemsize
        if type(key) is not str:  # others could cost more to look up than they are long
            raise UnpicklingError(f"the key of a storage is {shown(key)}")
        if key not in self._stored:
            if type(count) is not int or not 0 <= count * itemsize <= self._left:
                raise UnpicklingError(f"a storage of {shown(count)} elements in {self._left} bytes")
            self._left -= count * itemsize
            self._stored[key] = np.empty(count * itemsize, np.uint8), name.kind
        stored, _ = self._stored[key]
        if part is not None:
            _, offset, count = part
            if type(offset) is not int or not 0 <= offset * itemsize <= stored.nbytes:
                raise UnpicklingError(f"a part of a storage at {shown(offset)}")
            stored = stored[offset * itemsize :]
        return storage_of(stored, name.kind, count)
