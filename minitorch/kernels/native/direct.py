"""Convolution of planes with few channels, or in groups of few, in C; src/direct.inc draws how."""

from functools import lru_cache

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import geometry, room_for_sums
from minitorch.kernels.native.tiles import Cut, Tiles, crossed, cuts, packed

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


def suits(weight_shape: Shape, stride: Sizes, dilation: Sizes, groups: int, most: int) -> bool:
    """Whether a convolution can be, and had better be, computed this way."""
    c_out, c_in, k_h, k_w = weight_shape
    return (
        (groups > 1 or c_out * c_in * k_h * k_w <= most)
        and max((k_h - 1) * dilation[0], (k_w - 1) * dilation[1]) <= MOST_REACH
        and max(stride) <= MOST_STRIDE
    )


def cut_up(
    x_shape: Shape, weight_shape: Shape, size: Sizes, axes: Sizes
) -> tuple[list[Cut], list[Cut]]:
    """Cut two axes into one, two, four or eight tiles, the first of them as far as it goes."""
    n, c_in, height, width = x_shape
    c_out, c_group, k_h, k_w = weight_shape
    products = c_out * size[0] * size[1] * (c_group * k_h * k_w + COPY)
    work = n * (products + COPY * c_in * height * width)
    count = MOST_TILES
    while count > 1 and work < count * TILE:
        count //= 2
    parts = cuts(axes[0], -(-axes[0] // count))
    return parts, cuts(axes[1], -(-axes[1] // -(-count // len(parts))))


# Python is half the time of a small convolution: what the sizes decide is worked out once.


@lru_cache(maxsize=1024)
def forward_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, Shape, Tiles]:
    described, size = geometry(x_shape, weight_shape, *window)
    axes = (x_shape[0] * window[3], size[0])
    shape = (x_shape[0], weight_shape[0], *size)
    return described, shape, crossed(*cut_up(x_shape, weight_shape, size, axes))


@lru_cache(maxsize=1024)
def input_grad_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, Tiles]:
    described, size = geometry(x_shape, weight_shape, *window)
    axes = (x_shape[0] * window[3], -(-x_shape[2] // window[0][0]))
    return described, crossed(*cut_up(x_shape, weight_shape, size, axes))


@lru_cache(maxsize=1024)
def weight_grad_plan(
    x_shape: Shape, weight_shape: Shape, window: tuple[Sizes, Sizes, Sizes, int]
) -> tuple[bytes, int, Tiles]:
    """Besides, how many parts of the batch are summed apart."""
    described, size = geometry(x_shape, weight_shape, *window)
    groups, parts = cut_up(x_shape, weight_shape, size, (window[3], x_shape[0]))
    tiles = packed((i, i + 1, *images, *own) for own in groups for i, images in enumerate(parts))
    return described, len(parts), tiles


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
    described, shape, tiles = forward_plan(x.shape, weight.shape, window)
    out = np.empty(shape, np.float32)
    _native.direct_forward(
        described,
        len(x),
        np.ascontiguousarray(x),
        np.ascontiguousarray(weight, np.float32),
        None if bias is None else np.ascontiguousarray(bias, np.float32),
        out,
        available(),
        tiles,
    )
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
    described, tiles = input_grad_plan(input_shape, weight.shape, window)
    grad_x = np.empty(input_shape, np.float32)
    grad, weight = np.ascontiguousarray(grad), np.ascontiguousarray(weight, np.float32)
    _native.direct_input_grad(described, len(grad), grad, weight, grad_x, available(), tiles)
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
    described, parts, tiles = weight_grad_plan(x.shape, weight_shape, window)
    grad, x = np.ascontiguousarray(grad), np.ascontiguousarray(x, np.float32)
    sums = room_for_sums(parts, weight_shape)
    _native.direct_weight_grad(described, len(x), grad, x, parts, sums, available(), tiles)
    return sums if parts == 1 else np.add.reduce(sums, axis=0)
