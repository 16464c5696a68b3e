"""Pictures of another size: a matrix of weights for each of the two dimensions."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.vision.transforms.images import Array, cast_back, computed_in


def resize(img: Array, height: int, width: int, mode: str, antialias: bool) -> Array:
    """Resample (..., H, W) to (..., height, width).

    Args:
        mode: "nearest", "nearest-exact", "bilinear" or "bicubic".
        antialias: Widen the filters where the picture shrinks, as Pillow does.

    Raises:
        NotImplementedError: another mode.
    """
    h, w = img.shape[-2:]
    if mode in ("nearest", "nearest-exact"):
        offset = 0.5 if mode == "nearest-exact" else 0.0
        rows, columns = _nearest(h, height, offset), _nearest(w, width, offset)
        return img[..., rows[:, None], columns]
    if mode not in ("bilinear", "bicubic"):
        raise NotImplementedError(
            "only the modes nearest | nearest-exact | bilinear | bicubic are there for tensors and "
            f"arrays (got {mode})"
        )
    # Half precision would lose digits in the sums.
    dtype = np.dtype(np.float64 if img.dtype == np.float64 else np.float32)
    result = np.ascontiguousarray(img, dtype)
    if w != width:
        result = result @ _weights(w, width, mode, antialias, dtype).T
    if h != height:
        result = _weights(h, height, mode, antialias, dtype) @ result
    if mode == "bicubic" and img.dtype == np.uint8:
        result = result.clip(0, 255)
    return cast_back(result, img.dtype) if computed_in(img) != img.dtype else _to(result, img.dtype)


def _to(result: Array, dtype: np.dtype[Any]) -> Array:
    return result.astype(dtype, copy=False)


def _nearest(size: int, new: int, offset: float) -> Array:
    scale = np.float32(size) / np.float32(new)
    at = ((np.arange(new, dtype=np.float32) + np.float32(offset)) * scale).astype(np.intp)
    return np.minimum(at, size - 1)


@lru_cache(maxsize=32)
def _weights(size: int, new: int, mode: str, antialias: bool, dtype: np.dtype[Any]) -> Array:
    """How much of each old pixel is in each new one: (new, size)."""
    build = _antialiased if antialias else _interpolated
    # Built in the precision of the picture, as PyTorch does: its digits decide how .5 is rounded.
    weights = np.zeros((new, size), dtype)
    build(weights, dtype.type(size) / dtype.type(new), mode)
    weights.flags.writeable = False
    return weights


def _antialiased(weights: Array, scale: Any, mode: str) -> None:
    """Weigh by the distance from the centre, in new pixels if those are larger."""
    new, size = weights.shape
    radius, shape = _FILTERS[mode]
    number = weights.dtype.type
    stretch = max(scale, number(1.0))
    for i in range(new):
        centre = scale * number(i + 0.5)
        first = max(int(centre - radius * stretch + number(0.5)), 0)
        last = min(int(centre + radius * stretch + number(0.5)), size)
        at = np.arange(first, last, dtype=weights.dtype)
        row = shape((at - centre + number(0.5)) * (number(1.0) / stretch))
        weights[i, first:last] = row / row.sum()


def _interpolated(weights: Array, scale: Any, mode: str) -> None:
    """Weigh the two or four pixels around each point; at the border the last one counts again."""
    new, size = weights.shape
    for i in range(new):
        at = scale * weights.dtype.type(i + 0.5) - weights.dtype.type(0.5)
        if mode == "bilinear":
            at = max(at, weights.dtype.type(0))
            near = np.arange(0, 2)
        else:
            near = np.arange(-1, 3)
        left = weights.dtype.type(math.floor(at))
        distance = near.astype(weights.dtype) - (at - left)
        part = _triangle(distance) if mode == "bilinear" else _cubic(distance, -0.75)
        np.add.at(weights[i], np.clip(int(left) + near, 0, size - 1), part)


def _triangle(x: Array) -> Array:
    return np.maximum(1.0 - np.abs(x), 0.0)


def _cubic(x: Array, a: float = -0.5) -> Array:
    x = np.abs(x)
    inner = ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    outer = (((x - 5.0) * x + 8.0) * x - 4.0) * a
    return np.where(x < 1.0, inner, np.where(x < 2.0, outer, 0.0))


# Radius in pixels, and the weight at a distance.
_FILTERS: dict[str, tuple[float, Callable[[Array], Array]]] = {
    "bilinear": (1.0, _triangle),
    "bicubic": (2.0, _cubic),
}
