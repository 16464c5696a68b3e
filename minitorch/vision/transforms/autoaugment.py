"""Random choices among many small changes."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.nn.modules.module import Module
from minitorch.sequences import linspace
from minitorch.vision.transforms import draws, functional as F
from minitorch.vision.transforms.functional_geometry import InterpolationMode
from minitorch.vision.transforms.images import Array

# The magnitudes of a change, one per bin, and whether their sign is drawn; None takes none.
Space = dict[str, tuple[Array | None, bool]]


def _slant(magnitude: float) -> float:
    return math.degrees(math.atan(magnitude))


# The changes that take how to interpolate and what to fill with ...
_MOVES: dict[str, Callable[..., Any]] = {
    # Sheared about the upper left corner, as Pillow does.
    "ShearX": lambda img, m, how, fill: F.affine(
        img, 0.0, [0, 0], 1.0, [_slant(m), 0.0], how, fill, center=[0, 0]
    ),
    "ShearY": lambda img, m, how, fill: F.affine(
        img, 0.0, [0, 0], 1.0, [0.0, _slant(m)], how, fill, center=[0, 0]
    ),
    "TranslateX": lambda img, m, how, fill: F.affine(
        img, 0.0, [int(m), 0], 1.0, [0.0, 0.0], how, fill
    ),
    "TranslateY": lambda img, m, how, fill: F.affine(
        img, 0.0, [0, int(m)], 1.0, [0.0, 0.0], how, fill
    ),
    "Rotate": lambda img, m, how, fill: F.rotate(img, m, how, fill=fill),
}
# ... and those that do not.
_COLOURS: dict[str, Callable[[Any, float], Any]] = {
    "Identity": lambda img, m: img,
    "Brightness": lambda img, m: F.adjust_brightness(img, 1.0 + m),
    "Color": lambda img, m: F.adjust_saturation(img, 1.0 + m),
    "Contrast": lambda img, m: F.adjust_contrast(img, 1.0 + m),
    "Sharpness": lambda img, m: F.adjust_sharpness(img, 1.0 + m),
    "Posterize": lambda img, m: F.posterize(img, int(m)),
    "Solarize": F.solarize,
    "AutoContrast": lambda img, m: F.autocontrast(img),
    "Equalize": lambda img, m: F.equalize(img),
}


class _Choice(Module):
    """One change after the other, each drawn from a space of them."""

    def __init__(self, num_magnitude_bins: int, interpolation: Any, fill: Any) -> None:
        super().__init__()
        self.num_magnitude_bins = num_magnitude_bins
        self.interpolation = interpolation
        self.fill = fill

    def _space(self, shear: float, x: float, y: float, rotate: float, colour: float) -> Space:
        """Return the changes, in the order from which they are drawn."""

        def bins(last: float) -> tuple[Array, bool]:
            return linspace(0.0, last, self.num_magnitude_bins).numpy(), True

        levels = np.arange(self.num_magnitude_bins, dtype=np.float32)
        per_bit = np.float32((self.num_magnitude_bins - 1) / self._lost_bits)
        return {
            "Identity": (None, False),
            "ShearX": bins(shear),
            "ShearY": bins(shear),
            "TranslateX": bins(x),
            "TranslateY": bins(y),
            "Rotate": bins(rotate),
            "Brightness": bins(colour),
            "Color": bins(colour),
            "Contrast": bins(colour),
            "Sharpness": bins(colour),
            "Posterize": (8 - np.rint(levels / per_bit), False),
            "Solarize": (linspace(255.0, 0.0, self.num_magnitude_bins).numpy(), False),
            "AutoContrast": (None, False),
            "Equalize": (None, False),
        }

    _lost_bits = 4  # by Posterize, at the largest magnitude

    def _draw(self, img: Any, space: Space, bin: int | None) -> Any:
        """Apply one change; without a bin, draw that too."""
        name = list(space)[draws.integer(0, len(space))]
        magnitudes, is_signed = space[name]
        if magnitudes is None:
            magnitude = 0.0
        else:
            at = draws.integer(0, len(magnitudes)) if bin is None else bin
            magnitude = float(magnitudes[at])
        if is_signed and draws.integer(0, 2):
            magnitude *= -1.0
        if name in _COLOURS:
            return _COLOURS[name](img, magnitude)
        return _MOVES[name](img, magnitude, self.interpolation, self.fill)


class RandAugment(_Choice):
    """``num_ops`` random changes of one magnitude to uint8 pictures of 1 or 3 channels.

    Args:
        magnitude: Which of the ``num_magnitude_bins`` magnitudes.
        interpolation: NEAREST or BILINEAR.
        fill: The colour of what was outside, one number or one per channel; 0 if None.

    Source: https://arxiv.org/abs/1909.13719 and ``torchvision.transforms.RandAugment``.
    """

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(num_magnitude_bins, interpolation, fill)
        self.num_ops = num_ops
        self.magnitude = magnitude

    def forward(self, img: Any) -> Any:
        _, height, width = F.get_dimensions(img)
        space = self._space(0.3, 150.0 / 331.0 * width, 150.0 / 331.0 * height, 30.0, 0.9)
        for _ in range(self.num_ops):
            img = self._draw(img, space, self.magnitude)
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_ops={self.num_ops}, magnitude={self.magnitude}"
            f", num_magnitude_bins={self.num_magnitude_bins}, interpolation={self.interpolation}"
            f", fill={self.fill})"
        )


class TrivialAugmentWide(_Choice):
    """One random change of a random magnitude to uint8 pictures of 1 or 3 channels.

    Args: as those of `RandAugment`.

    Source: https://arxiv.org/abs/2103.10158 and ``torchvision.transforms.TrivialAugmentWide``.
    """

    _lost_bits = 6

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(num_magnitude_bins, interpolation, fill)

    def forward(self, img: Any) -> Any:
        return self._draw(img, self._space(0.99, 32.0, 32.0, 135.0, 0.99), None)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_magnitude_bins={self.num_magnitude_bins}"
            f", interpolation={self.interpolation}, fill={self.fill})"
        )
