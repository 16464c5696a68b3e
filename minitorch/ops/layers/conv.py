"""Convolution and its two gradients: a closed family, each one's backward is made of the others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import CROSSWISE, Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Pair, Shape, reference_of

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _window(stride: Pair, padding: Pair, dilation: Pair, groups: int) -> dict[str, Any]:
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
]


def _window_of(ctx: Any) -> dict[str, Any]:
    return _window(ctx.stride, ctx.padding, ctx.dilation, ctx.groups)


class Conv2d(Op):
    """Cross-correlation: (N, C_in, H, W), (C_out, C_in/groups, KH, KW) -> (N, C_out, OH, OW)."""

    name = "ConvolutionBackward0"
    saves = (0, 1)
    saved_as = {"input": "x"}  # noqa: RUF012 - as declared
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        x: Array,
        weight: Array,
        bias: Array | None,
        *,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
        groups: int,
    ) -> Array:
        return kernels.active().conv.forward(x, weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Array, bias: Array | None, *, groups: int, **window: Any
    ) -> Array:
        if not batch.has[1] and batch.has[0]:
            shared = None if batch.has[2] else bias
            out = Conv2d.forward(batch.merged(x), weight, shared, groups=groups, **window)
            out = batch.split(out)
        else:
            shared = None
            images = _as_channels(batch, x, 0)
            weights = batch.merged(weight, 1)
            out = Conv2d.forward(images, weights, None, groups=groups * batch.count, **window)
            out = _from_channels(batch, out)
        if bias is None or shared is not None:
            return out
        return out + bias[..., None, :, None, None]  # (*sizes, N, C_out, OH, OW)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad
        grad_x = grad_weight = None
        if needs_x:
            shape = ctx.input_shapes[0]
            grad_x = Conv2dInputGrad.apply(grad, weight, input_shape=shape, **_window_of(ctx))
        if needs_weight:
            shape = ctx.input_shapes[1]
            grad_weight = Conv2dWeightGrad.apply(grad, x, weight_shape=shape, **_window_of(ctx))
        return grad_x, grad_weight, grad.sum((0, 2, 3)) if needs_bias else None

    reference = staticmethod(reference_of("conv", "forward"))
    parity = staticmethod(
        lambda torch, x, weight, bias, **window: torch.conv2d(x, weight, bias, **window)
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            x, weight = s.real(*x_shape), s.real(*weight_shape)
            yield s(x, weight, s.real(weight_shape[0]), **window)
            yield s(x, weight, None, **window)


class Conv2dInputGrad(Op):
    """Gradient of a convolution for its images: (N, C_out, OH, OW), weight -> (N, C_in, H, W)."""

    name = "ConvolutionBackwardBackward0"
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        grad: Array,
        weight: Array,
        *,
        input_shape: Shape,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
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
            out = Conv2dInputGrad.forward(
                images, weight, input_shape=shape, groups=groups, **window
            )
            return batch.split(out)
        out = Conv2dInputGrad.forward(
            _as_channels(batch, grad, 0),
            batch.merged(weight),
            input_shape=(n, batch.count * c, *plane),
            groups=groups * batch.count,
            **window,
        )
        return _from_channels(batch, out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_out, weight = ctx.unpack()
        needs_out, needs_weight = ctx.needs_input_grad
        window = _window_of(ctx)
        grad_weight = None
        if needs_weight:
            shape = ctx.input_shapes[1]
            grad_weight = Conv2dWeightGrad.apply(grad_out, grad, weight_shape=shape, **window)
        return Conv2d.apply(grad, weight, None, **window) if needs_out else None, grad_weight

    reference = staticmethod(reference_of("conv", "input_grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, weight: Any, *, input_shape: Shape, **window: Any) -> Any:
        return torch.nn.grad.conv2d_input(input_shape, weight, grad, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            grad = s.real(*_output_shape(x_shape, weight_shape, **window))
            yield s(grad, s.real(*weight_shape), input_shape=x_shape, **window)


class Conv2dWeightGrad(Op):
    """Gradient of a convolution for its weight: grad, x -> (C_out, C_in/groups, KH, KW)."""

    name = "ConvolutionBackwardBackward0"
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        *,
        weight_shape: Shape,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
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
        columns = math.prod(weight_shape[1:]) * groups * math.prod(grad.shape[-2:])
        step = max(1, _COLUMNS // max(columns * images.shape[1], 1))
        for first in range(0, batch.count, step):
            part = slice(first, first + step)
            count = len(images[part])
            out[part] = Conv2dWeightGrad.forward(
                _join_channels(grads[part]),
                _join_channels(images[part]),
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
            grad_x = Conv2dInputGrad.apply(grad_out, grad, input_shape=shape, **window)
        return Conv2d.apply(x, grad, None, **window) if needs_out else None, grad_x

    reference = staticmethod(reference_of("conv", "weight_grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, x: Any, *, weight_shape: Shape, **window: Any) -> Any:
        return torch.nn.grad.conv2d_weight(x, weight_shape, grad, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for x_shape, weight_shape, window in _CASES:
            grad = s.real(*_output_shape(x_shape, weight_shape, **window))
            yield s(grad, s.real(*x_shape), weight_shape=weight_shape, **window)


# Columns of so many numbers are in the cache when the product reads them.
_COLUMNS = 1 << 18


def _join_channels(x: Array) -> Array:
    """Put the examples' channels side by side: (B, N, C, H, W) -> (N, B * C, H, W)."""
    b, n, c, *plane = x.shape
    return x.swapaxes(0, 1).reshape(n, b * c, *plane)


def _as_channels(batch: Batch, x: Array, index: int) -> Array:
    return _join_channels(batch.folded(x, index))


def _from_channels(batch: Batch, x: Array) -> Array:
    """Take apart what :func:`_join_channels` joined: (N, B * C, *) -> (*sizes, N, C, *)."""
    n, c = x.shape[:2]
    apart = x.reshape(n, batch.count, c // max(batch.count, 1), *x.shape[2:]).swapaxes(0, 1)
    return batch.unfolded(np.ascontiguousarray(apart))


def _output_shape(
    x_shape: Shape, weight_shape: Shape, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Shape:
    sizes = [
        kernels.conv_output_size(
            x_shape[2 + i], weight_shape[2 + i], stride[i], padding[i], dilation[i]
        )
        for i in (0, 1)
    ]
    return (x_shape[0], weight_shape[0], *sizes)


def conv2d(
    input: TensorBase,
    weight: TensorBase,
    bias: TensorBase | None = None,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Tensor:
    """Return the cross-correlation of images with a weight; see :func:`nn.functional.conv2d`."""
    return Conv2d.apply(
        input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
