"""Convolution in NumPy over one, two or three spatial dimensions, all of it by that of planes.

A line is a plane of one row. A volume is a batch of planes, one for each place of the kernel along
the first spatial axis: the slices of x that the kernel meets there are the channels of that plane,
C_in * KD of them, and what the kernel has along that axis are channels of the weight.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from minitorch.core.threads import slices
from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_sizes, working_dtype
from minitorch.kernels.contract.conv import Conv
from minitorch.kernels.numpy import unfold

# Bytes of slices gathered at once, KD times the size of the volumes.
PART_BYTES = 1 << 24


def forward(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Cross-correlation: (N, C_in, *S), (C_out, C_in/groups, *K) -> (N, C_out, *O)."""
    if len(stride) == 2:
        return unfold.forward(x, weight, bias, stride, padding, dilation, groups)
    if len(stride) > 2:
        return _volume_forward(x, weight, bias, stride, padding, dilation, groups)
    row = _row(stride, padding, dilation)
    return unfold.forward(x[:, :, None], weight[:, :, None], bias, *row, groups)[:, :, 0].copy()


def input_grad(
    grad: Array,
    weight: Array,
    input_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Gradient of `forward` with respect to x: -> (N, C_in, *S)."""
    if len(stride) == 2:
        return unfold.input_grad(grad, weight, input_shape, stride, padding, dilation, groups)
    if len(stride) > 2:
        return _volume_input_grad(grad, weight, input_shape, stride, padding, dilation, groups)
    shape, row = _with_row(input_shape), _row(stride, padding, dilation)
    grad_x = unfold.input_grad(grad[:, :, None], weight[:, :, None], shape, *row, groups)
    return grad_x[:, :, 0].copy()


def weight_grad(
    grad: Array,
    x: Array,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    """Gradient of `forward` with respect to the weight: -> (C_out, C_in/groups, *K)."""
    if len(stride) == 2:
        return unfold.weight_grad(grad, x, weight_shape, stride, padding, dilation, groups)
    if len(stride) > 2:
        return _volume_weight_grad(grad, x, weight_shape, stride, padding, dilation, groups)
    shape, row = _with_row(weight_shape), _row(stride, padding, dilation)
    grad_weight = unfold.weight_grad(grad[:, :, None], x[:, :, None], shape, *row, groups)
    return grad_weight[:, :, 0].copy()


def _with_row(shape: Shape) -> Shape:
    """Shape of lines as planes of one row: (N, C, L) -> (N, C, 1, L)."""
    return (*shape[:2], 1, shape[2])


def _row(stride: Sizes, padding: Sizes, dilation: Sizes) -> tuple[Sizes, Sizes, Sizes]:
    """What a kernel of one row does to a plane of one row."""
    return (1, *stride), (0, *padding), (1, *dilation)


@unfold.quiet
def _volume_forward(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    dtype = working_dtype(x.dtype)
    size = conv_output_sizes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    out = np.empty((x.shape[0], weight.shape[0], *size), x.dtype)
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    planes = _in_channels(weight).astype(dtype, copy=False)
    axis = (x.shape[2], size[0], weight.shape[2], stride[0], padding[0], dilation[0])
    for part in _parts(x, weight.shape[2], size[0]):
        images = _gathered(x, part, axis, dtype)
        out[:, :, part] = _as_volume(forward(images, planes, bias, *rest), out[:, :, part].shape)
    return out


@unfold.quiet
def _volume_input_grad(
    grad: Array,
    weight: Array,
    input_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    dtype = working_dtype(grad.dtype)
    grad_x = np.zeros(input_shape, dtype)
    n, c, length, *plane = input_shape
    depth = weight.shape[2]
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    planes = _in_channels(weight).astype(dtype, copy=False)
    axis = (length, grad.shape[2], depth, stride[0], padding[0], dilation[0])
    for part in _parts(grad_x, depth, grad.shape[2]):
        images = _as_images(grad[:, :, part], dtype)
        grads = input_grad(images, planes, (len(images), c * depth, *plane), *rest)
        grads = grads.reshape(n, part.stop - part.start, c, depth, *plane)
        for k, outs, ins in _meetings(part, *axis):
            grad_x[:, :, ins] += grads[:, outs, :, k].swapaxes(1, 2)
    return grad_x.astype(grad.dtype, copy=False)


@unfold.quiet
def _volume_weight_grad(
    grad: Array,
    x: Array,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Array:
    dtype = working_dtype(grad.dtype)
    c_out, c_group, depth, *kernel = weight_shape
    grad_weight = np.zeros(weight_shape, dtype)
    shape = (c_out, c_group * depth, *kernel)
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    axis = (x.shape[2], grad.shape[2], depth, stride[0], padding[0], dilation[0])
    for part in _parts(x, depth, grad.shape[2]):
        grads, images = _as_images(grad[:, :, part], dtype), _gathered(x, part, axis, dtype)
        grad_weight += weight_grad(grads, images, shape, *rest).reshape(weight_shape)
    return grad_weight.astype(grad.dtype, copy=False)


def _in_channels(weight: Array) -> Array:
    """A weight's first spatial axis among its channels: (K, C, KD, *S) -> (K, C * KD, *S)."""
    c_out, c_group, depth, *kernel = weight.shape
    return weight.reshape(c_out, c_group * depth, *kernel)


def _parts(x: Array, depth: int, out: int) -> list[slice]:
    """Cut the first axis of the output so that not too much is gathered at once."""
    of_one = x.itemsize * depth * x.size // max(x.shape[2], 1)
    return slices(out, max(1, PART_BYTES // max(of_one, 1)))


def _gathered(x: Array, part: slice, axis: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """The slices that each place of the kernel meets: (N, C, D, *S) -> (N * OD, C * KD, *S)."""
    n, c, _, *plane = x.shape
    length, depth = part.stop - part.start, axis[2]
    images = np.zeros((n, length, c, depth, *plane), dtype)
    for k, outs, ins in _meetings(part, *axis):
        images[:, outs, :, k] = x[:, :, ins].swapaxes(1, 2)
    return images.reshape(n * length, c * depth, *plane)


def _meetings(
    part: slice, size: int, out: int, kernel: int, stride: int, padding: int, dilation: int
) -> Iterator[tuple[int, slice, slice]]:
    """Yield, per place of the kernel along an axis, the outputs and inputs it brings together.

    Of a part of the outputs, counted from its start.
    """
    for k in range(kernel):
        offset = k * dilation - padding
        first = max(part.start, -(offset // stride))  # whose input is not in the padding
        last = min(out, part.stop) - 1
        last = min(last, (size - 1 - offset) // stride)
        if first <= last:
            start, stop = first * stride + offset, last * stride + offset + 1
            outs = slice(first - part.start, last - part.start + 1)
            yield k, outs, slice(start, stop, stride)


def _as_images(x: Array, dtype: np.dtype[Any]) -> Array:
    """Slices of volumes side by side in a batch: (N, C, D, *S) -> (N * D, C, *S)."""
    n, c, depth, *rest = x.shape
    return x.astype(dtype, copy=False).swapaxes(1, 2).reshape(n * depth, c, *rest)


def _as_volume(images: Array, shape: Shape) -> Array:
    """Slices back in their volumes: (N * D, C, *S) -> shape: (N, C, D, *S)."""
    n, c, depth, *rest = shape
    return images.reshape(n, depth, c, *rest).swapaxes(1, 2)


CONV = Conv(forward=forward, input_grad=input_grad, weight_grad=weight_grad)
