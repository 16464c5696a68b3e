"""Pooling in NumPy: one pass per place in the window, never a loop over images."""

from functools import lru_cache
from types import EllipsisType
from typing import Any, NamedTuple

import numpy as np

from minitorch.kernels.record import Array, Pair, Shape, pool_output_size, working_dtype


class Plan(NamedTuple):
    """What the sizes of a pooling decide, worked out once: at batch 4 Python is half the time."""

    frame: Pair  # size that holds the padded input and, in ceil mode, the overhanging windows
    places: tuple[tuple[EllipsisType, slice, slice], ...]  # of the windows in it, row by row
    inner: tuple[EllipsisType, slice, slice]  # the input in it
    is_disjoint: bool  # no two windows share a place


@lru_cache(maxsize=256)
def make_plan(
    size: Pair, out: Pair, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Plan:
    """Lay the windows of `out` into a frame around an input of `size`."""
    reach = [(out[i] - 1) * stride[i] + 1 for i in (0, 1)]
    last = [(kernel_size[i] - 1) * dilation[i] for i in (0, 1)]
    rows, columns = (
        [
            slice(k * dilation[i], k * dilation[i] + reach[i], stride[i])
            for k in range(kernel_size[i])
        ]
        for i in (0, 1)
    )
    height, width = (max(size[i] + 2 * padding[i], reach[i] + last[i]) for i in (0, 1))
    top, left = (slice(padding[i], padding[i] + size[i]) for i in (0, 1))
    return Plan(
        (height, width),
        tuple((..., row, column) for row in rows for column in columns),
        (..., top, left),
        all(stride[i] > last[i] or out[i] == 1 for i in (0, 1)),
    )


def framed(x: Array, plan: Plan, fill: Any) -> Array:
    """Planes set into their frame: (N, C, H, W) -> (N, C, *frame), `fill` around them."""
    if plan.frame == x.shape[2:]:
        return x
    frame = np.full((*x.shape[:2], *plan.frame), fill, x.dtype)
    frame[plan.inner] = x
    return frame


def lowest(dtype: np.dtype[Any]) -> Any:
    """What padding holds in max pooling: nothing is smaller."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


@lru_cache(maxsize=256)
def first_codes(out: Pair, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Array:
    """Code of each window's first place not in the padding above or to the left: (OH, OW).

    In the smallest integers that hold every code: one byte serves windows up to 256 places.
    """
    kh, kw = (
        np.maximum(0, -((np.arange(out[i]) * stride[i] - padding[i]) // dilation[i]))
        for i in (0, 1)
    )
    codes = kh[:, None] * kernel_size[1] + kw
    return codes.astype(np.min_scalar_type(kernel_size[0] * kernel_size[1] - 1))


def max_pool2d(
    x: Array, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> tuple[Array, Array]:
    """Largest value of each window and its code kh * KW + kw; a NaN wins, the last of several."""
    h, w = x.shape[2:]
    out_h = pool_output_size(h, kernel_size[0], stride[0], padding[0], dilation[0], ceil_mode)
    out_w = pool_output_size(w, kernel_size[1], stride[1], padding[1], dilation[1], ceil_mode)
    plan = make_plan((h, w), (out_h, out_w), kernel_size, stride, padding, dilation)
    frame = framed(x, plan, lowest(x.dtype))
    places = [frame[place] for place in plan.places]  # each (N, C, OH, OW)
    first = first_codes((out_h, out_w), kernel_size, stride, padding, dilation)
    codes = np.empty((*x.shape[:2], out_h, out_w), first.dtype)
    codes[...] = first
    out = largest(places, codes)
    if x.dtype.kind == "f" and out.size and np.isnan(np.maximum.reduce(out, axis=None)):
        codes = codes_with_nan(places, codes)
    return out, codes


def largest(places: list[Array], codes: Array) -> Array:
    """Maximum over the places of each window; `codes` moves on to the first that attains it."""
    out = places[0].copy()
    is_new = np.empty(out.shape, np.bool_)
    new_codes = np.empty(out.shape, codes.dtype)
    for code, place in enumerate(places[1:], 1):
        np.greater(place, out, out=is_new)
        np.maximum(out, place, out=out)  # hands NaN on
        # Later codes are larger, so the maximum keeps the newest: 6 times quicker than `where=`.
        np.multiply(is_new, code, out=new_codes, dtype=codes.dtype)
        np.maximum(codes, new_codes, out=codes)
    return out


def codes_with_nan(places: list[Array], codes: Array) -> Array:
    """Codes where some windows hold NaN: its last one, as PyTorch says, elsewhere as before."""
    codes = codes.copy()
    for code, place in enumerate(places):
        np.copyto(codes, code, where=np.isnan(place), casting="unsafe")
    return codes


def window_indices(
    codes: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Array:
    """Codes as positions h * W + w in the input's plane, int64: what PyTorch returns as indices."""
    out_h, out_w = codes.shape[2:]
    kh, kw = np.divmod(codes.astype(np.int64), kernel_size[1])
    top = np.arange(out_h)[:, None] * stride[0] - padding[0]
    left = np.arange(out_w) * stride[1] - padding[1]
    indices: Array = (kh * dilation[0] + top) * input_shape[3] + kw * dilation[1] + left
    return indices


def scatter_windows(
    grad: Array,
    codes: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Array:
    """Add each value to the place of the input that its code names: the gradient of max pooling."""
    plan = make_plan(input_shape[2:], codes.shape[2:], kernel_size, stride, padding, dilation)
    frame = np.zeros((*input_shape[:2], *plan.frame), grad.dtype)
    # Bits times 0 or 1 leave NaN, infinities and the sign of zero alone, where floats would not.
    bits = np.dtype(f"i{grad.itemsize}")
    grad_bits, frame_bits = grad.view(bits), frame.view(bits)
    for code, place in enumerate(plan.places):
        if plan.is_disjoint:
            np.multiply(grad_bits, codes == code, out=frame_bits[place])
        else:
            frame[place] += (grad_bits * (codes == code)).view(grad.dtype)
    return np.ascontiguousarray(frame[plan.inner])


def gather_windows(
    x: Array, codes: Array, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Array:
    """Read the input at each window's code: the transpose of `scatter_windows`."""
    plan = make_plan(x.shape[2:], codes.shape[2:], kernel_size, stride, padding, dilation)
    frame = framed(x, plan, 0)
    values = np.zeros(codes.shape, x.dtype)
    for code, place in enumerate(plan.places):
        np.copyto(values, frame[place], where=codes == code)
    return values


@lru_cache(maxsize=256)
def _axis_lengths(
    size: int, out: int, kernel: int, stride: int, padding: int, count_include_pad: bool
) -> tuple[int, ...]:
    """How many places each window covers along one axis."""
    lengths = []
    for i in range(out):
        start = i * stride - padding
        end = min(start + kernel, size + padding)
        lengths.append(end - start if count_include_pad else min(end, size) - max(start, 0))
    return tuple(lengths)


def divisors(
    size: Pair,
    out: Pair,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    count_include_pad: bool,
    divisor_override: int | None,
) -> int | Array:
    """What each window's sum is divided by: one number where all agree, otherwise (OH, OW)."""
    if divisor_override:
        return divisor_override
    rows, columns = (
        _axis_lengths(size[i], out[i], kernel_size[i], stride[i], padding[i], count_include_pad)
        for i in (0, 1)
    )
    if set(rows) == {kernel_size[0]} and set(columns) == {kernel_size[1]}:
        return kernel_size[0] * kernel_size[1]
    return np.outer(rows, columns)


def avg_pool2d(
    x: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Mean of each window, with PyTorch's divisors at the borders."""
    h, w = x.shape[2:]
    out = (
        pool_output_size(h, kernel_size[0], stride[0], padding[0], 1, ceil_mode),
        pool_output_size(w, kernel_size[1], stride[1], padding[1], 1, ceil_mode),
    )
    plan = make_plan((h, w), out, kernel_size, stride, padding, (1, 1))
    frame = framed(x, plan, 0)
    total = np.zeros((*x.shape[:2], *out), working_dtype(x.dtype))
    for place in plan.places:
        total += frame[place]
    total /= divisors(
        (h, w), out, kernel_size, stride, padding, count_include_pad, divisor_override
    )
    return total.astype(x.dtype, copy=False)


def avg_pool2d_grad(
    grad: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Gradient of `avg_pool2d`: each window hands its share to every place it covers."""
    size, out = (input_shape[2], input_shape[3]), (grad.shape[2], grad.shape[3])
    plan = make_plan(size, out, kernel_size, stride, padding, (1, 1))
    share = grad.astype(working_dtype(grad.dtype))
    share /= divisors(size, out, kernel_size, stride, padding, count_include_pad, divisor_override)
    frame = np.zeros((*input_shape[:2], *plan.frame), share.dtype)
    for place in plan.places:
        frame[place] += share
    return np.ascontiguousarray(frame[plan.inner], grad.dtype)


def adaptive_slices(size: int, out_size: int) -> list[slice]:
    """The windows along one axis: they cover `size` places as evenly as PyTorch's do."""
    return [slice(i * size // out_size, -(-(i + 1) * size // out_size)) for i in range(out_size)]


def adaptive_avg_pool2d(x: Array, output_size: Pair) -> Array:
    """Mean over windows chosen so that the output has `output_size`."""
    dtype = working_dtype(x.dtype)
    out = np.empty((*x.shape[:2], *output_size), x.dtype)
    columns = adaptive_slices(x.shape[3], output_size[1])
    for i, row in enumerate(adaptive_slices(x.shape[2], output_size[0])):
        for j, column in enumerate(columns):
            np.mean(x[:, :, row, column], axis=(2, 3), dtype=dtype, out=out[:, :, i, j])
    return out


def adaptive_avg_pool2d_grad(grad: Array, input_shape: Shape) -> Array:
    """Gradient of `adaptive_avg_pool2d`."""
    grad_x = np.zeros(input_shape, working_dtype(grad.dtype))
    columns = adaptive_slices(input_shape[3], grad.shape[3])
    for i, row in enumerate(adaptive_slices(input_shape[2], grad.shape[2])):
        for j, column in enumerate(columns):
            covered = grad_x[:, :, row, column]
            count = covered.shape[2] * covered.shape[3]
            covered += grad[:, :, i : i + 1, j : j + 1] / grad_x.dtype.type(count)
    return grad_x.astype(grad.dtype, copy=False)
