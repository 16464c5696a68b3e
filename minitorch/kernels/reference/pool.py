"""Pooling and its gradients, window by window."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from minitorch.core.dtypes import is_float
from minitorch.kernels.arrays import Array, Shape, Sizes, pool_output_sizes
from minitorch.kernels.contract.pool import Pool

Place = tuple[int, ...]


def _code_position(
    code: int, place: Place, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Place:
    """Where in the input the code of the window at `place` points, perhaps into the padding."""
    offset = np.unravel_index(code, kernel_size)
    axes = zip(place, stride, padding, offset, dilation, strict=True)
    return tuple(int(p * step - before + o * spread) for p, step, before, o, spread in axes)


def _is_inside(place: Place, size: Sizes) -> bool:
    return all(0 <= p < length for p, length in zip(place, size, strict=True))


def max_pool(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
) -> tuple[Array, Array]:
    """Largest value of each window and its code; a NaN wins, the last of several."""
    size, window = x.shape[2:], (kernel_size, stride, padding, dilation)
    lowest = -math.inf if is_float(x.dtype) else np.iinfo(x.dtype).min
    out = np.full((*x.shape[:2], *pool_output_sizes(size, *window, ceil_mode)), lowest, x.dtype)
    codes = np.zeros(out.shape, np.min_scalar_type(math.prod(kernel_size) - 1))
    for n, c, *place in np.ndindex(*out.shape):
        at = (n, c, *place)
        codes[at] = _first_code(tuple(place), *window)
        for code in range(math.prod(kernel_size)):
            source = _code_position(code, tuple(place), *window)
            if not _is_inside(source, size):
                continue
            value = x[n, c, *source]
            if value > out[at] or value != value:
                out[at] = value
                codes[at] = code
    return out, codes


def _first_code(
    place: Place, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> int:
    """Code of the first place not in the padding before the input: where all are -inf."""
    for code in range(math.prod(kernel_size)):
        if min(_code_position(code, place, kernel_size, stride, padding, dilation)) >= 0:
            return code
    raise AssertionError("padding is at most half the kernel")


def window_indices(
    codes: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Codes as positions in the flattened spatial dimensions, int64."""
    indices = np.zeros(codes.shape, np.int64)
    for n, c, *place in np.ndindex(*codes.shape):
        code = int(codes[n, c, *place])
        position = 0
        source = _code_position(code, tuple(place), kernel_size, stride, padding, dilation)
        for p, length in zip(source, input_shape[2:], strict=True):
            position = position * length + p
        indices[n, c, *place] = position
    return indices


def scatter_windows(
    grad: Array,
    codes: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Add each value to the place of the input that its code names: the gradient of max pooling."""
    grad_x = np.zeros(input_shape)
    for n, c, *place in np.ndindex(*codes.shape):
        code = int(codes[n, c, *place])
        source = _code_position(code, tuple(place), kernel_size, stride, padding, dilation)
        if _is_inside(source, input_shape[2:]):  # else the window has no place inside
            grad_x[n, c, *source] += float(grad[n, c, *place])
    return grad_x.astype(grad.dtype)


def gather_windows(
    x: Array,
    codes: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Read the input at each window's code: the transpose of `scatter_windows`."""
    out = np.zeros(codes.shape, x.dtype)
    for n, c, *place in np.ndindex(*codes.shape):
        code = int(codes[n, c, *place])
        source = _code_position(code, tuple(place), kernel_size, stride, padding, dilation)
        if _is_inside(source, x.shape[2:]):
            out[n, c, *place] = x[n, c, *source]
    return out


def average_windows(
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Iterator[tuple[Place, tuple[slice, ...], int]]:
    """Yield (place, slices, divisor): each window cut to the input, and what to divide by."""
    size, once = input_shape[2:], (1,) * len(kernel_size)
    out_size = pool_output_sizes(size, kernel_size, stride, padding, once, ceil_mode)
    for place in np.ndindex(*out_size):
        starts = [p * step - b for p, step, b in zip(place, stride, padding, strict=True)]
        ends = [
            min(start + k, length + b)
            for start, k, length, b in zip(starts, kernel_size, size, padding, strict=True)
        ]
        padded = math.prod(end - start for start, end in zip(starts, ends, strict=True))
        covered = tuple(
            slice(max(start, 0), min(end, length))
            for start, end, length in zip(starts, ends, size, strict=True)
        )
        inside = math.prod(part.stop - part.start for part in covered)
        yield place, covered, divisor_override or (padded if count_include_pad else inside)


def average_pool(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Mean of each window, with PyTorch's divisors at the borders."""
    once = (1,) * len(kernel_size)
    out_size = pool_output_sizes(x.shape[2:], kernel_size, stride, padding, once, ceil_mode)
    out = np.zeros((*x.shape[:2], *out_size))
    windows = average_windows(
        x.shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
    for place, covered, divisor in windows:
        for n, c in np.ndindex(*x.shape[:2]):
            out[n, c, *place] = math.fsum(x[n, c, *covered].ravel().tolist()) / divisor
    return out.astype(x.dtype)


def average_pool_grad(
    grad: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Gradient of `average_pool`: each window hands its share to every place it covers."""
    grad_x = np.zeros(input_shape)
    windows = average_windows(
        input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
    for place, covered, divisor in windows:
        for n, c in np.ndindex(*input_shape[:2]):
            grad_x[n, c, *covered] += float(grad[n, c, *place]) / divisor
    return grad_x.astype(grad.dtype)


def adaptive_window(place: Place, size: Sizes, out_size: Sizes) -> tuple[slice, ...]:
    """The windows of an output of `out_size`, which cover the input as evenly as PyTorch's."""
    axes = zip(place, size, out_size, strict=True)
    return tuple(slice(i * s // o, -(-(i + 1) * s // o)) for i, s, o in axes)


def adaptive_average_pool(x: Array, output_size: Sizes) -> Array:
    """Mean over windows chosen so that the output has `output_size`."""
    out = np.zeros((*x.shape[:2], *output_size))
    for n, c, *place in np.ndindex(*out.shape):
        window = adaptive_window(tuple(place), x.shape[2:], output_size)
        values = x[n, c, *window].ravel().tolist()
        out[n, c, *place] = math.fsum(values) / len(values)
    return out.astype(x.dtype)


def adaptive_average_pool_grad(grad: Array, input_shape: Shape) -> Array:
    """Gradient of `adaptive_average_pool`."""
    grad_x = np.zeros(input_shape)
    for n, c, *place in np.ndindex(*grad.shape):
        window = adaptive_window(tuple(place), input_shape[2:], grad.shape[2:])
        covered = grad_x[n, c, *window]
        covered += float(grad[n, c, *place]) / covered.size
    return grad_x.astype(grad.dtype)


def max_pool_between(
    x: Array, starts: tuple[Array, ...], ends: tuple[Array, ...]
) -> tuple[Array, Array]:
    """Largest value of windows that begin and end where told, and its flat position."""
    out_size = tuple(axis.shape[-1] for axis in starts)
    out = np.full((*x.shape[:2], *out_size), -math.inf, x.dtype)
    positions = np.zeros(out.shape, np.int64)
    for n, c, *place in np.ndindex(*out.shape):
        window = []
        for first, end, p in zip(starts, ends, place, strict=True):
            lead = (n, c, p) if first.ndim > 1 else (p,)
            window.append(range(int(first[lead]), int(end[lead])))
        at = (n, c, *place)
        positions[at] = np.ravel_multi_index(tuple(axis[0] for axis in window), x.shape[2:])
        for source in product(*window):
            value = x[n, c, *source]
            if value > out[at] or value != value:
                out[at] = value
                positions[at] = np.ravel_multi_index(source, x.shape[2:])
    return out, positions


POOL = Pool(
    max=max_pool,
    indices=window_indices,
    scatter=scatter_windows,
    gather=gather_windows,
    average=average_pool,
    average_grad=average_pool_grad,
    adaptive_average=adaptive_average_pool,
    adaptive_average_grad=adaptive_average_pool_grad,
    max_between=max_pool_between,
)
