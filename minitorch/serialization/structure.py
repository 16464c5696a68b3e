"""Between Python structures and their JSON form, told in Note [The checkpoint format]."""

import base64
import math
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.size import Size
from minitorch.serialization.memory import Arrays, Record, restore
from minitorch.tensor import Tensor

_MAX_DEPTH = 100  # structures are walked recursively; real ones are a few levels deep
_MAPPINGS: dict[type, str] = {dict: "dict", OrderedDict: "ordereddict", Counter: "counter"}


def encode(obj: Any, where: str, arrays: Arrays, depth: int = 0) -> Any:
    """Return the JSON form of ``obj``; ``where`` is the Python expression that leads to it."""
    kind = type(obj)
    if obj is None or kind in (bool, int, str) or (kind is float and math.isfinite(obj)):
        return obj
    if depth == _MAX_DEPTH:
        raise ValueError(
            f"cannot save {where[:60]}...: it is nested more than {_MAX_DEPTH} levels deep. Does "
            "it contain itself?"
        )
    if kind in (list, tuple, Size):
        items = [encode(x, f"{where}[{i}]", arrays, depth + 1) for i, x in enumerate(obj)]
        return items if kind is list else {kind.__name__.lower(): items}
    if kind in _MAPPINGS:
        return {_MAPPINGS[kind]: _encode_mapping(obj, where, arrays, depth + 1)}
    return _encode_leaf(obj, where, arrays)


def _encode_mapping(obj: Any, where: str, arrays: Arrays, depth: int) -> list[Any]:
    pairs: list[Any] = []
    for key, value in obj.items():
        encoded_key = encode(key, f"a key of {where}", arrays, depth)
        pairs.append([encoded_key, encode(value, f"{where}[{key!r}]", arrays, depth)])
    metadata = getattr(obj, "_metadata", None)  # what Module.state_dict() hangs on its result
    if metadata is not None:
        pairs.append([encode(metadata, f"{where}._metadata", arrays, depth)])
    return pairs


def _encode_leaf(obj: Any, where: str, arrays: Arrays) -> dict[str, Any]:
    if isinstance(obj, Tensor):
        return {"tensor": arrays.add(obj, obj._array, obj.requires_grad)}
    if type(obj) in (np.ndarray, np.memmap) and not obj.dtype.hasobject:
        return {"array": arrays.add(obj, obj)}
    if isinstance(obj, np.generic) and obj.dtype.kind in "biuf" and obj.dtype.itemsize <= 8:
        return {"scalar": [obj.dtype.name, encode(obj.item(), where, arrays)]}
    if type(obj) is float:
        return {"float": repr(obj)}  # JSON has no inf and nan
    if type(obj) is bytes:
        return {"bytes": base64.b64encode(obj).decode()}
    if isinstance(obj, dtypes.dtype):
        return {"dtype": obj.name}
    kind = type(obj)
    raise TypeError(f"cannot save {where}, a {kind.__module__}.{kind.__qualname__}: {_advice(obj)}")


def _advice(obj: Any) -> str:
    if hasattr(obj, "state_dict"):
        return "save its .state_dict() instead, and load that into a new one."
    for plain in (dict, list, tuple, str, int, float):
        if isinstance(obj, plain):
            return f"convert it with {plain.__name__}() first."
    return (
        "a checkpoint holds data only, made of dicts, lists, tuples, tensors, arrays, numbers, "
        "text and None."
    )


class Decoder:
    """Builds an object out of its JSON form.

    Args:
        records: What is known of each tensor and array.
        read_entry: Returns an entry of the file by its number.
    """

    def __init__(self, records: list[Record], read_entry: Callable[[int], dtypes.Array]) -> None:
        self._records = records
        self._read_entry = read_entry
        self._entries: dict[int, dtypes.Array] = {}
        self._built: dict[tuple[str, int], Any] = {}

    def decode(self, node: Any) -> Any:
        """Return the object that a piece of JSON stands for."""
        if isinstance(node, list):
            return [self.decode(item) for item in node]
        if not isinstance(node, dict):
            return node
        ((tag, value),) = node.items()
        return self._decode_tagged(tag, value)

    def _decode_tagged(self, tag: str, value: Any) -> Any:
        match tag:
            case "tensor" | "array":
                return self._build(tag, value)
            case "dict" | "ordereddict" | "counter":
                return self._decode_mapping(tag, value)
            case "tuple":
                return tuple(self.decode(value))
            case "size":
                return Size(self.decode(value))
            case "scalar":
                return np.dtype(value[0]).type(self.decode(value[1]))
            case "float":
                return float(value)
            case "bytes":
                return base64.b64decode(value)
            case "dtype":
                return {d.name: d for d in dtypes.ALL}[value]
        raise ValueError(f"unknown tag {tag!r}")

    def _decode_mapping(self, tag: str, pairs: list[Any]) -> Any:
        mapping: Any = {name: kind for kind, name in _MAPPINGS.items()}[tag]()
        for key, *value in pairs:
            if value:
                mapping[self.decode(key)] = self.decode(value[0])
            else:
                mapping._metadata = self.decode(key)
        return mapping

    def _build(self, tag: str, number: int) -> Any:
        """Make a tensor or array; what was one object when it was saved is one again."""
        if (tag, number) not in self._built:
            record = self._records[number]
            entry = record["entry"]
            if entry not in self._entries:
                self._entries[entry] = self._read_entry(entry)
            array = restore(record, self._entries[entry])
            self._built[tag, number] = array if tag == "array" else _to_tensor(array, record)
        return self._built[tag, number]


def _to_tensor(array: dtypes.Array, record: Record) -> Tensor:
    dtypes.from_numpy(array.dtype)  # refuses what no tensor holds
    tensor = Tensor._wrap(array)
    if record.get("requires_grad"):
        tensor.requires_grad = True
    return tensor
