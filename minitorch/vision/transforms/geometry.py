"""Moving pixels: padding, crops, flips, affine maps, on arrays (..., C, H, W)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.dtypes import is_integer
from minitorch.vision.transforms.images import Array, cast_back, computed_in

Fill = float | Sequence[float] | None


def crop(img: Array, top: int, left: int, height: int, width: int) -> Array:
    """Cut out a window, a view where it lies inside; what lies outside is 0."""
    h, w = img.shape[-2:]
    if top >= 0 and left >= 0 and top + height <= h and left + width <= w:
        return img[..., top : top + height, left : left + width]
    result = np.zeros((*img.shape[:-2], height, width), img.dtype)
    y0, y1 = max(top, 0), min(top + height, h)
    x0, x1 = max(left, 0), min(left + width, w)
    if y0 < y1 and x0 < x1:
        result[..., y0 - top : y1 - top, x0 - left : x1 - left] = img[..., y0:y1, x0:x1]
    return result


def pad(img: Array, sides: Sequence[int], fill: float, mode: str) -> Array:
    """Add ``sides``, (left, top, right, bottom); negative ones are cut off."""
    left, top, right, bottom = sides
    h, w = img.shape[-2:]
    if mode == "constant":
        height, width = h + top + bottom, w + left + right
        if height < 0 or width < 0:
            raise RuntimeError(f"padding {list(sides)} leaves nothing of a picture of {h} x {w}")
        result = np.zeros((*img.shape[:-2], height, width), img.dtype)
        if fill:
            result.fill(fill)
        y, x = max(-top, 0), max(-left, 0)
        inside = img[..., y : h - max(-bottom, 0), x : w - max(-right, 0)]
        y, x = max(top, 0), max(left, 0)
        result[..., y : y + inside.shape[-2], x : x + inside.shape[-1]] = inside
        return result
    rows, columns = _border(h, top, bottom, mode), _border(w, left, right, mode)
    return img[..., rows[:, None], columns]


def _border(size: int, before: int, after: int, mode: str) -> Array:
    """Which pixels a padded line is made of."""
    at = np.arange(-before, size + after)
    if mode == "edge":
        return np.clip(at, 0, size - 1)
    if mode == "reflect":
        if max(before, after) >= size:
            raise RuntimeError(
                "Padding size should be less than the corresponding input dimension, but got "
                f"padding ({before}, {after}) at a dimension of size {size}"
            )
        at = np.abs(at)
        return np.where(at < size, at, 2 * (size - 1) - at)
    if max(before, after) > size:
        raise IndexError(f"symmetric padding ({before}, {after}) of a dimension of size {size}")
    at = np.where(at < 0, -1 - at, at)
    return np.where(at < size, at, 2 * size - 1 - at)


def hflip(img: Array) -> Array:
    return img[..., ::-1].copy()


def vflip(img: Array) -> Array:
    return img[..., ::-1, :].copy()


def inverse_matrix(
    center: Sequence[float],
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: Sequence[float],
) -> list[float]:
    """Return the two rows that map a new pixel to an old one, for a map given in degrees.

    The map is translation · centre · rotation · scale · shear · centre⁻¹.

    Source: ``torchvision.transforms.functional._get_inverse_affine_matrix``.
    """
    rot, sx, sy = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(rot - sy) / math.cos(sy)
    b = -math.cos(rot - sy) * math.tan(sx) / math.cos(sy) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -math.sin(rot - sy) * math.tan(sx) / math.cos(sy) + math.cos(rot)
    m = [x / scale for x in (d, -b, 0.0, -c, a, 0.0)]
    x, y = -center[0] - translate[0], -center[1] - translate[1]
    m[2] += m[0] * x + m[1] * y + center[0]
    m[5] += m[3] * x + m[4] * y + center[1]
    return m


def rotated_size(matrix: Sequence[float], w: int, h: int) -> tuple[int, int]:
    """Return (width, height) of the smallest picture that holds all of the rotated one."""
    corners = np.array(
        [[x, y, 1.0] for x in (-0.5 * w, 0.5 * w) for y in (-0.5 * h, 0.5 * h)], np.float32
    )
    points = corners @ np.array(matrix, np.float32).reshape(2, 3).T
    points += np.array([w * 0.5, h * 0.5], np.float32)
    tolerance = np.float32(1e-4)  # so that 1e-15 above an integer is that integer
    largest = np.ceil(np.trunc(points.max(0) / tolerance) * tolerance)
    smallest = np.floor(np.trunc(points.min(0) / tolerance) * tolerance)
    width, height = (largest - smallest).tolist()
    return int(width), int(height)


def affine(
    img: Array, matrix: Sequence[float], width: int, height: int, mode: str, fill: Fill
) -> Array:
    """Fetch each pixel from where ``matrix`` says, coordinates from the middle of the picture."""
    dtype = computed_in(img)
    h, w = img.shape[-2:]
    theta = np.array(matrix, dtype).reshape(2, 3)
    # Scaled to [-1, 1] and back as torchvision does: which pixel is nearest depends on digits.
    theta = theta / np.array([[0.5 * w], [0.5 * h]], dtype)
    x = np.arange(width, dtype=dtype) - dtype.type((width - 1) / 2)
    y = (np.arange(height, dtype=dtype) - dtype.type((height - 1) / 2))[:, None]
    one, half = dtype.type(1), dtype.type(0.5)
    at_x = (_product(x, y, theta[0]) + one) * dtype.type(w / 2) - half
    at_y = (_product(x, y, theta[1]) + one) * dtype.type(h / 2) - half
    if mode == "nearest":
        return _take_nearest(img, np.rint(at_x), np.rint(at_y), fill)
    return cast_back(_take_bilinear(img.astype(dtype), at_x, at_y, fill), img.dtype)


def _product(x: Array, y: Array, row: Array) -> Array:
    """X · row[0] + y · row[1] + row[2], rounded where a product of matrices rounds: fused."""
    fused = (x * row[0]).astype(np.float64) + y.astype(np.float64) * float(row[1])
    return fused.astype(x.dtype) + row[2]


def _pixels(img: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Return the pixels at whole coordinates, 0 outside, and which are inside."""
    h, w = img.shape[-2:]
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    at = np.where(inside, y * w + x, 0).astype(np.intp)
    pixels = img.reshape(*img.shape[:-2], h * w).take(at, axis=-1)
    return np.where(inside, pixels, img.dtype.type(0)), inside


def _take_nearest(img: Array, x: Array, y: Array, fill: Fill) -> Array:
    pixels, inside = _pixels(img, x, y)
    if fill is not None:
        colours = _colours(fill, computed_in(img))
        if is_integer(img.dtype):
            colours = np.rint(colours)
        pixels = np.where(inside, pixels, colours.astype(img.dtype))
    return pixels


def _take_bilinear(img: Array, x: Array, y: Array, fill: Fill) -> Array:
    left, top = np.floor(x), np.floor(y)
    result: Any = 0
    covered: Any = 0
    for dy, wy in ((0, top + 1 - y), (1, y - top)):
        for dx, wx in ((0, left + 1 - x), (1, x - left)):
            pixels, inside = _pixels(img, left + dx, top + dy)
            result = result + pixels * (wx * wy)
            covered = covered + inside * (wx * wy)
    if fill is not None:  # pixels at the border are weighed twice, as torchvision does
        result = result * covered + (1 - covered) * _colours(fill, img.dtype)
    return np.asarray(result)


def _colours(fill: float | Sequence[float], dtype: np.dtype[Any]) -> Array:
    return np.array(fill, dtype).reshape(-1, 1, 1)
