"""Convolution of planes with few channels, or in groups of few, in C; src/direct.inc draws how."""

from functools import lru_cache

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import geometry

# Multiplications of a tile, at least: 40 µs. To bring in or out a number takes as long as `COPY`.
TILE = 1 << 22
COPY = 32
MOST_TILES = 8
# Weights of a convolution without groups, at most: for every strip of an image all are read, or
# for their gradient added to.
MOST_WEIGHTS = 1 << 17
MOST_SUMS = 1 << 16
# Of src/conv.h.
MOST_REACH = 1024
MOST_STRIDE = 16

Tiles = list[tuple[slice, slice]]


def suits(weight_shape: Shape, stride: Sizes, dilation: Sizes, groups: int, most: int) -> bool:
    """Whether a convolution can be, and had better be, computed this way."""
    c_out, c_in, k_h, k_w = weight_shape
    return (
        (groups > 1 or c_out * c_in * k_h * k_w <= most)
        and max((k_h - 1) * dilation[0], (k_w - 1) * dilation[1]) <= MOST_REACH
        and max(stride) <= MOST_STRIDE
    )


def tiles(x_shape: Shape, weight_shape: Shape, size: Sizes, axes: Sizes) -> Tiles:
    """Cut two axes into one, two, four or eight tiles, the first of them as far as it goes."""
    n, c_in, height, width = x_shape
    c_out, c_group, k_h, k_w = weight_shape
    products = c_out * size[0] * size[1] * (c_group * k_h * k_w + COPY)
    work = n * (products + COPY * c_in * height * width)
    count = MOST_TILES
    while count > 1 and work < count * TILE:
        count //= 2
    parts = slices(axes[0], -(-axes[0] // count))
    others = slices(axes[1], -(-axes[1] // -(-count // len(parts))))
    return [(part, other) for part in parts for other in others]


# Python is half the time of a small convolution: what the sizes decide is worked out once.


@lru_cache(maxsize=1024)
def forward_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, Shape, Tiles]:
    described, size = geometry(x_shape, weight_shape, *window)
    axes = (x_shape[0] * window[3], size[0])
    shape = (x_shape[0], weight_shape[0], *size)
    return described, shape, tiles(x_shape, weight_shape, size, axes)


@lru_cache(maxsize=1024)
def input_grad_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, Tiles]:
    described, size = geometry(x_shape, weight_shape, *window)
    axes = (x_shape[0] * window[3], -(-x_shape[2] // window[0][0]))
    return described, tiles(x_shape, weight_shape, size, axes)


@lru_cache(maxsize=1024)
def weight_grad_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, Tiles, dict[int, int]]:
    """Besides, which of the sums a tile adds up, by its first image."""
    described, size = geometry(x_shape, weight_shape, *window)
    found = tiles(x_shape, weight_shape, size, (window[3], x_shape[0]))
    parts = dict.fromkeys(images.start for _, images in found)
    return described, found, {start: i for i, start in enumerate(parts)}


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
    window = (stride, padding, dilation, groups)
    described, shape, parts = forward_plan(x.shape, weight.shape, window)
    n = len(x)
    out = np.empty(shape, np.float32)
    arrays = (
        np.ascontiguousarray(x),
        np.ascontiguousarray(weight, np.float32),
        None if bias is None else np.ascontiguousarray(bias, np.float32),
        out,
    )

    def convolve(tile: tuple[slice, slice]) -> None:
        units, rows = tile
        _native.direct_forward(
            described, n, *arrays, units.start, units.stop, rows.start, rows.stop
        )

    share(convolve, parts, products=False)
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
    window = (stride, padding, dilation, groups)
    described, parts = input_grad_plan(input_shape, weight.shape, window)
    n = len(grad)
    grad_x = np.empty(input_shape, np.float32)
    arrays = (np.ascontiguousarray(grad), np.ascontiguousarray(weight, np.float32), grad_x)

    def convolve(tile: tuple[slice, slice]) -> None:
        units, rows = tile
        _native.direct_input_grad(
            described, n, *arrays, units.start, units.stop, rows.start, rows.stop
        )

    share(convolve, parts, products=False)
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
    window = (stride, padding, dilation, groups)
    described, parts, places = weight_grad_plan(x.shape, weight_shape, window)
    n = len(x)
    grad, x = np.ascontiguousarray(grad), np.ascontiguousarray(x, np.float32)
    grad_weight = np.empty(weight_shape, np.float32)
    is_whole = len(places) == 1
    sums = grad_weight[None] if is_whole else np.empty((len(places), *weight_shape), np.float32)

    def convolve(tile: tuple[slice, slice]) -> None:
        own, images = tile
        _native.direct_weight_grad(
            described,
            n,
            grad,
            x,
            sums[places[images.start]],
            images.start,
            images.stop,
            own.start,
            own.stop,
        )

    share(convolve, parts, products=False)
    return grad_weight if is_whole else np.add.reduce(sums, axis=0, out=grad_weight)
