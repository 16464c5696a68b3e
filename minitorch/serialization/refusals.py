"""What is said of files that are not read."""

from __future__ import annotations

import reprlib
from types import NoneType
from typing import IO, Any


class Unreadable(Exception):
    """The file is sound, and of a kind that is not read here; the message says what to do."""


def shown(value: Any) -> str:
    """Return what a message says of a value out of a file.

    Of a container no more than its class: one that holds the same one twice, and that again, is
    written out in twice as much text at each level.
    """
    if type(value) in (str, bytes, int, float, bool, NoneType):
        return reprlib.repr(value)
    return f"a {type(value).__name__}"


def diagnose(file: IO[bytes]) -> str:
    """Say what a file of no known kind is."""
    file.seek(0)
    head = file.read(16)
    if not head:
        return "the file is empty, or was read to its end; then rewind it with .seek(0)"
    if head.startswith(b"PK"):
        return "the checkpoint is truncated or corrupt: the directory at its end is missing"
    if head.startswith(b"\x93NUMPY"):
        return "this is a NumPy array, not a checkpoint; numpy.load reads it"
    if head.startswith(b"\x1f\x8b"):
        return "this is a compressed file (gzip): decompress it first"
    return f"not a checkpoint of torch.save: it begins with {head!r}"
