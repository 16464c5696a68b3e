"""The zip file of a checkpoint, and what to say of files that are none."""

import io
import json
import zipfile
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.memory import Arrays
from minitorch.serialization.structure import Decoder, encode

_STRUCTURE = "minitorch.json"
_FORMAT = "minitorch checkpoint"
_VERSION = 1


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
    """
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:
        raise RuntimeError(f"{name}: {_diagnose(file)}") from error
    with archive:
        entries = archive.namelist()
        if _STRUCTURE not in entries:
            raise RuntimeError(f"{name}: {_diagnose_zip(entries)}")
        try:
            header = json.loads(_read_bytes(archive, _STRUCTURE))
            if header["format"] != _FORMAT:
                raise ValueError(f"unknown format {header['format']!r}")
            if header["version"] > _VERSION:
                raise _NewerVersion(header["version"])
            decoder = Decoder(header["tensors"], lambda number: _read_entry(archive, number))
            return decoder.decode(header["content"])
        except _NewerVersion as error:
            raise RuntimeError(
                f"{name}: written by a newer minitorch, in version {error} of the format; this "
                f"one reads up to version {_VERSION}. Update minitorch."
            ) from None
        except Exception as error:  # damage shows as any of a dozen classes
            reason = f"{type(error).__name__}: {error}"
            raise RuntimeError(
                f"{name}: the checkpoint is corrupt or truncated ({reason}). Use another copy."
            ) from error


class _NewerVersion(Exception):
    """The file is sound, but of a format that came later."""


def _read_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed; save() writes it plain")  # it might be a zip bomb
    return archive.read(info)  # checks the CRC


def _read_entry(archive: zipfile.ZipFile, number: int) -> Array:
    data = io.BytesIO(_read_bytes(archive, _entry_name(number)))
    array: Array = np.lib.format.read_array(data, allow_pickle=False)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


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
