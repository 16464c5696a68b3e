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
MIN_TILES = 32
# Tiles in one piece of work, at least: all transformed weights are read for each.
TILE = 32
# Floats of the tiles that are transformed together for the gradient of the weight: 16 MB.
GROUP = 1 << 22

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


def forward(x: Array, weight: Array, padding: Sizes) -> Array | None:
    """Cross-correlation without bias: (N, C, H, W), (K, C, 3, 3) -> (N, K, OH, OW)."""
    return _convolve(x, weight, weight.shape[0], False, padding)


def input_grad(grad: Array, weight: Array, input_shape: Shape, padding: Sizes) -> Array | None:
    """Gradient with respect to x, a convolution with the weights turned: -> (N, C, H, W)."""
    margin = (2 - padding[0], 2 - padding[1])
    return _convolve(grad, weight, input_shape[1], True, margin)


def _convolve(x: Array, weight: Array, c_out: int, turned: bool, padding: Sizes) -> Array | None:
    n, c_in = x.shape[:2]
    described, size = geometry(x.shape, (c_out, c_in, 3, 3), ONE, padding, ONE)
    weight = np.ascontiguousarray(weight, np.float32)
    u = scratch("weight", (36 * padded(c_in, 1) * padded(c_out, 2),), weight.dtype)
    row, channel = (9, 9 * c_out) if turned else (9 * c_in, 9)

    def transform(part: slice) -> None:
        _native.winograd_weights(
            c_out, c_in, row, channel, turned, weight, u, part.start, part.stop
        )

    share(transform, slices(padded(c_out, 2) // padded(1, 2), 1), products=False)
    x = np.ascontiguousarray(x)
    out = np.empty((n, c_out, *size), np.float32)

    def convolve(part: slice) -> None:
        _native.winograd_forward(described, n, x, u, out, part.start, part.stop)

    share(convolve, image_tiles(n, tiles_of(size), TILE), products=False)
    return out if np.isfinite(out[:, 0]).all() and np.isfinite(out[0, :, 0, 0]).all() else None


def weight_grad(grad: Array, x: Array, weight_shape: Shape, padding: Sizes) -> Array | None:
    """Gradient with respect to the weight: (N, K, OH, OW), (N, C, H, W) -> (K, C, 3, 3)."""
    described, size = geometry(x.shape, weight_shape, ONE, padding, ONE)
    x, grad = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(grad)
    k, c = padded(weight_shape[0], 2), padded(weight_shape[1], 1)
    per_image = 36 * tiles_of(size) * (k + c)
    sums = scratch("weight", (36 * k * c,), x.dtype)
    for images in slices(len(x), max(1, GROUP // per_image)):
        own_x, own_grad = x[images], grad[images]
        n = len(own_x)
        x_tiles = scratch("tiles", (36 * c * n * tiles_of(size),), x.dtype)
        grad_tiles = scratch("product", (36 * k * n * tiles_of(size),), x.dtype)

        def transform(
            part: slice,
            n: int = n,
            x: Array = own_x,
            grad: Array = own_grad,
            to: Array = x_tiles,
            grad_to: Array = grad_tiles,
        ) -> None:
            _native.winograd_tiles(described, n, False, x, to, part.start, part.stop)
            _native.winograd_tiles(described, n, True, grad, grad_to, part.start, part.stop)

        share(transform, image_tiles(n, tiles_of(size), TILE), products=False)

        def multiply(
            part: slice,
            n: int = n,
            x: Array = x_tiles,
            grad: Array = grad_tiles,
            is_first: bool = images.start == 0,
        ) -> None:
            _native.winograd_products(described, n, x, grad, is_first, sums, part.start, part.stop)

        share(multiply, slices(36, 3), products=False)
    grad_weight = np.empty(weight_shape, np.float32)

    def gather(part: slice) -> None:
        _native.winograd_weight_grad(described, sums, grad_weight, part.start, part.stop)

    share(gather, slices(k // padded(1, 2), 1), products=False)
    return grad_weight if np.isfinite(grad_weight).all() else None
