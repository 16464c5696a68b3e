"""Transforms that turn, shift, scale and shear at random."""

from collections.abc import Sequence
from numbers import Number
from typing import Any

from minitorch.nn.modules.module import Module
from minitorch.vision.transforms import draws, functional as F
from minitorch.vision.transforms.functional_geometry import InterpolationMode, interpolation_mode


class RandomRotation(Module):
    """`rotate` by a random angle.

    Args:
        degrees: (least, largest), or one number for both directions.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.interpolation = interpolation_mode(interpolation)
        self.degrees = _angles(degrees, "degrees")
        if center is not None:
            _check_sequence(center, "center", (2,))
        self.center = center
        self.expand = expand
        self.fill = _checked_fill(fill)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Draw an angle."""
        return draws.uniform(degrees[0], degrees[1])

    def forward(self, img: Any) -> Any:
        angle = self.get_params(self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, self.fill)

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"{type(self).__name__}(degrees={self.degrees}"
            f", interpolation={self.interpolation.value}, expand={self.expand}{center}"
            f", fill={self.fill})"
        )


class RandomAffine(Module):
    """`affine` with random numbers.

    Args:
        degrees: (least, largest), or one number for both directions.
        translate: The largest shift along x and y, as a part of width and height.
        scale: (least, largest).
        shear: In degrees: (least, largest) along x, the same along y after it, or one number.
        fill: The colour of what was outside, one number or one per channel.

    Raises:
        TypeError, ValueError: arguments of another kind.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.degrees = _angles(degrees, "degrees")
        for name, pair in (("translate", translate), ("scale", scale), ("center", center)):
            if pair is not None:
                _check_sequence(pair, name, (2,))
        if translate is not None and not all(0.0 <= t <= 1.0 for t in translate):
            raise ValueError("translation values should be between 0 and 1")
        if scale is not None and not all(s > 0 for s in scale):
            raise ValueError("scale values should be positive")
        self.translate = translate
        self.scale = scale
        self.shear = None if shear is None else _angles(shear, "shear", (2, 4))
        self.interpolation = interpolation_mode(interpolation)
        self.fill = _checked_fill(fill)
        self.center = center

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Draw angle, shift, scale and shear; ``img_size`` is (width, height)."""
        angle = draws.uniform(degrees[0], degrees[1])
        shift = (0, 0)
        if translate is not None:
            most = translate[0] * img_size[0], translate[1] * img_size[1]
            shift = round(draws.uniform(-most[0], most[0])), round(draws.uniform(-most[1], most[1]))
        scale = 1.0 if scale_ranges is None else draws.uniform(scale_ranges[0], scale_ranges[1])
        x = 0.0 if shears is None else draws.uniform(shears[0], shears[1])
        y = 0.0 if shears is None or len(shears) < 4 else draws.uniform(shears[2], shears[3])
        return angle, shift, scale, (x, y)

    def forward(self, img: Any) -> Any:
        size = F.get_image_size(img)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, size)
        return F.affine(img, *drawn, self.interpolation, self.fill, self.center)

    def __repr__(self) -> str:
        named = {"translate": self.translate, "scale": self.scale, "shear": self.shear}
        shown = [f", {name}={value}" for name, value in named.items() if value is not None]
        if self.interpolation is not InterpolationMode.NEAREST:
            shown.append(f", interpolation={self.interpolation.value}")
        shown += [f", fill={self.fill}"] if self.fill != 0 else []
        shown += [f", center={self.center}"] if self.center is not None else []
        return f"{type(self).__name__}(degrees={self.degrees}{''.join(shown)})"


def _checked_fill(fill: Any) -> Any:
    if fill is not None and not isinstance(fill, Sequence | Number):
        raise TypeError("Fill should be either a sequence or a number.")
    return 0 if fill is None else fill


def _check_sequence(value: Any, name: str, sizes: tuple[int, ...]) -> None:
    length = " or ".join(map(str, sizes))
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a sequence of length {length}.")
    if len(value) not in sizes:
        raise ValueError(f"{name} should be a sequence of length {length}.")


def _angles(value: Any, name: str, sizes: tuple[int, ...] = (2,)) -> list[float]:
    if isinstance(value, int | float):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        value = [-value, value]
    else:
        _check_sequence(value, name, sizes)
    return [float(d) for d in value]
