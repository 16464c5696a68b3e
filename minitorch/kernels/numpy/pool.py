"""Pooling in NumPy: one pass per place in the window, never a loop over images.

The same code serves lines, planes and volumes: a window's places are slices of all spatial axes.
"""

import math
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.dtypes import is_float
from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes, pool_output_sizes, working_dtype
from minitorch.kernels.contract.pool import Pool
from minitorch.kernels.sums import add_floats

# Results that are pooled at once.
TILE = 1 << 16


class Plan(NamedTuple):
    """What the sizes of a pooling decide, worked out once: at batch 4 Python is half the time."""

    frame: Sizes  # holds the padded input and, in ceil mode, the overhanging windows
    places: tuple[tuple[Any, ...], ...]  # of the windows in it, row by row: (..., slice, *)
    inner: tuple[Any, ...]  # the input in it: (..., slice, *)
    is_disjoint: bool  # no two windows share a place


@lru_cache(maxsize=256)
def make_plan(
    size: Sizes, out: Sizes, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Plan:
    """Lay the windows of `out` into a frame around an input of `size`."""
    axes = range(len(size))
    reach = [(out[i] - 1) * stride[i] + 1 for i in axes]
    last = [(kernel_size[i] - 1) * dilation[i] for i in axes]
    places = product(
        *(
            [
                slice(k * dilation[i], k * dilation[i] + reach[i], stride[i])
                for k in range(kernel_size[i])
            ]
            for i in axes
        )
    )
    return Plan(
        tuple(max(size[i] + 2 * padding[i], reach[i] + last[i]) for i in axes),
        tuple((..., *place) for place in places),
        (..., *(slice(padding[i], padding[i] + size[i]) for i in axes)),
        all(stride[i] > last[i] or out[i] == 1 for i in axes),
    )


def framed(x: Array, plan: Plan, fill: Any) -> Array:
    """Inputs set into their frame: (N, C, *S) -> (N, C, *frame), `fill` around them."""
    if plan.frame == x.shape[2:]:
        return x
    frame = np.full((*x.shape[:2], *plan.frame), fill, x.dtype)
    frame[plan.inner] = x
    return frame


def unframed(frame: Array, plan: Plan, size: Sizes, dtype: np.dtype[Any]) -> Array:
    """What stands inside the frame, in memory of its own: (N, C, *frame) -> (N, C, *size)."""
    if plan.frame == size:
        return frame.astype(dtype, copy=False)
    return frame[plan.inner].astype(dtype, order="C")


def lowest(dtype: np.dtype[Any]) -> Any:
    """What padding holds in max pooling: nothing is smaller."""
    return -np.inf if is_float(dtype) else np.iinfo(dtype).min


@lru_cache(maxsize=256)
def first_codes(
    out: Sizes, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Code of each window's first place not in the padding before the input: (*O).

    In the smallest integers that hold every code: one byte serves windows up to 256 places.
    """
    codes = np.zeros((), np.int64)
    for i, length in enumerate(out):
        k = np.maximum(0, -((np.arange(length) * stride[i] - padding[i]) // dilation[i]))
        codes = codes[..., None] * kernel_size[i] + k
    return codes.astype(np.min_scalar_type(math.prod(kernel_size) - 1))


def max_pool(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
) -> tuple[Array, Array]:
    """Largest value of each window and its code; a NaN wins, the last of several."""
    size = x.shape[2:]
    out_size = pool_output_sizes(size, kernel_size, stride, padding, dilation, ceil_mode)
    plan = make_plan(size, out_size, kernel_size, stride, padding, dilation)
    frame = framed(x, plan, lowest(x.dtype))
    places = [frame[place] for place in plan.places]  # each (N, C, *O)
    first = first_codes(out_size, kernel_size, stride, padding, dilation)
    codes = np.empty((*x.shape[:2], *out_size), first.dtype)
    out = np.empty(codes.shape, x.dtype)

    def find(part: slice) -> None:
        codes[part] = first
        largest([place[part] for place in places], codes[part], out[part])

    share(find, tiles(codes.shape), products=False)
    if is_float(x.dtype) and out.size and np.isnan(np.maximum.reduce(out, axis=None)):
        codes = codes_with_nan(places, codes)
    return out, codes


def tiles(shape: Shape) -> list[slice]:
    """Images to be pooled at once, so that temporaries stay in the cache (Note [Tiles])."""
    return slices(shape[0], max(1, TILE // max(math.prod(shape[1:]), 1)))


def largest(places: list[Array], codes: Array, out: Array) -> None:
    """Maximum over the places of each window; `codes` moves on to the first that attains it."""
    out[...] = places[0]
    is_new = np.empty(out.shape, np.bool_)
    new_codes = np.empty(out.shape, codes.dtype)
    for code, place in enumerate(places[1:], 1):
        np.greater(place, out, out=is_new)
        np.maximum(out, place, out=out)  # hands NaN on
        # Later codes are larger, so the maximum keeps the newest: 6 times quicker than `where=`.
        np.multiply(is_new, code, out=new_codes, dtype=codes.dtype)
        np.maximum(codes, new_codes, out=codes)


def codes_with_nan(places: list[Array], codes: Array) -> Array:
    """Codes where some windows hold NaN: its last one, as PyTorch says, elsewhere as before."""
    codes = codes.copy()
    for code, place in enumerate(places):
        np.copyto(codes, code, where=np.isnan(place), casting="unsafe")
    return codes


def window_indices(
    codes: Array,
    input_shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Array:
    """Codes as positions in the flattened spatial dimensions, int64: PyTorch's indices."""
    starts, steps = np.zeros((), np.int64), np.zeros((), np.int64)
    for i, size in enumerate(input_shape[2:]):
        start = np.arange(codes.shape[2 + i]) * stride[i] - padding[i]
        starts = starts[..., None] * size + start  # of windows, at last (*O)
        steps = steps[..., None] * size + np.arange(kernel_size[i]) * dilation[i]  # (*K)
    indices: Array = steps.reshape(-1).take(codes)
    indices += starts
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
    size = input_shape[2:]
    plan = make_plan(size, codes.shape[2:], kernel_size, stride, padding, dilation)
    frame = np.zeros((*input_shape[:2], *plan.frame), grad.dtype)
    # Bits times 0 or 1 leave NaN, infinities and the sign of zero alone, where floats would not.
    bits = np.dtype(f"i{grad.itemsize}")
    grad_bits, frame_bits = grad.view(bits), frame.view(bits)

    def scatter(part: slice) -> None:
        own_codes, own_bits = codes[part], grad_bits[part]
        target, target_bits = frame[part], frame_bits[part]
        for code, place in enumerate(plan.places):
            is_there = own_codes == code
            if plan.is_disjoint:
                np.multiply(own_bits, is_there, out=target_bits[place])
            else:
                target[place] += (own_bits * is_there).view(grad.dtype)

    share(scatter, tiles(codes.shape), products=False)
    return unframed(frame, plan, size, grad.dtype)


def gather_windows(
    x: Array,
    codes: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
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


@lru_cache(maxsize=256)
def _divisors_along_axes(
    size: Sizes,
    out: Sizes,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    count_include_pad: bool,
    divisor_override: int | None,
) -> int | tuple[Sizes, ...]:
    """One number where all windows have the same divisor, otherwise its factors along each axis."""
    if divisor_override:
        return divisor_override
    lengths = [
        _axis_lengths(*axis, count_include_pad)
        for axis in zip(size, out, kernel_size, stride, padding, strict=True)
    ]
    if all(set(axis) == {k} for axis, k in zip(lengths, kernel_size, strict=True)):
        return math.prod(kernel_size)
    return tuple(lengths)


def divisors(*geometry: Any) -> int | Array:
    """What each window's sum is divided by: one number where all agree, otherwise (*O).

    That is multiplied out each time: kept for every size it would be as large as the images.
    """
    found = _divisors_along_axes(*geometry)
    if isinstance(found, int):
        return found
    counts = np.ones((), np.int64)
    for axis in found:
        counts = np.multiply.outer(counts, axis)
    return counts


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
    size, dilation = x.shape[2:], (1,) * len(kernel_size)
    out = pool_output_sizes(size, kernel_size, stride, padding, dilation, ceil_mode)
    plan = make_plan(size, out, kernel_size, stride, padding, dilation)
    frame = framed(x, plan, 0)
    total = np.zeros((*x.shape[:2], *out), working_dtype(x.dtype))
    for place in plan.places:
        total += frame[place]
    counts = divisors(size, out, kernel_size, stride, padding, count_include_pad, divisor_override)
    if not is_float(x.dtype):  # PyTorch's are C's: towards zero
        whole: Array = (total - np.fmod(total, counts)) // counts
        return whole
    total /= counts
    return total.astype(x.dtype, copy=False)


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
    size, out = input_shape[2:], grad.shape[2:]
    plan = make_plan(size, out, kernel_size, stride, padding, (1,) * len(kernel_size))
    share = grad.astype(working_dtype(grad.dtype))
    share /= divisors(size, out, kernel_size, stride, padding, count_include_pad, divisor_override)
    frame = np.zeros((*input_shape[:2], *plan.frame), share.dtype)
    for place in plan.places:
        frame[place] += share
    return unframed(frame, plan, size, grad.dtype)


def adaptive_slices(size: Sizes, out_size: Sizes) -> list[tuple[Any, Any]]:
    """Each place (..., i, *) with its window (..., slice, *); they cover `size` as PyTorch's do."""
    axes = [
        [(i, slice(i * s // o, -(-(i + 1) * s // o))) for i in range(o)]
        for s, o in zip(size, out_size, strict=True)
    ]
    windows = [zip(*pairs, strict=True) for pairs in product(*axes)]
    return [((..., *place), (..., *window)) for place, window in windows]


def adaptive_average_pool(x: Array, output_size: Sizes) -> Array:
    """Mean over windows chosen so that the output has `output_size`."""
    out = np.empty((*x.shape[:2], *output_size), x.dtype)
    axes = tuple(range(2, x.ndim))
    for place, window in adaptive_slices(x.shape[2:], output_size):
        covered = x[window]
        out[place] = add_floats(covered, axes) / math.prod(covered.shape[2:])
    return out


def adaptive_average_pool_grad(grad: Array, input_shape: Shape) -> Array:
    """Gradient of `adaptive_average_pool`."""
    grad_x = np.zeros(input_shape, working_dtype(grad.dtype))
    for place, window in adaptive_slices(input_shape[2:], grad.shape[2:]):
        covered = grad_x[window]
        count = grad_x.dtype.type(math.prod(covered.shape[2:]))
        share = grad[place] / count  # (N, C)
        covered += share.reshape(*share.shape, *[1] * (grad.ndim - 2))
    return grad_x.astype(grad.dtype, copy=False)


def max_pool_between(
    x: Array, starts: tuple[Array, ...], ends: tuple[Array, ...]
) -> tuple[Array, Array]:
    """Largest value of windows that begin and end where told, and its flat position.

    Axis by axis, the last one first: that finds the first of equals and the last NaN, too.
    """
    values, positions = x, np.zeros((1,) * x.ndim, np.int64)
    step = 1  # in the flat position, from one place of the axis to the next
    for i in reversed(range(len(starts))):
        axis, size = 2 + i, x.shape[2 + i]
        values, positions = _largest_along(values, positions, axis, step, starts[i], ends[i])
        step *= size
    return values, positions


def _largest_along(
    x: Array, positions: Array, axis: int, step: int, starts: Array, ends: Array
) -> tuple[Array, Array]:
    """Maximum over windows along one axis; `positions` are those of `x`, but for this axis."""
    lead = starts.shape[:-1] or (1, 1)
    shape = (*lead, *[1] * (axis - 2), starts.shape[-1], *[1] * (x.ndim - axis - 1))

    def read(array: Array, at: Array) -> Array:
        if array.shape[axis] == 1 and x.shape[axis] != 1:  # the same everywhere
            return array
        if starts.ndim == 1:
            return array.take(at, axis)
        return np.take_along_axis(array, at.reshape(shape), axis)

    out_shape = (*x.shape[:axis], starts.shape[-1], *x.shape[axis + 1 :])
    out, found = np.empty(out_shape, x.dtype), np.empty(out_shape, np.int64)
    for k in range(int(np.max(ends - starts, initial=0))):
        at = np.minimum(starts + k, ends - 1)
        values = read(x, at)
        places = read(positions, at) + step * at.reshape(shape)
        if k == 0:
            out[...], found[...] = values, places
            continue
        is_new = (values > out) | np.isnan(values)
        np.copyto(out, values, where=is_new)
        np.copyto(found, places, where=is_new)
    return out, found


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
