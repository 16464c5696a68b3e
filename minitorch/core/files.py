"""Replacing a file in one step.

Note [Temporary files of the dead]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
New content is written to ``.<name>.<host>-<n>.tmp`` beside the file, ``n`` being the first number
that is free. Whoever writes holds a lock (``flock``) on it from its first byte until it has its
final name, and the system takes the lock back when a process ends, however it ends. So one that
can be locked belongs to nobody, and the next save or load of that file deletes it. Who creates one
cannot lock it in the same instant: if it is gone once the lock is held, it was taken for dead, and
another is made. Locks may not reach other machines that share the folder, so the name of this one
is part of the name. Where there are no such locks (Windows, some network file systems) nothing is
known to be dead, and nothing is deleted.

Between opening a file and locking it, it may have got its final name, and the temporary one may be
another saver's: so what is locked is compared with what has the name.
"""

import contextlib
import errno
import io
import itertools
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

_SAVERS = 8  # of one file at the same time, at most, whose temporary files are looked for


def replace_file(path: str, write: Callable[[IO[bytes]], Any]) -> None:
    """Let ``write`` fill a file beside ``path``, and move it there when it is complete and on disk.

    Whatever happens on the way, ``path`` holds either what it held before or all that is new.
    """
    target = os.path.realpath(path)  # of a link, replace what it points to
    _check_target(target, path)
    if os.path.exists(target) and not os.path.isfile(target):
        _write_through(target, write)  # a device or a pipe cannot be replaced
        return
    remove_leftovers(path)
    with _naming(path, target):
        file, temporary = _create_beside(target)
        try:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            if os.path.exists(target):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            if sys.platform == "win32":
                file.close()  # Windows moves no open file; others keep it locked until it is moved
            os.replace(temporary, target)
        except BaseException as error:  # also Ctrl-C
            _discard(file, temporary)
            error.add_note(f"while saving {path}: what was there before is unchanged")
            raise
    file.close()
    _sync_directory(os.path.dirname(target))


def remove_leftovers(path: str) -> None:
    """Delete what killed savers of ``path`` left beside it: Note [Temporary files of the dead]."""
    for temporary in itertools.islice(_temporaries(os.path.realpath(path)), _SAVERS):
        with contextlib.suppress(OSError):  # not there, most of the time
            _remove_if_dead(temporary)


def _temporaries(target: str) -> Iterator[str]:
    start = _start_of_temporaries(target)
    for number in itertools.count():
        yield f"{start}{number}.tmp"


def _start_of_temporaries(target: str) -> str:
    directory, name = os.path.split(target)
    name = os.fsencode(name)[:100].decode(errors="ignore")  # names may have 255 bytes
    host = "" if sys.platform == "win32" else re.sub(r"[^\w-]", "_", os.uname().nodename)[:40]
    return os.path.join(directory, f".{name}.{host}-")


def _create_beside(target: str) -> tuple[IO[bytes], str]:
    """Return an empty file that this process has locked, and its name."""
    for temporary in _temporaries(target):
        with contextlib.suppress(FileExistsError):
            file = open(temporary, "xb")  # noqa: SIM115 - closed by who asked for it
            if _is_ours(file, temporary):
                return file, temporary
            file.close()
    raise AssertionError("there is always one more number")


def _is_ours(file: IO[bytes], temporary: str) -> bool:
    try:
        _lock(file.fileno())
    except BlockingIOError:  # somebody is about to delete it
        return False
    except OSError:
        return True  # there are no locks here, so nobody deletes it
    return _has_name(file.fileno(), temporary)


def _remove_if_dead(temporary: str) -> None:
    if sys.platform != "win32" and os.path.lexists(temporary):
        # Writable: over NFS a lock needs that. It may be a link or a pipe that somebody put there.
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(temporary, flags)
        try:
            _lock(descriptor)
            if _has_name(descriptor, temporary):
                os.unlink(temporary)
        finally:
            os.close(descriptor)


def _has_name(descriptor: int, path: str) -> bool:
    """Whether a file still has the name; who holds its lock alone may take that away."""
    if sys.platform == "win32":
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _lock(descriptor: int) -> None:
    if sys.platform != "win32":
        try:
            import fcntl  # not every Python has it, in a browser for one
        except ImportError as error:
            raise OSError(errno.ENOLCK, "this Python has no locks for files") from error
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _naming(path: str, target: str) -> Iterator[None]:
    """Let an error of a temporary file speak of the path that was asked for.

    One of another file, which was read in order to write this one, goes on to name that.
    """
    try:
        yield
    except OSError as error:
        if str(error.filename).startswith(_start_of_temporaries(target)):
            error.filename = path
        raise


class _NoFolderError(FileNotFoundError, RuntimeError):
    """What Python calls it, and what PyTorch does."""


def _check_target(target: str, path: str) -> None:
    directory = os.path.dirname(target)
    if not os.path.isdir(directory):
        raise _NoFolderError(errno.ENOENT, f"Parent directory {directory} does not exist", path)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "cannot save to a directory, name a file", path)
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file to be replaced is read-only", path)


def _write_through(target: str, write: Callable[[IO[bytes]], Any]) -> None:
    content = io.BytesIO()  # some devices claim to be seekable and are not
    write(content)
    with open(target, "wb") as file:
        file.write(content.getbuffer())


def _discard(file: IO[bytes], path: str) -> None:
    def delete() -> None:
        os.unlink(path)

    # Unlocked, the name may be another saver's at once; but Windows deletes no open file.
    for step in (file.close, delete) if sys.platform == "win32" else (delete, file.close):
        with contextlib.suppress(OSError):  # closing writes what is buffered: the disk may be full
            step()


def _sync_directory(directory: str) -> None:
    """Put the new name itself on disk; some systems and file systems cannot."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
