"""The first format: a zip of JSON and arrays, which is read and no longer written.

Note [The first format]
~~~~~~~~~~~~~~~~~~~~~~~
``minitorch.json`` holds the structure; each stretch of tensor memory is an entry ``data/<n>.npy``.
In the JSON null, booleans, finite numbers, text and lists stand for themselves. Everything else is
an object with one key, the tag: ``{"dict": [[key, value], ...]}``, ``{"tuple": [...]}``,
``{"tensor": 3}`` (number 3 of the list ``tensors``), and so on, see ``structure.Decoder``. Tensors
whose memory overlaps lie in one entry, as views on it.

Nothing that a file declares is believed: dtypes stand in closed lists, views end where their entry
ends, entries do not overlap (``declared.py``).
"""

import json
import zipfile
from typing import Any

from minitorch.core.dtypes import Array
from minitorch.serialization.entry import read_array
from minitorch.serialization.refusals import Unreadable
from minitorch.serialization.structure import Decoder

STRUCTURE = "minitorch.json"
_FORMAT = "minitorch checkpoint"
_VERSION = 1
_ENTRY_HEADER = 30  # bytes before an entry, its name aside


def _entry_name(number: int) -> str:
    return f"data/{number}.npy"


def read(archive: zipfile.ZipFile, size: int) -> Any:
    """Return the object in an archive whose file has ``size`` bytes.

    Raises:
        Unreadable: it was written in a later version of this format.
        Exception: it is damaged, of a dozen classes.
    """
    _check_entries(archive, size)
    # The text is ASCII, as json.dumps() makes it; decoded, and freed, before it is parsed.
    header = json.loads(archive.read(STRUCTURE).decode("ascii"))
    if header["format"] != _FORMAT:
        raise ValueError(f"unknown format {header['format']!r}")
    if header["version"] > _VERSION:
        raise Unreadable(
            f"written by a newer minitorch, in version {header['version']} of the format; this one "
            f"reads up to version {_VERSION}. Update minitorch."
        )
    decoder = Decoder(header["tensors"], lambda number: _read_entry(archive, number))
    return decoder.decode(header["content"])


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse entries that together could give more than the ``size`` bytes of the file."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise ValueError(f"{info.filename} is compressed; save() writes it plain")
        if info.header_offset < end:
            raise ValueError(f"{info.filename} overlaps the entry before it")
        end = info.header_offset + _ENTRY_HEADER + info.file_size
    if end > size:
        raise ValueError(f"the entries end at {end}, the file at {size}")


def _read_entry(archive: zipfile.ZipFile, number: Any) -> Array:
    if type(number) is not int:
        raise ValueError(f"the entry {number!r}")
    info = archive.getinfo(_entry_name(number))
    with archive.open(info) as entry:
        return read_array(entry, info.file_size)  # read to its end, so the CRC is checked
