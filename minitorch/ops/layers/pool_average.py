"""Means of windows over planes and volumes, and their gradients.

Lines are planes of one row, as they are in PyTorch. S are the spatial sizes of the input, O those
of the output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Shape, Sizes, reference_of
from minitorch.ops.batches import merged
from minitorch.ops.elementwise.constant import flat, stand_in
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
_AVERAGE_CASES: list[tuple[Shape, Sizes, Sizes, Sizes, bool, bool, int | None]] = [
    ((2, 3, 4, 6), (2, 2), (2, 2), (0, 0), False, True, None),
    ((1, 2, 5, 7), (3, 2), (2, 1), (1, 1), False, True, None),
    ((1, 2, 5, 7), (3, 2), (2, 1), (1, 1), True, False, None),
    ((2, 1, 6, 5), (2, 3), (2, 2), (1, 0), True, True, 5),
    ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), False, True, None),
]


_AVERAGE_VOLUMES: list[tuple[Shape, Sizes, Sizes, Sizes, bool, bool, int | None]] = [
    ((2, 1, 4, 2, 4), (2, 2, 2), (2, 2, 2), (0, 0, 0), False, True, None),
    ((1, 2, 3, 4, 5), (2, 3, 2), (1, 2, 2), (1, 1, 0), True, False, None),
    ((1, 1, 3, 4, 3), (3, 2, 2), (2, 2, 1), (1, 0, 1), True, True, 5),
]


def _windows(cases: list[Any]) -> Any:
    """Input shapes, each with the window that goes over it."""
    names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
    for shape, *window in cases:
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


class AvgPool(LinearMap):
    """Mean of each window: (N, C, *S) -> (N, C, *O)."""

    name = "AvgPool2DBackward0"

    @staticmethod
    def forward(
        x: Array,
        *,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
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
        return AvgPoolGrad.apply(grad, stand_in(ctx), **_average_window_of(ctx))

    reference = staticmethod(reference_of("pool", "average"))

    @staticmethod
    def parity(torch: Any, x: Any, **window: Any) -> Any:
        return getattr(torch.nn.functional, f"avg_pool{x.ndim - 2}d")(x, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _windows(_AVERAGE_CASES):
            yield s(s.real(*shape), **window)


class AvgPool3d(AvgPool):
    """Mean of each window over volumes."""

    name = "AvgPool3DBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _windows(_AVERAGE_VOLUMES):
            yield s(s.real(*shape), **window)


class AvgPoolGrad(LinearMap):
    """Each value shared among the places of its window: (N, C, *O) -> (N, C, *S).

    The second input, (N, C, *S), says how large they are.
    """

    name = "AvgPool2DBackwardBackward0"

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        *,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Array:
        window = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return kernels.active().pool.average_grad(grad, x.shape, *window)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        op = _average_over(ctx.kernel_size)
        return op.apply(grad, **_average_window_of(ctx)), flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array, **window: Any) -> Array:
        return reference_of("pool", "average_grad")(grad, input_shape=x.shape, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, window in _windows(_AVERAGE_CASES + _AVERAGE_VOLUMES):
            out = AvgPool.forward(np.zeros(shape), **window)
            yield s(s.real(*out.shape), s.real(*shape), **window)


class AdaptiveAvgPool(LinearMap):
    """Means over windows that cover the input evenly: (N, C, *S) -> (N, C, *output_size)."""

    name = "AdaptiveAvgPool2DBackward0"

    @staticmethod
    def forward(x: Array, *, output_size: Sizes) -> Array:
        return kernels.active().pool.adaptive_average(x, output_size)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return AdaptiveAvgPoolGrad.apply(grad, stand_in(ctx))

    reference = staticmethod(reference_of("pool", "adaptive_average"))

    @staticmethod
    def parity(torch: Any, x: Any, *, output_size: Sizes) -> Any:
        return getattr(torch.nn.functional, f"adaptive_avg_pool{x.ndim - 2}d")(x, output_size)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3, 4, 6), output_size=(2, 3))
        yield s(s.real(2, 1, 5, 7), output_size=(3, 2))
        yield s(s.real(1, 2, 2, 3), output_size=(4, 3))
        yield s(s.real(0, 2, 4, 4), output_size=(2, 2))


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """Means over windows that cover volumes evenly."""

    name = "AdaptiveAvgPool3DBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 4, 2, 5), output_size=(2, 3, 2))
        yield s(s.real(0, 2, 2, 4, 2), output_size=(2, 2, 2))


class AdaptiveAvgPoolGrad(LinearMap):
    """Each value shared among the places of its window: (N, C, *O) -> (N, C, *S).

    The second input, (N, C, *S), says how large they are.
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
            size = ctx.input_shapes[0][2:]
            means = _adaptive_over(size).apply(grad, output_size=size)
        return means, flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array) -> Array:
        return reference_of("pool", "adaptive_average_grad")(grad, x.shape)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 2, 3), s.real(2, 1, 4, 6))
        yield s(s.real(2, 1, 3, 2), s.real(2, 1, 5, 7))
        yield s(s.real(1, 2, 2, 1, 3), s.real(1, 2, 3, 2, 4))


def _average_over(kernel_size: Sizes) -> type[AvgPool]:
    return AvgPool if len(kernel_size) == 2 else AvgPool3d


def _adaptive_over(output_size: Sizes) -> type[AdaptiveAvgPool]:
    return AdaptiveAvgPool if len(output_size) == 2 else AdaptiveAvgPool3d


def avg_pool(
    input: TensorBase,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window; see :func:`nn.functional.avg_pool2d`."""
    return _average_over(kernel_size).apply(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def adaptive_avg_pool(input: TensorBase, output_size: Sizes) -> Tensor:
    """Return means over as many windows as the output has; see :func:`nn.functional`."""
    return _adaptive_over(output_size).apply(input, output_size=output_size)
