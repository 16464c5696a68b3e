"""CIFAR-10's files as published: pickles of Python 2, read so that nothing in them can run.

`cifar-10-batches-py/` holds `data_batch_1` … `data_batch_5`, `test_batch` (10,000 images each) and
`batches.meta`. A batch is a dict: `data` is a uint8 array (N, 3072), one row per image, the red
plane first; `labels` is a list of N class numbers.
"""

import hashlib
import io
import math
import pickle
from pathlib import Path
from typing import NamedTuple

import numpy as np

from examples.cifar10.errors import DataError

FOLDER = "cifar-10-batches-py"
TRAIN_FILES = tuple(f"data_batch_{i}" for i in range(1, 6))
TEST_FILE = "test_batch"
META_FILE = "batches.meta"
BATCH_FILES = (*TRAIN_FILES, TEST_FILE)
PUBLISHED_MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}
PIXELS = 3 * 32 * 32
CLASSES = 10
REPAIR = f"Delete the folder {FOLDER} and run again: it is then fetched or made anew."


# What the pickle machine raises on bytes that were cut off, changed, or never were a pickle.
_BROKEN_PICKLE = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, KeyError, IndexError,
    OverflowError, MemoryError,
)  # fmt: skip


class Batch(NamedTuple):
    images: np.ndarray  # uint8 (N, 3, 32, 32)
    labels: np.ndarray  # int64 (N,)


class Meta(NamedTuple):
    classes: tuple[str, ...]
    synthetic: str  # which synthetic set the files belong to; empty: they claim to be CIFAR-10
    md5: dict[str, str]  # of a synthetic set's files


def read_meta(folder: Path) -> Meta:
    """Reads `batches.meta`: the class names, and whose images these are."""
    path = folder / META_FILE
    entries = _load_dict(path, read_bytes(path))
    names = entries.get("label_names")
    if not isinstance(names, list) or len(names) != CLASSES:
        raise DataError(
            f"{path}: expected label_names, a list of {CLASSES}; got {names!r}. {REPAIR}"
        )
    synthetic, md5 = entries.get("synthetic", ""), entries.get("md5", {})
    if not isinstance(synthetic, str) or not isinstance(md5, dict):
        raise DataError(f"{path}: its entries synthetic and md5 make no sense. {REPAIR}")
    return Meta(tuple(str(_text(name)) for name in names), synthetic, md5)


def read_batch(path: Path, expected_md5: str | None = None) -> Batch:
    """Reads one file of images and checks it: what it is, its shapes, its labels, its checksum."""
    content = read_bytes(path)
    entries = _load_dict(path, content)
    images, labels = entries.get("data"), entries.get("labels")
    if isinstance(images, _Array):
        images = images.array
    if not isinstance(images, np.ndarray) or not isinstance(labels, list):
        raise DataError(
            f"{path} is not a CIFAR-10 batch: expected the entries 'data' (a uint8 array) and "
            f"'labels' (a list), got {sorted(map(str, entries))}. {REPAIR}"
        )
    if images.ndim != 2 or images.shape[1] != PIXELS or len(images) != len(labels):
        raise DataError(
            f"{path}: wrong image shape: expected data of shape ({len(labels)}, {PIXELS}), one row "
            f"of 3×32×32 bytes for each of the {len(labels)} labels, got {images.shape}. {REPAIR}"
        )
    for position, label in enumerate(labels):
        if type(label) is not int or not 0 <= label < CLASSES:
            raise DataError(
                f"{path}: label out of range: image {position} has the label {label!r}, expected "
                f"a whole number from 0 to {CLASSES - 1}. {REPAIR}"
            )
    check_md5(path, content, expected_md5)
    return Batch(images.reshape(-1, 3, 32, 32), np.array(labels, dtype=np.int64))


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}. Expected the files {', '.join(BATCH_FILES)} "
            f"and {META_FILE} in that folder. {REPAIR}"
        ) from error


def check_md5(path: Path, content: bytes, expected: str | None) -> None:
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if expected is not None and md5 != expected:
        raise DataError(
            f"{path} is damaged or not the published file: its MD5 is {md5}, expected {expected}. "
            f"{REPAIR}"
        )


def _load_dict(path: Path, content: bytes) -> dict[object, object]:
    """Unpickles a dict of plain values and byte arrays; any other content is an error."""
    try:
        entries = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except _ForeignName as error:
        raise DataError(
            f"{path} is not a CIFAR-10 file: it asks for {error}, and CIFAR-10's files hold "
            f"nothing but numbers, text and byte arrays. Nothing in it was run. {REPAIR}"
        ) from error
    except _BROKEN_PICKLE as error:
        raise DataError(
            f"{path} is truncated or not a CIFAR-10 file: reading its {len(content):,} bytes "
            f"stopped with {type(error).__name__}: {error}. {REPAIR}"
        ) from error
    if not isinstance(entries, dict):
        raise DataError(
            f"{path} is not a CIFAR-10 file: expected a dict, got "
            f"{type(entries).__name__}. {REPAIR}"
        )
    return {_text(key): value for key, value in entries.items()}


def _text(value: object) -> object:
    """Python 2 wrote its strings as bytes."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value


# Note [What a CIFAR-10 pickle may name]
# A pickle names the functions that rebuild its objects, and so can run any. These files hold one
# kind of object, a uint8 array, written as numpy's _reconstruct(ndarray, ...), a dtype and the
# bytes. The reader answers those three names with stand-ins of its own, which keep the bytes and do
# nothing else; it refuses every other name. NumPy's own functions are never called.


class _ForeignName(pickle.UnpicklingError):
    """The pickle names something that these files do not hold."""


class _Inert:
    """A stand-in that a pickle can call and set, with no effect beyond its own fields."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        pass


class _Dtype(_Inert):
    __slots__ = ("code",)

    def __init__(self, code: object, *_: object) -> None:
        self.code = _text(code)


class _Array(_Inert):
    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: np.ndarray | None = None

    def __setstate__(self, state: object) -> None:
        _, shape, dtype, is_fortran, content = state
        if not isinstance(dtype, _Dtype) or dtype.code not in ("u1", "|u1", "uint8"):
            raise pickle.UnpicklingError("an array whose elements are not uint8")
        if not isinstance(content, bytes) or math.prod(shape) != len(content):
            raise pickle.UnpicklingError(f"an array of shape {shape} that lacks its bytes")
        order = "F" if is_fortran else "C"
        self.array = np.frombuffer(content, np.uint8).reshape(shape, order=order)


class _MakeDtype(_Inert):
    __slots__ = ()

    def __call__(self, *arguments: object) -> _Dtype:
        return _Dtype(*arguments)


class _MakeArray(_Inert):
    __slots__ = ()

    def __call__(self, *_: object) -> _Array:
        return _Array()


class _Unpickler(pickle.Unpickler):
    """Admits what Note [What a CIFAR-10 pickle may name] lists."""

    _stand_ins = {  # noqa: RUF012 - read only
        ("numpy.core.multiarray", "_reconstruct"): _MakeArray(),  # NumPy 1, the published files
        ("numpy._core.multiarray", "_reconstruct"): _MakeArray(),  # NumPy 2
        ("numpy", "ndarray"): _Inert(),
        ("numpy", "dtype"): _MakeDtype(),
    }

    def find_class(self, module: str, name: str) -> object:
        try:
            return self._stand_ins[module, name]
        except KeyError:
            raise _ForeignName(f"{module}.{name}") from None

    def persistent_load(self, pid: object) -> object:
        raise _ForeignName(f"a persistent object ({pid!r})")
