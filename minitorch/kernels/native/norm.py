"""Normalisation of float32 in C; other dtypes as in NumPy."""

import dataclasses
import math
from functools import lru_cache

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import Tiles, numbered, packed, slices
from minitorch.kernels.numpy import NUMPY

# Elements of a tile, if possible: half a megabyte, which stays in the second cache.
TILE = 1 << 17
# Of rows, which are gone past once: some 10 microseconds.
ROWS_TILE = 1 << 15


def is_native(x: Array) -> bool:
    return x.dtype == np.float32 and x.size > 0


def floats(x: Array) -> Array:
    return np.ascontiguousarray(x, np.float32)


def optional(x: Array | None) -> Array | None:
    return None if x is None else floats(x)


def whole(x: Array) -> tuple[int, int, int]:
    """Images, channels, and places of a channel."""
    return len(x), x.shape[1], math.prod(x.shape[2:])


def step_of(x: Array, numbers: int = TILE) -> int:
    """Images, or rows, of a tile."""
    return max(1, numbers // x[0].size)


@lru_cache(maxsize=1024)
def batch_tiles(images: int, channels: int, places: int, step: int) -> Tiles:
    """Cut a batch into parts by images, large images also by channels: (part, images, channels)."""
    some = max(1, TILE // places)
    return packed(
        (n // step, n // step + 1, n, min(n + step, images), c, min(c + some, channels))
        for n in range(0, images, step)
        for c in range(0, channels, some)
    )


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    if not is_native(x):
        return NUMPY.norm.batch(x, weight, bias, eps)
    x, given = floats(x), (optional(weight), optional(bias), eps)
    sizes, c, step = whole(x), x.shape[1], step_of(x)
    shared = available(), batch_tiles(*sizes, step)
    sums = np.empty((-(-len(x) // step), 2, c))
    _native.batch_sums(*sizes, len(sums), x, sums, *shared)
    total = np.add.reduce(sums, axis=0)
    found = np.empty_like(x), np.empty(c, x.dtype), np.empty(c, x.dtype)
    _native.batch(*sizes, x, total, *given, *found, *shared)
    return found


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.batch_grad(grad, x, weight, mean, invstd)
    grad, x, mean, invstd = (floats(a) for a in (grad, x, mean, invstd))
    weight = optional(weight)
    sizes, step, grad_x = whole(x), step_of(x), np.empty_like(x)
    shared = available(), batch_tiles(*sizes, step)
    sums = np.empty((-(-len(x) // step), 2, x.shape[1]))
    _native.batch_grad_sums(*sizes, len(sums), grad, x, mean, sums, *shared)
    total = np.add.reduce(sums, axis=0)
    given = grad, x, total, weight, mean, invstd, grad_x
    _native.batch_grad(*sizes, *given, *shared)
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
    tiles = slices(len(x), step_of(x))
    _native.group(*whole(x), groups, x, *given, *found, available(), tiles)
    return found


def group_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `group_norm` with respect to x, weight and bias."""
    if not is_native(x):
        return NUMPY.norm.group_grad(grad, x, weight, mean, invstd)
    given = floats(grad), floats(x), optional(weight), floats(mean), floats(invstd)
    grad_x, sums = np.empty(x.shape, x.dtype), np.empty((2, *x.shape[:2]))
    found, tiles = (grad_x, sums), slices(len(x), step_of(x))
    _native.group_grad(*whole(x), mean.shape[1], *given, *found, available(), tiles)
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
    given, tiles = (x, scale, shift, eps, out, mean, inverse), slices(count, step_of(x, ROWS_TILE))
    _native.rows(count, length, 1, *given, available(), tiles)
    return out, inverse


def _normalised_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array | None, inverse: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `_normalised` with respect to x, weight and bias."""
    count, length = x.shape
    scale = np.ones(length, x.dtype) if weight is None else floats(weight)
    given = floats(grad), floats(x), scale, optional(mean), floats(inverse)
    step = step_of(x, ROWS_TILE)
    grad_x, sums = np.empty(x.shape, x.dtype), np.zeros((-(-count // step), 2, length))
    found, tiles = (grad_x, sums), numbered(count, step)
    _native.rows_grad(count, length, 1, len(sums), *given, *found, available(), tiles)
    grad_bias, grad_weight = np.add.reduce(sums, axis=0).astype(x.dtype)
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
