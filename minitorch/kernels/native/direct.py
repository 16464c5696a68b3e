"""Convolution of planes with few channels, or in groups of few, in C; src/direct.inc draws how."""

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import geometry

# Multiplications of a tile, at least; to bring in or out a number takes as long as so many.
TILE = 1 << 21
COPY = 32
MOST_TILES = 8
# Weights of a convolution without groups, at most: for every strip of an image all are read, or
# for their gradient added to.
MOST_WEIGHTS = 1 << 17
MOST_SUMS = 1 << 16
# Of src/conv.h.
MOST_REACH = 1024
MOST_STRIDE = 16


def suits(weight_shape: Shape, stride: Sizes, dilation: Sizes, groups: int, most: int) -> bool:
    """Whether a convolution can be, and had better be, computed this way."""
    c_out, c_in, k_h, k_w = weight_shape
    return (
        (groups > 1 or c_out * c_in * k_h * k_w <= most)
        and max((k_h - 1) * dilation[0], (k_w - 1) * dilation[1]) <= MOST_REACH
        and max(stride) <= MOST_STRIDE
    )


def _parts(work: int, *lengths: int) -> list[tuple[slice, ...]]:
    """Cut two axes into one, two, four or eight tiles together, the first as far as it goes."""
    count = MOST_TILES
    while count > 1 and work < count * TILE:
        count //= 2
    first = slices(lengths[0], -(-lengths[0] // count))
    second = slices(lengths[1], -(-lengths[1] // -(-count // len(first))))
    return [(a, b) for a in first for b in second]


def _work(x_shape: Shape, weight_shape: Shape, size: Sizes) -> int:
    """Multiplications, and what else takes as long."""
    n, places = x_shape[0], size[0] * size[1]
    depth = weight_shape[1] * weight_shape[2] * weight_shape[3]
    copies = x_shape[1] * x_shape[2] * x_shape[3]
    return n * (weight_shape[0] * places * (depth + COPY) + COPY * copies)


def forward(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Cross-correlation: (N, C_in, H, W), (C_out, C_in/groups, KH, KW) -> (N, C_out, OH, OW)."""
    described, size = geometry(x.shape, weight.shape, stride, padding, dilation, groups)
    n = len(x)
    out = np.empty((n, weight.shape[0], *size), np.float32)
    arrays = (
        np.ascontiguousarray(x),
        np.ascontiguousarray(weight, np.float32),
        None if bias is None else np.ascontiguousarray(bias, np.float32),
        out,
    )

    def convolve(tile: tuple[slice, ...]) -> None:
        part, rows = tile
        _native.direct_forward(described, n, *arrays, part.start, part.stop, rows.start, rows.stop)

    work = _work(x.shape, weight.shape, size)
    share(convolve, _parts(work, n * groups, size[0]), products=False)
    return out


def input_grad(
    grad: Array,
    weight: Array,
    input_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Gradient of `forward` with respect to x: -> (N, C_in, H, W)."""
    described, size = geometry(input_shape, weight.shape, stride, padding, dilation, groups)
    n = len(grad)
    grad_x = np.empty(input_shape, np.float32)
    arrays = (np.ascontiguousarray(grad), np.ascontiguousarray(weight, np.float32), grad_x)

    def convolve(tile: tuple[slice, ...]) -> None:
        part, rows = tile
        _native.direct_input_grad(
            described, n, *arrays, part.start, part.stop, rows.start, rows.stop
        )

    work = _work(input_shape, weight.shape, size)
    rows = -(-input_shape[2] // stride[0])
    share(convolve, _parts(work, n * groups, rows), products=False)
    return grad_x


def weight_grad(
    grad: Array,
    x: Array,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Gradient of `forward` with respect to the weight: -> (C_out, C_in/groups, KH, KW)."""
    described, size = geometry(x.shape, weight_shape, stride, padding, dilation, groups)
    grad, x = np.ascontiguousarray(grad), np.ascontiguousarray(x, np.float32)
    n = len(x)
    tiles = _parts(_work(x.shape, weight_shape, size), groups, n)
    parts = sorted({own.start for _, own in tiles})
    grad_weight = np.empty(weight_shape, np.float32)
    is_whole = len(parts) == 1
    sums = grad_weight[None] if is_whole else np.empty((len(parts), *weight_shape), np.float32)

    def convolve(tile: tuple[slice, ...]) -> None:
        own, part = tile
        _native.direct_weight_grad(
            described,
            n,
            grad,
            x,
            sums[parts.index(part.start)],
            part.start,
            part.stop,
            own.start,
            own.stop,
        )

    share(convolve, tiles, products=False)
    return grad_weight if is_whole else np.add.reduce(sums, axis=0, out=grad_weight)
