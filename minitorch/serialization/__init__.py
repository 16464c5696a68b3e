"""``save`` and ``load``: state dicts in a file that cannot run code.

Note [The checkpoint format]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A checkpoint is an uncompressed zip. ``minitorch.json`` holds the structure; each stretch of tensor
memory is an entry ``data/<n>.npy``. Why so, and not a pickle, a single JSON, or safetensors:

* Nothing in it can run code: JSON and ``.npy`` (read without pickle) hold data only.
* ``numpy.load`` opens it, too: whoever finds the file in ten years needs no minitorch.
* zip has a CRC-32 per entry and its directory at the end: flipped bits and cut files are noticed.
* Equal content gives equal bytes (times are fixed), so checkpoints can be compared by checksum.
* safetensors holds one flat dict of tensors; optimizers and schedulers need nesting and numbers.

In the JSON null, booleans, finite numbers, text and lists stand for themselves. Everything else is
an object with one key, the tag: ``{"dict": [[key, value], ...]}``, ``{"tuple": [...]}``,
``{"tensor": 3}`` (number 3 of the list ``tensors``), and so on, see ``structure.encode``.

Nothing that a file declares is believed: dtypes stand in closed lists, views end where their entry
ends, entries do not overlap (``declared.py``, ``archive.py``). ``tests/serialization/fuzz_load.py``
tries to get past that.

Tensors whose memory overlaps (tied weights, views) lie in one entry, so that they share memory
again after loading. Only the stretch that they cover is written, not the rest of a buffer they are
views of.
"""

import io
import os
import stat
from typing import IO, Any

from minitorch.serialization.globals import (
    add_safe_globals as add_safe_globals,
    clear_safe_globals as clear_safe_globals,
    get_safe_globals as get_safe_globals,
    safe_globals as safe_globals,
)

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "load",
    "safe_globals",
    "save",
]


def save(obj: Any, f: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write ``obj`` to a file, so that ``load`` gives it back.

    It may be made of dicts, OrderedDicts, Counters, lists, tuples, tensors, NumPy arrays and
    scalars, ``Size``, dtypes, numbers, text, bytes, booleans and None. A path is replaced in one
    step when all is safely on disk: a crash or a full disk leaves the previous file as it was. A
    kill leaves a ``.<name>.<host>-<n>.tmp`` beside it; the next ``save`` or ``load`` deletes that.

    Args:
        obj: What to save: ``model.state_dict()``, or a dict of several such things.
        f: A path, or a binary file open for writing (then nothing is atomic).

    Raises:
        TypeError: something in ``obj`` cannot be stored; the message says where it stands.
        OSError: the file cannot be written.

    Source: ``torch.save``, with another format (Note [The checkpoint format]); a ``Parameter``
    comes back as a plain tensor that requires grad.

    Example:
        >>> save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, "run.pt")
    """
    # Imported at use: zipfile is slow to import, and most programs save nothing.
    from minitorch.core.files import replace_file
    from minitorch.serialization.archive import Checkpoint

    checkpoint = Checkpoint(obj)
    if isinstance(f, str | os.PathLike):
        replace_file(os.fspath(f), checkpoint.write)
    elif hasattr(f, "write"):
        checkpoint.write(f)
    else:
        raise TypeError(
            "save() needs a path or a file open for writing as its second argument, got "
            f"{type(f).__name__}"
        )


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: Any = None,
    pickle_module: None = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
) -> Any:
    """Read what ``save`` wrote.

    Whatever a file holds, loading it takes time in proportion to its size, and no more than fifty
    times its size in memory: tensors what they take in the file, structure up to 45 times as much
    (measured on the worst there is, lists of lists of nothing). An expanded tensor stays one.

    Args:
        f: A path, or a binary file open for reading, which has to be seekable; it is read from its
            position to its end, all at once.
        map_location: Where tensors go; all are on the CPU, so only that (or None, a function or a
            dict, which have nothing to map) makes sense.
        pickle_module: Must be None: nothing is unpickled.
        weights_only: Accepted and without effect. The format holds data only, so
            ``weights_only=False`` opens nothing that ``True`` would close.
        mmap: True is not supported.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the file is truncated, corrupt or of another kind, such as a device or a pipe;
            the message says which.
        MemoryError: there is too little memory for what the file holds.

    Source: ``torch.load``. PyTorch's own ``.pth`` files cannot be read yet.

    Example:
        >>> model.load_state_dict(load("run.pt")["model"])
    """
    from minitorch.serialization.archive import read  # at use, as in save()

    _check_location(map_location)
    if pickle_module is not None:
        raise ValueError("load() unpickles nothing: leave pickle_module out")
    if mmap:
        raise NotImplementedError("load(mmap=True) is not supported: leave it out")
    if isinstance(f, str | os.PathLike):
        return _load_path(os.fsdecode(f))
    if not hasattr(f, "read"):
        raise TypeError(f"load() needs a path or a file open for reading, got {type(f).__name__}")
    content = io.BytesIO(f.read(_bytes_left(f)))
    return read(content, str(getattr(f, "name", type(f).__name__)))


def _load_path(path: str) -> Any:
    from minitorch.core.files import remove_leftovers
    from minitorch.serialization.archive import read

    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # open() has words for a directory
        raise RuntimeError(
            f"{path}: a device, pipe or socket, not a file: it may have no end. To load from a "
            "pipe, read it first and load from an io.BytesIO of that."
        )
    remove_leftovers(path)
    with open(path, "rb") as file:
        return read(file, path)


def _bytes_left(file: IO[bytes]) -> int:
    """Return how much can be read: devices and pipes have no size, and may have no end."""
    try:
        position = file.tell()
        size = file.seek(0, os.SEEK_END) - position
        file.seek(position)
    except (AttributeError, io.UnsupportedOperation, OSError) as error:
        raise type(error)(
            f"{error}. You can only torch.load from a file that is seekable. Please pre-load the "
            "data into a buffer like io.BytesIO and try to load from it instead."
        ) from None
    return max(size, 0)


def _check_location(location: Any) -> None:
    if location is None or callable(location) or isinstance(location, dict):
        return
    if str(location).split(":")[0] != "cpu":
        raise RuntimeError(
            f"Attempting to deserialize object on a {location} device: there are only tensors on "
            "the CPU here. Use map_location='cpu', or leave it out."
        )
