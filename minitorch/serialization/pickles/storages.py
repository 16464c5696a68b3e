"""Which storages the tensors of a file lie in, and where."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import Array
from minitorch.serialization.memory import Stretch, cover, overlapping


class Place(NamedTuple):
    """Where a tensor lies; offset and strides count elements.

    Attributes:
        key: of its storage.
        storage_type: PyTorch's name of the class of storages.
        numel: how many elements the storage has.
        dtype: of the tensor, where its storage is one of bytes, which several dtypes share.
    """

    key: str
    storage_type: str
    numel: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    requires_grad: bool
    dtype: dtypes.dtype | None


class Storages:
    """The tensors met while an object is written, and the storages that they share.

    Attributes:
        contents: of the storages, by their keys, each contiguous.
        places: of the tensors, by the numbers that ``add`` gave; both after ``pack``.
    """

    def __init__(self) -> None:
        self.contents: dict[str, Array] = {}
        self.places: dict[int, Place] = {}
        self._arrays: list[Array] = []
        self._flags: list[bool] = []
        self._owners: list[Any] = []  # their memory is not to go before it is written

    def add(self, owner: Any, array: Array, requires_grad: bool = False) -> int:
        """Note the array of a tensor and return its number."""
        if any(step < 0 or step % array.itemsize for step in array.strides):
            array = np.ascontiguousarray(array)  # PyTorch has no such strides
        self._owners.append(owner)
        self._arrays.append(array)
        self._flags.append(requires_grad)
        return len(self._arrays) - 1

    def pack(self) -> None:
        """Find the storages: what overlaps lies in one, and only the stretch that is covered."""
        for group in overlapping(self._arrays):
            low = group[0].low
            self._store([s for s in group if (s.low - low) % s.array.itemsize == 0])
            for stretch in group:
                if (
                    stretch.low - low
                ) % stretch.array.itemsize:  # no number of elements leads there
                    copied = np.ascontiguousarray(stretch.array)
                    self._store([Stretch(0, copied.nbytes, stretch.number, copied)])

    def _store(self, group: list[Stretch]) -> None:
        key = str(len(self.contents))
        content = self.contents[key] = cover(group)
        kinds = {stretch.array.dtype for stretch in group}
        for low, _, number, array in group:
            kind = dtypes.from_numpy(array.dtype)
            name = dtypes.SCALAR_NAMES[kind]
            is_typed = len(kinds) == 1 and not name.startswith("UInt")  # of which PyTorch has none
            unit = array.itemsize if is_typed else 1
            strides = tuple(step // array.itemsize for step in array.strides)
            self.places[number] = Place(
                key=key,
                storage_type=f"torch.{name}Storage" if is_typed else "torch.storage.UntypedStorage",
                numel=content.nbytes // unit,
                offset=(low - group[0].low) // array.itemsize,
                shape=array.shape,
                strides=strides,
                requires_grad=self._flags[number],
                dtype=None if is_typed else kind,
            )
