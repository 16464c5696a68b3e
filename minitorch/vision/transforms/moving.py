"""Transforms that move pixels."""

import math
import warnings
from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from minitorch.nn.modules.module import Module
from minitorch.vision.transforms import draws, functional as F
from minitorch.vision.transforms.functional_geometry import (
    InterpolationMode,
    check_padding,
    interpolation_mode,
    pair,
)

Size = int | Sequence[int]


class Resize(Module):
    """`resize`.

    Args:
        size: (height, width), or one number for the shorter side.
    """

    def __init__(
        self,
        size: Size,
        interpolation: Any = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if not isinstance(size, int | Sequence):
            raise TypeError(f"Size should be int or sequence. Got {type(size)}")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError("If size is a sequence, it should have 1 or 2 values")
        self.size = size
        self.max_size = max_size
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    def forward(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop(Module):
    """`center_crop`."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = pair(size)

    def forward(self, img: Any) -> Any:
        return F.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class FiveCrop(Module):
    """`five_crop`: a tuple of five pictures."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = pair(size)

    def forward(self, img: Any) -> tuple[Any, ...]:
        return F.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(Module):
    """`ten_crop`: a tuple of ten pictures."""

    def __init__(self, size: Size, vertical_flip: bool = False) -> None:
        super().__init__()
        self.size = pair(size)
        self.vertical_flip = vertical_flip

    def forward(self, img: Any) -> tuple[Any, ...]:
        return F.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, vertical_flip={self.vertical_flip})"


class Pad(Module):
    """`pad`."""

    def __init__(self, padding: Size, fill: float = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        if not isinstance(padding, Number | tuple | list):
            raise TypeError("Got inappropriate padding arg")
        if not isinstance(fill, Number | tuple | list):
            raise TypeError("Got inappropriate fill arg")
        check_padding(padding, padding_mode)
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, "
            f"padding_mode={self.padding_mode})"
        )


class RandomCrop(Module):
    """A window at a random place.

    Args:
        size: (height, width), or one number for both.
        padding: A border to add first, see `pad`.
        pad_if_needed: Whether a picture that is too small gets one that makes it large enough.

    Raises:
        ValueError: while transforming: the picture is too small.
    """

    @staticmethod
    def get_params(img: Any, output_size: Sequence[int]) -> tuple[int, int, int, int]:
        """Draw (top, left, height, width)."""
        _, h, w = F.get_dimensions(img)
        height, width = output_size
        if h < height or w < width:
            raise ValueError(
                f"Required crop size {(height, width)} is larger than input image size {(h, w)}"
            )
        if (h, w) == (height, width):
            return 0, 0, h, w
        top = draws.integer(0, h - height + 1)
        return top, draws.integer(0, w - width + 1), height, width

    def __init__(
        self,
        size: Size,
        padding: Size | None = None,
        pad_if_needed: bool = False,
        fill: float = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.size = pair(size)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Any) -> Any:
        if self.padding is not None:
            img = F.pad(img, self.padding, self.fill, self.padding_mode)
        if self.pad_if_needed:
            _, h, w = F.get_dimensions(img)
            for missing in ([self.size[1] - w, 0], [0, self.size[0] - h]):
                if max(missing) > 0:
                    img = F.pad(img, missing, self.fill, self.padding_mode)
        return F.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


class RandomHorizontalFlip(Module):
    """`hflip` with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        return F.hflip(img) if draws.happens(self.p) else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomVerticalFlip(Module):
    """`vflip` with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        return F.vflip(img) if draws.happens(self.p) else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


def check_ranges(scale: Any, ratio: Any) -> None:
    """Check the two ranges that a window is drawn from."""
    if not isinstance(scale, Sequence):
        raise TypeError("Scale should be a sequence")
    if not isinstance(ratio, Sequence):
        raise TypeError("Ratio should be a sequence")
    if scale[0] > scale[1] or ratio[0] > ratio[1]:
        warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=3)


def draw_window(area: float, scale: Any, ratio: Any) -> tuple[float, float]:
    """Draw two sides, as floats, of a window: the part of ``area`` it has, and their quotient."""
    low, high = np.log(np.array(ratio, np.float32)).tolist()
    part = area * draws.uniform(scale[0], scale[1])
    quotient = float(np.exp(np.float32(draws.uniform(low, high))))
    return math.sqrt(part * quotient), math.sqrt(part / quotient)


class RandomResizedCrop(Module):
    """A window of random size, shape and place, resized.

    Args:
        size: (height, width), or one number for both.
        scale: The least and the largest part of the picture's area.
        ratio: The least and the largest width / height.
    """

    def __init__(
        self,
        size: Size,
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size = pair(size)
        check_ranges(scale, ratio)
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias
        self.scale = scale
        self.ratio = ratio

    @staticmethod
    def get_params(
        img: Any, scale: Sequence[float], ratio: Sequence[float]
    ) -> tuple[int, int, int, int]:
        """Draw (top, left, height, width); after ten that do not fit, take the middle."""
        _, height, width = F.get_dimensions(img)
        for _ in range(10):
            w, h = map(round, draw_window(height * width, scale, ratio))
            if 0 < w <= width and 0 < h <= height:
                top = draws.integer(0, height - h + 1)
                return top, draws.integer(0, width - w + 1), h, w
        w, h = width, height
        if width / height < min(ratio):
            h = round(w / min(ratio))
        elif width / height > max(ratio):
            w = round(h * max(ratio))
        return (height - h) // 2, (width - w) // 2, h, w

    def forward(self, img: Any) -> Any:
        window = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, *window, self.size, self.interpolation, antialias=self.antialias)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(size={self.size}"
            f", scale={tuple(round(s, 4) for s in self.scale)}"
            f", ratio={tuple(round(r, 4) for r in self.ratio)}"
            f", interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class RandomErasing(Module):
    """Overwrite a random window of a tensor, with probability ``p``.

    Args:
        scale: The least and the largest part of the picture's area.
        ratio: The least and the largest height / width.
        value: A number, one per channel, or "random" for normal noise.
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0,
        inplace: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(value, Number | str | tuple | list):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        check_ranges(scale, ratio)
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError("Scale should be between 0 and 1")
        if p < 0 or p > 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        self.p = p
        self.scale = scale
        self.ratio = ratio
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(
        img: Any,
        scale: Sequence[float],
        ratio: Sequence[float],
        value: list[float] | None = None,
    ) -> tuple[int, int, int, int, Any]:
        """Draw (top, left, height, width) and make the values: the picture if nothing fits."""
        channels, height, width = F.get_dimensions(img)
        for _ in range(10):
            h, w = map(round, draw_window(height * width, scale, ratio))
            if not (h < height and w < width):
                continue
            if value is None:
                values = draws.normal((channels, h, w))
            else:
                values = np.array(value, np.float32)[:, None, None]
            top = draws.integer(0, height - h + 1)
            return top, draws.integer(0, width - w + 1), h, w, values
        return 0, 0, height, width, img

    def forward(self, img: Any) -> Any:
        if not draws.happens(self.p):
            return img
        value = self.value
        colours: Any = value if isinstance(value, tuple | list) else [value]
        values = None if value == "random" else [float(v) for v in colours]
        channels = F.get_image_num_channels(img)
        if values is not None and len(values) not in (1, channels):
            raise ValueError(
                "If value is a sequence, it should have either a single value or "
                f"{channels} (number of input channels)"
            )
        i, j, h, w, v = self.get_params(img, self.scale, self.ratio, values)
        return img if v is img else F.erase(img, i, j, h, w, v, self.inplace)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, "
            f"value={self.value}, inplace={self.inplace})"
        )
