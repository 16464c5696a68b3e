"""Convolution of planes and its two gradients: unfold a few images into columns, then multiply.

Letters: R = C_in/groups * KH * KW (rows of the column matrix), P = OH * OW (places in an output
plane), G groups, K = C_out. `x` is cut into chunks of n images, so that the columns, KH * KW times
the size of the images, are still in the cache when the matrix product reads them.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_size, is_finite, working_dtype
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy import depthwise, winograd
from minitorch.kernels.numpy.scratch import scratch
from minitorch.kernels.sums import add_floats, add_products

# Bytes of columns per chunk. From 0.5 to 4 MB the time changes by less than 10 %, beyond the
# L2 cache (2 MB here) it grows.
CHUNK_BYTES = 1 << 20

# Below this many places the products of single images are too thin for BLAS (16 places: half its
# speed), and copying the images of a chunk into one matrix pays.
MERGE_PLACES = 64

# The gradient of the weight is summed in up to so many parts, which threads work at, of so many
# bytes together.
MOST_SUMS, SUMS_BYTES = 8, 1 << 24

# A NaN or an overflow is the caller's to find: PyTorch computes on without a warning.
quiet = np.errstate(all="ignore")


class Plan(NamedTuple):
    """What the shapes of a convolution decide, worked out once per set of shapes."""

    x_shape: Shape
    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int
    c_out: int
    out: Sizes  # OH, OW
    rows: int  # R
    places: int  # P
    chunk: int  # n
    is_pointwise: bool  # the images are their own columns


@lru_cache(maxsize=1024)
def make_plan(
    x_shape: Shape, weight_shape: Shape, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Plan:
    """Work out sizes and the number of images per chunk."""
    c_out, c_group, k_h, k_w = weight_shape
    out_h = conv_output_size(x_shape[2], k_h, stride[0], padding[0], dilation[0])
    out_w = conv_output_size(x_shape[3], k_w, stride[1], padding[1], dilation[1])
    rows, places = c_group * k_h * k_w, out_h * out_w
    return Plan(
        x_shape,
        (k_h, k_w),
        stride,
        padding,
        dilation,
        groups,
        c_out,
        (out_h, out_w),
        rows,
        places,
        chunk=max(1, CHUNK_BYTES // max(4 * groups * rows * places, 1)),
        is_pointwise=(k_h, k_w, *stride, *padding) == (1, 1, 1, 1, 0, 0),
    )


def sums_apart(weight_bytes: int) -> int:
    """How many parts of the weight's gradient to sum apart from each other."""
    return max(1, min(MOST_SUMS, SUMS_BYTES // max(weight_bytes, 1)))


@quiet
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
    dtype = working_dtype(x.dtype)
    if winograd.suits(x.shape, weight.shape, stride, padding, dilation, groups, dtype):
        out = winograd.forward(
            x.astype(dtype, copy=False), weight.astype(dtype, copy=False), padding
        )
        if is_finite(out):
            if bias is not None:
                out += bias.reshape(-1, 1, 1)
            return out.astype(x.dtype, copy=False)
    if depthwise.suits(weight.shape, stride, groups):
        out = depthwise.forward(x, weight, bias, padding, dilation, dtype)
        return out.astype(x.dtype, copy=False)
    plan = make_plan(x.shape, weight.shape, stride, padding, dilation, groups)
    matrix = weight.astype(dtype, copy=False).reshape(groups, plan.c_out // groups, plan.rows)
    out = np.empty((x.shape[0], plan.c_out, *plan.out), dtype)
    merge = plan.places < MERGE_PLACES

    def convolve(part: slice) -> None:
        columns = unfold(x[part], plan, dtype, merge)  # (n, G, R, P) or (1, G, R, n * P)
        target = out[part]
        if merge:
            split_images(matmul(matrix, columns), target)
        else:
            matmul(matrix, columns, target.reshape(-1, groups, *matrix.shape[1:2], plan.places))
        if bias is not None:
            target += bias.reshape(-1, 1, 1)

    share(convolve, slices(x.shape[0], plan.chunk))
    return out.astype(x.dtype, copy=False)


@quiet
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
    dtype = working_dtype(grad.dtype)
    if winograd.suits(x.shape, weight_shape, stride, padding, dilation, groups, dtype):
        total = winograd.weight_grad(
            grad.astype(dtype, copy=False), x.astype(dtype, copy=False), padding
        )
        if is_finite(total):
            return total.astype(grad.dtype, copy=False)
    if depthwise.suits(weight_shape, stride, groups):
        total = depthwise.weight_grad(grad, x, weight_shape, padding, dilation, dtype)
        if is_finite(total):
            return total.astype(grad.dtype, copy=False)
    plan = make_plan(x.shape, weight_shape, stride, padding, dilation, groups)
    # Tall products, (R, P) by (P, K/G), take up to a third less time than wide ones.
    total = np.zeros((groups, plan.rows, plan.c_out // groups), dtype)  # (G, R, K/G)
    # One product per image costs K * R sums each; merging costs a copy of K * P values.
    merge = plan.places < plan.rows
    chunks = slices(x.shape[0], plan.chunk)
    tiles = slices(len(chunks), -(-len(chunks) // sums_apart(total.nbytes)) or 1)
    totals = total[None] if len(tiles) < 2 else np.zeros((len(tiles), *total.shape), dtype)

    def add_up_products(tile: slice) -> None:
        own = totals[tile.start // tiles[0].stop]
        for part in chunks[tile]:
            columns = unfold(x[part], plan, dtype, merge)  # (n, G, R, P) or (1, G, R, n * P)
            rows = image_rows(grad[part], plan, dtype, merge)  # (n, G, K/G, P), (1, G, K/G, n * P)
            own += add_floats(add_products(columns, rows.transpose(0, 1, 3, 2)), (0,))

    share(add_up_products, tiles)
    if len(tiles) > 1:
        np.add.reduce(totals, axis=0, out=total)
    grad_weight = np.empty(weight_shape, grad.dtype)
    grad_weight.reshape(groups, -1, plan.rows)[...] = total.transpose(0, 2, 1)
    return grad_weight


@quiet
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
    dtype = working_dtype(grad.dtype)
    if winograd.suits(input_shape, weight.shape, stride, padding, dilation, groups, dtype):
        grad_x = winograd.input_grad(
            grad.astype(dtype, copy=False), weight.astype(dtype, copy=False), input_shape, padding
        )
        if is_finite(grad_x):
            return grad_x.astype(grad.dtype, copy=False)
    plan = make_plan(input_shape, weight.shape, stride, padding, dilation, groups)
    margin = (
        dilation[0] * (plan.kernel[0] - 1) - padding[0],
        dilation[1] * (plan.kernel[1] - 1) - padding[1],
    )
    # Zeros go beside the gradient, which times infinity would be no number.
    may_pad = stride == (1, 1) and is_finite(weight.astype(dtype, copy=False))
    if may_pad and plan.c_out <= input_shape[1] and min(margin) >= 0:
        # Fewer channels leave than entered, so unfolding grad is cheaper than folding columns
        # (1.5 to 3 times; with four times more channels it is the other way round).
        return forward(grad, turned(weight, groups), None, stride, margin, dilation, groups)
    return folded_input_grad(grad, weight, plan, may_pad)


def turned(weight: Array, groups: int) -> Array:
    """The weight that carries gradients back: channels swapped within groups, kernels turned."""
    c_out, c_group, k_h, k_w = weight.shape
    grouped = weight.reshape(groups, c_out // groups, c_group, k_h, k_w)
    grouped = grouped.transpose(0, 2, 1, 3, 4)  # (G, C/G, K/G, KH, KW)
    return grouped.reshape(groups * c_group, c_out // groups, k_h, k_w)[:, :, ::-1, ::-1]


def folded_input_grad(grad: Array, weight: Array, plan: Plan, may_pad: bool) -> Array:
    """Gradient of the columns, added up where the columns came from."""
    dtype = working_dtype(grad.dtype)
    groups = plan.groups
    matrix = weight.astype(dtype, copy=False).reshape(groups, -1, plan.rows)
    matrix = matrix.transpose(0, 2, 1)  # (G, R, K/G)
    grad_x = np.empty(plan.x_shape, dtype)
    merge = plan.places < MERGE_PLACES
    # The wide form copies grad, C_out planes, to make adding up R planes cheaper.
    fold_wide = may_pad and 2 * plan.c_out < plan.rows and not merge

    def carry_back(part: slice) -> None:
        if fold_wide:
            rows = wide_rows(grad[part], plan, dtype)  # (n, G, K/G, OH * (W + 2 PW))
        else:
            rows = image_rows(grad[part], plan, dtype, merge)  # (n, G, K/G, P)
        shape = (rows.shape[0], groups, plan.rows, rows.shape[3])
        columns = matmul(matrix, rows, scratch("columns", shape, dtype))
        (add_up_wide if fold_wide else add_up)(columns, plan, grad_x[part])

    share(carry_back, slices(grad.shape[0], plan.chunk))
    return grad_x.astype(grad.dtype, copy=False)


def unfold(x: Array, plan: Plan, dtype: np.dtype[Any], merge: bool) -> Array:
    """Columns of a few images: (n, C_in, H, W) -> (n, G, R, P), merged (1, G, R, n * P)."""
    n_images, c_in = x.shape[:2]
    if plan.is_pointwise and not merge:
        return x.astype(dtype, copy=False).reshape(n_images, plan.groups, plan.rows, plan.places)
    images = pad(x, plan.padding, dtype)
    s_n, s_c, s_h, s_w = images.strides
    views = np.ndarray(  # as_strided without its 3 us of Python
        (n_images, c_in, *plan.kernel, *plan.out),
        dtype,
        images,
        0,
        (
            *(s_n, s_c, s_h * plan.dilation[0], s_w * plan.dilation[1]),
            *(s_h * plan.stride[0], s_w * plan.stride[1]),
        ),
    )
    if not merge:
        columns = scratch("columns", views.shape, dtype)
        columns[...] = views
        return columns.reshape(n_images, plan.groups, plan.rows, plan.places)
    views = views.transpose(1, 2, 3, 0, 4, 5)  # (C, KH, KW, n, OH, OW)
    columns = scratch("columns", views.shape, dtype)
    columns[...] = views
    return columns.reshape(1, plan.groups, plan.rows, -1)


def pad(x: Array, padding: Sizes, dtype: np.dtype[Any]) -> Array:
    """Contiguous images framed with zeros: (n, C, H, W) -> (n, C, H + 2 PH, W + 2 PW)."""
    (pad_h, pad_w), (n, c, h, w) = padding, x.shape
    if not (pad_h or pad_w):
        return np.ascontiguousarray(x, dtype)
    framed = scratch("padded", (n, c, h + 2 * pad_h, w + 2 * pad_w), dtype)
    framed.fill(0)
    framed[:, :, pad_h : pad_h + h, pad_w : pad_w + w] = x
    return framed


def image_rows(images: Array, plan: Plan, dtype: np.dtype[Any], merge: bool) -> Array:
    """Output planes as matrices: (n, K, OH, OW) -> (n, G, K/G, P), merged (1, G, K/G, n * P)."""
    n, k = images.shape[:2]
    if not merge:
        return images.astype(dtype, copy=False).reshape(
            n, plan.groups, k // plan.groups, plan.places
        )
    rows = scratch("rows", (k, n, *plan.out), dtype)
    rows[...] = images.transpose(1, 0, 2, 3)
    return rows.reshape(1, plan.groups, k // plan.groups, n * plan.places)


def split_images(product: Array, out: Array) -> None:
    """Write a merged product where it belongs: (1, G, K/G, n * P) -> (n, K, OH, OW)."""
    n, k, out_h, out_w = out.shape
    out[...] = product.reshape(k, n, out_h, out_w).transpose(1, 0, 2, 3)


def add_up(columns: Array, plan: Plan, out: Array) -> None:
    """Add columns up where they came from: (n, G, R, P) or (1, G, R, n * P) -> (n, C, H, W)."""
    n, c, h, w = out.shape
    (pad_h, pad_w), (out_h, out_w) = plan.padding, plan.out
    if plan.places == columns.shape[3]:
        views = columns.reshape(n, c, *plan.kernel, out_h, out_w)
    else:
        views = columns.reshape(c, *plan.kernel, n, out_h, out_w).transpose(3, 0, 1, 2, 4, 5)
    framed = scratch("padded", (n, c, h + 2 * pad_h, w + 2 * pad_w), out.dtype)
    framed.fill(0)
    for kh in range(plan.kernel[0]):
        top = kh * plan.dilation[0]
        rows = slice(top, top + plan.stride[0] * (out_h - 1) + 1, plan.stride[0])
        for kw in range(plan.kernel[1]):
            left = kw * plan.dilation[1]
            places = slice(left, left + plan.stride[1] * (out_w - 1) + 1, plan.stride[1])
            framed[:, :, rows, places] += views[:, :, kh, kw]
    out[...] = framed[:, :, pad_h : pad_h + h, pad_w : pad_w + w]


def wide_rows(images: Array, plan: Plan, dtype: np.dtype[Any]) -> Array:
    """Output planes widened with zeros to padded input rows: -> (n, G, K/G, OH * (W + 2 PW))."""
    n, k = images.shape[:2]
    out_h, out_w = plan.out
    wide = scratch("rows", (n, k, out_h, plan.x_shape[3] + 2 * plan.padding[1]), dtype)
    wide[..., :out_w] = images
    wide[..., out_w:] = 0
    return wide.reshape(n, plan.groups, k // plan.groups, -1)


def add_up_wide(columns: Array, plan: Plan, out: Array) -> None:
    """`add_up` for stride 1 and wide rows: (n, G, R, OH * (W + 2 PW)) -> (n, C, H, W).

    A place of the kernel is a shift of whole flat planes (the zeros at the row ends take up what
    a shift pushes over), and kernel columns and rows add up one after the other. Long runs and
    KH + KW additions instead of KH * KW: a third less time at 16 x 6 channels, 5x5, batch 4.
    """
    n, c, h, w = out.shape
    (k_h, k_w), (pad_h, pad_w) = plan.kernel, plan.padding
    width, length = w + 2 * pad_w, columns.shape[3]
    columns = columns.reshape(n, c, k_h, k_w, length)
    sums = columns[:, :, :, 0]  # (n, C, KH, OH * width)
    for kw in range(1, k_w):
        shift = kw * plan.dilation[1]
        sums[..., shift:] += columns[:, :, :, kw, :-shift]
    framed = scratch("padded", (n, c, (h + 2 * pad_h) * width), out.dtype)
    framed[..., :length] = sums[:, :, 0]
    framed[..., length:] = 0
    for kh in range(1, k_h):
        shift = kh * plan.dilation[0] * width
        framed[..., shift : shift + length] += sums[:, :, kh]
    framed = framed.reshape(n, c, h + 2 * pad_h, width)
    out[...] = framed[:, :, pad_h : pad_h + h, pad_w : pad_w + w]
