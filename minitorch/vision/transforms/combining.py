"""One transform made of several, and the first and the last of most rows."""

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.dtypes import dtype as DType
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor
from minitorch.vision.transforms import draws, functional as F


class Compose:
    """One transform after the other.

    Example:
        >>> Compose([RandomCrop(32, padding=4), RandomHorizontalFlip(), ToTensor()])(picture)
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(self, self.transforms)


def listed(transform: Any, parts: Sequence[Any], first: str = "") -> str:
    """Show a transform with its parts, a line each."""
    lines = "".join(f"\n    {part}" for part in parts)
    return f"{type(transform).__name__}({first}{lines}\n)"


class Lambda:
    """A function as a transform.

    Raises:
        TypeError: it is none.
    """

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RandomTransforms:
    """Base of transforms that choose among others."""

    def __init__(self, transforms: Sequence[Callable[..., Any]]) -> None:
        if not isinstance(transforms, Sequence):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return listed(self, self.transforms)


class RandomOrder(RandomTransforms):
    """All of them, in a random order; Python's generator decides, as in torchvision."""

    def __call__(self, img: Any) -> Any:
        import random

        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for i in order:
            img = self.transforms[i](img)
        return img


class RandomChoice(RandomTransforms):
    """One of them, in proportion to ``p``; Python's generator decides, as in torchvision."""

    def __init__(
        self, transforms: Sequence[Callable[..., Any]], p: Sequence[float] | None = None
    ) -> None:
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        self.p = p

    def __call__(self, *args: Any) -> Any:
        import random

        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"


class RandomApply(Module):
    """All of them or none, with probability ``p``."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        super().__init__()
        if isinstance(transforms, Module):
            self.transforms: Any = transforms
        else:  # a list stays one: transforms have no parameters that a module would have to know
            vars(self)["transforms"] = transforms
        self.p = p

    def forward(self, img: Any) -> Any:
        if not draws.happens_at_most(self.p):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(self, list(self.transforms), f"\n    p={self.p}")


class ToTensor:
    """`to_tensor`: a Pillow image or an array (H, W, C) to (C, H, W), uint8 to [0, 1]."""

    def __call__(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """`pil_to_tensor`: the same numbers, (C, H, W)."""

    def __call__(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPILImage:
    """`to_pil_image`."""

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        mode = "" if self.mode is None else f"mode={self.mode}"
        return f"{type(self).__name__}({mode})"


class ConvertImageDtype(Module):
    """`convert_image_dtype`."""

    def __init__(self, dtype: DType) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Any) -> Any:
        return F.convert_image_dtype(image, self.dtype)


class Normalize(Module):
    """(tensor − mean) / std, per channel: (..., C, H, W).

    Example:
        >>> Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Any) -> Any:
        return F.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"
