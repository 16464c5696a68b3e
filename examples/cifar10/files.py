"""CIFAR-10's files as published: pickles of Python 2, read so that nothing in them can run.

`cifar-10-batches-py/` holds `data_batch_1` … `data_batch_5`, `test_batch` (10,000 images each) and
`batches.meta`. A batch is a dict: `data` is a uint8 array (N, 3072), one row per image, the red
plane first; `labels` is a list of N class numbers.
"""

import hashlib
import stat
from pathlib import Path
from typing import NamedTuple

import numpy as np

from examples.cifar10 import pickles
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
_MAX_BYTES = 1 << 28  # a published batch has 31 MB
REPAIR = f"Delete the folder {FOLDER} and run again: it is then fetched or made anew."


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
    entries = _load_dict(path)
    names = entries.get("label_names")
    if not isinstance(names, list) or len(names) != CLASSES:
        raise DataError(
            f"{path}: expected label_names, a list of {CLASSES}; got {names!r:.200}. {REPAIR}"
        )
    synthetic, md5 = entries.get("synthetic", ""), entries.get("md5", {})
    if not isinstance(synthetic, str) or not isinstance(md5, dict):
        raise DataError(f"{path}: its entries synthetic and md5 make no sense. {REPAIR}")
    return Meta(tuple(str(pickles.text(name)) for name in names), synthetic, md5)


def read_batch(path: Path, expected_md5: str | None = None) -> Batch:
    """Reads one file of images and checks it: its checksum, what it is, its shapes, its labels."""
    entries = _load_dict(path, expected_md5)
    images, labels = entries.get("data"), entries.get("labels")
    if isinstance(images, pickles.ByteArray):
        images = images.array
    if not isinstance(images, np.ndarray) or not isinstance(labels, list):
        raise DataError(
            f"{path} is not a CIFAR-10 batch: expected the entries 'data' (a uint8 array) and "
            f"'labels' (a list), got {sorted(map(str, entries))!s:.200}. {REPAIR}"
        )
    if images.ndim != 2 or images.shape[1] != PIXELS or len(images) != len(labels):
        raise DataError(
            f"{path}: wrong image shape: expected data of shape ({len(labels)}, {PIXELS}), one row "
            f"of 3×32×32 bytes for each of the {len(labels)} labels, got {images.shape}. {REPAIR}"
        )
    for position, label in enumerate(labels):
        if type(label) is not int or not 0 <= label < CLASSES:
            raise DataError(
                f"{path}: label out of range: image {position} has the label {label!r:.80}, "
                f"expected a whole number from 0 to {CLASSES - 1}. {REPAIR}"
            )
    return Batch(images.reshape(-1, 3, 32, 32), np.array(labels, dtype=np.int64))


def read_bytes(path: Path) -> bytes:
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode) or info.st_size > _MAX_BYTES:
            raise DataError(
                f"{path} is no CIFAR-10 file: expected a file of at most {_MAX_BYTES:,} bytes, got "
                f"{stat.filemode(info.st_mode)} of {info.st_size:,}. {REPAIR}"
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}. Expected the files {', '.join(BATCH_FILES)} "
            f"and {META_FILE} in that folder. {REPAIR}"
        ) from error


def check_md5(path: Path, content: bytes, expected: str | None) -> str:
    """Returns the MD5, which has to be the expected one where there is one."""
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if expected is not None and md5 != expected:
        raise DataError(
            f"{path} is damaged or not the published file: its MD5 is {md5}, expected {expected}. "
            f"{REPAIR}"
        )
    return md5


def _load_dict(path: Path, expected_md5: str | None = None) -> dict[object, object]:
    """Unpickles a dict of plain values and byte arrays; any other content is an error."""
    content = read_bytes(path)
    md5 = check_md5(path, content, expected_md5)
    try:
        if md5 not in PUBLISHED_MD5.values():
            pickles.check(content)
        entries = pickles.load(content)
    except pickles.ForeignName as error:
        raise DataError(
            f"{path} is not a CIFAR-10 file: it asks for {error!s:.200}, and CIFAR-10's files hold "
            f"nothing but numbers, text and byte arrays. Nothing in it was run. {REPAIR}"
        ) from error
    except pickles.BROKEN as error:
        raise DataError(
            f"{path} is truncated or not a CIFAR-10 file: reading its {len(content):,} bytes "
            f"stopped with {type(error).__name__}: {error!s:.200}. {REPAIR}"
        ) from error
    if not isinstance(entries, dict):
        raise DataError(
            f"{path} is not a CIFAR-10 file: expected a dict, got "
            f"{type(entries).__name__}. {REPAIR}"
        )
    return {pickles.text(key): value for key, value in entries.items()}
