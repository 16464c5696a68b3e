"""Convolution of many channels in C, whatever the kernel, the stride and the dilation."""

from functools import lru_cache

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import image_cuts
from minitorch.kernels.native.tiles import Tiles, crossed, cuts, slices
from minitorch.kernels.native.winograd import padded, panels_of
from minitorch.kernels.numpy.scratch import scratch

# Where it pays: a vector or more of channels on each side, and places for which the weights are
# turned over. Where frames (direct.py) suit, they take less time or about as much.
MIN_CHANNELS = 16
MIN_PLACES = 64
# Places of a tile, at least: all weights are read for each.
TILE = 64
# Channels of a tile, at least: the patches are made anew for each, which takes as long as eight.
LEAST_CHANNELS = 128
MOST_TILES = 8


def suits(images: int, weight_shape: Shape, size: Sizes) -> bool:
    """Whether a convolution with such an output had better be computed this way."""
    return min(weight_shape[:2]) >= MIN_CHANNELS and images * size[0] * size[1] >= MIN_PLACES


@lru_cache(maxsize=1024)
def tiles_of(images: int, places: int, panels: int, least: int) -> Tiles:
    """Cut the result by images, and where those are few and small by panels, too."""
    parts = image_cuts(images, places, TILE)
    return crossed(parts, cuts(panels, max(least, -(-panels * len(parts) // MOST_TILES))))


def convolve(
    x: Array, weight: Array, bias: Array | None, out: Array, described: bytes, is_grad: bool
) -> Array:
    """Cross-correlation of x, or (`is_grad`) the gradient of x for that of the output, into `out`.

    Places that no window meets stay as they are.
    """
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight, np.float32)
    bias = None if bias is None else np.ascontiguousarray(bias, np.float32)
    n, taps = len(x), weight.shape[2] * weight.shape[3]
    panels = panels_of(out.shape[1])
    u = scratch("weight", (taps * padded(x.shape[1], 1) * padded(out.shape[1], 2),), x.dtype)
    arrays = (x, u, out) if is_grad else (x, u, bias, out)
    tiles = tiles_of(n, out.shape[2] * out.shape[3], panels, -(-LEAST_CHANNELS // padded(1, 2)))
    _native.blocked_weights(described, is_grad, weight, u, available(), slices(panels, 1))
    _native.blocked(described, is_grad, n, *arrays, available(), tiles)
    return out
