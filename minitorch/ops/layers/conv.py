"""Convolution over one, two or three spatial dimensions, its two gradients and the transposed one.

The family is closed: each one's backward is made of the others. S are the spatial sizes of the
input, O those of the output, K those of the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import CROSSWISE, Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Shape, Sizes, conv_output_sizes, reference_of
from minitorch.ops.batches import apart, join_channels, side_by_side

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _window(stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> dict[str, Any]:
    return {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


# What the samples of the whole family go through: x, weight, window.
_CASES: list[tuple[Shape, Shape, dict[str, Any]]] = [
    ((2, 3, 5, 6), (4, 3, 3, 2), _window((1, 1), (0, 0), (1, 1), 1)),
    ((2, 2, 6, 5), (3, 2, 3, 3), _window((1, 1), (1, 1), (1, 1), 1)),
    ((1, 2, 7, 6), (2, 2, 3, 2), _window((2, 3), (1, 0), (1, 1), 1)),
    ((1, 4, 7, 8), (6, 2, 2, 3), _window((1, 2), (2, 1), (2, 3), 2)),
    ((2, 3, 4, 4), (6, 1, 3, 3), _window((1, 1), (1, 1), (1, 1), 3)),
    ((2, 3, 2, 3), (2, 3, 1, 1), _window((1, 1), (0, 0), (1, 1), 1)),
    ((0, 2, 4, 4), (3, 2, 3, 3), _window((1, 1), (1, 1), (1, 1), 1)),
    ((2, 4, 7), (6, 2, 3), _window((2,), (1,), (1,), 2)),
    ((1, 2, 4, 3, 5), (2, 2, 2, 2, 3), _window((2, 1, 2), (1, 0, 1), (1, 1, 1), 1)),
]


def _window_of(ctx: Any) -> dict[str, Any]:
    return _window(ctx.stride, ctx.padding, ctx.dilation, ctx.groups)


class Convolution(Op):
    """Cross-correlation: (N, C_in, *S), (C_out, C_in/groups, *K) -> (N, C_out, *O)."""

    name = "ConvolutionBackward0"
    saves = (0, 1)
    saved_as = {  # noqa: RUF012 - as declared
        "input": "x",
        "transposed": lambda node: False,
        "output_padding": lambda node: (0,) * len(node.stride),
    }
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        x: Array,
        weight: Array,
        bias: Array | None,
        *,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        return kernels.active().conv.forward(x, weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Array, bias: Array | None, *, groups: int, **window: Any
    ) -> Array:
        if not batch.has[1] and batch.has[0]:
            shared = None if batch.has[2] else bias
            out = Convolution.forward(batch.merged(x), weight, shared, groups=groups, **window)
            out = batch.split(out)
        else:
            shared = None
            images = side_by_side(batch, x, 0)
            weights = batch.merged(weight, 1)
            out = Convolution.forward(images, weights, None, groups=groups * batch.count, **window)
            out = apart(batch, out)
        return out if bias is None or shared is not None else out + _in_channels(bias, window)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad
        grad_x = grad_weight = None
        if needs_x:
            shape = ctx.input_shapes[0]
            grad_x = ConvolutionInputGrad.apply(grad, weight, input_shape=shape, **_window_of(ctx))
        if needs_weight:
            shape = ctx.input_shapes[1]
            grad_weight = ConvolutionWeightGrad.apply(
                grad, x, weight_shape=shape, **_window_of(ctx)
            )
        return grad_x, grad_weight, _bias_grad(grad) if needs_bias else None

    reference = staticmethod(reference_of("conv", "forward"))

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, bias: Any, **window: Any) -> Any:
        return getattr(torch, f"conv{weight.ndim - 2}d")(x, weight, bias, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            x, weight = s.real(*x_shape), s.real(*weight_shape)
            yield s(x, weight, s.real(weight_shape[0]), **window)
            yield s(x, weight, None, **window)


class ConvolutionInputGrad(Op):
    """Gradient of a convolution for its input: (N, C_out, *O), weight -> (N, C_in, *S)."""

    name = "ConvolutionBackwardBackward0"
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        grad: Array,
        weight: Array,
        *,
        input_shape: Shape,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        return kernels.active().conv.input_grad(
            grad, weight, input_shape, stride, padding, dilation, groups
        )

    @staticmethod
    def batched(
        batch: Batch,
        grad: Array,
        weight: Array,
        *,
        input_shape: Shape,
        groups: int,
        **window: Any,
    ) -> Array:
        n, c, *plane = input_shape
        if not batch.has[1]:
            shape = (batch.count * n, c, *plane)
            images = batch.merged(grad)
            out = ConvolutionInputGrad.forward(
                images, weight, input_shape=shape, groups=groups, **window
            )
            return batch.split(out)
        out = ConvolutionInputGrad.forward(
            side_by_side(batch, grad, 0),
            batch.merged(weight),
            input_shape=(n, batch.count * c, *plane),
            groups=groups * batch.count,
            **window,
        )
        return apart(batch, out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_out, weight = ctx.unpack()
        needs_out, needs_weight = ctx.needs_input_grad
        window = _window_of(ctx)
        grad_weight = None
        if needs_weight:
            shape = ctx.input_shapes[1]
            grad_weight = ConvolutionWeightGrad.apply(grad_out, grad, weight_shape=shape, **window)
        return Convolution.apply(grad, weight, None, **window) if needs_out else None, grad_weight

    reference = staticmethod(reference_of("conv", "input_grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, weight: Any, *, input_shape: Shape, **window: Any) -> Any:
        gradient = getattr(torch.nn.grad, f"conv{weight.ndim - 2}d_input")
        return gradient(input_shape, weight, grad, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            grad = s.real(*_output_shape(x_shape, weight_shape, **window))
            yield s(grad, s.real(*weight_shape), input_shape=x_shape, **window)


class ConvolutionWeightGrad(Op):
    """Gradient of a convolution for its weight: grad, x -> (C_out, C_in/groups, *K)."""

    name = "ConvolutionBackwardBackward0"
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        *,
        weight_shape: Shape,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        return kernels.active().conv.weight_grad(
            grad, x, weight_shape, stride, padding, dilation, groups
        )

    @staticmethod
    def batched(
        batch: Batch, grad: Array, x: Array, *, weight_shape: Shape, groups: int, **window: Any
    ) -> Array:
        grads, images = batch.folded(grad, 0), batch.folded(x, 1)  # (count, N, *)
        out = np.empty((batch.count, *weight_shape), grad.dtype)
        # A few examples at a time, for as long as their columns stay in the cache.
        columns = math.prod(weight_shape[1:]) * groups * math.prod(grads.shape[3:])
        step = max(1, _COLUMNS // max(columns * images.shape[1], 1))
        for first in range(0, batch.count, step):
            part = slice(first, first + step)
            count = len(images[part])
            out[part] = ConvolutionWeightGrad.forward(
                join_channels(grads[part]),
                join_channels(images[part]),
                weight_shape=(count * weight_shape[0], *weight_shape[1:]),
                groups=groups * count,
                **window,
            ).reshape(count, *weight_shape)
        return batch.unfolded(out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_out, x = ctx.unpack()
        needs_out, needs_x = ctx.needs_input_grad
        window = _window_of(ctx)
        grad_x = None
        if needs_x:
            shape = ctx.input_shapes[1]
            grad_x = ConvolutionInputGrad.apply(grad_out, grad, input_shape=shape, **window)
        return Convolution.apply(x, grad, None, **window) if needs_out else None, grad_x

    reference = staticmethod(reference_of("conv", "weight_grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, x: Any, *, weight_shape: Shape, **window: Any) -> Any:
        gradient = getattr(torch.nn.grad, f"conv{x.ndim - 2}d_weight")
        return gradient(x, weight_shape, grad, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            grad = s.real(*_output_shape(x_shape, weight_shape, **window))
            yield s(grad, s.real(*x_shape), weight_shape=weight_shape, **window)


# Columns of so many numbers are in the cache when the product reads them.
_COLUMNS = 1 << 18


def _in_channels(bias: Any, window: Mapping[str, Any]) -> Array:
    """A bias for each example: (*sizes, C_out) -> (*sizes, 1, C_out, 1, ...)."""
    return bias.reshape(*bias.shape[:-1], 1, -1, *[1] * len(window["stride"]))


def _bias_grad(grad: Tensor) -> Tensor:
    """Sum over images and places: (N, C_out, *O) -> (C_out)."""
    return grad.sum((0, *range(2, grad._array.ndim)))


def _output_shape(
    x_shape: Shape, weight_shape: Shape, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Shape:
    sizes = conv_output_sizes(x_shape[2:], weight_shape[2:], stride, padding, dilation)
    return (x_shape[0], weight_shape[0], *sizes)


class ConvolutionTranspose(Op):
    """A convolution's gradient for its input as a layer: x, weight -> (N, C_out, *O).

    They are (N, C_in, *S) and (C_in, C_out/groups, *K).
    O is (S - 1) * stride - 2 * padding + dilation * (K - 1) + output_padding + 1, where
    output_padding < stride: a convolution would lead from there back to S.
    """

    name = "ConvolutionBackward0"
    saves = (0, 1)
    saved_as = {"input": "x", "transposed": lambda node: True}  # noqa: RUF012 - as declared
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        x: Array,
        weight: Array,
        bias: Array | None,
        *,
        output_padding: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        channels = weight.shape[1] * groups
        window = stride, padding, dilation
        sizes = transposed_sizes(x.shape[2:], weight.shape[2:], output_padding, *window)
        shape = (x.shape[0], channels, *sizes)
        out = kernels.active().conv.input_grad(x, weight, shape, *window, groups)
        if bias is not None:
            out += bias.reshape(-1, *[1] * len(stride))
        return out

    @staticmethod
    def batched(
        batch: Batch,
        x: Array,
        weight: Array,
        bias: Array | None,
        *,
        output_padding: Sizes,
        groups: int,
        **window: Any,
    ) -> Array:
        if not (batch.has[0] or batch.has[1]):
            out = ConvolutionTranspose.forward(
                x, weight, None, output_padding=output_padding, groups=groups, **window
            )
            return out + _in_channels(bias, window)
        dims = len(output_padding)
        kernel = weight.shape[-dims:]
        sizes = transposed_sizes(x.shape[-dims:], kernel, output_padding, **window)
        shape = (x.shape[-dims - 2], weight.shape[-dims - 1] * groups, *sizes)
        out = ConvolutionInputGrad.batched(
            batch, x, weight, input_shape=shape, groups=groups, **window
        )
        return out if bias is None else out + _in_channels(bias, window)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad
        window = _window_of(ctx)
        grad_weight = None
        if needs_weight:
            shape = ctx.input_shapes[1]
            grad_weight = ConvolutionWeightGrad.apply(x, grad, weight_shape=shape, **window)
        grad_x = Convolution.apply(grad, weight, None, **window) if needs_x else None
        return grad_x, grad_weight, _bias_grad(grad) if needs_bias else None

    @staticmethod
    def parity(
        torch: Any, x: Any, weight: Any, bias: Any, *, output_padding: Sizes, **window: Any
    ) -> Any:
        transposed = getattr(torch, f"conv_transpose{weight.ndim - 2}d")
        return transposed(x, weight, bias, output_padding=output_padding, **window)

    @staticmethod
    def reference(
        x: Array, weight: Array, bias: Array | None, *, output_padding: Sizes, **window: Any
    ) -> Array:
        """Each element of the input adds its multiple of the kernel to the output."""
        steps = [window[name] for name in ("stride", "padding", "dilation")]
        sizes = transposed_sizes(x.shape[2:], weight.shape[2:], output_padding, *steps)
        groups = window["groups"]
        c_group, channels = x.shape[1] // groups, weight.shape[1]
        out = np.zeros((x.shape[0], channels * groups, *sizes), x.dtype)
        for n, c, *place in np.ndindex(x.shape):
            first = c // c_group * channels
            for k, *offset in np.ndindex(weight.shape[1:]):
                axes = zip(place, offset, *steps, strict=True)
                target = tuple([p * s - before + o * d for p, o, s, before, d in axes])
                if all(0 <= t < size for t, size in zip(target, sizes, strict=True)):
                    out[n, first + k, *target] += x[n, c, *place] * weight[c, k, *offset]
        return out if bias is None else out + bias.reshape(-1, *[1] * len(sizes))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, weight_shape, window in _CASES:
            x_shape = _output_shape(shape, weight_shape, **window)
            bias = s.real(weight_shape[1] * window["groups"])
            rest = tuple([max(stride - 1, 0) for stride in window["stride"]])
            none = (0,) * len(rest)
            x, weight = s.real(*x_shape), s.real(*weight_shape)
            yield s(x, weight, bias, output_padding=rest, **window)
            yield s(x, weight, None, output_padding=none, **window)


def transposed_sizes(
    size: Sizes,
    kernel: Sizes,
    output_padding: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
) -> Sizes:
    """Lengths of a transposed convolution's output along all its axes."""
    axes = zip(size, kernel, output_padding, stride, padding, dilation, strict=True)
    return tuple([(n - 1) * s - 2 * p + d * (k - 1) + extra + 1 for n, k, extra, s, p, d in axes])


def convolve(
    input: TensorBase,
    weight: TensorBase,
    bias: TensorBase | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    """Return the cross-correlation with a weight; see :func:`nn.functional.conv2d`."""
    return Convolution.apply(
        input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def convolve_transposed(
    input: TensorBase,
    weight: TensorBase,
    bias: TensorBase | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    """Return the transposed convolution; see :func:`nn.functional.conv_transpose2d`."""
    return ConvolutionTranspose.apply(
        input,
        weight,
        bias,
        output_padding=output_padding,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
