"""Changing colours, on arrays (..., C, H, W)."""

from typing import Any

import numpy as np

from minitorch.core.dtypes import is_float, is_integer
from minitorch.vision.transforms.images import Array, cast_back, computed_in, max_value


def grayscale(img: Array) -> Array:
    """Return the brightness that the eye sees, (..., 3, H, W) -> (..., 1, H, W)."""
    dtype = computed_in(img)
    red, green, blue = (img[..., i : i + 1, :, :].astype(dtype) for i in range(3))
    red *= dtype.type(0.2989)
    green *= dtype.type(0.587)
    blue *= dtype.type(0.114)
    red += green
    red += blue
    return red.astype(img.dtype, copy=False)


def blend(img: Array, other: Any, ratio: float) -> Array:
    """Return ratio · img + (1 − ratio) · other, within the range of the dtype."""
    dtype = computed_in(img)
    result = img.astype(dtype)
    result *= dtype.type(ratio)
    result += np.asarray(other, dtype) * dtype.type(1.0 - ratio)
    np.clip(result, 0, max_value(img.dtype), out=result)
    return result.astype(img.dtype, copy=False)


def brightness(img: Array, factor: float) -> Array:
    return blend(img, 0, factor)


def contrast(img: Array, factor: float) -> Array:
    gray = grayscale(img) if img.ndim > 2 and img.shape[-3] == 3 else img
    axes = (-3, -2, -1) if img.ndim > 2 else (-2, -1)
    mean = gray.mean(axes, dtype=computed_in(img), keepdims=True)
    return blend(img, mean, factor)


def saturation(img: Array, factor: float) -> Array:
    return blend(img, grayscale(img), factor)


def hue(img: Array, factor: float) -> Array:
    """Turn the colour wheel by ``factor`` of a whole turn."""
    h, s, v = _hsv(convert(img, np.dtype(np.float32)))
    return convert(_rgb((h + np.float32(factor)) % np.float32(1.0), s, v), img.dtype)


def _hsv(img: Array) -> tuple[Array, Array, Array]:
    r, g, b = (img[..., i, :, :] for i in range(3))
    largest = img.max(-3)
    span = largest - img.min(-3)
    is_gray = span == 0
    saturation = span / np.where(is_gray, 1, largest)
    divisor = np.where(is_gray, np.float32(1), span)
    rc, gc, bc = ((largest - x) / divisor for x in (r, g, b))
    sixth = np.where(largest == r, bc - gc, np.where(largest == g, 2 + rc - bc, 4 + gc - rc))
    return np.fmod(sixth / np.float32(6.0) + np.float32(1.0), np.float32(1.0)), saturation, largest


def _rgb(h: Array, s: Array, v: Array) -> Array:
    sixth = np.floor(h * 6)
    f = h * 6 - sixth
    p, q, t = (np.clip(x, 0, 1) for x in (v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))))
    which = sixth.astype(np.int32) % 6
    columns = ((v, q, p, p, t, v), (t, v, v, q, p, p), (p, p, t, v, v, q))
    return np.stack([np.choose(which, column) for column in columns], axis=-3)


def gamma(img: Array, exponent: float, gain: float) -> Array:
    dtype = computed_in(img)
    result = convert(img, dtype)
    result = np.clip(dtype.type(gain) * result ** dtype.type(exponent), 0, 1)
    return convert(result, img.dtype)


def invert(img: Array) -> Array:
    return np.asarray(img.dtype.type(max_value(img.dtype)) - img)


def posterize(img: Array, bits: int) -> Array:
    return img & np.uint8(256 - 2 ** (8 - bits))


def solarize(img: Array, threshold: float) -> Array:
    return np.where(img >= threshold, invert(img), img)


def sharpness(img: Array, factor: float) -> Array:
    """Blend with a picture that is smoothed, but for its border."""
    h, w = img.shape[-2:]
    if h <= 2 or w <= 2:
        return img
    dtype = computed_in(img)
    x = img.astype(dtype)
    total: Any = x[..., 1:-1, 1:-1] * 4
    for dy in range(3):
        for dx in range(3):
            total = total + x[..., dy : h - 2 + dy, dx : w - 2 + dx]
    total /= 13
    x[..., 1:-1, 1:-1] = np.rint(total) if is_integer(img.dtype) else total
    return blend(img, x, factor)


def blur(img: Array, kernel_size: tuple[int, int], sigma: tuple[float, float]) -> Array:
    """Weigh each pixel's surroundings by a bell curve, along W and H; the border is reflected."""
    dtype = computed_in(img)
    result = img.astype(dtype)
    for axis, size, width in zip((-1, -2), kernel_size, sigma, strict=True):
        half = size // 2
        at = np.arange(-half, img.shape[axis] + half)
        at = np.abs(at)
        at = np.where(at < img.shape[axis], at, 2 * (img.shape[axis] - 1) - at)
        windows = np.lib.stride_tricks.sliding_window_view(result.take(at, axis), size, axis)
        bell = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
        result = windows @ (bell / bell.sum()).astype(dtype)
    return cast_back(result, img.dtype)


def autocontrast(img: Array) -> Array:
    """Stretch each channel over the whole range."""
    dtype = computed_in(img)
    bound = dtype.type(max_value(img.dtype))
    low = img.min((-2, -1), keepdims=True).astype(dtype)
    span = img.max((-2, -1), keepdims=True).astype(dtype) - low
    is_flat = span == 0
    # A product, and not bound / span: it is cut off behind, so that the last bit counts.
    scale = np.where(is_flat, dtype.type(1), 1 / np.where(is_flat, dtype.type(1), span) * bound)
    low = np.where(is_flat, dtype.type(0), low)
    return np.clip((img - low) * scale, 0, bound).astype(img.dtype, copy=False)


def equalize(img: Array) -> Array:
    """Spread the values of each channel so that all are about as frequent."""
    result = np.empty_like(img)
    for where in np.ndindex(img.shape[:-2]):
        result[where] = _equalize_channel(img[where])
    return result


def _equalize_channel(channel: Array) -> Array:
    counts = np.bincount(channel.reshape(-1), minlength=256)
    step = int(counts[counts != 0][:-1].sum()) // 255
    if step == 0:
        return channel
    table = (np.cumsum(counts) + step // 2) // step
    table = np.concatenate([[0], table[:-1]]).clip(0, 255).astype(np.uint8)
    return table[channel]


def normalize(img: Array, mean: Array, std: Array) -> Array:
    return np.asarray((img - mean) / std)


def convert(img: Array, dtype: np.dtype[Any]) -> Array:
    """Cast, and scale from the old range to the new one.

    Raises:
        RuntimeError: from floating point to integers that have more digits.
    """
    if img.dtype == dtype:
        return img
    was_float, becomes_float = is_float(img.dtype), is_float(dtype)
    if was_float and becomes_float:
        return img.astype(dtype)
    if was_float:
        if dtype.itemsize > 4 or (dtype.itemsize == 4 and img.dtype.itemsize < 8):
            raise RuntimeError(f"The cast from {img.dtype} to {dtype} cannot be performed safely.")
        return (img * img.dtype.type(max_value(dtype) + 1.0 - 1e-3)).astype(dtype)
    old, new = max_value(img.dtype), max_value(dtype)
    if becomes_float:
        result = img.astype(dtype)
        result /= dtype.type(old)
        return result
    if old > new:
        return (img // ((old + 1) // (new + 1))).astype(dtype)
    return np.asarray(img.astype(dtype) * dtype.type((new + 1) // (old + 1)))
