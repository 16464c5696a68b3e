"""Files of one's own, in a folder for each class."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.vision.datasets.vision import Transform, VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")

_Path = str | os.PathLike[str]
_Extensions = str | tuple[str, ...] | None
_Samples = list[tuple[str, int]]


def has_file_allowed_extension(filename: str, extensions: str | tuple[str, ...]) -> bool:
    """Tell whether a name ends in one of these, in small letters or capital ones."""
    return filename.lower().endswith(extensions)


def is_image_file(filename: str) -> bool:
    """Tell whether a name ends as those of pictures do."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: _Path) -> tuple[list[str], dict[str, int]]:
    """Return the names of the folders in a folder, sorted, and the number of each.

    Raises:
        FileNotFoundError: there is none, or no such folder.
    """
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
    return classes, {name: number for number, name in enumerate(classes)}


def make_dataset(
    directory: _Path,
    class_to_idx: dict[str, int] | None = None,
    extensions: _Extensions = None,
    is_valid_file: Callable[[str], bool] | None = None,
    allow_empty: bool = False,
) -> _Samples:
    """Return the path and the number of the class of each file, in all folders below, sorted.

    Args:
        directory: the folder that has one for each class.
        class_to_idx: the number of each class, by default as ``find_classes`` says.
        extensions: how the names of files end, or:
        is_valid_file: tells of a path whether it is to be taken.
        allow_empty: a class may have no file.

    Raises:
        ValueError: both or none of ``extensions`` and ``is_valid_file``, or no class.
        FileNotFoundError: a class has no file.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        _, class_to_idx = find_classes(directory)
    elif not class_to_idx:
        raise ValueError("'class_to_index' must have at least one entry to collect any samples.")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError(
            "Both extensions and is_valid_file cannot be None or not None at the same time"
        )
    samples: _Samples = []
    empty = []
    for name in sorted(class_to_idx):
        paths = [
            path
            for path in _files_below(os.path.join(directory, name))
            if (
                is_valid_file(path)
                if is_valid_file is not None
                else has_file_allowed_extension(path, extensions or ())
            )
        ]
        samples += [(path, class_to_idx[name]) for path in paths]
        if not paths:
            empty.append(name)
    if empty and not allow_empty:
        said = f"Found no valid file for the classes {', '.join(empty)}. "
        if extensions is not None:
            shown = extensions if isinstance(extensions, str) else ", ".join(extensions)
            said += f"Supported extensions are: {shown}"
        raise FileNotFoundError(said)
    return samples


def _files_below(folder: str) -> list[str]:
    return [
        os.path.join(root, name)
        for root, _, names in sorted(os.walk(folder, followlinks=True))
        for name in sorted(names)
    ]


class DatasetFolder(VisionDataset):
    """Files in a folder for each class. A sample is what ``loader`` makes of one, and a number.

    Attributes: ``classes``, ``class_to_idx``, ``samples`` (path and number), ``targets``.

    Args:
        root: the folder that has one for each class.
        loader: called with a path, returns what is in the file.
        extensions: how the names of files end, or:
        transform: called with what the loader returns.
        target_transform: called with each target.
        is_valid_file: tells of a path whether it is to be taken.
        allow_empty: a class may have no file.

    Raises:
        FileNotFoundError: there is no class, or a class without a file.
        ValueError: both or none of ``extensions`` and ``is_valid_file``.

    Source: ``torchvision.datasets.DatasetFolder``.
    """

    def __init__(
        self,
        root: _Path,
        loader: Callable[[str], Any],
        extensions: _Extensions = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples = self.make_dataset(
            self.root,
            class_to_idx=self.class_to_idx,
            extensions=extensions,
            is_valid_file=is_valid_file,
            allow_empty=allow_empty,
        )
        self.loader = loader
        self.extensions = extensions
        self.targets = [target for _, target in self.samples]

    @staticmethod
    def make_dataset(
        directory: _Path,
        class_to_idx: dict[str, int],
        extensions: _Extensions = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> _Samples:
        """Return the samples, as the function of that name; to be overridden.

        Raises:
            ValueError: no classes are given.
        """
        if class_to_idx is None:  # an overridden find_classes() may have another logic
            raise ValueError("The class_to_idx parameter cannot be None.")
        return make_dataset(directory, class_to_idx, extensions, is_valid_file, allow_empty)

    def find_classes(self, directory: _Path) -> tuple[list[str], dict[str, int]]:
        """Return the classes, as the function of that name; to be overridden."""
        return find_classes(directory)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        return self._transformed(self.loader(path), target)

    def __len__(self) -> int:
        return len(self.samples)


def default_loader(path: _Path) -> Any:
    """Return a picture as an array, uint8 (H, W, 3), whatever its colours; Pillow decodes it.

    Raises:
        ImportError: Pillow is not installed.
        OSError: it cannot be read, or is no picture.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "reading pictures needs Pillow: python -m pip install 'minitorch-numpy[images]', or "
            "say loader=, a function that returns an array (H, W, 3) for a path"
        ) from error
    try:
        with open(path, "rb") as file:
            return np.array(Image.open(file).convert("RGB"))
    except Exception as error:  # Pillow's words for what is damaged name no file
        error.add_note(f"while reading {os.fspath(path)}")
        raise


class ImageFolder(DatasetFolder):
    """Pictures in a folder for each class. A sample is an array, uint8 (H, W, 3), and a number.

    Attributes: those of ``DatasetFolder``, and ``imgs``, the same as ``samples``.

    Args:
        root: the folder: ``root/dog/xxx.png``, ``root/cat/[...]/yyy.png``.
        transform: called with each picture.
        target_transform: called with each target.
        loader: called with a path, returns the picture; by default it is decoded by Pillow, an
            extra (``pip install 'minitorch-numpy[images]'``).
        is_valid_file: tells of a path whether it is to be taken, instead of the name's end.
        allow_empty: a class may have no file.

    Raises:
        FileNotFoundError: there is no class, or a class without a picture.

    Source: ``torchvision.datasets.ImageFolder``, whose loader gives Pillow images.
    """

    def __init__(
        self,
        root: _Path,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(
            root,
            loader,
            IMG_EXTENSIONS if is_valid_file is None else None,
            transform=transform,
            target_transform=target_transform,
            is_valid_file=is_valid_file,
            allow_empty=allow_empty,
        )
        self.imgs = self.samples
