"""3x3 convolution by Winograd's F(4x4, 3x3) in C; Note: Winograd F(4x4, 3x3) in kernels/numpy.

None comes back where a NaN or an infinity went in: it spoils its whole tile, and the caller
computes again without tiles.
"""

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import geometry, image_tiles
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


def panels_of(channels: int) -> list[slice]:
    """The panels of two vectors that so many channels fill, one by one."""
    return slices(padded(channels, 2) // padded(1, 2), 1)


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
    taps = (c_out, c_in, *((9, 9 * c_out) if turned else (9 * c_in, 9)), turned, weight)
    out = np.empty((n, c_out, *size), np.float32)
    by_panels = n * tiles_of(size) <= c_out  # whichever are fewer are transformed beforehand
    (_by_panels if by_panels else _by_images)(described, tiles_of(size), x, taps, bias, out)
    return out if np.isfinite(out[:, 0]).all() and np.isfinite(out[0, :, 0, 0]).all() else None


Taps = tuple[int, int, int, int, bool, Array]


def _by_images(
    described: bytes, per_image: int, x: Array, taps: Taps, bias: Array | None, out: Array
) -> None:
    """Transform the weights, and then take a few images at a time."""
    n, c_in, c_out = len(x), x.shape[1], out.shape[1]
    u = scratch("weight", places(padded(c_in, 1), padded(c_out, 2)), x.dtype)

    def transform(own: slice) -> None:
        _native.winograd_weights(*taps, u, own.start, own.stop)

    def convolve(part: slice) -> None:
        _native.winograd_forward(described, n, x, u, bias, out, part.start, part.stop)

    share(transform, panels_of(c_out), products=False)
    share(convolve, image_tiles(n, per_image, TILE), products=False)


def _by_panels(
    described: bytes, per_image: int, x: Array, taps: Taps, bias: Array | None, out: Array
) -> None:
    """Transform the images, and then take a panel of the weights at a time."""
    n, c_in, c_out = len(x), x.shape[1], out.shape[1]
    tiles = scratch("tiles", places(n * per_image, padded(c_in, 1)), x.dtype)

    def transform(part: slice) -> None:
        _native.winograd_tiles(described, n, False, x, tiles, part.start, part.stop)

    def convolve(tile: tuple[slice, slice]) -> None:
        part, own = tile
        bounds = (part.start, part.stop, own.start, own.stop)
        _native.winograd_panels(described, n, *taps, tiles, bias, out, *bounds)

    parts = slices(n, max(1, PANEL_TILES // per_image))
    share(transform, image_tiles(n, per_image, LEAST), products=False)
    share(convolve, [(p, own) for p in parts for own in panels_of(c_out)], products=False)


def weight_grad(grad: Array, x: Array, weight_shape: Shape, padding: Sizes) -> Array | None:
    """Gradient with respect to the weight: (N, K, OH, OW), (N, C, H, W) -> (K, C, 3, 3)."""
    x, grad = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(grad)
    n, (k, c) = len(x), weight_shape[:2]
    described, size = geometry(x.shape, weight_shape, ONE, padding, ONE)
    per_image = 36 * tiles_of(size) * (padded(k, 2) + padded(c, 1))

    def add_up(images: slice, group: int, total: Array) -> None:
        for part in slices(images.stop - images.start, max(1, group // per_image)):
            own = slice(images.start + part.start, images.start + part.stop)
            _add_share(described, tiles_of(size), grad[own], x[own], total, part.start == 0)

    if k * c > FEW_PAIRS:
        grad_weight = np.empty(weight_shape, np.float32)
        add_up(slice(0, n), GROUP, grad_weight)
    else:
        parts = slices(n, -(-n // MOST_PARTS))
        sums = np.empty((len(parts), *weight_shape), np.float32)
        share(lambda i: add_up(parts[i], PART_GROUP, sums[i]), range(len(parts)), products=False)
        grad_weight = np.add.reduce(sums, axis=0)
    is_sound = np.isfinite(grad_weight[0]).all() and np.isfinite(grad_weight[:, 0]).all()
    return grad_weight if is_sound else None


def _add_share(
    described: bytes, per_image: int, grad: Array, x: Array, total: Array, is_first: bool
) -> None:
    """Add the gradient that some images give, or write it where it is the first."""
    n, (k, c) = len(x), total.shape[:2]
    x_tiles = scratch("tiles", places(n * per_image, padded(c, 1)), x.dtype)
    grad_tiles = scratch("product", places(n * per_image, padded(k, 2)), x.dtype)

    def transform(part: slice) -> None:
        _native.winograd_tiles(described, n, False, x, x_tiles, part.start, part.stop)
        _native.winograd_tiles(described, n, True, grad, grad_tiles, part.start, part.stop)

    def multiply(tile: tuple[slice, slice]) -> None:
        own, block = tile
        bounds = (own.start, own.stop, block.start, block.stop)
        _native.winograd_weight_grad(described, n, x_tiles, grad_tiles, is_first, total, *bounds)

    blocks = padded(c, 1) // padded(1, 1)
    pairs = [(own, block) for own in panels_of(k) for block in slices(blocks, -(-blocks // 4))]
    share(transform, image_tiles(n, per_image, LEAST), products=False)
    share(multiply, pairs, products=False)
