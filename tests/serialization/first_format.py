"""Writes the first format, which is read and no longer written: Note [The first format]."""

import base64
import io
import json
import math
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

import minitorch as mt
from minitorch.core import dtypes
from minitorch.serialization.declared import declare
from minitorch.serialization.memory import Stretch, cover, overlapping

_MAPPINGS: dict[type, str] = {dict: "dict", OrderedDict: "ordereddict", Counter: "counter"}
_SCALARS = {
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
    "float32", "float64",
}  # fmt: skip


def saved_first(obj: Any) -> bytes:
    """A file of the first format that holds ``obj``."""
    arrays = Arrays()
    content = encode(obj, arrays)
    entries = arrays.pack()
    header = {
        "format": "minitorch checkpoint",
        "version": 1,
        "tensors": arrays.records,
        "content": content,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("minitorch.json", json.dumps(header, allow_nan=False))
        for number, array in enumerate(entries):
            with archive.open(f"data/{number}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return file.getvalue()


def rewritten(tmp_path: Path, change: Any, obj: Any = None) -> Path:
    """A file of the first format whose JSON was changed by hand."""
    path = tmp_path / "new.pt"
    content = saved_first(obj or {"w": mt.zeros(2), "x": 1})
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "minitorch.json":
                header = json.loads(data)
                change(header)
                data = json.dumps(header).encode()
            new.writestr(name, data)
    return path


def encode(obj: Any, arrays: "Arrays") -> Any:
    """The JSON form of ``obj``."""
    kind = type(obj)
    if obj is None or kind in (bool, int, str) or (kind is float and math.isfinite(obj)):
        return obj
    if kind in (list, tuple, mt.Size):
        items = [encode(x, arrays) for x in obj]
        return items if kind is list else {kind.__name__.lower(): items}
    if kind in _MAPPINGS:
        pairs = [[encode(key, arrays), encode(value, arrays)] for key, value in obj.items()]
        if hasattr(obj, "_metadata"):
            pairs.append([encode(obj._metadata, arrays)])
        return {_MAPPINGS[kind]: pairs}
    if isinstance(obj, mt.Tensor):
        return {"tensor": arrays.add(obj, obj._array, obj.requires_grad)}
    if kind is np.ndarray:
        return {"array": arrays.add(obj, obj)}
    if isinstance(obj, np.generic) and obj.dtype.name in _SCALARS:
        return {"scalar": [obj.dtype.name, encode(obj.item(), arrays)]}
    if kind is float:
        return {"float": repr(obj)}  # JSON has no inf and nan
    if kind is bytes:
        return {"bytes": base64.b64encode(obj).decode()}
    assert isinstance(obj, dtypes.dtype)
    return {"dtype": obj.name}


class Arrays:
    """The arrays met while a structure is encoded, and how they become entries."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._arrays: list[np.ndarray] = []
        self._numbers: dict[int, int] = {}
        self._owners: list[Any] = []  # keeps the ids in _numbers from being used again

    def add(self, owner: Any, array: np.ndarray, requires_grad: bool = False) -> int:
        """Note an array and return its number; the same owner gets the same number."""
        if id(owner) not in self._numbers:
            self._numbers[id(owner)] = len(self.records)
            self._owners.append(owner)
            # Entries are turned into the reader's byte order as wholes; views of other kinds on
            # one in a foreign order could not be.
            native = array.dtype.newbyteorder("=")
            self._arrays.append(array.astype(native, copy=False))
            self.records.append({"requires_grad": True} if requires_grad else {})
        return self._numbers[id(owner)]

    def pack(self) -> list[np.ndarray]:
        """Return the entries to write, and complete ``records`` with where each array lies."""
        entries: list[np.ndarray] = []
        for group in overlapping(self._arrays):
            entry = cover(group)
            for stretch in group:
                record = self.records[stretch.number]
                record["entry"] = len(entries)
                if not _is_same(stretch.array, entry):
                    record["view"] = _describe(stretch, group[0].low)
            entries.append(entry)
        return entries


def _is_same(array: np.ndarray, entry: np.ndarray) -> bool:
    """Whether the entry, read by itself, gives this very array."""
    return array.flags.c_contiguous and (array.shape, array.dtype) == (entry.shape, entry.dtype)


def _describe(stretch: Stretch, start: int) -> dict[str, Any]:
    array = stretch.array
    return {
        "dtype": declare(array.dtype),
        "shape": array.shape,
        "strides": array.strides,
        "offset": array.__array_interface__["data"][0] - start,
    }
