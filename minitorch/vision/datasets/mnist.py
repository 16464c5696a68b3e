"""MNIST and sets in its format: 70,000 grey pictures of 28 x 28 pixels."""

import gzip
import os
import shutil
import warnings
from functools import partial
from typing import Any, ClassVar
from urllib.error import URLError

from minitorch.core.dtypes import Array
from minitorch.core.files import replace_file
from minitorch.serialization import load
from minitorch.tensor import Tensor
from minitorch.vision.datasets.idx import read_image_file, read_label_file
from minitorch.vision.datasets.utils import download_url
from minitorch.vision.datasets.vision import Transform, VisionDataset


class MNIST(VisionDataset):
    """Digits. A sample is an array, uint8 (28, 28), and the digit.

    Attributes: ``data``, a uint8 tensor (N, 28, 28), ``targets``, an int64 tensor (N,),
    ``classes``, ``class_to_idx``.

    Args:
        root: the folder that has, or gets, ``MNIST/raw``: the class's name and its files, as they
            were published (``.gz``) or unpacked.
        train: the 60,000 pictures for training; else the 10,000 for testing.
        transform: called with each picture.
        target_transform: called with each target.
        download: fetch it, where it is not there.

    Raises:
        RuntimeError: files are not there, damaged, or could not be fetched from any mirror.
        OSError: they cannot be read, or written.

    Source: ``torchvision.datasets.MNIST``, which gives Pillow images.
    """

    mirrors: ClassVar[list[str]] = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    training_file = "training.pt"
    test_file = "test.pt"
    classes: ClassVar[list[str]] = [
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    ]

    def __init__(
        self,
        root: str | os.PathLike[str],
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        legacy = [
            os.path.join(self.processed_folder, f) for f in (self.training_file, self.test_file)
        ]
        if all(map(os.path.isfile, legacy)):  # of torchvision before 0.9
            self.data, self.targets = load(legacy[0 if train else 1])
            return
        if download:
            self.download()
        if not self._check_exists():
            raise RuntimeError(
                "Dataset not found. You can use download=True to download it (looked for "
                f"{', '.join(self._files())} in {self.raw_folder})"
            )
        self.data, self.targets = self._load_data()

    @property
    def raw_folder(self) -> str:
        """The folder of the files as they were published."""
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """The folder in which old versions of torchvision kept tensors."""
        return os.path.join(self.root, type(self).__name__, "processed")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class."""
        return {name: number for number, name in enumerate(self.classes)}

    def _files(self) -> list[str]:
        return [name.removesuffix(".gz") for name, _ in self.resources]

    def _check_exists(self) -> bool:
        paths = [os.path.join(self.raw_folder, name) for name in self._files()]
        return all(os.path.isfile(path) or os.path.isfile(f"{path}.gz") for path in paths)

    def _load_data(self) -> tuple[Tensor, Tensor]:
        split = os.path.join(self.raw_folder, "train" if self.train else "t10k")
        data = read_image_file(f"{split}-images-idx3-ubyte")
        targets = read_label_file(f"{split}-labels-idx1-ubyte")
        if len(data) != len(targets):
            raise RuntimeError(
                f"{split}-labels-idx1-ubyte has {len(targets)} labels for {len(data)} images: one "
                "of the files is damaged. Delete them, and use download=True."
            )
        return data, targets

    def download(self) -> None:
        """Fetch the files from the first mirror that has them, and unpack them.

        Raises:
            RuntimeError: no mirror has one of them; the message says what each said.
            OSError: they cannot be written.
        """
        if self._check_exists():
            return
        for name, md5 in self.resources:
            self._fetch(name, md5)
            path = os.path.join(self.raw_folder, name)
            with gzip.open(path) as file:
                replace_file(path.removesuffix(".gz"), partial(shutil.copyfileobj, file))

    def _fetch(self, name: str, md5: str) -> None:
        said = ""
        for mirror in self.mirrors:
            try:
                download_url(f"{mirror}{name}", self.raw_folder, name, md5)
            except (RuntimeError, URLError) as error:
                said += f"Tried {mirror}, got:\n{error}\n"
            else:
                return
        raise RuntimeError(f"Error downloading {name}:\n{said}")

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        picture: Array = self.data[index].numpy().copy()
        return self._transformed(picture, int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """Return which part it is."""
        return f"Split: {'Train' if self.train is True else 'Test'}"

    @property
    def train_labels(self) -> Tensor:
        """The old name of ``targets``."""
        return self._renamed("train_labels", "targets")

    @property
    def test_labels(self) -> Tensor:
        """The old name of ``targets``."""
        return self._renamed("test_labels", "targets")

    @property
    def train_data(self) -> Tensor:
        """The old name of ``data``."""
        return self._renamed("train_data", "data")

    @property
    def test_data(self) -> Tensor:
        """The old name of ``data``."""
        return self._renamed("test_data", "data")

    def _renamed(self, old: str, name: str) -> Tensor:
        warnings.warn(f"{old} has been renamed {name}", stacklevel=3)
        return getattr(self, name)


class FashionMNIST(MNIST):
    """Zalando's articles of clothing, in ``FashionMNIST/raw``; otherwise as ``MNIST``.

    Source: ``torchvision.datasets.FashionMNIST``, which gives Pillow images.
    """

    mirrors: ClassVar[list[str]] = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes: ClassVar[list[str]] = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]


class KMNIST(MNIST):
    """Handwritten Japanese syllables, in ``KMNIST/raw``; otherwise as ``MNIST``.

    Source: ``torchvision.datasets.KMNIST``, which gives Pillow images.
    """

    mirrors: ClassVar[list[str]] = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes: ClassVar[list[str]] = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
