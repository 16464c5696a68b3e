"""Convolution in NumPy over one, two or three spatial dimensions, all of it by that of planes.

A line is a plane of one row. A volume is convolved place by place along its first spatial axis:
for each place k of the kernel there, the slices of x that it meets go through a convolution of
planes together, as the images of one large batch, and the results add up:

    out[:, :, o] = sum over k of conv(x[:, :, o * stride - padding + k * dilation], weight[:, :, k])
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_sizes, working_dtype
from minitorch.kernels.contract.conv import Conv
from minitorch.kernels.numpy import unfold


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
    out = np.zeros((x.shape[0], weight.shape[0], *size), dtype)
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    axis = (x.shape[2], size[0], weight.shape[2], stride[0], padding[0], dilation[0])
    for k, outs, ins in _meetings(*axis):
        slices = _as_images(x[:, :, ins], dtype)
        part = forward(slices, weight[:, :, k].astype(dtype, copy=False), None, *rest)
        target = out[:, :, outs]
        target += _as_volume(part, target.shape)
    if bias is not None:
        out += bias.reshape(-1, *[1] * len(size))
    return out.astype(x.dtype, copy=False)


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
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    axis = (input_shape[2], grad.shape[2], weight.shape[2], stride[0], padding[0], dilation[0])
    for k, outs, ins in _meetings(*axis):
        slices = _as_images(grad[:, :, outs], dtype)
        shape = (len(slices), input_shape[1], *input_shape[3:])
        part = input_grad(slices, weight[:, :, k].astype(dtype, copy=False), shape, *rest)
        target = grad_x[:, :, ins]
        target += _as_volume(part, target.shape)
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
    grad_weight = np.zeros(weight_shape, grad.dtype)
    rest = (stride[1:], padding[1:], dilation[1:], groups)
    axis = (x.shape[2], grad.shape[2], weight_shape[2], stride[0], padding[0], dilation[0])
    for k, outs, ins in _meetings(*axis):
        slices, images = _as_images(grad[:, :, outs], dtype), _as_images(x[:, :, ins], dtype)
        shape = (*weight_shape[:2], *weight_shape[3:])
        grad_weight[:, :, k] = weight_grad(slices, images, shape, *rest)
    return grad_weight


def _meetings(
    size: int, out: int, kernel: int, stride: int, padding: int, dilation: int
) -> Iterator[tuple[int, slice, slice]]:
    """Yield, per place of the kernel along an axis, the outputs and inputs it brings together."""
    for k in range(kernel):
        offset = k * dilation - padding
        first = max(0, -(offset // stride))  # the first output whose input is not in the padding
        last = min(out - 1, (size - 1 - offset) // stride)
        if first <= last:
            start, stop = first * stride + offset, last * stride + offset + 1
            yield k, slice(first, last + 1), slice(start, stop, stride)


def _as_images(x: Array, dtype: np.dtype[Any]) -> Array:
    """Slices of volumes side by side in a batch: (N, C, D, *S) -> (N * D, C, *S)."""
    n, c, depth, *rest = x.shape
    return x.astype(dtype, copy=False).swapaxes(1, 2).reshape(n * depth, c, *rest)


def _as_volume(images: Array, shape: Shape) -> Array:
    """Slices back in their volumes: (N * D, C, *S) -> shape: (N, C, D, *S)."""
    n, c, depth, *rest = shape
    return images.reshape(n, depth, c, *rest).swapaxes(1, 2)


CONV = Conv(forward=forward, input_grad=input_grad, weight_grad=weight_grad)
