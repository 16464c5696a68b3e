"""Convolution of planes of float32 in C; lines, volumes and other dtypes as in NumPy."""

from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape, Sizes, is_finite
from minitorch.kernels.contract.conv import Conv
from minitorch.kernels.native import _native, blocked, direct, winograd
from minitorch.kernels.native.geometry import MOST_TAPS, geometry, image_cuts, room_for_sums
from minitorch.kernels.native.tiles import Tiles, crossed, cuts, packed
from minitorch.kernels.numpy import NUMPY

FLOAT = np.dtype(np.float32)

# Columns of a tile, at least: the weights are packed anew for each, which takes as long as ten.
TILE = 256
# Columns are packed anew for each slice of channels, which takes as long as ten of those.
LEAST_CHANNELS = 112
MOST_TILES = 8
# Parts of the gradient of a weight that are summed apart where it has few columns.
MOST_SUMS = 8


@lru_cache(maxsize=1024)
def way_of(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
    most_weights: int,
) -> str:
    """In "tiles" of Winograd's, "frames" (direct.py) or "products", or else as in "numpy"."""
    taps = weight_shape[2] * weight_shape[3] if len(weight_shape) == 4 else 0
    if not 0 < taps <= MOST_TAPS or 0 in x_shape or 0 in weight_shape:
        return "numpy"
    if winograd.suits(x_shape, weight_shape, stride, padding, dilation, groups):
        return "tiles"
    if direct.suits(weight_shape, stride, dilation, groups, most_weights):
        return "frames"
    return "products" if groups == 1 else "numpy"


@lru_cache(maxsize=1024)
def tiles_of(images: int, places: int, channels: int) -> Tiles:
    """Cut the result by images, and where those are few and small by channels, too."""
    parts = image_cuts(images, places, TILE)
    step = max(LEAST_CHANNELS, -(-channels * len(parts) // MOST_TILES))
    return crossed(parts, cuts(channels, step))


@lru_cache(maxsize=1024)
def weight_tiles(images: int, columns: int) -> tuple[int, Tiles]:
    """Parts of a batch that are summed apart, and tiles of a part, its images and columns each."""
    parts = cuts(images, max(1, -(-images // (MOST_SUMS if columns < 2 * TILE else 1))))
    owns = cuts(columns, max(TILE, -(-columns // MOST_TILES)))
    tiles = packed((i, i + 1, *part, *own) for i, part in enumerate(parts) for own in owns)
    return len(parts), tiles


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
    arguments = (stride, padding, dilation, groups)
    way = way_of(x.shape, weight.shape, *arguments, direct.MOST_WEIGHTS)
    if way == "numpy" or x.dtype != FLOAT:
        return NUMPY.conv.forward(x, weight, bias, *arguments)
    if way == "frames":
        return direct.forward(x, weight, bias, *arguments)
    if way == "tiles":
        found = winograd.forward(x, weight, bias, padding)
        if found is not None:
            return found
    described, size = geometry(x.shape, weight.shape, stride, padding, dilation)
    n = len(x)
    out = np.empty((n, weight.shape[0], *size), np.float32)
    if blocked.suits(n, weight.shape, size):
        return blocked.convolve(x, weight, bias, out, described, False)
    _native.conv_forward(
        described,
        n,
        np.ascontiguousarray(x),
        np.ascontiguousarray(weight, np.float32),
        None if bias is None else np.ascontiguousarray(bias, np.float32),
        out,
        available(),
        tiles_of(n, size[0] * size[1], weight.shape[0]),
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
    arguments = (stride, padding, dilation, groups)
    way = way_of(input_shape, weight.shape, *arguments, direct.MOST_WEIGHTS)
    if way == "numpy" or grad.dtype != FLOAT:
        return NUMPY.conv.input_grad(grad, weight, input_shape, *arguments)
    if way == "tiles":
        found = winograd.input_grad(grad, weight, input_shape, padding)
        if found is not None:
            return found
    # Here zeros stand beside the gradient, which times infinity would be no number.
    if not is_finite(weight):
        return NUMPY.conv.input_grad(grad, weight, input_shape, *arguments)
    if way == "frames":
        return direct.input_grad(grad, weight, input_shape, *arguments)
    described, size = geometry(input_shape, weight.shape, stride, padding, dilation)
    n = len(grad)
    # Places that no window meets stay 0.
    is_met = stride == (1, 1)
    grad_x = (np.empty if is_met else np.zeros)(input_shape, np.float32)
    if blocked.suits(n, weight.shape, size):
        return blocked.convolve(grad, weight, None, grad_x, described, True)
    grad, weight = np.ascontiguousarray(grad), np.ascontiguousarray(weight, np.float32)
    tiles = tiles_of(n, input_shape[2] * input_shape[3], input_shape[1])
    _native.conv_input_grad(described, n, grad, weight, grad_x, available(), tiles)
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
    arguments: Any = (stride, padding, dilation, groups)
    way = way_of(x.shape, weight_shape, *arguments, direct.MOST_SUMS)
    if way == "numpy" or grad.dtype != FLOAT:
        return NUMPY.conv.weight_grad(grad, x, weight_shape, *arguments)
    if way == "frames":
        return direct.weight_grad(grad, x, weight_shape, *arguments)
    if way == "tiles":
        found = winograd.weight_grad(grad, x, weight_shape, padding)
        if found is not None:
            return found
    described, _ = geometry(x.shape, weight_shape, stride, padding, dilation)
    grad, x = np.ascontiguousarray(grad), np.ascontiguousarray(x, np.float32)
    parts, tiles = weight_tiles(len(x), weight_shape[1] * weight_shape[2] * weight_shape[3])
    sums = room_for_sums(parts, weight_shape)
    _native.conv_weight_grad(described, len(x), grad, x, parts, sums, available(), tiles)
    return sums if parts == 1 else np.add.reduce(sums, axis=0)


CONV = Conv(forward=forward, input_grad=input_grad, weight_grad=weight_grad)
