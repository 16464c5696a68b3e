"""What the kernels in C are told of a convolution."""

import struct
from functools import lru_cache

from minitorch.core.threads import slices
from minitorch.kernels.arrays import Shape, Sizes, conv_output_sizes

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


@lru_cache(maxsize=1024)
def image_tiles(images: int, size: int, least: int) -> list[slice]:
    """Cut a batch into eight tiles, or fewer of `least` places (or whatever an image has) each."""
    return slices(images, max(-(-least // max(size, 1)), -(-images // 8), 1))
