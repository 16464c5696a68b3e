"""Finds CIFAR-10 and reads it into memory: 60,000 images, 184 MB.

The order: `--data-root`, `$CIFAR10_ROOT`, `data/`, a download into `data/`, and where there is
neither file nor network the drawn images of synthetic.py. A place that was named must hold the
data: a wrong path is an error, never a reason to train on something else.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from examples.cifar10.download import download
from examples.cifar10.errors import DataError
from examples.cifar10.files import (
    BATCH_FILES,
    FOLDER,
    META_FILE,
    PUBLISHED_MD5,
    REPAIR,
    TEST_FILE,
    TRAIN_FILES,
    Batch,
    check_md5,
    read_batch,
    read_meta,
)
from examples.cifar10.synthetic import write_synthetic

DEFAULT_ROOT = Path("data")
SYNTHETIC_NOTE = "synthetic images, drawn by the program: not CIFAR-10"


@dataclass(frozen=True)
class Cifar10:
    train: Batch
    test: Batch
    classes: tuple[str, ...]
    is_synthetic: bool
    folder: Path

    @property
    def note(self) -> str:
        """What a plot or a log has to say about these images; empty for the real ones."""
        return SYNTHETIC_NOTE if self.is_synthetic else ""


def load_data(
    data_root: Path | None = None,
    *,
    synthetic: bool = False,
    say: Callable[[str], None] = print,
) -> Cifar10:
    """Finds, checks and reads the images; `synthetic` asks for the drawn ones."""
    data = read_folder(find_folder(data_root, synthetic=synthetic, say=say))
    kind = "Synthetic images" if data.is_synthetic else "CIFAR-10"
    say(f"{kind}: {len(data.train.labels):,} for training, {len(data.test.labels):,} for testing, "
        f"from {data.folder}")  # fmt: skip
    if data.is_synthetic:
        say("These are drawings made by the program, not CIFAR-10: ten easier classes. Accuracies "
            "on them say that training works, and nothing about CIFAR-10.")  # fmt: skip
    return data


def same_images(options: argparse.Namespace, data: Cifar10) -> list[str]:
    """The options that find these images again, whatever environment and network are by then."""
    root = options.data_root or (None if options.synthetic else os.environ.get("CIFAR10_ROOT"))
    named = ["--data-root", str(root)] if root else []
    is_drawn = options.synthetic or (data.is_synthetic and not root)
    return named + ["--synthetic"] * is_drawn


def find_folder(
    data_root: Path | None, *, synthetic: bool, say: Callable[[str], None] = print
) -> Path:
    if synthetic:
        return _synthetic_folder((data_root or DEFAULT_ROOT) / "synthetic", say)
    if data_root is not None:
        return _named_folder(data_root, "--data-root")
    if root := os.environ.get("CIFAR10_ROOT"):
        return _named_folder(Path(root), "$CIFAR10_ROOT")
    if (DEFAULT_ROOT / FOLDER).is_dir():
        return DEFAULT_ROOT / FOLDER
    try:
        return download(DEFAULT_ROOT, say)
    except DataError as error:
        say(f"No CIFAR-10 in --data-root, $CIFAR10_ROOT or {DEFAULT_ROOT}/, and {error}.")
        return _synthetic_folder(DEFAULT_ROOT / "synthetic", say)


def read_folder(folder: Path) -> Cifar10:
    """Reads the seven files, each checked by its checksum."""
    missing = [name for name in (*BATCH_FILES, META_FILE) if not (folder / name).is_file()]
    if missing:
        raise DataError(f"{folder} lacks {', '.join(missing)}. {REPAIR}")
    meta = read_meta(folder)
    md5 = meta.md5 if meta.synthetic else PUBLISHED_MD5
    if not meta.synthetic:
        check_md5(folder / META_FILE, md5[META_FILE])
    train = [read_batch(folder / name, md5.get(name, "none")) for name in TRAIN_FILES]
    return Cifar10(
        train=Batch(
            np.concatenate([batch.images for batch in train]),
            np.concatenate([batch.labels for batch in train]),
        ),
        test=read_batch(folder / TEST_FILE, md5.get(TEST_FILE, "none")),
        classes=meta.classes,
        is_synthetic=bool(meta.synthetic),
        folder=folder,
    )


def first_images(split: Batch, count: int, name: str) -> Batch:
    """The first `count` images: what the configs `train_images` and `test_images` ask for."""
    if count > len(split.labels):
        raise DataError(
            f"{name} = {count:,}, but there are only {len(split.labels):,} images: "
            f"--set {name}={len(split.labels)} uses them all."
        )
    return Batch(split.images[:count], split.labels[:count])


def chosen_images(config: Any, train: Batch, test: Batch) -> tuple[Batch, Batch]:
    """As many of both as the settings ask for."""
    return (
        first_images(train, config.train_images, "train_images"),
        first_images(test, config.test_images, "test_images"),
    )


def _named_folder(root: Path, source: str) -> Path:
    for folder in (root / FOLDER, root):
        if any((folder / name).is_file() for name in (*BATCH_FILES, META_FILE)):
            return folder
    raise DataError(
        f"no CIFAR-10 in {source} ({root}): expected the folder {FOLDER} there, with "
        f"{', '.join(BATCH_FILES)} and {META_FILE}. Correct the path; without it the program "
        f"looks in {DEFAULT_ROOT}/, then downloads."
    )


def _synthetic_folder(root: Path, say: Callable[[str], None]) -> Path:
    if not (root / FOLDER).is_dir():
        say(f"Drawing 60,000 synthetic images into {root} (once, a few seconds) ...")
        try:
            write_synthetic(root)
        except OSError as error:
            raise DataError(
                f"could not write the synthetic images into {root}: {error.strerror}. They need "
                f"184 MB; --data-root names another place."
            ) from error
    return root / FOLDER
