"""Convolution of planes of which each output channel sees one input channel, with stride 1.

A place of the kernel is a shift of a whole flat plane with its border, so that columns are copied
in runs of a plane instead of a row, and no more channels at a time than the cache holds. What runs
over the ends of rows is left out at the end. Beside columns of whole images (``unfold``) that
takes half the time: 64 channels of 32 x 32, 3 x 3, batch 16. For the gradient of the weight what
runs over is multiplied with zeros: what is not finite then is to be computed again by unfolding.

Letters: M output channels for each input channel, R = KH * KW, W' = W + 2 PW, and
L = (OH - 1) * W' + OW, the length of a run.
"""

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.threads import share
from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_size
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy.scratch import scratch
from minitorch.kernels.sums import add_floats, add_products

# Bytes of columns that a thread works at; from 0.25 to 1 MB the time is the same.
TILE_BYTES = 1 << 20


class _Plan(NamedTuple):
    kernel: Sizes
    padding: Sizes
    dilation: Sizes
    out: Sizes  # OH, OW
    width: int  # W'
    length: int  # L
    tiles: list[tuple[int, slice]]  # an image, some of its channels


def suits(weight_shape: Shape, stride: Sizes, groups: int) -> bool:
    """Whether a convolution is one of these."""
    return groups > 1 and weight_shape[1] == 1 and stride == (1, 1)


def _plan(x: Array, kernel: Sizes, padding: Sizes, dilation: Sizes) -> _Plan:
    n, c, height, width = x.shape
    k_h, k_w = kernel
    out_h = conv_output_size(height, k_h, 1, padding[0], dilation[0])
    out_w = conv_output_size(width, k_w, 1, padding[1], dilation[1])
    width += 2 * padding[1]
    length = (out_h - 1) * width + out_w
    step = max(1, TILE_BYTES // max(k_h * k_w * length * x.itemsize, 1))
    blocks = [slice(first, min(first + step, c)) for first in range(0, c, step)]
    tiles = [(image, block) for image in range(n) for block in blocks]
    return _Plan(kernel, padding, dilation, (out_h, out_w), width, length, tiles)


def forward(
    x: Array, weight: Array, bias: Array | None, padding: Sizes, dilation: Sizes, dtype: Any
) -> Array:
    """Cross-correlation: (N, C, H, W), (C * M, 1, KH, KW) -> (N, C * M, OH, OW)."""
    plan = _plan(x, weight.shape[2:], padding, dilation)
    per = weight.shape[0] // x.shape[1]
    matrix = np.ascontiguousarray(weight, dtype).reshape(
        x.shape[1], per, plan.kernel[0] * plan.kernel[1]
    )  # (C, M, R)
    out = np.empty((x.shape[0], weight.shape[0], *plan.out), dtype)

    def convolve(tile: tuple[int, slice]) -> None:
        image, block = tile
        columns = _columns(x[image, block], plan, dtype)
        rows = scratch("rows", (len(columns) * per, plan.out[0] * plan.width), dtype)
        product = rows.reshape(len(columns), per, plan.out[0] * plan.width)[..., : plan.length]
        matmul(matrix[block], columns, product)
        planes = rows.reshape(-1, plan.out[0], plan.width)[..., : plan.out[1]]
        channels = slice(block.start * per, block.stop * per)
        if bias is None:
            out[image, channels] = planes
        else:
            np.add(planes, bias[channels, None, None], out=out[image, channels])

    share(convolve, plan.tiles)
    return out


def weight_grad(
    grad: Array, x: Array, weight_shape: Shape, padding: Sizes, dilation: Sizes, dtype: Any
) -> Array:
    """Gradient of `forward` with respect to the weight: -> (C * M, 1, KH, KW)."""
    plan = _plan(x, weight_shape[2:], padding, dilation)
    n, c = x.shape[:2]
    per = weight_shape[0] // c
    totals = np.empty((n, c, per, plan.kernel[0] * plan.kernel[1]), dtype)

    def add_up_products(tile: tuple[int, slice]) -> None:
        image, block = tile
        columns = _columns(x[image, block], plan, dtype)
        wide = scratch("rows", (len(columns) * per, plan.out[0], plan.width), dtype)
        wide[..., : plan.out[1]] = grad[image, block.start * per : block.stop * per]
        wide[..., plan.out[1] :] = 0
        rows = wide.reshape(len(columns), per, plan.out[0] * plan.width)[..., : plan.length]
        totals[image, block] = add_products(rows, columns.transpose(0, 2, 1))

    share(add_up_products, plan.tiles)
    total = np.empty(weight_shape, dtype)
    total.reshape(totals.shape[1:])[...] = add_floats(totals, (0,))
    return total


def _columns(x: Array, plan: _Plan, dtype: Any) -> Array:
    """The run that each place of the kernel sees: (C, H, W) -> (C, R, L)."""
    (pad_h, pad_w), (c, h, w) = plan.padding, x.shape
    framed = scratch("padded", (c, h + 2 * pad_h, plan.width), dtype)
    if pad_h or pad_w:
        framed.fill(0)
    framed[:, pad_h : pad_h + h, pad_w : pad_w + w] = x
    of_plane, of_row, of_one = framed.strides
    steps = (of_plane, of_row * plan.dilation[0], of_one * plan.dilation[1], of_one)
    runs = np.ndarray((c, *plan.kernel, plan.length), dtype, framed, 0, steps)
    columns = scratch("columns", runs.shape, dtype)
    columns[...] = runs
    return columns.reshape(c, plan.kernel[0] * plan.kernel[1], plan.length)
