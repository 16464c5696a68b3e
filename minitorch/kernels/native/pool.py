"""Pooling of planes and lines of float32 in C; volumes and other dtypes as in NumPy.

A line is a plane of one row. Of a batch the planes are shared out, (N, C) as one axis.
"""

import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape, Sizes, pool_output_sizes
from minitorch.kernels.contract.pool import Pool
from minitorch.kernels.native import _native
from minitorch.kernels.native.geometry import MOST_TAPS, image_cuts
from minitorch.kernels.native.tiles import Tiles, packed
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.numpy.pool import divisors, first_codes

# Elements of a tile, at least.
TILE = 1 << 15

ONCE: Sizes = (1, 1)


def is_native(x: Array, kernel_size: Sizes = (), codes: Array | None = None) -> bool:
    return (
        x.ndim in (3, 4)
        and x.dtype == np.float32
        and x.size > 0
        and math.prod(kernel_size) <= MOST_TAPS
        and (codes is None or codes.dtype == np.uint8)
    )


@lru_cache(maxsize=256)
def geometry(
    size: Sizes, out: Sizes, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> bytes:
    """Return the struct pool of src/pool.h."""
    # A single window may be as far from the next one as it likes: no farther than it reaches.
    reach = [(k - 1) * d + 1 for k, d in zip(kernel_size, dilation, strict=True)]
    steps = [min(s, r) if o == 1 else s for s, r, o in zip(stride, reach, out, strict=True)]
    groups = (size, out, kernel_size, steps, padding, dilation)
    before = (1, 1, 1, 1, 0, 1)  # along the axis that a line lacks
    planes = [
        (fill,) * (2 - len(group)) + tuple(group)
        for fill, group in zip(before, groups, strict=True)
    ]
    return struct.pack("=12q", *(number for plane in planes for number in plane))


@lru_cache(maxsize=256)
def max_plan(
    x_shape: Shape, window: tuple[Sizes, Sizes, Sizes, Sizes], ceil_mode: bool
) -> tuple[bytes, Shape, Array]:
    """Return the struct pool of a max pooling, the shape of its output and its first codes."""
    size = pool_output_sizes(x_shape[2:], *window, ceil_mode)
    shape = (*x_shape[:2], *size)
    return geometry(x_shape[2:], size, *window), shape, first_codes(size, *window)


@lru_cache(maxsize=1024)
def plane_tiles(x_shape: Shape) -> tuple[int, Tiles]:
    """How many planes there are in a batch, and tiles of them."""
    planes = x_shape[0] * x_shape[1]
    return planes, packed(image_cuts(planes, math.prod(x_shape[2:]), TILE))


def pool(kernel: Callable[..., None], described: bytes, x_shape: Shape, *arrays: Array) -> None:
    """Call a kernel of C with all planes of a batch; what is read is the first of the arrays."""
    planes, tiles = plane_tiles(x_shape)
    kernel(described, planes, np.ascontiguousarray(arrays[0]), *arrays[1:], available(), tiles)


def largest(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
) -> tuple[Array, Array]:
    """Largest value of each window and its code; a NaN wins, the last of several."""
    window = (kernel_size, stride, padding, dilation)
    if not is_native(x, kernel_size):
        return NUMPY.pool.max(x, *window, ceil_mode)
    described, shape, first = max_plan(x.shape, window, ceil_mode)
    out, codes = np.empty(shape, np.float32), np.empty(shape, np.uint8)
    pool(_native.pool_max, described, x.shape, x, out, first, codes)
    return out, codes


def scatter(
    grad: Array,
    codes: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Add each value to the place of the input that its code names."""
    window = (kernel_size, stride, padding, dilation)
    if not is_native(grad, kernel_size, codes):
        return NUMPY.pool.scatter(grad, codes, input_shape, *window)
    grad_x = np.empty(input_shape, np.float32)
    described = geometry(input_shape[2:], codes.shape[2:], *window)
    codes = np.ascontiguousarray(codes)
    pool(_native.pool_scatter, described, input_shape, grad, grad_x, codes)
    return grad_x


def gather(
    x: Array,
    codes: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Read the input at each window's code."""
    window = (kernel_size, stride, padding, dilation)
    if not is_native(x, kernel_size, codes):
        return NUMPY.pool.gather(x, codes, *window)
    out = np.empty(codes.shape, np.float32)
    described = geometry(x.shape[2:], codes.shape[2:], *window)
    pool(_native.pool_gather, described, x.shape, x, out, np.ascontiguousarray(codes))
    return out


def _divisors(size: Sizes, out: Sizes, *window: Any) -> Array:
    """What each window's sum is divided by: (*O)."""
    table = np.empty(out, np.float32)
    table[...] = divisors(size, out, *window)
    return table


def average(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Mean of each window, with PyTorch's divisors at the borders."""
    window, counted = (kernel_size, stride, padding), (count_include_pad, divisor_override)
    if not is_native(x, kernel_size):
        return NUMPY.pool.average(x, *window, ceil_mode, *counted)
    once = (1,) * len(kernel_size)
    size = pool_output_sizes(x.shape[2:], *window, once, ceil_mode)
    out = np.empty((*x.shape[:2], *size), np.float32)
    described = geometry(x.shape[2:], size, *window, once)
    table = _divisors(x.shape[2:], size, *window, *counted)
    pool(_native.pool_average, described, x.shape, x, out, table)
    return out


def average_grad(
    grad: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Gradient of `average`: each window hands its share to every place it covers."""
    window, counted = (kernel_size, stride, padding), (count_include_pad, divisor_override)
    if not is_native(grad, kernel_size):
        return NUMPY.pool.average_grad(grad, input_shape, *window, ceil_mode, *counted)
    grad_x = np.empty(input_shape, np.float32)
    described = geometry(input_shape[2:], grad.shape[2:], *window, (1,) * len(kernel_size))
    table = _divisors(input_shape[2:], grad.shape[2:], *window, *counted)
    pool(_native.pool_average_grad, described, input_shape, grad, grad_x, table)
    return grad_x


def _even_window(size: Sizes, out: Sizes) -> Sizes | None:
    """The window of an adaptive pooling that is an ordinary one, of few places in many windows."""
    window = tuple(s // o for s, o in zip(size, out, strict=True))
    is_even = all(s % o == 0 for s, o in zip(size, out, strict=True))
    return window if is_even and out[-1] > 1 and math.prod(window) <= MOST_TAPS else None


def adaptive_average(x: Array, output_size: Sizes) -> Array:
    """Mean over windows chosen so that the output has `output_size`."""
    if not is_native(x) or 0 in output_size:
        return NUMPY.pool.adaptive_average(x, output_size)
    size = x.shape[2:]
    window = _even_window(size, output_size)
    once = (1,) * len(size)
    if window is not None:
        return average(x, window, window, (0,) * len(size), False, True, None)
    out = np.empty((*x.shape[:2], *output_size), np.float32)
    described = geometry(size, output_size, once, once, once, once)
    pool(_native.pool_adaptive_average, described, x.shape, x, out)
    return out


def adaptive_average_grad(grad: Array, input_shape: Shape) -> Array:
    """Gradient of `adaptive_average`."""
    if not is_native(grad):
        return NUMPY.pool.adaptive_average_grad(grad, input_shape)
    size, out = input_shape[2:], grad.shape[2:]
    window = _even_window(size, out)
    once = (1,) * len(size)
    if window is not None:
        nothing = (0,) * len(size)
        return average_grad(grad, input_shape, window, window, nothing, False, True, None)
    grad_x = np.empty(input_shape, np.float32)
    described = geometry(size, out, once, once, once, once)
    pool(_native.pool_adaptive_average_grad, described, input_shape, grad, grad_x)
    return grad_x


POOL = Pool(
    max=largest,
    indices=NUMPY.pool.indices,
    scatter=scatter,
    gather=gather,
    average=average,
    average_grad=average_grad,
    adaptive_average=adaptive_average,
    adaptive_average_grad=adaptive_average_grad,
    max_between=NUMPY.pool.max_between,
)
