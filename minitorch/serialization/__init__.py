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

Tensors whose memory overlaps (tied weights, views) lie in one entry, so that they share memory
again after loading. Only the stretch that they cover is written, not the rest of a buffer they are
views of.
"""

import io
import os
from typing import IO, Any

__all__ = ["load", "save"]


def save(obj: Any, f: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write ``obj`` to a file, so that ``load`` gives it back.

    It may be made of dicts, OrderedDicts, Counters, lists, tuples, tensors, NumPy arrays and
    scalars, ``Size``, dtypes, numbers, text, bytes, booleans and None. A path is replaced in one
    step when all is safely on disk: a crash or a full disk leaves the previous file as it was (a
    kill may leave a ``.<name>.<random>.tmp`` beside it).

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

    Args:
        f: A path, or a binary file open for reading; it is read from its position to its end.
        map_location: Where tensors go; all are on the CPU, so only that (or None, a function or a
            dict, which have nothing to map) makes sense.
        pickle_module: Must be None: nothing is unpickled.
        weights_only: Accepted and without effect. The format holds data only, so
            ``weights_only=False`` opens nothing that ``True`` would close.
        mmap: True is not supported.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the file is truncated, corrupt or of another kind; the message says which.

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
        with open(f, "rb") as file:
            return read(file, os.fspath(f))
    if not hasattr(f, "read"):
        raise TypeError(f"load() needs a path or a file open for reading, got {type(f).__name__}")
    return read(io.BytesIO(f.read()), str(getattr(f, "name", type(f).__name__)))


def _check_location(location: Any) -> None:
    if location is None or callable(location) or isinstance(location, dict):
        return
    if str(location).split(":")[0] != "cpu":
        raise RuntimeError(
            f"Attempting to deserialize object on a {location} device: there are only tensors on "
            "the CPU here. Use map_location='cpu', or leave it out."
        )
