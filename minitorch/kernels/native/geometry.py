"""What the kernels in C are told of a convolution; tiles of images."""

import struct
from functools import lru_cache

import numpy as np

from minitorch.kernels.arrays import Array, Shape, Sizes, conv_output_sizes
from minitorch.kernels.native.tiles import Cut, cuts

MOST_TAPS = 256  # of src/kernels.h


@lru_cache(maxsize=1024)
def geometry(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int = 1,
) -> tuple[bytes, Sizes]:
    """Return the struct conv of src/kernels.h, and the sizes of the output."""
    out = conv_output_sizes(x_shape[2:], weight_shape[2:], stride, padding, dilation)
    size, kernel, window = x_shape[2:], weight_shape[2:], (*stride, *padding, *dilation)
    channels = weight_shape[1], weight_shape[0] // groups
    numbers = (channels[0], *size, channels[1], *kernel, *out, *window, groups)
    return struct.pack("=15q", *numbers), out


def image_cuts(images: int, size: int, least: int) -> list[Cut]:
    """Cut a batch into eight pieces, or fewer of `least` places (or whatever an image has) each."""
    return cuts(images, max(-(-least // max(size, 1)), -(-images // 8), 1))


def room_for_sums(parts: int, weight_shape: Shape) -> Array:
    """For the gradient of a weight, which several parts are added up to; one is the gradient."""
    return np.empty(weight_shape if parts == 1 else (parts, *weight_shape), np.float32)
