"""Normalisation of float32 in C; other dtypes as in NumPy."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY

# Elements of a tile, if possible: half a megabyte, which stays in the second cache.
TILE = 1 << 17


def is_native(x: Array) -> bool:
    return x.dtype == np.float32 and x.size > 0


def floats(x: Array) -> Array:
    return np.ascontiguousarray(x, np.float32)


def optional(x: Array | None) -> Array | None:
    return None if x is None else floats(x)


def whole(x: Array) -> tuple[int, int, int]:
    """Images, channels, and places of a channel."""
    return len(x), x.shape[1], math.prod(x.shape[2:])


def image_tiles(x: Array) -> list[slice]:
    return slices(len(x), max(1, TILE // x[0].size))


Tile = tuple[int, tuple[int, int, int, int]]


def tiles_of(x: Array) -> list[Tile]:
    """Cut a batch into parts by images, large images also by channels: (part, images, channels)."""
    channels = slices(x.shape[1], max(1, TILE // max(x[0, 0].size, 1)))
    return [
        (part, (images.start, images.stop, own.start, own.stop))
        for part, images in enumerate(image_tiles(x))
        for own in channels
    ]


def summed(add_up: Callable[[Tile, Array], None], tiles: list[Tile], channels: int) -> Array:
    """Sums (2, C) of what is added up of each part, in order."""
    sums = np.empty((tiles[-1][0] + 1, 2, channels))
    share(lambda tile: add_up(tile, sums[tile[0]]), tiles, products=False)
    total: Array = np.add.reduce(sums, axis=0)
    return total


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    if not is_native(x):
        return NUMPY.norm.batch(x, weight, bias, eps)
    x, given = floats(x), (optional(weight), optional(bias), eps)
    tiles, sizes, c = tiles_of(x), whole(x), x.shape[1]
    found = np.empty_like(x), np.empty(c, x.dtype), np.empty(c, x.dtype)

    def add_up(tile: Tile, sums: Array) -> None:
        _native.batch_sums(*sizes, *tile[1], x, sums)

    total = summed(add_up, tiles, c)

    def normalise(tile: Tile) -> None:
        _native.batch(*sizes, *tile[1], x, total, *given, *found)

    share(normalise, tiles, products=False)
    return found


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.batch_grad(grad, x, weight, mean, invstd)
    grad, x, mean, invstd = (floats(a) for a in (grad, x, mean, invstd))
    weight = optional(weight)
    tiles, sizes, grad_x = tiles_of(x), whole(x), np.empty_like(x)

    def add_up(tile: Tile, sums: Array) -> None:
        _native.batch_grad_sums(*sizes, *tile[1], grad, x, mean, sums)

    total = summed(add_up, tiles, x.shape[1])

    def carry_back(tile: Tile) -> None:
        _native.batch_grad(*sizes, *tile[1], grad, x, total, weight, mean, invstd, grad_x)

    share(carry_back, tiles, products=False)
    return grad_x, (total[1] * invstd).astype(x.dtype), total[0].astype(x.dtype)


def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every group of channels of an image by its own mean and biased variance."""
    if not is_native(x):
        return NUMPY.norm.group(x, weight, bias, groups, eps)
    x, given = floats(x), (optional(weight), optional(bias), eps)
    mean, invstd = (np.empty((len(x), groups), x.dtype) for _ in range(2))
    found = np.empty_like(x), mean, invstd
    sizes, c = whole(x), x.shape[1]

    def normalise(own: slice) -> None:
        _native.group(*sizes, own.start, own.stop, 0, c, groups, x, *given, *found)

    share(normalise, image_tiles(x), products=False)
    return found


def group_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `group_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.group_grad(grad, x, weight, mean, invstd)
    given = floats(grad), floats(x), optional(weight), floats(mean), floats(invstd)
    grad_x, sums = np.empty(x.shape, x.dtype), np.empty((2, *x.shape[:2]))
    sizes, c, groups = whole(x), x.shape[1], mean.shape[1]

    def carry_back(own: slice) -> None:
        _native.group_grad(*sizes, own.start, own.stop, 0, c, groups, *given, grad_x, sums)

    share(carry_back, image_tiles(x), products=False)
    grad_bias, grad_weight = sums.sum(axis=1).astype(x.dtype)
    return grad_x, grad_weight.copy(), grad_bias.copy()


def _normalised(
    x: Array, weight: Array | None, bias: Array | None, eps: float, mean: Array | None
) -> tuple[Array, Array]:
    """Rows divided by their spread around their mean, or without one around zero."""
    x, (count, length) = floats(x), x.shape
    scale = np.ones(length, x.dtype) if weight is None else floats(weight)
    shift = np.zeros(length, x.dtype) if bias is None else floats(bias)
    out, inverse = np.empty_like(x), np.empty(count, x.dtype)

    def normalise(own: slice) -> None:
        found = (out, mean, inverse)
        _native.rows(count, length, x, scale, shift, eps, *found, own.start, own.stop)

    share(normalise, image_tiles(x), products=False)
    return out, inverse


def _normalised_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array | None, inverse: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `_normalised` with respect to x, weight and bias."""
    count, length = x.shape
    scale = np.ones(length, x.dtype) if weight is None else floats(weight)
    given = floats(grad), floats(x), scale, optional(mean), floats(inverse)
    tiles = image_tiles(x)
    grad_x, sums = np.empty(x.shape, x.dtype), np.zeros((len(tiles), 2, length))

    def carry_back(i: int) -> None:
        own = tiles[i]
        _native.rows_grad(count, length, *given, grad_x, sums[i], own.start, own.stop)

    share(carry_back, range(len(tiles)), products=False)
    grad_bias, grad_weight = sums.sum(axis=0).astype(x.dtype)
    return grad_x, grad_weight.copy(), grad_bias.copy()


def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every row by its own mean and biased variance; scale and shift the columns."""
    if not is_native(x):
        return NUMPY.norm.layer(x, weight, bias, eps)
    mean = np.empty(len(x), x.dtype)
    out, invstd = _normalised(x, weight, bias, eps, mean)
    return out, mean, invstd


def layer_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `layer_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.layer_grad(grad, x, weight, mean, invstd)
    return _normalised_grad(grad, x, weight, mean, invstd)


def rms_norm(x: Array, weight: Array | None, eps: float) -> tuple[Array, Array]:
    """Divide every row by the root of its mean square, and scale the columns."""
    if not is_native(x):
        return NUMPY.norm.rms(x, weight, eps)
    return _normalised(x, weight, None, eps, None)


def rms_norm_grad(
    grad: Array, x: Array, weight: Array | None, invrms: Array
) -> tuple[Array, Array]:
    """Gradients of `rms_norm` with respect to x and weight."""
    if not is_native(x):
        return NUMPY.norm.rms_grad(grad, x, weight, invrms)
    return _normalised_grad(grad, x, weight, None, invrms)[:2]


NORM = dataclasses.replace(
    NUMPY.norm,
    batch=batch_norm,
    batch_grad=batch_norm_grad,
    layer=layer_norm,
    layer_grad=layer_norm_grad,
    rms=rms_norm,
    rms_grad=rms_norm_grad,
    group=group_norm,
    group_grad=group_norm_grad,
)
