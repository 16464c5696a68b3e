"""The pickles of CIFAR, and of whoever writes such files, read so that nothing in them can run.

A file is a dict: in a batch ``data`` is a uint8 array (N, 3072), a row for each picture, the red
plane first, and ``labels`` (of CIFAR-100 ``fine_labels``) a list of N numbers. It is read by the
machine of Note [A pickle that runs nothing], whose list is cut down to what arrays are made of.
"""

import os
import stat
from pickle import UnpicklingError
from typing import Any, NoReturn

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.pickles.machine import Machine
from minitorch.serialization.pickles.names import named
from minitorch.serialization.refusals import shown
from minitorch.vision.datasets.utils import MAX_BYTES

PIXELS = 3 * 32 * 32

_NAMES = {
    "_codecs.encode",
    "numpy.dtype",
    "numpy.ndarray",
    *(
        f"numpy.{core}.{name}"  # of NumPy 1 and 2
        for core in ("core", "_core")
        for name in ("multiarray._reconstruct", "numeric._frombuffer")
    ),
}
_PLAIN = (int, float, str, bytes, bool, type(None))


def read_batch(
    path: str | os.PathLike[str], name: str = "CIFAR-10", classes: int = 10
) -> tuple[Array, list[int]]:
    """Return the pictures, uint8 (N, 3, 32, 32), and the N labels of a file.

    Args:
        path: of the file.
        name: what errors call the data set.
        classes: how many there are; labels are less.

    Raises:
        RuntimeError: it is damaged or no such file; the message says what is wrong.
        OSError: it cannot be read.
    """
    entries = read_entries(path, name)
    images = entries.get("data")
    labels = entries.get("labels", entries.get("fine_labels"))
    if not isinstance(images, np.ndarray) or not isinstance(labels, list):
        raise RuntimeError(
            f"{path} is not a {name} batch: expected the entries 'data' (a uint8 array) and "
            f"'labels' (a list), got {sorted(entries)!s:.200}."
        )
    if images.dtype != np.uint8:
        raise RuntimeError(
            f"{path} is not a {name} batch: its elements are not uint8 but {images.dtype}."
        )
    if images.ndim != 2 or images.shape[1] != PIXELS or len(images) != len(labels):
        raise RuntimeError(
            f"{path}: wrong image shape: expected data of shape ({len(labels)}, {PIXELS}), one row "
            f"of 3×32×32 bytes for each of the {len(labels)} labels, got {images.shape}."
        )
    for position, label in enumerate(labels):
        if type(label) is not int or not 0 <= label < classes:
            raise RuntimeError(
                f"{path}: label out of range: image {position} has the label {label!r:.80}, "
                f"expected a whole number from 0 to {classes - 1}."
            )
    return images.reshape(-1, 3, 32, 32), labels


def read_entries(path: str | os.PathLike[str], name: str = "CIFAR-10") -> dict[str, Any]:
    """Return the dict in a file: of numbers, text, arrays, and of lists and dicts of those.

    Raises:
        RuntimeError, OSError: as ``read_batch``.
    """
    content = _content(path, name)
    try:
        entries = Machine(content, _find, _persistent, encoding="latin-1").load()
    except MemoryError:
        raise
    except Exception as error:  # damage shows as any of a dozen classes
        raise RuntimeError(
            f"{path} is truncated or not a {name} file: reading its {len(content):,} bytes stopped "
            f"with {type(error).__name__}: {error!s:.300}."
        ) from error
    if not isinstance(entries, dict):
        raise RuntimeError(
            f"{path} is not a {name} file: expected a dict, got {type(entries).__name__}."
        )
    for key, value in entries.items():
        if type(key) is not str or not _is_entry(value):
            raise RuntimeError(
                f"{path} is not a {name} file: its entry {shown(key)} is {shown(value)}."
            )
    return entries


def _content(path: str | os.PathLike[str], name: str) -> bytes:
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
        raise RuntimeError(
            f"{path} is no {name} file: expected a file of at most {MAX_BYTES:,} bytes, got "
            f"{stat.filemode(about.st_mode)} of {about.st_size:,}."
        )
    with open(path, "rb") as file:
        return file.read(MAX_BYTES)


def _find(path: str) -> Any:
    if path not in _NAMES:
        _refuse(path)
    return named(path, {})


def _persistent(what: Any) -> NoReturn:
    _refuse(f"an object outside of it, {shown(what)}")


def _refuse(what: str) -> NoReturn:
    raise UnpicklingError(
        f"it asks for {what:.100}, and such files hold nothing but numbers, text and arrays. "
        "Nothing in it was run"
    )


def _is_entry(value: Any) -> bool:
    """Whether it is flat: what holds the same part twice, and that again, has no end in print."""
    if type(value) is dict:
        value = [*value, *value.values()]
    return isinstance(value, np.ndarray) or all(
        type(part) in _PLAIN for part in (value if type(value) is list else [value])
    )
