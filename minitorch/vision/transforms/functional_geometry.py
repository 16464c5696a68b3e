"""Moving pixels: what checks its arguments and calls `geometry` and `resample`."""

import warnings
from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np

from minitorch.tensor import Tensor
from minitorch.vision.transforms import geometry, resample
from minitorch.vision.transforms.images import Array, get_dimensions, is_pil, on_array


class InterpolationMode(Enum):
    """How pixels between pixels are made up."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


_BY_PILLOWS_NUMBER = {
    0: InterpolationMode.NEAREST,
    1: InterpolationMode.LANCZOS,
    2: InterpolationMode.BILINEAR,
    3: InterpolationMode.BICUBIC,
    4: InterpolationMode.BOX,
    5: InterpolationMode.HAMMING,
}


def interpolation_mode(interpolation: Any) -> InterpolationMode:
    """Return the mode that is meant, which may be Pillow's number of it.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(interpolation, InterpolationMode):
        return interpolation
    if isinstance(interpolation, int):
        return _BY_PILLOWS_NUMBER[interpolation]
    raise TypeError(
        "Argument interpolation should be a InterpolationMode or a corresponding Pillow integer "
        f"constant, but is {interpolation!r}"
    )


def hflip(img: Any) -> Any:
    """Mirror left and right."""
    return on_array(geometry.hflip, img)


def vflip(img: Any) -> Any:
    """Mirror top and bottom."""
    return on_array(geometry.vflip, img)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Cut out a window; what lies outside of the picture is 0."""
    return on_array(geometry.crop, img, top, left, height, width)


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """Cut out the middle; a picture that is smaller gets a border of 0."""
    height, width = pair(output_size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        dx, dy = max(width - w, 0), max(height - h, 0)
        img = pad(img, [dx // 2, dy // 2, (dx + 1) // 2, (dy + 1) // 2])
        h, w = h + dy, w + dx
    return crop(img, round((h - height) / 2.0), round((w - width) / 2.0), height, width)


def five_crop(img: Any, size: int | Sequence[int]) -> tuple[Any, ...]:
    """Return the four corners, left to right, and the middle.

    Raises:
        ValueError: ``size`` is larger than the picture.
    """
    height, width = pair(size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        raise ValueError(f"Requested crop size {size} is bigger than input size {(h, w)}")
    corners = [(y, x) for y in (0, h - height) for x in (0, w - width)]
    crops = [crop(img, y, x, height, width) for y, x in corners]
    return (*crops, center_crop(img, [height, width]))


def ten_crop(img: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Any, ...]:
    """Return the `five_crop` of the picture and of its mirror image."""
    mirrored = vflip(img) if vertical_flip else hflip(img)
    return five_crop(img, size) + five_crop(mirrored, size)


def pad(
    img: Any, padding: int | Sequence[int], fill: float = 0, padding_mode: str = "constant"
) -> Any:
    """Add a border.

    Args:
        padding: For all sides, for (left and right, top and bottom), or for (left, top, right,
            bottom).
        fill: The colour of a constant border.
        padding_mode: "constant", "edge", "reflect" (without the edge) or "symmetric" (with it).

    Raises:
        TypeError, ValueError: arguments of another kind.
        RuntimeError: a reflection that is larger than the picture.
    """
    if not isinstance(padding, int | tuple | list):
        raise TypeError(f"Got inappropriate padding arg: {padding!r}")
    if not isinstance(fill, int | float | None):
        raise TypeError(f"Got inappropriate fill arg: {fill!r}")
    if not isinstance(padding_mode, str):
        raise TypeError(f"Got inappropriate padding_mode arg: {padding_mode!r}")
    check_padding(padding, padding_mode)
    return on_array(geometry.pad, img, _sides(padding), fill or 0, padding_mode)


def pair(size: Any) -> tuple[int, int]:
    """Return (height, width), of which one number says both.

    Raises:
        ValueError: there are more than two.
    """
    if isinstance(size, int | float):
        return int(size), int(size)
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(f"Please provide only two dimensions (h, w) for size, not {size}.")
    return size[0], size[1]


def check_padding(padding: Any, padding_mode: str) -> None:
    """Check what `pad` and the transforms that pad take."""
    if isinstance(padding, tuple | list) and len(padding) not in (1, 2, 4):
        raise ValueError(
            "Padding must be an int or a 1, 2, or 4 element tuple, not a "
            f"{len(padding)} element tuple"
        )
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError(
            "Padding mode should be either constant, edge, reflect or symmetric, not "
            f"{padding_mode!r}"
        )


def _sides(padding: int | Sequence[int]) -> tuple[int, ...]:
    if isinstance(padding, int):
        return (padding,) * 4
    return tuple(padding) * (4 // len(padding))


def resize(
    img: Any,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """Change the size.

    Args:
        size: (height, width), or one number for the shorter side.
        interpolation: NEAREST, NEAREST_EXACT, BILINEAR or BICUBIC.
        max_size: For the longer side, where ``size`` is one number.
        antialias: Whether pixels that are left out are averaged in; for BILINEAR and BICUBIC.

    Raises:
        TypeError, ValueError: arguments of another kind.
        NotImplementedError: another interpolation.
        RuntimeError: a size of 0.
    """
    mode = interpolation_mode(interpolation)
    if isinstance(size, list | tuple):
        if len(size) not in (1, 2):
            raise ValueError(
                f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element "
                "tuple/list"
            )
        if max_size is not None and len(size) != 1:
            raise ValueError(
                "max_size should only be passed if size specifies the length of the smaller edge, "
                "i.e. size should be an int or a sequence of length 1 in torchscript mode."
            )
    _, h, w = get_dimensions(img)
    height, width = _new_size(h, w, size, max_size)
    if (h, w) == (height, width):
        return img
    if min(h, w, height, width) <= 0:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input (H: {h}, W: {w}) "
            f"output (H: {height}, W: {width})"
        )
    if is_pil(img) and antialias is False:
        warnings.warn(
            "Anti-alias option is always applied for PIL Image input. Argument antialias is "
            "ignored.",
            stacklevel=2,
        )
        antialias = True
    return on_array(resample.resize, img, height, width, mode.value, bool(antialias))


def _new_size(h: int, w: int, size: Any, max_size: int | None) -> tuple[int, int]:
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) == 2:
        return sizes[0], sizes[1]
    short, long = min(h, w), max(h, w)
    new_short, new_long = sizes[0], int(sizes[0] * long / short)
    if max_size is not None:
        if max_size <= new_short:
            raise ValueError(
                f"max_size = {max_size} must be strictly greater than the requested size for the "
                f"smaller edge size = {size}"
            )
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if w <= h else (new_short, new_long)


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """Cut out a window and change its size."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def rotate(
    img: Any,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Any = None,
) -> Any:
    """Turn counter-clockwise.

    Args:
        angle: In degrees.
        interpolation: NEAREST or BILINEAR.
        expand: Make the picture large enough for all of it, turned about its middle.
        center: (x, y) from the upper left corner; the middle if None.
        fill: The colour of what was outside, one number or one per channel; 0 if None.

    Raises:
        TypeError, ValueError: arguments of another kind.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(angle, int | float):
        raise TypeError("Argument angle should be int or float")
    about = _from_the_middle(img, center)
    matrix = geometry.inverse_matrix(about, -angle, (0.0, 0.0), 1.0, (0.0, 0.0))
    _, h, w = get_dimensions(img)
    width, height = geometry.rotated_size(matrix, w, h) if expand else (w, h)
    return _mapped(img, matrix, width, height, mode, fill)


def affine(
    img: Any,
    angle: float,
    translate: Sequence[int],
    scale: float,
    shear: float | Sequence[float],
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Any = None,
    center: Sequence[float] | None = None,
) -> Any:
    """Turn clockwise, shift, scale and shear about the middle, or ``center``.

    Args:
        angle: In degrees.
        translate: (x, y) in pixels.
        shear: In degrees, along x or along (x, y).
        interpolation: NEAREST or BILINEAR.
        fill: The colour of what was outside, one number or one per channel; 0 if None.

    Raises:
        TypeError, ValueError: arguments of another kind.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(angle, int | float):
        raise TypeError("Argument angle should be int or float")
    if not isinstance(translate, list | tuple):
        raise TypeError("Argument translate should be a sequence")
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    if not isinstance(shear, int | float | list | tuple):
        raise TypeError("Shear should be either a single value or a sequence of two values")
    shears = [shear, 0.0] if isinstance(shear, int | float) else list(shear) * (3 - len(shear))
    if len(shears) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    about = _from_the_middle(img, center)
    matrix = geometry.inverse_matrix(about, angle, translate, scale, shears)
    _, h, w = get_dimensions(img)
    return _mapped(img, matrix, w, h, mode, fill)


def _from_the_middle(img: Any, center: Any) -> list[float]:
    if center is None:
        return [0.0, 0.0]
    if not isinstance(center, list | tuple):
        raise TypeError("Argument center should be a sequence")
    _, h, w = get_dimensions(img)
    return [center[0] - w * 0.5, center[1] - h * 0.5]


def _mapped(
    img: Any, matrix: list[float], width: int, height: int, mode: InterpolationMode, fill: Any
) -> Any:
    channels = get_dimensions(img)[0]
    if isinstance(fill, list | tuple) and len(fill) not in (1, channels):
        raise ValueError(
            "The number of elements in 'fill' cannot broadcast to match the number of channels of "
            f"the image ({len(fill)} != {channels})"
        )
    if mode.value not in ("nearest", "bilinear"):
        raise ValueError(f"Interpolation mode '{mode.value}' is unsupported with Tensor input")
    return on_array(geometry.affine, img, matrix, width, height, mode.value, fill)


def erase(img: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """Overwrite the window of height h and width w at row i, column j with ``v``.

    Raises:
        TypeError: the picture is no tensor or array.
    """
    if not isinstance(img, Tensor | np.ndarray):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    values = v.numpy() if isinstance(v, Tensor) else np.asarray(v)

    def overwrite(array: Array) -> Array:
        result = array if inplace else array.copy("K")
        result[..., i : i + h, j : j + w] = values
        return result

    if inplace and isinstance(img, Tensor):
        img[..., i : i + h, j : j + w] = Tensor._wrap(values.astype(img._array.dtype))
        return img
    return on_array(overwrite, img)
