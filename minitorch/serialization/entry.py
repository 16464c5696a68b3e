"""Reading one ``.npy`` entry: the header as NumPy writes it, then exactly its bytes."""

import math
import re
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.declared import to_dtype, to_shape

_CHUNK = 1 << 20  # bytes read at once: what loading needs beside the array itself
_FIELD = r"\('([^'\\]+)', '([^'\\]+)'\)"
_HEADER = re.compile(
    rf"\{{'descr': (?:'(?P<code>[^'\\]+)'|\[(?P<fields>{_FIELD}(?:, {_FIELD})*)\]), "
    r"'fortran_order': (?P<fortran>False|True), 'shape': \((?P<shape>[0-9, ]*)\), \} *\n"
)
_MAX_HEADER = 10_000  # characters; NumPy's limit
_LENGTHS = {1: (2, "latin-1"), 2: (4, "latin-1"), 3: (4, "utf-8")}  # of the header's length


def read_array(entry: IO[bytes], size: int) -> Array:
    """Return the array in an entry of ``size`` bytes, in this machine's byte order.

    Raises:
        ValueError: it is not what NumPy writes of an array of numbers, text or times.
    """
    dtype, shape, order = _read_header(entry)
    if math.prod(shape) * dtype.itemsize != size - entry.tell():
        raise ValueError(f"{size} bytes for an array of {dtype} and shape {shape}")
    content = np.empty(size - entry.tell(), np.uint8)
    _fill(content.data, entry)
    array = content.view(dtype)
    if not dtype.isnative:
        array = array.byteswap(inplace=True).view(dtype.newbyteorder("="))
    return array.reshape(shape, order=order)


def _read_header(entry: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...], Any]:
    major, _ = np.lib.format.read_magic(entry)
    length, encoding = _LENGTHS[major]
    text = entry.read(int.from_bytes(entry.read(length), "little")).decode(encoding)
    found = _HEADER.fullmatch(text, endpos=_MAX_HEADER)
    if not found:
        raise ValueError(f"the header {text[:80]!r}")
    fields = re.findall(_FIELD, found["fields"] or "")
    dtype = to_dtype([list(field) for field in fields] or found["code"])
    shape = to_shape([int(n) for n in found["shape"].split(",") if n.strip()])
    return dtype, shape, "F" if found["fortran"] == "True" else "C"


def _fill(content: memoryview, entry: IO[bytes]) -> None:
    done = 0
    while done < len(content):
        count = entry.readinto(content[done : done + _CHUNK])  # type: ignore[attr-defined]
        if not count:
            raise EOFError(f"{done} bytes of {len(content)}")
        done += count
