"""Sets of pictures, with torchvision's names, files and targets.

Where torchvision gives a Pillow image, these give the array that ``numpy.array`` makes of it:
uint8, (H, W, 3) in colour and (H, W) in grey, which ``minitorch.vision.transforms`` take. Each is a
copy, which a transform may write into. Everything else is torchvision's: folders, checksums,
mirrors, ``classes``, ``targets``, printed forms and errors. Nothing in the files can run.
"""

from typing import Any as _Any

from minitorch.vision.datasets.cifar import CIFAR10, CIFAR100
from minitorch.vision.datasets.fakedata import FakeData
from minitorch.vision.datasets.folder import DatasetFolder, ImageFolder
from minitorch.vision.datasets.mnist import KMNIST, MNIST, FashionMNIST
from minitorch.vision.datasets.vision import VisionDataset

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "KMNIST",
    "MNIST",
    "DatasetFolder",
    "FakeData",
    "FashionMNIST",
    "ImageFolder",
    "VisionDataset",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
