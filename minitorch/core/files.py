"""Replacing a file in one step."""

import contextlib
import errno
import io
import os
import stat
from collections.abc import Callable
from typing import IO


def replace_file(path: str, write: Callable[[IO[bytes]], None]) -> None:
    """Let ``write`` fill a file beside ``path``, and move it there when it is complete and on disk.

    Whatever happens on the way, ``path`` holds either what it held before or all that is new.
    """
    target = os.path.realpath(path)  # of a link, replace what it points to
    _check_target(target, path)
    if os.path.exists(target) and not os.path.isfile(target):
        _write_through(target, write)  # a device or a pipe cannot be replaced
        return
    directory, name = os.path.split(target)
    temporary = os.path.join(directory, f".{name[:100]}.{os.urandom(4).hex()}.tmp")
    file = open(temporary, "xb")  # noqa: SIM115 - closed before it is moved, or on any error
    try:
        write(file)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException as error:  # also Ctrl-C
        _discard(file, temporary)
        error.add_note(f"while saving {path}: what was there before is unchanged")
        raise
    _sync_directory(directory)


def _check_target(target: str, path: str) -> None:
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "cannot save to a directory, name a file", path)
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file to be replaced is read-only", path)


def _write_through(target: str, write: Callable[[IO[bytes]], None]) -> None:
    content = io.BytesIO()  # some devices claim to be seekable and are not
    write(content)
    with open(target, "wb") as file:
        file.write(content.getbuffer())


def _discard(file: IO[bytes], path: str) -> None:
    with contextlib.suppress(OSError):  # closing writes what is buffered: the disk may be full
        file.close()
    with contextlib.suppress(OSError):
        os.unlink(path)


def _sync_directory(directory: str) -> None:
    """Put the new name itself on disk; some systems and file systems cannot."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
