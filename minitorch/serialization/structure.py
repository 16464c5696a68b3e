"""What the JSON of the first format stands for: Note [The first format]."""

import base64
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.size import Size
from minitorch.serialization.memory import Record, restore
from minitorch.tensor import Tensor

_MAX_DEPTH = 100  # structures are walked recursively; real ones are a few levels deep
_MAX_COLLISIONS = 1000  # keys of one dict that have the same hash
_SCALARS: dict[str, type] = {
    name: np.dtype(name).type
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64",
    )
}  # fmt: skip
_DTYPES = {dtype.name: dtype for dtype in dtypes.ALL}
_MAPPINGS: dict[type, str] = {dict: "dict", OrderedDict: "ordereddict", Counter: "counter"}


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

    def decode(self, node: Any, depth: int = 0) -> Any:
        """Return the object that a piece of JSON stands for."""
        if isinstance(node, list):
            return self._decode_items(node, depth)
        if not isinstance(node, dict):
            return node
        ((tag, value),) = node.items()
        return self._decode_tagged(tag, value, depth)

    def _decode_items(self, items: list[Any], depth: int) -> list[Any]:
        if depth == _MAX_DEPTH:
            raise ValueError(f"it is nested more than {_MAX_DEPTH} levels deep")
        for number, item in enumerate(items):  # in place: no second list of all that is there
            items[number] = self.decode(item, depth + 1)
        return items

    def _decode_tagged(self, tag: str, value: Any, depth: int) -> Any:
        match tag, value:
            case "tensor" | "array", int():
                return self._build(tag, value)
            case "dict" | "ordereddict" | "counter", list():
                return self._decode_mapping(tag, value, depth)
            case "tuple", list():
                return tuple(self._decode_items(value, depth))
            case "size", list():
                return Size(self._decode_items(value, depth))
            case "scalar", [name, number]:
                return _to_scalar(name, self.decode(number))
            case "float", "inf" | "-inf" | "nan":
                return float(value)
            case "bytes", str():
                return base64.b64decode(value, validate=True)
            case "dtype", str():
                return _DTYPES[value]
        raise ValueError(f"unknown tag {tag!r}, or not of a {type(value).__name__}")

    def _decode_mapping(self, tag: str, pairs: list[Any], depth: int) -> Any:
        mapping: Any = {name: kind for kind, name in _MAPPINGS.items()}[tag]()
        for pair in pairs:
            self._decode_items(pair, depth)
        check_keys([pair[0] for pair in pairs if len(pair) == 2])
        for key, *value in pairs:
            if value:
                (mapping[key],) = value
            else:
                mapping._metadata = key
        return mapping

    def _build(self, tag: str, number: int) -> Any:
        """Make a tensor or array; what was one object when it was saved is one again."""
        if (tag, number) not in self._built:
            record = self._records[number]
            entry = record["entry"]
            if entry not in self._entries:
                self._entries[entry] = self._read_entry(entry)
            array = restore(record, self._entries[entry])
            if "bits_of" in record:
                array = _of_bits(array, record["bits_of"])
            self._built[tag, number] = array if tag == "array" else _to_tensor(array, record)
        return self._built[tag, number]


def _of_bits(array: dtypes.Array, name: Any) -> dtypes.Array:
    if name != "bfloat16" or array.dtype != np.uint16:
        raise ValueError(f"bits of {name!r} in an array of {array.dtype}")
    return array.view(dtypes.bfloat16.numpy)


def check_keys(keys: Collection[Any]) -> None:
    """Refuse keys that were made to collide: each would be compared with all before it.

    Text has another hash in each process, so it takes integers, or tuples of them.
    """
    if len(keys) > _MAX_COLLISIONS:
        ((_, count),) = Counter(map(hash, keys)).most_common(1)
        if count > _MAX_COLLISIONS:
            raise ValueError(f"{count} of the {len(keys)} keys of a dict have the same hash")


def _to_scalar(name: Any, number: Any) -> Any:
    if type(number) not in (bool, int, float):
        raise ValueError(f"a scalar made of {number!r}")
    with np.errstate(over="raise"):
        return _SCALARS[name](number)


def _to_tensor(array: dtypes.Array, record: Record) -> Tensor:
    dtypes.from_numpy(array.dtype)  # refuses what no tensor holds
    tensor = Tensor._wrap(array)
    if record.get("requires_grad"):
        tensor.requires_grad = True
    return tensor
