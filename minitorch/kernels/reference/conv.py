"""Convolution and its gradients as a list of products."""

from collections.abc import Iterator

import numpy as np

from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_sizes
from minitorch.kernels.contract.conv import Conv

Place = tuple[int, ...]


def taps(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Iterator[tuple[Place, Place, Place]]:
    """Yield each product that a convolution sums, as its places in out, in x and in the weight."""
    n_images, _, *size = x_shape
    c_out, c_group, *kernel = weight_shape
    out_size = conv_output_sizes(tuple(size), tuple(kernel), stride, padding, dilation)
    for n, k, *place in np.ndindex(n_images, c_out, *out_size):
        first_channel = k // (c_out // groups) * c_group
        for c, *offset in np.ndindex(c_group, *kernel):
            axes = zip(place, stride, padding, offset, dilation, strict=True)
            source = [p * step - before + o * spread for p, step, before, o, spread in axes]
            if all(0 <= s < length for s, length in zip(source, size, strict=True)):
                yield (n, k, *place), (n, first_channel + c, *source), (k, c, *offset)


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
    out_size = conv_output_sizes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    out = np.zeros((x.shape[0], weight.shape[0], *out_size))
    for at_out, at_x, at_weight in taps(x.shape, weight.shape, stride, padding, dilation, groups):
        out[at_out] += float(x[at_x]) * float(weight[at_weight])
    if bias is not None:
        for k in range(weight.shape[0]):
            out[:, k] += float(bias[k])
    return out.astype(x.dtype)


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
    grad_x = np.zeros(input_shape)
    products = taps(input_shape, weight.shape, stride, padding, dilation, groups)
    for at_out, at_x, at_weight in products:
        grad_x[at_x] += float(grad[at_out]) * float(weight[at_weight])
    return grad_x.astype(grad.dtype)


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
    grad_weight = np.zeros(weight_shape)
    for at_out, at_x, at_weight in taps(x.shape, weight_shape, stride, padding, dilation, groups):
        grad_weight[at_weight] += float(grad[at_out]) * float(x[at_x])
    return grad_weight.astype(grad.dtype)


CONV = Conv(forward=forward, input_grad=input_grad, weight_grad=weight_grad)
