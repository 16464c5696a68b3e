"""CIFAR-10's pictures of some classes, as what a network takes."""

from collections.abc import Callable

import numpy as np

from examples.cifar10.augment import crop_and_flip
from examples.cifar10.errors import DataError
from examples.cifar10.files import CLASSES, Batch
from minitorch import Tensor
from minitorch.utils.data import Dataset

Prepare = Callable[[np.ndarray], Tensor]  # uint8 (N, 3, 32, 32) -> float32 (N, 3, H, W)


class Pictures(Dataset):
    """Pairs of a picture and its class; cropped and flipped anew each time, if so wished."""

    def __init__(self, split: Batch, prepare: Prepare, *, augment: bool = False) -> None:
        self.split = split
        self.prepare = prepare
        self.augment = augment

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = self.split.images[index : index + 1]
        image = crop_and_flip(image) if self.augment else image
        return self.prepare(image)[0], int(self.split.labels[index])


def of_classes(split: Batch, classes: tuple[int, ...]) -> Batch:
    """The pictures of these classes, which are numbered anew: 0 for the first of them."""
    numbers = np.full(CLASSES, -1)
    numbers[list(classes)] = range(len(classes))
    labels = numbers[split.labels]
    return Batch(split.images[labels >= 0], labels[labels >= 0])


def few_of_each(split: Batch, count: int) -> Batch:
    """The first `count` pictures of every class."""
    classes = range(split.labels.max() + 1)
    places = [np.flatnonzero(split.labels == number)[:count] for number in classes]
    fewest = min(len(found) for found in places)
    if fewest < count:
        raise DataError(
            f"images_per_class = {count:,}, but one class has only {fewest:,} images: "
            f"--set images_per_class={fewest} uses them all."
        )
    kept = np.sort(np.concatenate(places))
    return Batch(split.images[kept], split.labels[kept])


def with_copies(split: Batch, count: int) -> Batch:
    """The pictures, and so many copies of each, every one cropped and flipped by chance."""
    copies = [crop_and_flip(split.images) for _ in range(count)]
    return Batch(np.concatenate([split.images, *copies]), np.tile(split.labels, count + 1))
