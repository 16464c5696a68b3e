"""Windows of images as columns, and columns added up to images: each one the other's gradient.

Letters: R = C * KH * KW, the elements of a window; P, the places of a window in an image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Pair, conv_output_sizes
from minitorch.ops.batches import last_dims
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _window(kernel_size: Pair, dilation: Pair, padding: Pair, stride: Pair) -> dict[str, Pair]:
    return {
        "kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride
    }  # fmt: skip


# What the samples of both go through: (*, C, H, W), window.
_CASES: list[tuple[tuple[int, ...], dict[str, Pair]]] = [
    ((2, 3, 4, 5), _window((2, 3), (1, 1), (0, 0), (1, 1))),
    ((1, 2, 5, 6), _window((2, 2), (2, 1), (1, 2), (2, 3))),
    ((2, 4, 3), _window((3, 1), (1, 2), (1, 0), (1, 1))),
    ((0, 2, 3, 3), _window((2, 2), (1, 1), (0, 0), (1, 1))),
]


def _window_of(ctx: Any) -> dict[str, Pair]:
    return _window(ctx.kernel_size, ctx.dilation, ctx.padding, ctx.stride)


def sliding_sizes(
    size: Pair, kernel_size: Pair, dilation: Pair, padding: Pair, stride: Pair
) -> tuple[int, ...]:
    """How many places a window has, down and across."""
    return conv_output_sizes(size, kernel_size, stride, padding, dilation)


def _windows(framed: Array, kernel_size: Pair, dilation: Pair, places: Any, stride: Pair) -> Array:
    """View of a framed image: (*, C, H + 2 PH, W + 2 PW) -> (*, C, KH, KW, OH, OW)."""
    *rest, down, across = framed.strides
    within = down * dilation[0], across * dilation[1]
    between = down * stride[0], across * stride[1]
    shape = (*framed.shape[:-2], *kernel_size, *places)
    return np.ndarray(shape, framed.dtype, framed, 0, (*rest, *within, *between))


def _framed(shape: tuple[int, ...], padding: Pair, dtype: Any) -> tuple[Array, Array]:
    """Zeros for images with a border, and the view of the images in it."""
    (pad_h, pad_w), (*lead, h, w) = padding, shape
    framed = np.zeros((*lead, h + 2 * pad_h, w + 2 * pad_w), dtype)
    return framed, framed[..., pad_h : pad_h + h, pad_w : pad_w + w]


class Im2Col(LinearMap):
    """Windows as columns: (*, C, H, W) -> (*, R, P)."""

    complex = LINEAR

    @staticmethod
    def forward(
        x: Array, *, kernel_size: Pair, dilation: Pair, padding: Pair, stride: Pair
    ) -> Array:
        *lead, c, h, w = x.shape
        places = sliding_sizes((h, w), kernel_size, dilation, padding, stride)
        if any(padding):
            framed, inside = _framed(x.shape, padding, x.dtype)
            inside[...] = x
        else:
            framed = np.ascontiguousarray(x)
        windows = _windows(framed, kernel_size, dilation, places, stride)
        out = np.empty(windows.shape, x.dtype)
        out[...] = windows
        return out.reshape(*lead, c * kernel_size[0] * kernel_size[1], places[0] * places[1])

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Col2Im.apply(grad, output_size=ctx.input_shapes[0][-2:], **_window_of(ctx))

    @staticmethod
    def parity(torch: Any, x: Any, **window: Pair) -> Any:
        return torch.nn.functional.unfold(x, **window)

    @staticmethod
    def reference(x: Array, **window: Pair) -> Array:
        out = np.zeros(_columns_shape(x.shape, **window), x.dtype)
        for at_image, at_column in _meetings(x.shape, **window):
            out[at_column] = x[at_image]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _CASES:
            yield s(s.real(*shape), **window)


class Col2Im(LinearMap):
    """Columns added up where their windows are: (*, R, P) -> (*, C, H, W)."""

    complex = LINEAR

    @staticmethod
    def forward(
        columns: Array,
        *,
        output_size: Pair,
        kernel_size: Pair,
        dilation: Pair,
        padding: Pair,
        stride: Pair,
    ) -> Array:
        *lead, rows, _ = columns.shape
        places = sliding_sizes(output_size, kernel_size, dilation, padding, stride)
        channels = rows // (kernel_size[0] * kernel_size[1])
        columns = columns.reshape(*lead, channels, *kernel_size, *places)
        framed, inside = _framed((*lead, channels, *output_size), padding, columns.dtype)
        windows = _windows(framed, kernel_size, dilation, places, stride)
        for place in np.ndindex(kernel_size):  # windows overlap, one place of all does not
            windows[(..., *place, slice(None), slice(None))] += columns[
                (..., *place, slice(None), slice(None))
            ]
        return np.ascontiguousarray(inside)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Im2Col.apply(grad, **_window_of(ctx))

    @staticmethod
    def parity(torch: Any, columns: Any, *, output_size: Pair, **window: Pair) -> Any:
        return torch.nn.functional.fold(columns, output_size, **window)

    @staticmethod
    def reference(columns: Array, *, output_size: Pair, **window: Pair) -> Array:
        k_h, k_w = window["kernel_size"]
        *lead, rows, _ = columns.shape
        out = np.zeros((*lead, rows // (k_h * k_w), *output_size), columns.dtype)
        for at_image, at_column in _meetings(out.shape, **window):
            out[at_image] += columns[at_column]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _CASES:
            yield s(s.real(*_columns_shape(shape, **window)), output_size=shape[-2:], **window)


def _columns_shape(shape: tuple[int, ...], **window: Pair) -> tuple[int, ...]:
    *lead, c, h, w = shape
    k_h, k_w = window["kernel_size"]
    down, across = sliding_sizes((h, w), **window)
    return (*lead, c * k_h * k_w, down * across)


def _meetings(shape: tuple[int, ...], **window: Pair) -> Any:
    """Yield the places of an image's elements, and where in the columns each is found."""
    k_h, k_w = window["kernel_size"]
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = window["stride"], window["padding"], window["dilation"]
    *lead, c, h, w = shape
    down, across = sliding_sizes((h, w), **window)
    for *at, channel, kh, kw, oh, ow in np.ndindex(*lead, c, k_h, k_w, down, across):
        y, x = oh * s_h - p_h + kh * d_h, ow * s_w - p_w + kw * d_w
        if 0 <= y < h and 0 <= x < w:
            row = (channel * k_h + kh) * k_w + kw
            yield (*at, channel, y, x), (*at, row, oh * across + ow)


def unfold_windows(input: TensorBase, **window: Pair) -> Tensor:
    """Return the windows as columns; see :func:`nn.functional.unfold`."""
    return Im2Col.apply(input, **window)


def fold_windows(input: TensorBase, output_size: Pair, **window: Pair) -> Tensor:
    """Return the columns added up; see :func:`nn.functional.fold`."""
    return Col2Im.apply(input, output_size=output_size, **window)
