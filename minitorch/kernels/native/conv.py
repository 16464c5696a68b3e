"""Convolution of planes of float32 in C; lines, volumes and other dtypes as in NumPy."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes
from minitorch.kernels.contract.conv import Conv
from minitorch.kernels.native import _native, blocked, direct, winograd
from minitorch.kernels.native.geometry import MOST_TAPS, geometry, image_tiles
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


def tiles(images: int, size: Sizes, channels: int) -> list[tuple[slice, slice]]:
    """Cut the result by images, and where those are few and small by channels, too."""
    parts = image_tiles(images, size[0] * size[1], TILE)
    step = max(LEAST_CHANNELS, -(-channels * len(parts) // MOST_TILES))
    return [(part, own) for part in parts for own in slices(channels, step)]


def is_finite(x: Array) -> bool:
    """Whether all numbers are finite, and not so large that their squares add up to infinity."""
    return math.isfinite(np.vdot(x, x))


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
    arrays = (
        np.ascontiguousarray(x),
        np.ascontiguousarray(weight, np.float32),
        None if bias is None else np.ascontiguousarray(bias, np.float32),
        out,
    )

    def convolve(tile: tuple[slice, slice]) -> None:
        part, own = tile
        _native.conv_forward(described, n, *arrays, part.start, part.stop, own.start, own.stop)

    share(convolve, tiles(n, size, weight.shape[0]), products=False)
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
    arrays = (np.ascontiguousarray(grad), np.ascontiguousarray(weight, np.float32), grad_x)

    def convolve(tile: tuple[slice, slice]) -> None:
        part, own = tile
        _native.conv_input_grad(described, n, *arrays, part.start, part.stop, own.start, own.stop)

    share(convolve, tiles(n, input_shape[2:], input_shape[1]), products=False)
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
    columns = weight_shape[1] * weight_shape[2] * weight_shape[3]
    n = len(x)
    parts = slices(n, max(1, -(-n // (MOST_SUMS if columns < 2 * TILE else 1))))
    grad_weight = np.empty(weight_shape, np.float32)
    is_whole = len(parts) == 1
    sums = grad_weight[None] if is_whole else np.empty((len(parts), *weight_shape), np.float32)

    def convolve(tile: tuple[int, slice]) -> None:
        part, own = parts[tile[0]], tile[1]
        _native.conv_weight_grad(
            described,
            part.stop - part.start,
            grad[part],
            x[part],
            sums[tile[0]],
            own.start,
            own.stop,
        )

    step = max(TILE, -(-columns // MOST_TILES))
    share(
        convolve,
        [(i, own) for i in range(len(parts)) for own in slices(columns, step)],
        products=False,
    )
    return grad_weight if is_whole else np.add.reduce(sums, axis=0, out=grad_weight)


CONV = Conv(forward=forward, input_grad=input_grad, weight_grad=weight_grad)
