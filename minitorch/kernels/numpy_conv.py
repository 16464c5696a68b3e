"""Convolution and its two gradients in NumPy: columns of a few images, then one GEMM."""

import threading
from typing import Any

import numpy as np

from minitorch.kernels.record import Array, Pair, Shape, conv_output_size, working_dtype

# Column buffers stay below this size, so that a chunk is still in the L2 cache when GEMM reads it.
CHUNK_BYTES = 1 << 20

_scratch = threading.local()


def scratch(key: str, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """A buffer of this thread, reused from call to call: fresh memory costs page faults."""
    size = int(np.prod(shape)) * dtype.itemsize
    buffers: dict[str, Array] = _scratch.__dict__
    buffer = buffers.get(key)
    if buffer is None or buffer.size < size:
        buffer = buffers[key] = np.empty(size, np.uint8)
    return buffer[:size].view(dtype).reshape(shape)


def pad_images(x: Array, padding: Pair) -> Array:
    """Images framed with zeros: (N, C, H, W) -> (N, C, H + 2 PH, W + 2 PW); contiguous."""
    pad_h, pad_w = padding
    if not (pad_h or pad_w):
        return np.ascontiguousarray(x)
    n, c, h, w = x.shape
    out = np.zeros((n, c, h + 2 * pad_h, w + 2 * pad_w), x.dtype)
    out[:, :, pad_h : pad_h + h, pad_w : pad_w + w] = x
    return out


def windows(padded: Array, kernel: Pair, out: Pair, stride: Pair, dilation: Pair) -> Array:
    """View of padded images as (C, KH, KW, N, OH, OW): rows of the column matrix, unmerged."""
    sn, sc, sh, sw = padded.strides
    shape = (padded.shape[1], *kernel, padded.shape[0], *out)
    strides = (sc, sh * dilation[0], sw * dilation[1], sn, sh * stride[0], sw * stride[1])
    return np.lib.stride_tricks.as_strided(padded, shape, strides)


def chunk_length(n_images: int, bytes_per_image: int) -> int:
    """How many images to unfold at once."""
    return max(1, min(n_images, CHUNK_BYTES // max(bytes_per_image, 1)))


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Cross-correlation: (N, C_in, H, W), (C_out, C_in/groups, KH, KW) -> (N, C_out, OH, OW)."""
    dtype = working_dtype(x.dtype)
    n_images, _, height, width = x.shape
    c_out, c_group, k_h, k_w = weight.shape
    out_h = conv_output_size(height, k_h, stride[0], padding[0], dilation[0])
    out_w = conv_output_size(width, k_w, stride[1], padding[1], dilation[1])
    rows = c_group * k_h * k_w
    out = np.empty((n_images, c_out, out_h, out_w), x.dtype)
    w = weight.reshape(groups, c_out // groups, rows).astype(dtype, copy=False)  # (G, K/G, R)
    step = chunk_length(n_images, groups * rows * out_h * out_w * dtype.itemsize)
    for n0 in range(0, n_images, step):
        columns = unfold(x[n0 : n0 + step], weight.shape, out.shape, stride, padding, dilation)
        product = w @ columns  # (G, K/G, n * OH * OW)
        part = product.reshape(c_out, -1, out_h, out_w)  # (K, n, OH, OW)
        if bias is not None:
            part += bias.reshape(c_out, 1, 1, 1)
        out[n0 : n0 + step] = part.transpose(1, 0, 2, 3)  # (n, K, OH, OW)
    return out


def unfold(
    x: Array, weight_shape: Shape, out_shape: Shape, stride: Pair, padding: Pair, dilation: Pair
) -> Array:
    """Columns of a few images: (n, C_in, H, W) -> (G, C/G * KH * KW, n * OH * OW)."""
    _, c_group, k_h, k_w = weight_shape
    n_images, c_in = x.shape[:2]
    out = (out_shape[2], out_shape[3])
    dtype = working_dtype(x.dtype)
    columns = scratch("columns", (c_in, k_h, k_w, n_images, *out), dtype)
    columns[...] = windows(pad_images(x, padding), (k_h, k_w), out, stride, dilation)
    return columns.reshape(c_in // c_group, c_group * k_h * k_w, -1)


def conv2d_weight_grad(
    grad: Array,
    x: Array,
    weight_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Gradient of `conv2d` with respect to its weight: -> (C_out, C_in/groups, KH, KW)."""
    dtype = working_dtype(x.dtype)
    n_images, c_out, out_h, out_w = grad.shape
    rows = int(np.prod(weight_shape[1:]))
    total = np.zeros((groups, c_out // groups, rows), dtype)
    step = chunk_length(n_images, groups * rows * out_h * out_w * dtype.itemsize)
    for n0 in range(0, n_images, step):
        columns = unfold(x[n0 : n0 + step], weight_shape, grad.shape, stride, padding, dilation)
        g = grad[n0 : n0 + step].transpose(1, 0, 2, 3).astype(dtype)  # (K, n, OH, OW)
        total += g.reshape(groups, c_out // groups, -1) @ columns.transpose(0, 2, 1)
    return total.reshape(weight_shape).astype(grad.dtype, copy=False)


def conv2d_input_grad(
    grad: Array,
    weight: Array,
    input_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Gradient of `conv2d` with respect to its images: -> (N, C_in, H, W)."""
    dtype = working_dtype(grad.dtype)
    n_images, c_in, height, width = input_shape
    c_out, c_group, k_h, k_w = weight.shape
    out_h, out_w = grad.shape[2:]
    rows = c_group * k_h * k_w
    grad_x = np.empty(input_shape, grad.dtype)
    w = weight.reshape(groups, c_out // groups, rows).astype(dtype, copy=False)  # (G, K/G, R)
    w = w.transpose(0, 2, 1)  # (G, R, K/G)
    step = chunk_length(n_images, groups * rows * out_h * out_w * dtype.itemsize)
    for n0 in range(0, n_images, step):
        g = grad[n0 : n0 + step].transpose(1, 0, 2, 3).astype(dtype)  # (K, n, OH, OW)
        columns = w @ g.reshape(groups, c_out // groups, -1)  # (G, R, n * OH * OW)
        columns = columns.reshape(c_in, k_h, k_w, -1, out_h, out_w)
        folded = fold(columns, (height, width), stride, padding, dilation)  # (C, n, H, W)
        grad_x[n0 : n0 + step] = folded.transpose(1, 0, 2, 3)
    return grad_x


def fold(columns: Array, size: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Array:
    """Add columns (C, KH, KW, n, OH, OW) up where they came from: -> (C, n, H, W)."""
    c_in, k_h, k_w, n_images, out_h, out_w = columns.shape
    (h, w), (pad_h, pad_w) = size, padding
    padded = np.zeros((c_in, n_images, h + 2 * pad_h, w + 2 * pad_w), columns.dtype)
    for kh in range(k_h):
        rows = slice(kh * dilation[0], kh * dilation[0] + stride[0] * (out_h - 1) + 1, stride[0])
        for kw in range(k_w):
            first = kw * dilation[1]
            places = slice(first, first + stride[1] * (out_w - 1) + 1, stride[1])
            padded[:, :, rows, places] += columns[:, kh, kw]
    return padded[:, :, pad_h : pad_h + h, pad_w : pad_w + w]
