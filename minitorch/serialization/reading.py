"""Which kind of file it is, told by its content, and who reads it."""

from __future__ import annotations

import os
import pickle
import zipfile
from typing import IO, Any

from minitorch.serialization import archive, pytorch_legacy, pytorch_zip
from minitorch.serialization.globals import safe_classes
from minitorch.serialization.refusals import Unreadable, diagnose


def read(file: IO[bytes], name: str, classes: Any = (), mapped: bool = False) -> Any:
    """Return the object in an open file; ``name`` is what errors call the file.

    Args:
        file: from its beginning.
        name: the path, or the class of the file.
        classes: those that may be made, beside the ones that were added.
        mapped: storages are to be parts of the mapped file.

    Raises:
        RuntimeError: the file is of another kind, or damaged.
        UnpicklingError: it holds what is not on the list.
        TypeError: ``classes`` has something else.
        MemoryError: there is too little memory for what is in it.
        ImportError: it needs a library that is not installed.
    """
    admitted = safe_classes(classes)
    try:
        return _read(file, admitted, mapped)
    except MemoryError as error:
        raise MemoryError(
            f"{name}: there is not enough memory to load it ({error}). Free some, or load it on a "
            "machine that has more."
        ) from None
    except pickle.UnpicklingError as error:
        raise pickle.UnpicklingError(
            f"{name}: Weights only load failed. {error!s:.1000} [explain: weights-only]"
        ) from None
    except ImportError:  # of the library for this kind
        raise
    except Unreadable as error:
        raise RuntimeError(f"{name}: {error}") from None
    except Exception as error:  # damage shows as any of a dozen classes
        reason = f"{type(error).__name__}: {error}"
        raise RuntimeError(
            f"{name}: the checkpoint is corrupt or truncated ({reason:.500}). Use another copy."
            " [explain: corrupt-file]"
        ) from error


def _read(file: IO[bytes], classes: dict[str, Any], mapped: bool) -> Any:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    if head.startswith(b"PK"):
        return _read_zip(file, size, classes, mapped)
    if mapped:
        raise Unreadable(
            "mmap can only be used with files saved with torch.save in the zip format; leave "
            "mmap=True out, or load the file and save it again."
        )
    if head[:1] == b"\x80" and len(head) > 1 and head[1] < 6:
        return pytorch_legacy.Legacy(file, size, classes).read()
    if head[8:9] == b"{":
        from minitorch.serialization import flat

        return flat.read_safetensors(file)
    raise Unreadable(diagnose(file))


def _read_zip(file: IO[bytes], size: int, classes: dict[str, Any], mapped: bool) -> Any:
    try:
        opened = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise Unreadable(diagnose(file)) from None
    with opened:
        entries = opened.namelist()
        if archive.STRUCTURE in entries:
            return archive.read(opened, size)
        if any(entry.endswith("/constants.pkl") for entry in entries):
            raise Unreadable(
                "this is a TorchScript archive, a program with its weights. Where PyTorch is "
                "installed, torch.save(torch.jit.load(path).state_dict(), file) takes them out."
            )
        if any(entry == "data.pkl" or entry.endswith("/data.pkl") for entry in entries):
            memory = _map(file) if mapped else None
            return pytorch_zip.Reader(opened, file, memory).read(classes)
        if all(entry.endswith(".npy") for entry in entries):
            from minitorch.serialization import flat

            return flat.read_npz(opened, size)
        raise Unreadable("this is a zip file, but not a checkpoint: it has no data.pkl")


def _map(file: IO[bytes]) -> Any:
    """Return the whole file as memory that can be written to and never reaches the disk."""
    import mmap

    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
