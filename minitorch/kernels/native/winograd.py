"""3x3 convolution by Winograd's F(4x4, 3x3) in C; Note: Winograd F(4x4, 3x3) in kernels/numpy.

None comes back where a NaN or an infinity went in: it spoils its whole tile, and the caller
computes again without tiles.
"""

from functools import lru_cache

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape, Sizes, is_finite
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import geometry, image_cuts, room_for_sums
from minitorch.kernels.native.tiles import Tiles, crossed, cuts, packed, slices
from minitorch.kernels.numpy.scratch import scratch

# Where it pays, measured: from so many channels on each side and so many pairs of them, and from so
# many tiles.
MIN_CHANNELS = 16
MIN_PAIRS = 1024
MIN_TILES = 16
# Tiles in one piece of work, at least: all transformed weights are read for each.
TILE = 32
# Tiles that a panel of weights is transformed for, which takes as long as eight.
PANEL_TILES = 64
# Tiles that one piece of work transforms, where nothing else is done with them.
LEAST = 2
# Floats of the tiles that are transformed together for the gradient of the weight: 16 MB, and
# where a weight has so few pairs of channels that its gradient is summed in parts, 1 MB.
GROUP = 1 << 22
FEW_PAIRS = 1 << 13
PART_GROUP = 1 << 18
MOST_PARTS = 8

ONE: Sizes = (1, 1)


def suits(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> bool:
    """Whether a convolution can be, and had better be, computed this way."""
    return (
        weight_shape[2:] == (3, 3)
        and stride == dilation == ONE
        and groups == 1
        and max(padding) <= 2
        and min(weight_shape[:2]) >= MIN_CHANNELS
        and weight_shape[0] * weight_shape[1] >= MIN_PAIRS
        and x_shape[0]
        * tiles_of((x_shape[2] + 2 * padding[0] - 2, x_shape[3] + 2 * padding[1] - 2))
        >= MIN_TILES
    )


def tiles_of(size: Sizes) -> int:
    return -(-size[0] // 4) * -(-size[1] // 4)


def padded(channels: int, vectors: int) -> int:
    """Channels filled up to whole blocks of so many vectors."""
    block = _native.lanes() * vectors
    return -(-channels // block) * block


def panels_of(channels: int) -> int:
    """How many panels of two vectors so many channels fill."""
    return padded(channels, 2) // padded(1, 2)


def places(a: int, b: int) -> Shape:
    """36 places of a times b numbers, an odd number of vectors apart."""
    lanes = _native.lanes()
    return (36 * (a * b // lanes | 1) * lanes,)


def forward(x: Array, weight: Array, bias: Array | None, padding: Sizes) -> Array | None:
    """Cross-correlation: (N, C, H, W), (K, C, 3, 3) -> (N, K, OH, OW)."""
    return _convolve(x, weight, bias, weight.shape[0], False, padding)


def input_grad(grad: Array, weight: Array, input_shape: Shape, padding: Sizes) -> Array | None:
    """Gradient with respect to x, a convolution with the weights turned: -> (N, C, H, W)."""
    margin = (2 - padding[0], 2 - padding[1])
    return _convolve(grad, weight, None, input_shape[1], True, margin)


def _convolve(
    x: Array, weight: Array, bias: Array | None, c_out: int, turned: bool, padding: Sizes
) -> Array | None:
    n, c_in = x.shape[:2]
    described, size = geometry(x.shape, (c_out, c_in, 3, 3), ONE, padding, ONE)
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight, np.float32)
    bias = None if bias is None else np.ascontiguousarray(bias, np.float32)
    out = np.empty((n, c_out, *size), np.float32)
    by_panels = n * tiles_of(size) <= c_out  # whichever are fewer are transformed beforehand
    convolve = _by_panels if by_panels else _by_images
    return out if convolve(described, tiles_of(size), x, (turned, weight), bias, out) else None


Taps = tuple[bool, Array]


def _by_images(
    described: bytes, per_image: int, x: Array, taps: Taps, bias: Array | None, out: Array
) -> bool:
    """Transform the weights, and then take a few images at a time; whether all is finite."""
    n, c_in, c_out = len(x), x.shape[1], out.shape[1]
    u = scratch("weight", places(padded(c_in, 1), padded(c_out, 2)), x.dtype)
    _native.winograd_weights(described, *taps, u, available(), slices(panels_of(c_out), 1))
    parts = image_tiles(n, per_image, TILE)
    return bool(_native.winograd_forward(described, n, x, u, bias, out, available(), parts))


def _by_panels(
    described: bytes, per_image: int, x: Array, taps: Taps, bias: Array | None, out: Array
) -> bool:
    """Transform the images, and then take a panel of the weights at a time; as `_by_images`."""
    n, c_in, c_out = len(x), x.shape[1], out.shape[1]
    tiles = scratch("tiles", places(n * per_image, padded(c_in, 1)), x.dtype)
    _transform(described, per_image, x, False, tiles)
    parts = panel_tiles(n, per_image, panels_of(c_out))
    arrays = (*taps, tiles, bias, out)
    return bool(_native.winograd_panels(described, n, *arrays, available(), parts))


def _transform(described: bytes, per_image: int, x: Array, is_grad: bool, tiles: Array) -> None:
    parts = image_tiles(len(x), per_image, LEAST)
    _native.winograd_tiles(described, len(x), is_grad, x, tiles, available(), parts)


@lru_cache(maxsize=1024)
def image_tiles(images: int, per_image: int, least: int) -> Tiles:
    return packed(image_cuts(images, per_image, least))


@lru_cache(maxsize=1024)
def panel_tiles(images: int, per_image: int, panels: int) -> Tiles:
    return crossed(cuts(images, max(1, PANEL_TILES // per_image)), cuts(panels, 1))


@lru_cache(maxsize=1024)
def pair_tiles(panels: int, blocks: int) -> Tiles:
    return crossed(cuts(panels, 1), cuts(blocks, -(-blocks // 4)))


@lru_cache(maxsize=1024)
def part_tiles(images: int) -> tuple[int, Tiles]:
    """Parts of a batch that are summed apart, and tiles of a part and its images each."""
    parts = cuts(images, -(-images // MOST_PARTS))
    return len(parts), packed((i, i + 1, *part) for i, part in enumerate(parts))


def weight_grad(grad: Array, x: Array, weight_shape: Shape, padding: Sizes) -> Array | None:
    """Gradient with respect to the weight: (N, K, OH, OW), (N, C, H, W) -> (K, C, 3, 3)."""
    x, grad = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(grad)
    n, (k, c) = len(x), weight_shape[:2]
    described, size = geometry(x.shape, weight_shape, ONE, padding, ONE)
    per_image = tiles_of(size)
    floats = 36 * per_image * (padded(k, 2) + padded(c, 1))
    if k * c > FEW_PAIRS:
        grad_weight = np.empty(weight_shape, np.float32)
        for first, stop in cuts(n, max(1, GROUP // floats)):
            own = slice(first, stop)
            _add_share(described, per_image, grad[own], x[own], grad_weight, first == 0)
    else:
        group = min(n, max(1, PART_GROUP // floats))
        parts, tiles = part_tiles(n)
        grad_weight = room_for_sums(parts, weight_shape)
        _native.winograd_parts(described, n, grad, x, parts, grad_weight, group, available(), tiles)
        if parts > 1:
            grad_weight = np.add.reduce(grad_weight, axis=0)
    return grad_weight if is_finite(grad_weight) else None


def _add_share(
    described: bytes, per_image: int, grad: Array, x: Array, total: Array, is_first: bool
) -> None:
    """Add the gradient that some images give, or write it where it is the first."""
    n, (k, c) = len(x), total.shape[:2]
    x_tiles = scratch("tiles", places(n * per_image, padded(c, 1)), x.dtype)
    grad_tiles = scratch("product", places(n * per_image, padded(k, 2)), x.dtype)
    _transform(described, per_image, x, False, x_tiles)
    _transform(described, per_image, grad, True, grad_tiles)
    pairs = pair_tiles(panels_of(k), padded(c, 1) // padded(1, 1))
    _native.winograd_weight_grad(
        described, n, grad_tiles, x_tiles, is_first, total, available(), pairs
    )
