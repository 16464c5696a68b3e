"""What all sets of pictures have: a root, transforms, and how they are printed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from minitorch.utils.data import Dataset

Transform = Callable[[Any], Any]


class VisionDataset(Dataset[Any]):
    """A data set of pictures and targets; subclasses write ``__getitem__`` and ``__len__``.

    Args:
        root: the folder; it may begin with ``~``.
        transforms: called with picture and target, returns both; not together with the next two.
        transform: called with each picture.
        target_transform: called with each target.

    Raises:
        ValueError: both ``transforms`` and one of the others are given.
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        transforms: Callable[[Any, Any], tuple[Any, Any]] | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        has_separate = transform is not None or target_transform is not None
        if transforms is not None and has_separate:
            raise ValueError(
                "Only transforms or transform/target_transform can be passed as argument"
            )
        self.root: Any = root.expanduser() if isinstance(root, Path) else root
        if isinstance(root, str):
            self.root = os.path.expanduser(root)
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = (
            StandardTransform(transform, target_transform) if has_separate else transforms
        )

    def _transformed(self, picture: Any, target: Any) -> tuple[Any, Any]:
        """Return a sample as it is handed out; programs may set these attributes later."""
        if self.transform is not None:
            picture = self.transform(picture)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return picture, target

    def __len__(self) -> int:
        raise NotImplementedError

    def __repr__(self) -> str:
        body = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            body.append(f"Root location: {self.root}")
        body += self.extra_repr().splitlines()
        if self.transforms is not None:
            body.append(repr(self.transforms))
        return "\n    ".join([f"Dataset {type(self).__name__}", *body])

    def extra_repr(self) -> str:
        """Return what a subclass adds to the printed form, a line for each fact."""
        return ""


class StandardTransform:
    """A function of the picture and one of the target, as one of both."""

    def __init__(
        self, transform: Transform | None = None, target_transform: Transform | None = None
    ) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        parts = {"Transform: ": self.transform, "Target transform: ": self.target_transform}
        body = [
            head + repr(part).replace("\n", "\n" + " " * len(head))
            for head, part in parts.items()
            if part is not None
        ]
        return "\n".join(["StandardTransform", *body])
