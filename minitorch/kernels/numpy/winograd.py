"""3x3 convolution with stride 1 by Winograd's minimal filtering, written as matrix products.

Note: Winograd F(4x4, 3x3)
    Four outputs of a 3-tap filter over six inputs need 6 products instead of 12:
    y = A^T [(G w) * (B^T x)], and in two dimensions 36 instead of 144. The matrices come from
    polynomials through five points and infinity (Winograd 1980; Lavin and Gray, 2015,
    arXiv:1509.09308). Everything is linear, so the gradients are the same three steps transposed:

        out         = A^T  [ V U^T ]      V = B^T x    (images to tiles)
        grad_x      = B    [ Q U   ]      Q = A grad   (outputs to tiles)
        grad_weight = G^T  [ Q^T V ]      U = G w      (weights to tiles)

    where [ ] is one matrix product for each of the 36 places of a tile. A and B hold all tiles of
    an axis at once (a banded matrix, with the padding in it), so that going to tiles and back is
    a thin matrix product per axis, which also turns (N, C, H, W) into tiles and back: no copy,
    no padding, no transpose is left for NumPy to do.

Measured on two cores (Sapphire Rapids, OpenBLAS 0.3.31) against unfolding, on AlexNet's four layers
at batch 128: 2 to 3 times faster forward, 2 to 5 times backward. The points
0, +-3/4, +-3/2 keep the error at about twice that of a plain float32 product (384 channels: rms
7e-7 against 3.5e-7); the textbook's 0, +-1, +-2 give 1.4e-6. The error is relative to the largest
value in a tile: results that are small beside a huge neighbour lose digits (DECISIONS.md, 11).
A result that is not finite is computed again by unfolding: here a NaN or an infinity spreads over
planes, which are multiplied with zeros too, and sums overflow that are larger than those there.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy.scratch import scratch

POINTS = (0.0, 0.75, -0.75, 1.5, -1.5)
STEP = 4  # outputs per tile and axis
TILE = 6  # inputs per tile and axis

# Where it pays, measured: planes up to this size (the thin products grow with its cube: as quick
# as unfolding at 56, slower at 112), from 16 channels on each side, and enough pixels in the batch
# to be worth transforming the weight (4 images of 8x8 with 512 channels are not).
MAX_SIZE = 48
MIN_CHANNELS = 16
MIN_PIXELS = 1024

# Rows (tiles times images) of the 36 products: enough for BLAS, and 512 rows of 384 channels keep
# the three buffers at 75 MB.
ROWS = 512

# Tiles of work (Note [Tiles]), a few tenths of a millisecond each: weights to transform,
# multiplications in a product, numbers in the half-way result that stays in the cache.
WEIGHTS = 1 << 14
PRODUCTS = 1 << 24
HALF = 1 << 16


def suits(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
    dtype: np.dtype[Any],
) -> bool:
    """Whether a convolution can be, and had better be, computed this way."""
    height, width = x_shape[2] + 2 * padding[0], x_shape[3] + 2 * padding[1]
    return (
        weight_shape[2:] == (3, 3)
        and stride == (1, 1)
        and dilation == (1, 1)
        and groups == 1
        and dtype == np.float32
        and min(weight_shape[:2]) >= MIN_CHANNELS
        and max(height, width) <= MAX_SIZE
        and x_shape[0] * height * width >= MIN_PIXELS
    )


@lru_cache(maxsize=1)
def filter_matrices() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A^T (4, 6), G (6, 3) and B^T (6, 6) of F(4, 3) in one dimension."""
    a_t, g, b_t = np.zeros((STEP, TILE)), np.zeros((TILE, 3)), np.zeros((TILE, TILE))
    for i, point in enumerate(POINTS):
        others = [p for p in POINTS if p != point]
        a_t[:, i] = point ** np.arange(STEP)
        g[i] = point ** np.arange(3) / np.prod([point - p for p in others])
        b_t[i, : TILE - 1] = np.poly(others)[::-1]  # coefficients, lowest power first
    a_t[-1, -1] = g[-1, -1] = 1  # the point at infinity
    b_t[-1] = np.poly(POINTS)[::-1]
    return a_t, g, b_t


@lru_cache(maxsize=64)
def axis_matrices(size: int, padding: int) -> tuple[Array, Array, int]:
    """B^T (6 * tiles, size) and A (6 * tiles, out size) for all tiles of an axis, and tiles.

    Row i * tiles + t is place i of tile t.
    """
    a_t, _, b_t = filter_matrices()
    out_size = size + 2 * padding - 2
    tiles = -(-out_size // STEP)
    to_tiles = np.zeros((TILE, tiles, size + 2 * padding + STEP))
    from_tiles = np.zeros((TILE, tiles, tiles * STEP))
    for t in range(tiles):
        to_tiles[:, t, t * STEP : t * STEP + TILE] = b_t
        from_tiles[:, t, t * STEP : (t + 1) * STEP] = a_t.T
    return (
        np.float32(to_tiles[:, :, padding : padding + size]).reshape(TILE * tiles, size),
        np.float32(from_tiles[:, :, :out_size]).reshape(TILE * tiles, out_size),
        tiles,
    )


@lru_cache(maxsize=1)
def weight_matrix() -> Array:
    """G for both axes: (36, 9), tile places in the order of `to_tiles`: columns first."""
    g = filter_matrices()[1]
    return np.float32(np.einsum("jw,ih->jihw", g, g)).reshape(TILE * TILE, 9)


def weight_tiles(weight: Array) -> Array:
    """U = G w: (K, C, 3, 3) -> (36, K, C)."""
    k, c = weight.shape[:2]
    flat = weight.reshape(k * c, 9)
    tiles = scratch("weight", (TILE * TILE, k * c), weight.dtype)

    def transform(part: slice) -> None:
        matmul(weight_matrix(), flat[part].T, tiles[:, part])

    share(transform, slices(k * c, WEIGHTS))
    return tiles.reshape(TILE * TILE, k, c)


def to_tiles(images: Array, rows: Array, columns: Array, key: str) -> Array:
    """Planes to tiles along both axes: (n, C, H, W) -> (36, tiles * n, C)."""
    n, c, h, w = images.shape
    tiles_w = len(columns) // TILE
    tiles = scratch(key, (TILE, len(rows), tiles_w, n * c), images.dtype)

    def transform(part: slice) -> None:
        m = (part.stop - part.start) * c  # planes
        half = scratch("half", (len(columns), m * h), images.dtype)
        matmul(columns, images[part].reshape(m * h, w).T, half)  # (6 TW, m H)
        half = half.reshape(TILE, tiles_w, m, h).swapaxes(2, 3)  # (6, TW, H, m)
        out = tiles[..., part.start * c : part.stop * c].swapaxes(1, 2)
        matmul(rows, half, out)  # (6, TW, 6 TH, m)

    share(transform, slices(n, images_per_tile(len(columns), c, h)))
    return tiles.reshape(TILE * TILE, -1, c)


def from_tiles(tiles: Array, rows: Array, columns: Array, out: Array) -> None:
    """Tiles to planes, the transpose of `to_tiles`: (36, tiles * n, C) -> (n, C, H, W)."""
    n, c, h, w = out.shape
    tiles_w = len(columns) // TILE
    tiles = tiles.reshape(TILE, len(rows), tiles_w, n * c).transpose(0, 2, 3, 1)

    def transform(part: slice) -> None:
        m = (part.stop - part.start) * c
        turned = tiles[:, :, part.start * c : part.stop * c]  # (6, TW, m, 6 TH)
        half = scratch("half", (TILE, tiles_w, m, h), out.dtype)
        matmul(turned, rows, half)  # (6, TW, m, H)
        half = half.reshape(len(columns), m * h)
        matmul(half.T, columns, out[part].reshape(m * h, w))  # (m H, W)

    share(transform, slices(n, images_per_tile(len(columns), c, h)))


def multiply(a: Array, b: Array, out: Array, *, add: bool = False) -> None:
    """The products of the 36 places of a tile: (36, I, J), (36, J, L) -> (36, I, L)."""

    def product(part: slice) -> None:
        target = scratch("summand", out[part].shape, out.dtype) if add else out[part]
        matmul(a[part], b[part], target)
        if add:
            out[part] += target

    share(product, slices(TILE * TILE, max(1, PRODUCTS // math.prod((*a.shape[1:], b.shape[2])))))


def images_per_tile(columns: int, channels: int, height: int) -> int:
    """As many as leave the half-way results in the cache."""
    return max(1, HALF // (columns * channels * height))


def chunk_length(n_tiles: int) -> int:
    """Images to take at once."""
    return max(1, ROWS // n_tiles)


def forward(x: Array, weight: Array, padding: Sizes) -> Array:
    """Cross-correlation without bias: (N, C, H, W), (K, C, 3, 3) -> (N, K, OH, OW)."""
    b_h, a_h, tiles_h = axis_matrices(x.shape[2], padding[0])
    b_w, a_w, tiles_w = axis_matrices(x.shape[3], padding[1])
    u_t = weight_tiles(weight).transpose(0, 2, 1)  # (36, C, K)
    out = np.empty((x.shape[0], weight.shape[0], a_h.shape[1], a_w.shape[1]), x.dtype)
    for part in slices(len(x), chunk_length(tiles_h * tiles_w)):
        v = to_tiles(x[part], b_h, b_w, "tiles")  # (36, T, C)
        product = scratch("product", (*v.shape[:2], u_t.shape[2]), x.dtype)
        multiply(v, u_t, product)  # (36, T, K)
        from_tiles(product, a_h, a_w, out[part])
    return out


def input_grad(grad: Array, weight: Array, input_shape: Shape, padding: Sizes) -> Array:
    """Gradient with respect to x: (N, K, OH, OW), (K, C, 3, 3) -> (N, C, H, W)."""
    b_h, a_h, tiles_h = axis_matrices(input_shape[2], padding[0])
    b_w, a_w, tiles_w = axis_matrices(input_shape[3], padding[1])
    u = weight_tiles(weight)  # (36, K, C)
    grad_x = np.empty(input_shape, grad.dtype)
    for part in slices(len(grad), chunk_length(tiles_h * tiles_w)):
        q = to_tiles(grad[part], a_h, a_w, "tiles")  # (36, T, K)
        product = scratch("product", (*q.shape[:2], u.shape[2]), grad.dtype)
        multiply(q, u, product)  # (36, T, C)
        from_tiles(product, b_h, b_w, grad_x[part])
    return grad_x


def weight_grad(grad: Array, x: Array, padding: Sizes) -> Array:
    """Gradient with respect to the weight: (N, K, OH, OW), (N, C, H, W) -> (K, C, 3, 3)."""
    b_h, a_h, tiles_h = axis_matrices(x.shape[2], padding[0])
    b_w, a_w, tiles_w = axis_matrices(x.shape[3], padding[1])
    k, c = grad.shape[1], x.shape[1]
    total = scratch("weight", (TILE * TILE, k, c), x.dtype)
    for part in slices(len(grad), chunk_length(tiles_h * tiles_w)):
        q = to_tiles(grad[part], a_h, a_w, "product")  # (36, T, K)
        v = to_tiles(x[part], b_h, b_w, "tiles")  # (36, T, C)
        multiply(q.transpose(0, 2, 1), v, total, add=part.start > 0)  # (36, K, C)
    grad_weight = np.empty((k, c, 3, 3), x.dtype)
    tiles, flat = total.reshape(TILE * TILE, k * c), grad_weight.reshape(k * c, 9)

    def transform(part: slice) -> None:
        matmul(tiles[:, part].T, weight_matrix(), flat[part])

    share(transform, slices(k * c, WEIGHTS))
    return grad_weight
