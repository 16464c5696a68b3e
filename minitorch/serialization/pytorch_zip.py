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

import io
import os
import struct
import sys
import threading
import zipfile
import zlib
from functools import partial
from pickle import UnpicklingError
from typing import IO, Any

import numpy as np

from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import Array, dtype
from minitorch.core.threads import share
from minitorch.serialization.pickles.machine import Machine
from minitorch.serialization.pickles.names import Name, named
from minitorch.serialization.pickles.tensors import storage_of
from minitorch.serialization.pickles.writer import Writer
from minitorch.serialization.refusals import shown

_ALIGNMENT = 64
_CHUNK = 1 << 24  # bytes read at once
_SHARED = 1 << 22  # from so many bytes on several threads read and sum them
_ONE_AT_A_TIME = threading.Lock()  # where files have one position for all
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
            start = _position(archive)
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


def _position(archive: Any) -> int:
    """Return where in the file the next entry begins, also where it cannot be sought in."""
    position: int = archive.fp.tell()
    return position


def _write_entry(archive: zipfile.ZipFile, start: int, name: str, content: Any) -> None:
    info = zipfile.ZipInfo(name)  # dated 1980: equal content gives equal bytes
    info.create_system = 3  # Unix, wherever it is written
    info.external_attr = 0o644 << 16
    is_large = len(content) >= _ZIP64
    header = _position(archive) - start + _HEADER + len(name) + 20 * is_large
    padding = -(header + 4) % _ALIGNMENT
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    with archive.open(info, "w", force_zip64=is_large) as entry:
        entry.write(content)


class Reader:
    """The object in an open archive: a pickle, and storages that are read when it is known which.

    Args:
        archive: the zip.
        file: the file that it is in.
        memory: the whole file mapped, on which storages are then; None: they are read.
    """

    def __init__(self, archive: zipfile.ZipFile, file: IO[bytes], memory: Any = None) -> None:
        self._archive = archive
        self._file = file
        self._memory = memory
        names = archive.namelist()
        self._root = next(n for n in names if n.endswith("data.pkl")).removesuffix("data.pkl")
        self._starts = _starts(archive, file)
        self._has_sums = _has_checksums(archive, self._root)
        self._is_swapped = self._order() != sys.byteorder
        self._stored: dict[str, Array] = {}
        self._kinds: dict[str, Any] = {}

    def read(self, classes: Classes) -> Any:
        """Return the object."""
        find = partial(named, classes=classes)
        obj = Machine(self._bytes("data.pkl"), find, self._storage).load()
        if self._memory is None:
            self._fill_all(list(self._stored.items()))
        if self._is_swapped:
            for key, content in self._stored.items():
                swap(content, self._kinds[key])
        return obj

    def _order(self) -> str:
        """Return the byte order of numbers: that of this machine where nothing is said."""
        has_order = self._root + "byteorder" in self._starts
        return self._bytes("byteorder").decode() if has_order else sys.byteorder

    def _bytes(self, name: str) -> bytes:
        content = bytearray(self._archive.getinfo(self._root + name).file_size)
        self._read(name, memoryview(content))
        return bytes(content)

    def _read(self, name: str, content: memoryview) -> None:
        """Read an entry and check it."""
        info = self._archive.getinfo(self._root + name)
        read_at(self._file, self._starts[info.filename], content)
        if self._has_sums and zlib.crc32(content) != info.CRC:
            raise ValueError(f"{info.filename} is not what was written: its checksum differs")

    def _fill_all(self, stored: list[tuple[str, Array]]) -> None:
        if sum(content.nbytes for _, content in stored) > _SHARED:
            share(self._fill, stored, products=False)
        else:
            for one in stored:
                self._fill(one)

    def _fill(self, stored: tuple[str, Array]) -> None:
        key, content = stored
        self._read(f"data/{key}", content.data)

    def _storage(self, about: Any) -> Any:
        """Return the storage of a persistent id: ("storage", type, key, device, count)."""
        word, name, key, _, count = about
        if word != "storage" or not isinstance(name, Name) or type(key) is not str:
            raise UnpicklingError(f"an id of something that is no storage: {shown(word)}")
        if key not in self._stored:
            info = self._archive.getinfo(f"{self._root}data/{key}")
            if self._memory is None:
                self._stored[key] = np.empty(info.file_size, np.uint8)
            else:
                start = self._starts[info.filename]
                self._stored[key] = np.frombuffer(self._memory, np.uint8, info.file_size, start)
            self._kinds[key] = name.kind
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


def read_at(file: Any, start: int, content: memoryview) -> None:
    """Fill memory from a place in a file; several threads may do so at once.

    Raises:
        EOFError: there are fewer bytes.
    """
    done = 0
    while done < len(content):
        view = content[done : done + _CHUNK]
        if isinstance(file, io.BytesIO):
            view[:] = file.getbuffer()[start + done :][: len(view)]
            count = len(view)
        elif hasattr(os, "preadv"):
            count = os.preadv(file.fileno(), [view], start + done)
        else:
            with _ONE_AT_A_TIME:
                file.seek(start + done)
                count = file.readinto(view)
        if not count:
            raise EOFError(f"{done} bytes of {len(content)}")
        done += count


def swap(content: Array, kind: Any) -> None:
    """Turn the bytes of a storage around that was written in the other order."""
    if not isinstance(kind, dtype):
        raise UnpicklingError("bytes of another kind of machine, of which no dtype is known")
    buffer_of(content.view(kind.numpy)).byteswap(inplace=True)
