"""Pooling of planes and its gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element
from minitorch.kernels import Pair, Shape, reference_of
from minitorch.ops.batches import merged
from minitorch.ops.elementwise.constant import flat, stand_in

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# What the samples of max pooling go through: kernel_size, stride, padding, dilation, ceil_mode.
_MAX_CASES: list[tuple[Shape, Pair, Pair, Pair, Pair, bool]] = [
    ((2, 3, 4, 6), (2, 2), (2, 2), (0, 0), (1, 1), False),
    ((2, 2, 5, 7), (3, 2), (2, 1), (1, 1), (1, 1), False),
    ((1, 2, 7, 6), (2, 3), (1, 2), (1, 1), (2, 2), True),
    ((1, 1, 5, 5), (2, 2), (2, 2), (0, 0), (1, 1), True),
    ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
]


def _window_of(ctx: Any) -> dict[str, Any]:
    return {
        "kernel_size": ctx.kernel_size,
        "stride": ctx.stride,
        "padding": ctx.padding,
        "dilation": ctx.dilation,
    }


class MaxPool2d(Op):
    """Largest value of each window, and its code: (N, C, H, W) -> (N, C, OH, OW), (N, C, OH, OW).

    Codes number the places of a window, kh * KW + kw, in the smallest integers that hold them.
    """

    name = "MaxPool2DWithIndicesBackward0"
    saves_outputs = (1,)

    @staticmethod
    def forward(
        x: Array,
        *,
        kernel_size: Pair,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
        ceil_mode: bool,
    ) -> tuple[Array, Array]:
        return kernels.active().pool.max(x, kernel_size, stride, padding, dilation, ceil_mode)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (codes,) = ctx.unpack()
        return ScatterWindows.apply(grad, codes, stand_in(ctx), **_window_of(ctx))

    reference = staticmethod(reference_of("pool", "max"))
    parity = staticmethod(lambda torch, x, **window: torch.max_pool2d(x, **window))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, kernel_size, stride, padding, dilation, ceil_mode in _MAX_CASES:
            yield s(
                s.distinct(*shape),
                kernel_size=kernel_size,
                stride=stride,
                padding=padding,
                dilation=dilation,
                ceil_mode=ceil_mode,
            )


class ScatterWindows(Op):
    """Each value added to the place its window's code names: (N, C, OH, OW) -> (N, C, H, W).

    The third input, (N, C, H, W), says how large the planes are.
    """

    name = "MaxPool2DWithIndicesBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(
        grad: Array,
        codes: Array,
        x: Array,
        *,
        kernel_size: Pair,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
    ) -> Array:
        return kernels.active().pool.scatter(
            grad, codes, x.shape, kernel_size, stride, padding, dilation
        )

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (codes,) = ctx.unpack()
        return GatherWindows.apply(grad, codes, **_window_of(ctx)), None, flat(ctx, 2)

    @staticmethod
    def reference(grad: Array, codes: Array, x: Array, **window: Any) -> Array:
        return reference_of("pool", "scatter")(grad, codes, input_shape=x.shape, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, codes, window in _code_samples():
            yield s(s.real(*codes.shape), codes, s.real(*shape), **window)


class GatherWindows(Op):
    """The value that each window's code names: (N, C, H, W), codes -> (N, C, OH, OW)."""

    saves = (1,)

    @staticmethod
    def forward(
        x: Array, codes: Array, *, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
    ) -> Array:
        return kernels.active().pool.gather(x, codes, kernel_size, stride, padding, dilation)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (codes,) = ctx.unpack()
        return ScatterWindows.apply(grad, codes, stand_in(ctx), **_window_of(ctx)), None

    reference = staticmethod(reference_of("pool", "gather"))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, codes, window in _code_samples():
            yield s(s.real(*shape), codes, **window)


def _code_samples() -> Any:
    """Codes as max pooling gives them, with the shape and the window they are of."""
    random = np.random.default_rng(5)
    for shape, kernel_size, stride, padding, dilation, ceil_mode in _MAX_CASES:
        window = (kernel_size, stride, padding, dilation)
        _, codes = kernels.NUMPY.pool.max(random.standard_normal(shape), *window, ceil_mode)
        names = ("kernel_size", "stride", "padding", "dilation")
        yield shape, codes, dict(zip(names, window, strict=True))


# kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
_AVERAGE_CASES: list[tuple[Shape, Pair, Pair, Pair, bool, bool, int | None]] = [
    ((2, 3, 4, 6), (2, 2), (2, 2), (0, 0), False, True, None),
    ((1, 2, 5, 7), (3, 2), (2, 1), (1, 1), False, True, None),
    ((1, 2, 5, 7), (3, 2), (2, 1), (1, 1), True, False, None),
    ((2, 1, 6, 5), (2, 3), (2, 2), (1, 0), True, True, 5),
    ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), False, True, None),
]


def _average_cases() -> Any:
    """Input shapes, each with the window that goes over it."""
    names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
    for shape, *window in _AVERAGE_CASES:
        yield shape, dict(zip((*names, "divisor_override"), window, strict=True))


def _average_window_of(ctx: Any) -> dict[str, Any]:
    return {
        "kernel_size": ctx.kernel_size,
        "stride": ctx.stride,
        "padding": ctx.padding,
        "ceil_mode": ctx.ceil_mode,
        "count_include_pad": ctx.count_include_pad,
        "divisor_override": ctx.divisor_override,
    }


class AvgPool2d(Op):
    """Mean of each window: (N, C, H, W) -> (N, C, OH, OW)."""

    name = "AvgPool2DBackward0"

    @staticmethod
    def forward(
        x: Array,
        *,
        kernel_size: Pair,
        stride: Pair,
        padding: Pair,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Array:
        return kernels.active().pool.average(
            x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return AvgPool2dGrad.apply(grad, stand_in(ctx), **_average_window_of(ctx))

    reference = staticmethod(reference_of("pool", "average"))
    parity = staticmethod(lambda torch, x, **window: torch.nn.functional.avg_pool2d(x, **window))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _average_cases():
            yield s(s.real(*shape), **window)


class AvgPool2dGrad(Op):
    """Each value shared among the places of its window: (N, C, OH, OW) -> (N, C, H, W).

    The second input, (N, C, H, W), says how large the planes are.
    """

    name = "AvgPool2DBackwardBackward0"

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        *,
        kernel_size: Pair,
        stride: Pair,
        padding: Pair,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Array:
        window = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return kernels.active().pool.average_grad(grad, x.shape, *window)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return AvgPool2d.apply(grad, **_average_window_of(ctx)), flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array, **window: Any) -> Array:
        return reference_of("pool", "average_grad")(grad, input_shape=x.shape, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _average_cases():
            out = AvgPool2d.forward(np.zeros(shape), **window)
            yield s(s.real(*out.shape), s.real(*shape), **window)


class AdaptiveAvgPool2d(Op):
    """Means over windows that cover the planes evenly: (N, C, H, W) -> (N, C, *output_size)."""

    name = "AdaptiveAvgPool2DBackward0"

    @staticmethod
    def forward(x: Array, *, output_size: Pair) -> Array:
        return kernels.active().pool.adaptive_average(x, output_size)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return AdaptiveAvgPool2dGrad.apply(grad, stand_in(ctx))

    reference = staticmethod(reference_of("pool", "adaptive_average"))

    @staticmethod
    def parity(torch: Any, x: Any, *, output_size: Pair) -> Any:
        return torch.nn.functional.adaptive_avg_pool2d(x, output_size)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3, 4, 6), output_size=(2, 3))
        yield s(s.real(2, 1, 5, 7), output_size=(3, 2))
        yield s(s.real(1, 2, 2, 3), output_size=(4, 3))
        yield s(s.real(0, 2, 4, 4), output_size=(2, 2))


class AdaptiveAvgPool2dGrad(Op):
    """Each value shared among the places of its window: (N, C, OH, OW) -> (N, C, H, W).

    The second input, (N, C, H, W), says how large the planes are.
    """

    name = "AdaptiveAvgPool2DBackwardBackward0"

    @staticmethod
    def forward(grad: Array, x: Array) -> Array:
        return kernels.active().pool.adaptive_average_grad(grad, x.shape)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        means = None
        if ctx.needs_input_grad[0]:
            _, _, oh, ow = ctx.input_shapes[0]
            means = AdaptiveAvgPool2d.apply(grad, output_size=(oh, ow))
        return means, flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array) -> Array:
        return reference_of("pool", "adaptive_average_grad")(grad, x.shape)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 2, 3), s.real(2, 1, 4, 6))
        yield s(s.real(2, 1, 3, 2), s.real(2, 1, 5, 7))


def max_pool2d_with_indices(
    input: TensorBase,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return the largest value of each window, and its position h * W + w in the plane (int64)."""
    out, codes = _max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)
    shape = input._array.shape

    def positions(codes: Array) -> Array:
        images = codes.reshape(-1, *codes.shape[-3:])  # (N, C, OH, OW), of all examples
        found = kernels.active().pool.indices(
            images, (len(images), *shape[1:]), kernel_size, stride, padding, dilation
        )
        return found.reshape(codes.shape)

    return out, out._plain(by_element(positions, codes._array))


def max_pool2d(
    input: TensorBase,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Tensor:
    """Return the largest value of each window; see :func:`nn.functional.max_pool2d`."""
    return _max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)[0]


def _max_pool2d(
    input: TensorBase,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    ceil_mode: bool,
) -> tuple[Tensor, Tensor]:
    return MaxPool2d.apply(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )


def avg_pool2d(
    input: TensorBase,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window; see :func:`nn.functional.avg_pool2d`."""
    return AvgPool2d.apply(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def adaptive_avg_pool2d(input: TensorBase, output_size: Pair) -> Tensor:
    """Return means over as many windows as the output has; see :func:`nn.functional`."""
    if output_size == (1, 1):
        return input.mean((-1, -2), keepdim=True)  # type: ignore[attr-defined]
    return AdaptiveAvgPool2d.apply(input, output_size=output_size)
