"""``save`` and ``load``: PyTorch's files, of which none can run code.

``pytorch_zip.py`` has the format that is written (Note [The checkpoint format]), ``pickles/`` the
machine that reads what in it is a pickle (Note [A pickle that runs nothing]), ``reading.py`` tells
the kinds of files apart: PyTorch's two formats, the first one of minitorch, safetensors, NumPy's
``.npz``. ``tests/serialization/fuzz_load.py`` tries to get past all of it.
"""

import io
import os
import stat
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from minitorch.serialization.globals import (
    add_safe_globals as add_safe_globals,
    clear_safe_globals as clear_safe_globals,
    get_safe_globals as get_safe_globals,
    safe_globals as safe_globals,
)

if TYPE_CHECKING:
    from minitorch.serialization.checkpoints import Checkpoints as Checkpoints
else:
    from minitorch.core.late import late as _late

    __getattr__, __dir__, __all__ = _late(
        __name__,
        "add_safe_globals clear_safe_globals get_safe_globals load safe_globals save",
        {"minitorch.serialization.checkpoints": "Checkpoints"},
    )


def save(obj: Any, f: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write ``obj`` to a file, so that ``load`` gives it back, and PyTorch's ``load`` too.

    It may be made of dicts, OrderedDicts, Counters, lists, tuples, sets, tensors, parameters,
    storages, NumPy arrays and scalars, ``Size``, dtypes, devices, numbers, text, bytes and None;
    of modules (saved as the name of their class and their fields), and of objects of classes that
    ``add_safe_globals`` was given. Tensors whose memory overlaps share it after loading.

    The file is a zip as ``torch.save`` writes it; a path that ends in ``.safetensors`` or ``.npz``
    says otherwise, and takes a dict of tensors. A path is replaced in one step when all is
    safely on disk: a crash or a full disk leaves the previous file as it was. A kill leaves a
    ``.<name>.<host>-<n>.tmp`` beside it; the next ``save`` or ``load`` deletes that.

    Args:
        obj: What to save: ``model.state_dict()``, or a dict of several such things.
        f: A path, or a binary file open for writing (then nothing is atomic).

    Raises:
        TypeError: something in ``obj`` cannot be stored; the message says where it stands.
        OSError: the file cannot be written.
        ImportError: the ``safetensors`` library is not installed.

    Source: ``torch.save``. What ``torch.load(weights_only=True)`` takes is what PyTorch's own would
    have written; NumPy's arrays it takes with ``weights_only=False``. Whole modules are for our own
    ``load``: PyTorch's have other fields, so give it their ``state_dict()``.

    Example:
        >>> save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, "run.pt")
    """
    # Imported at use: zipfile is slow to import, and most programs save nothing.
    from minitorch.core.files import replace_file
    from minitorch.serialization.flat import writer_for
    from minitorch.serialization.pytorch_zip import Checkpoint

    if isinstance(f, str | os.PathLike):
        path = os.fsdecode(f)
        replace_file(path, writer_for(path, obj) or Checkpoint(obj).write)
    elif hasattr(f, "write"):
        Checkpoint(obj).write(f)
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
    classes: Iterable[type] = (),
    **pickle_load_args: Any,
) -> Any:
    """Read what ``save`` wrote, here or in PyTorch, safetensors and NumPy's ``.npz``.

    The content tells the kind, not the name. Whatever a file holds, loading it takes time in
    proportion to its size, and memory too: tensors what they take in the file, structure up to 250
    times as much (measured on the worst there is, empty sets, of one byte each), arrays of a
    compressed ``.npz`` up to 100 times or 64 MB. An expanded tensor stays one.

    Args:
        f: A path, or a binary file open for reading, which has to be seekable; it is read from its
            position to its end, all at once.
        map_location: Where tensors go; all are on the CPU, wherever they were saved, so only that
            (or None, a function or a dict, which have nothing to map) makes sense.
        pickle_module: Must be None: one machine reads pickles, and it runs nothing.
        weights_only: Accepted and without effect: ``False`` opens nothing that ``True`` closes.
        mmap: The file is mapped, and read where tensors are: a large one takes no time and no
            memory. Writing into a tensor changes it alone, not the file. No checksum is checked.
        classes: Classes of your own of which the file may hold objects; they are made without
            their constructor and given the fields that were saved, unless the class pickles itself
            in a way of its own (``__reduce__``). Those of ``nn`` need no mention.
        pickle_load_args: Accepted and without effect.

    Raises:
        FileNotFoundError: there is no such file.
        UnpicklingError: the file names what it may not name, or its pickle is damaged (the class
            is that of ``pickle``).
        RuntimeError: the file is truncated, corrupt or of another kind, such as a device or a pipe;
            the message says which.
        MemoryError: there is too little memory for what the file holds.

    Source: ``torch.load``.

    Example:
        >>> model.load_state_dict(load("run.pt")["model"])
        >>> net = load("net.pt", classes=[Net])
    """
    from minitorch.serialization.reading import read  # at use, as in save()

    _check_location(map_location)
    if pickle_module is not None:
        raise ValueError("load() runs no pickle: leave pickle_module out")
    if isinstance(f, str | os.PathLike):
        return _load_path(os.fsdecode(f), classes, bool(mmap))
    if mmap:
        raise ValueError(f"f must be a file path to use mmap=True, got {type(f).__name__}")
    if not hasattr(f, "read"):
        raise TypeError(f"load() needs a path or a file open for reading, got {type(f).__name__}")
    content = io.BytesIO(f.read(_bytes_left(f)))
    return read(content, str(getattr(f, "name", type(f).__name__)), classes)


def _load_path(path: str, classes: Iterable[type], mapped: bool) -> Any:
    from minitorch.core.files import remove_leftovers
    from minitorch.serialization.reading import read

    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # open() has words for a directory
        raise RuntimeError(
            f"{path}: a device, pipe or socket, not a file: it may have no end. To load from a "
            "pipe, read it first and load from an io.BytesIO of that."
        )
    remove_leftovers(path)
    with open(path, "rb") as file:
        return read(file, path, classes, mapped)


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
