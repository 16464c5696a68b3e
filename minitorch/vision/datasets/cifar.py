"""CIFAR-10 and CIFAR-100: 60,000 colour pictures of 32 x 32 pixels."""

import os
from typing import Any, ClassVar

import numpy as np

from minitorch.vision.datasets.pickled import read_batch, read_entries
from minitorch.vision.datasets.utils import check_integrity, download_url, extract_files
from minitorch.vision.datasets.vision import Transform, VisionDataset


class CIFAR10(VisionDataset):
    """CIFAR-10: ten classes. A sample is an array, uint8 (32, 32, 3), and the number of its class.

    Attributes: ``data``, uint8 (N, 32, 32, 3), ``targets``, a list, ``classes``, ``class_to_idx``.

    Args:
        root: the folder that has, or gets, ``cifar-10-batches-py``.
        train: the 50,000 pictures for training; else the 10,000 for testing.
        transform: called with each picture.
        target_transform: called with each target.
        download: fetch it, where it is not there.

    Raises:
        RuntimeError: the files are not there or not the published ones, by their MD5.
        URLError, OSError: it could not be fetched, or written.

    Source: ``torchvision.datasets.CIFAR10``, which gives Pillow images.

    Example:
        >>> train = CIFAR10("data", download=True, transform=transforms.ToTensor())
        >>> loader = DataLoader(train, batch_size=64, shuffle=True)
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list: ClassVar[list[list[str]]] = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list: ClassVar[list[list[str]]] = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta: ClassVar[dict[str, str]] = {
        "filename": "batches.meta",
        "key": "label_names",
        "md5": "5ff9c542aee3614f3951f8cda6e48888",
    }
    _name = "CIFAR-10"
    _count = 10

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
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError(
                "Dataset not found or corrupted. You can use download=True to download it "
                f"(looked for {', '.join(self._files())} of the published MD5s in {self._folder})"
            )
        files = self.train_list if train else self.test_list
        batches = [self._read(name) for name, _ in files]
        data = np.concatenate([images for images, _ in batches])
        self.data = data.transpose(0, 2, 3, 1)  # (N, H, W, C)
        self.targets = [label for _, labels in batches for label in labels]
        self._load_meta()

    @property
    def _folder(self) -> str:
        return os.path.join(self.root, self.base_folder)

    def _files(self) -> list[str]:
        return [name for name, _ in self.train_list + self.test_list]

    def _read(self, name: str) -> Any:
        return read_batch(os.path.join(self._folder, name), self._name, self._count)

    def _load_meta(self) -> None:
        path = os.path.join(self._folder, self.meta["filename"])
        if not check_integrity(path, self.meta["md5"]):
            raise RuntimeError(
                "Dataset metadata file not found or corrupted. You can use download=True to "
                f"download it (looked for {path})"
            )
        self.classes = read_entries(path, self._name)[self.meta["key"]]
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}

    def _check_integrity(self) -> bool:
        return all(
            check_integrity(os.path.join(self._folder, name), md5)
            for name, md5 in self.train_list + self.test_list
        )

    def download(self) -> None:
        """Fetch the archive into ``root`` and take the files out, unless they are there.

        Raises:
            RuntimeError: what came is not the published archive.
            URLError, OSError: it could not be fetched, or written.
        """
        meta = os.path.join(self._folder, self.meta["filename"])
        if self._check_integrity() and check_integrity(meta, self.meta["md5"]):
            return
        download_url(self.url, self.root, self.filename, self.tgz_md5)
        names = [f"{self.base_folder}/{x}" for x in (*self._files(), self.meta["filename"])]
        extract_files(os.path.join(self.root, self.filename), self.root, names)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        # In the layout it has, which is the tensor's: a copy of 3 KB in one piece.
        return self._transformed(self.data[index].copy(order="K"), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """Return which part it is."""
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """CIFAR-100: a hundred classes, otherwise as ``CIFAR10``, in ``cifar-100-python``.

    Source: ``torchvision.datasets.CIFAR100``, which gives Pillow images.
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list: ClassVar[list[list[str]]] = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list: ClassVar[list[list[str]]] = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta: ClassVar[dict[str, str]] = {
        "filename": "meta",
        "key": "fine_label_names",
        "md5": "7973b15100ade9c7d40fb424638fde48",
    }
    _name = "CIFAR-100"
    _count = 100
