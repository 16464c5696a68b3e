"""Normalisation of float32 in C; other dtypes as in NumPy."""

import dataclasses
import math

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY

# Elements of a tile, at least: half a megabyte, which stays in the second cache between its sums and
# its second reading.
TILE = 1 << 17
# Elements of an image in a tile of channels, at most: where they are few, so many have their sums.
WIDTH = 1 << 12
# Fewer channels than these are not tiles enough: then images are, and what they add up is summed.
FEW = 4


def is_native(x: Array) -> bool:
    return x.dtype == np.float32 and x.size > 0


def floats(x: Array) -> Array:
    return np.ascontiguousarray(x, np.float32)


def optional(x: Array | None) -> Array | None:
    return None if x is None else floats(x)


def whole(x: Array) -> tuple[int, int, int]:
    """Images, channels, and places of a channel."""
    return len(x), x.shape[1], math.prod(x.shape[2:])


def channel_tiles(x: Array) -> list[slice]:
    n, channels, places = whole(x)
    return slices(channels, max(1, min(TILE // (n * places), WIDTH // places)))


def image_tiles(x: Array) -> list[slice]:
    return slices(len(x), max(1, TILE // x[0].size))


def is_cut_by_images(x: Array) -> bool:
    return x.shape[1] < FEW and x.size >= 2 * TILE and len(x) > 1


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    if not is_native(x):
        return NUMPY.norm.batch(x, weight, bias, eps)
    x, given = floats(x), (optional(weight), optional(bias), eps)
    sizes, c = whole(x), x.shape[1]
    out, mean, invstd = np.empty_like(x), np.empty(c, x.dtype), np.empty(c, x.dtype)
    if not is_cut_by_images(x):

        def normalise(own: slice) -> None:
            part = (*sizes, 0, len(x), own.start, own.stop)
            _native.batch(*part, x, *given, 0, None, out, mean, invstd)

        share(normalise, channel_tiles(x), products=False)
        return out, mean, invstd
    tiles = image_tiles(x)
    sums = np.empty((len(tiles), 2, c))

    def add_up(i: int) -> None:
        _native.batch_sums(*sizes, tiles[i].start, tiles[i].stop, 0, c, x, sums[i])

    def normalise_images(own: slice) -> None:
        part = (*sizes, own.start, own.stop, 0, c)
        _native.batch(*part, x, *given, len(tiles), sums, out, mean, invstd)

    share(add_up, range(len(tiles)), products=False)
    share(normalise_images, tiles, products=False)
    return out, mean, invstd


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.batch_grad(grad, x, weight, mean, invstd)
    given = floats(grad), floats(x), optional(weight), floats(mean), floats(invstd)
    sizes, c = whole(x), x.shape[1]
    found = np.empty(x.shape, x.dtype), np.empty(c, x.dtype), np.empty(c, x.dtype)
    if not is_cut_by_images(x):

        def carry_back(own: slice) -> None:
            part = (*sizes, 0, len(x), own.start, own.stop)
            _native.batch_grad(*part, *given, 0, None, *found)

        share(carry_back, channel_tiles(x), products=False)
        return found
    tiles = image_tiles(x)
    sums = np.empty((len(tiles), 2, c))

    def add_up(i: int) -> None:
        part = (*sizes, tiles[i].start, tiles[i].stop, 0, c)
        _native.batch_grad_sums(*part, *given[:2], given[3], sums[i])

    def carry_back_images(own: slice) -> None:
        part = (*sizes, own.start, own.stop, 0, c)
        _native.batch_grad(*part, *given, len(tiles), sums, *found)

    share(add_up, range(len(tiles)), products=False)
    share(carry_back_images, tiles, products=False)
    return found


def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every group of channels of an image by its own mean and biased variance."""
    if not is_native(x):
        return NUMPY.norm.group(x, weight, bias, groups, eps)
    x, given = floats(x), (optional(weight), optional(bias), eps)
    found = np.empty_like(x), *(np.empty((len(x), groups), x.dtype) for _ in range(2))
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
    return _normalised(x, weight, None, eps, None) if is_native(x) else NUMPY.norm.rms(x, weight, eps)


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
