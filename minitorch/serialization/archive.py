"""The zip file of a checkpoint, and what to say of files that are none."""

import json
import os
import zipfile
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.entry import read_array
from minitorch.serialization.memory import Arrays
from minitorch.serialization.structure import Decoder, encode

_STRUCTURE = "minitorch.json"
_FORMAT = "minitorch checkpoint"
_VERSION = 1
_ENTRY_HEADER = 30  # bytes before an entry, its name aside


class Checkpoint:
    """An object in the form in which it is written: nothing that can fail but the disk."""

    def __init__(self, obj: Any) -> None:
        arrays = Arrays()
        content = encode(obj, "obj", arrays)
        self._entries = arrays.pack()
        self._header = json.dumps(
            {
                "format": _FORMAT,
                "version": _VERSION,
                "tensors": arrays.records,
                "content": content,
            },
            allow_nan=False,
        )

    def write(self, file: IO[bytes]) -> None:
        """Write the zip."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_zip_info(_STRUCTURE), self._header)
            for number, array in enumerate(self._entries):
                with archive.open(_zip_info(_entry_name(number)), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)


def _entry_name(number: int) -> str:
    return f"data/{number}.npy"


def _zip_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # dated 1980: equal content gives equal bytes
    info.create_system = 3  # Unix, wherever it is written
    info.external_attr = 0o644 << 16
    return info


def read(file: IO[bytes], name: str) -> Any:
    """Return the object in an open file; ``name`` is what errors call the file.

    Raises:
        RuntimeError: the file is no checkpoint, or a damaged one.
        MemoryError: there is too little memory for what is in it.
    """
    try:
        return _read(file, name)
    except MemoryError as error:
        raise MemoryError(
            f"{name}: there is not enough memory to load it ({error}). Free some, or load it on a "
            "machine that has more."
        ) from None


def _read(file: IO[bytes], name: str) -> Any:
    try:
        archive = zipfile.ZipFile(file)
    except MemoryError:
        raise
    except Exception as error:
        raise RuntimeError(f"{name}: {_diagnose(file)}") from error
    with archive:
        entries = archive.namelist()
        if _STRUCTURE not in entries:
            raise RuntimeError(f"{name}: {_diagnose_zip(entries)}")
        try:
            return _read_checkpoint(archive, file.seek(0, os.SEEK_END))
        except _NewerVersion as error:
            raise RuntimeError(
                f"{name}: written by a newer minitorch, in version {error} of the format; this "
                f"one reads up to version {_VERSION}. Update minitorch."
            ) from None
        except MemoryError:
            raise
        except Exception as error:  # damage shows as any of a dozen classes
            reason = f"{type(error).__name__}: {error}"
            raise RuntimeError(
                f"{name}: the checkpoint is corrupt or truncated ({reason:.500}). Use another copy."
            ) from error


class _NewerVersion(Exception):
    """The file is sound, but of a format that came later."""


def _read_checkpoint(archive: zipfile.ZipFile, size: int) -> Any:
    _check_entries(archive, size)
    # The text is ASCII, as json.dumps() makes it; decoded, and freed, before it is parsed.
    header = json.loads(archive.read(_STRUCTURE).decode("ascii"))
    if header["format"] != _FORMAT:
        raise ValueError(f"unknown format {header['format']!r}")
    if header["version"] > _VERSION:
        raise _NewerVersion(header["version"])
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


def _diagnose(file: IO[bytes]) -> str:
    """Say what a file that is no zip is."""
    file.seek(0)
    head = file.read(16)
    if not head:
        return "the file is empty, or was read to its end; then rewind it with .seek(0)"
    if head.startswith(b"PK"):
        return "the checkpoint is truncated or corrupt: the directory at its end is missing"
    if head[0] == 0x80 and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return (
            "this is a pickle (PyTorch's old checkpoints are), which could run code and is not "
            "opened. Reading PyTorch's files comes with a later release."
        )
    if head.startswith(b"\x93NUMPY"):
        return "this is a NumPy array, not a checkpoint; numpy.load reads it"
    if head[8:9] == b"{":
        return "this looks like a safetensors file; reading those comes with a later release"
    return f"not a checkpoint of minitorch.save: it begins with {head!r}"


def _diagnose_zip(entries: list[str]) -> str:
    """Say what a zip without our structure is."""
    if any(entry.endswith("data.pkl") for entry in entries):
        return (
            "this is a PyTorch checkpoint (it holds a data.pkl). Reading those comes with a later "
            "release; until then convert it where PyTorch is installed, for example with "
            "numpy.savez(file, **{k: v.numpy() for k, v in torch.load(path).items()})"
        )
    if entries and all(entry.endswith(".npy") for entry in entries):
        return "this is a NumPy .npz file, not a checkpoint; numpy.load reads it"
    return f"this is a zip file, but not a checkpoint: it has no {_STRUCTURE}"
