"""PyTorch's zip: a pickle, and an entry for each storage that it refers to.

Note [The checkpoint format]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~
``save`` writes what ``torch.save`` writes: an uncompressed zip with a folder, in which
``data.pkl`` is the object and ``data/<key>`` are storages, each begun at a multiple of 64 bytes, so
that a mapped file can be used as it is. ``byteorder`` says in which order numbers are; ``version``
is 3. What ``torch.load(weights_only=True)`` does not know is not used: no protocol above 2.

* Nothing in it can run code here: Note [A pickle that runs nothing].
* Nothing that a file declares is believed: entries lie in it one after the other, none is
  compressed, and storages and tensors end where their bytes end.
* zip has a CRC-32 per entry and its directory at the end: flipped bits and cut files are noticed.
* Equal content gives equal bytes (times are fixed), so checkpoints can be compared by checksum.
"""

from __future__ import annotations

import struct
import sys
import zipfile
import zlib
from pickle import UnpicklingError
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array, dtype
from minitorch.serialization.pickles.machine import Machine
from minitorch.serialization.pickles.names import Name, named
from minitorch.serialization.pickles.tensors import storage_of
from minitorch.serialization.pickles.writer import Writer

_ALIGNMENT = 64
_CHUNK = 1 << 24  # bytes read at once
_HEADER = 30  # bytes before an entry's name
_ZIP64 = 2**31  # from this size on entries need 20 bytes more in their header
Classes = dict[str, Any]


class Checkpoint:
    """An object in the form in which it is written: nothing that can fail but the disk."""

    def __init__(self, obj: Any) -> None:
        writer = Writer()
        self._pickle = writer.write(obj)
        self._storages = writer.storages.contents

    def write(self, file: IO[bytes]) -> None:
        """Write the zip."""
        storages = self._storages
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            start = archive.fp.tell()  # type: ignore[union-attr]
            entries: dict[str, Any] = {
                "data.pkl": self._pickle,
                ".format_version": b"1",
                ".storage_alignment": str(_ALIGNMENT).encode(),
                "byteorder": sys.byteorder.encode(),
                **{f"data/{key}": x.reshape(-1).view(np.uint8).data for key, x in storages.items()},
                "version": b"3\n",
            }
            for name, content in entries.items():
                _write_entry(archive, start, f"archive/{name}", content)


def _write_entry(archive: zipfile.ZipFile, start: int, name: str, content: Any) -> None:
    info = zipfile.ZipInfo(name)  # dated 1980: equal content gives equal bytes
    info.create_system = 3  # Unix, wherever it is written
    info.external_attr = 0o644 << 16
    is_large = len(content) >= _ZIP64
    header = archive.fp.tell() - start + _HEADER + len(name) + 20 * is_large  # type: ignore[union-attr]
    padding = -(header + 4) % _ALIGNMENT
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    with archive.open(info, "w", force_zip64=is_large) as entry:
        entry.write(content)


class Reader:
    """The storages of an open archive, each read when it is asked for.

    Args:
        archive: the zip.
        file: the file that it is in.
        memory: the whole file mapped, of which storages are then parts; None: they are read.
    """

    def __init__(
        self, archive: zipfile.ZipFile, file: IO[bytes], memory: Array | None = None
    ) -> None:
        self._archive = archive
        self._file = file
        self._memory = memory
        self._root = next(n for n in archive.namelist() if n.endswith("data.pkl"))[
            : -len("data.pkl")
        ]
        self._starts = _starts(archive, file)
        self._stored: dict[str, Array] = {}
        self._is_summed = _has_checksums(archive, self._root)
        order = self.bytes_of("byteorder") if "byteorder" in self else sys.byteorder.encode()
        self._is_swapped = order != sys.byteorder.encode()

    def __contains__(self, name: str) -> bool:
        return self._root + name in self._starts

    def read(self, classes: Classes) -> Any:
        """Return the object."""
        content = self._content("data.pkl").tobytes()
        return Machine(content, lambda path: named(path, classes), self._storage).load()

    def bytes_of(self, name: str) -> bytes:
        """Return a small entry."""
        return self._content(name).tobytes()

    def _content(self, name: str) -> Array:
        """Return the bytes of an entry, checked unless the file is mapped."""
        info = self._archive.getinfo(self._root + name)
        start = self._starts[info.filename]
        if self._memory is not None:
            return self._memory[start : start + info.file_size]
        content = np.empty(info.file_size, np.uint8)
        self._file.seek(start)
        read_into(self._file, content)
        if self._is_summed and zlib.crc32(content.data) != info.CRC:
            raise ValueError(f"{info.filename} is not what was written: its checksum differs")
        return content

    def _storage(self, about: Any) -> Any:
        """Return the storage of a persistent id: ("storage", type, key, device, count)."""
        word, name, key, _, count = about
        if word != "storage" or not isinstance(name, Name) or type(key) is not str:
            raise UnpicklingError(f"an id of something that is no storage: {about!r:.100}")
        if key not in self._stored:
            self._stored[key] = self._content(f"data/{key}")
            if self._is_swapped:
                swap(self._stored[key], name.kind)
        return storage_of(self._stored[key], name.kind, count)


def _has_checksums(archive: zipfile.ZipFile, root: str) -> bool:
    """PyTorch can be told to write none: then that of the version, which is known, is wrong."""
    names = set(archive.namelist())
    return root + "version" not in names or any(
        zlib.crc32(f"{number}\n".encode()) == archive.getinfo(root + "version").CRC
        for number in range(1, 20)
    )


def _starts(archive: zipfile.ZipFile, file: IO[bytes]) -> dict[str, int]:
    """Return where the bytes of each entry begin, after checking that they lie one after another.

    So all entries together give no more than the bytes of the file.
    """
    entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
    ends = [info.header_offset for info in entries[1:]] + [archive.start_dir]
    starts = {}
    for info, end in zip(entries, ends, strict=True):
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise ValueError(f"{info.filename} is compressed, which PyTorch's files are not")
        file.seek(info.header_offset)
        header = file.read(_HEADER)
        start = info.header_offset + _HEADER + sum(struct.unpack("<HH", header[26:30]))
        if header[:4] != b"PK\3\4" or start + info.file_size > end:
            raise ValueError(f"{info.filename} overlaps what comes after it")
        starts[info.filename] = start
    return starts


def read_into(file: IO[bytes], content: Array) -> None:
    """Fill an array of bytes from a file.

    Raises:
        EOFError: there are fewer.
    """
    view, done = content.data, 0
    while done < len(view):
        count = file.readinto(view[done : done + _CHUNK])  # type: ignore[attr-defined]
        if not count:
            raise EOFError(f"{done} bytes of {len(view)}")
        done += count


def swap(content: Array, kind: Any) -> None:
    """Turn the bytes of a storage around that was written in the other order."""
    if not isinstance(kind, dtype):
        raise UnpicklingError("bytes of another kind of machine, of which no dtype is known")
    content.view(kind.numpy).byteswap(inplace=True)
