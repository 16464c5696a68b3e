"""Convolution of many channels in C, whatever the kernel, the stride and the dilation."""

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import image_tiles
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

    def transform(own: slice) -> None:
        _native.blocked_weights(described, is_grad, weight, u, own.start, own.stop)

    def multiply(tile: tuple[slice, slice]) -> None:
        part, own = tile
        bounds = (part.start, part.stop, own.start, own.stop)
        _native.blocked(described, n, is_grad, x, u, bias, out, *bounds)

    parts = image_tiles(n, out.shape[2] * out.shape[3], TILE)
    least = -(-LEAST_CHANNELS // padded(1, 2))
    step = max(least, -(-len(panels) * len(parts) // MOST_TILES))
    tiles = [(part, own) for part in parts for own in slices(len(panels), step)]
    share(transform, panels, products=False)
    share(multiply, tiles, products=False)
    return out
