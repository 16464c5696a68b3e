"""CIFAR-10's files as published, and drawn ones in the same format, which say so of themselves.

`cifar-10-batches-py/` holds `data_batch_1` … `data_batch_5`, `test_batch` (10,000 images each) and
`batches.meta`. They are pickles, read so that nothing in them can run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from examples.cifar10.errors import DataError
from minitorch.vision.datasets import CIFAR10, pickled
from minitorch.vision.datasets.utils import calculate_md5

FOLDER = CIFAR10.base_folder
TRAIN_FILES = tuple(name for name, _ in CIFAR10.train_list)
TEST_FILE = CIFAR10.test_list[0][0]
META_FILE = CIFAR10.meta["filename"]
BATCH_FILES = (*TRAIN_FILES, TEST_FILE)
PUBLISHED_MD5 = {
    **dict(CIFAR10.train_list + CIFAR10.test_list),
    META_FILE: CIFAR10.meta["md5"],
}
CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
CLASSES = len(CLASS_NAMES)
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
    with _repairing(path):
        entries = pickled.read_entries(path)
    names = entries.get("label_names")
    if not isinstance(names, list) or len(names) != CLASSES:
        raise DataError(
            f"{path}: expected label_names, a list of {CLASSES}; got {names!r:.200}. {REPAIR}"
        )
    synthetic, md5 = entries.get("synthetic", ""), entries.get("md5", {})
    if not isinstance(synthetic, str) or not isinstance(md5, dict):
        raise DataError(f"{path}: its entries synthetic and md5 make no sense. {REPAIR}")
    return Meta(tuple(map(str, names)), synthetic, md5)


def read_batch(path: Path, expected_md5: str | None = None) -> Batch:
    """Reads one file of images and checks it: its checksum, what it is, its shapes, its labels."""
    check_md5(path, expected_md5)
    with _repairing(path):
        images, labels = pickled.read_batch(path)
    return Batch(images, np.array(labels, dtype=np.int64))


def check_md5(path: Path, expected: str | None) -> None:
    if expected is None:
        return
    with _repairing(path):
        md5 = calculate_md5(path)
    if md5 != expected:
        raise DataError(
            f"{path} is damaged or not the published file: its MD5 is {md5}, expected {expected}. "
            f"{REPAIR}"
        )


@contextmanager
def _repairing(path: Path) -> Iterator[None]:
    """Says what to do about a file that cannot be read."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}. Expected the files {', '.join(BATCH_FILES)} "
            f"and {META_FILE} in that folder. {REPAIR}"
        ) from error
    except RuntimeError as error:
        raise DataError(f"{error} {REPAIR}") from error
