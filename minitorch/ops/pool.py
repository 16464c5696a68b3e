"""Pooling of planes and its gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Pair, Shape, reference

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
        return kernels.active().max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (codes,) = ctx.saved_tensors
        shape = ctx.input_shapes[0]
        return ScatterWindows.apply(grad, codes, input_shape=shape, **_window_of(ctx))

    reference = staticmethod(reference.max_pool2d)
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
    """Each value added to the place that its window's code names: (N, C, OH, OW), codes -> (N, C, H, W)."""

    name = "MaxPool2DWithIndicesBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(
        grad: Array,
        codes: Array,
        *,
        input_shape: Shape,
        kernel_size: Pair,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
    ) -> Array:
        return kernels.active().scatter_windows(
            grad, codes, input_shape, kernel_size, stride, padding, dilation
        )

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (codes,) = ctx.saved_tensors
        return GatherWindows.apply(grad, codes, **_window_of(ctx)), None

    reference = staticmethod(reference.scatter_windows)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, codes, window in _code_samples():
            yield s(s.real(*codes.shape), codes, input_shape=shape, **window)


class GatherWindows(Op):
    """The value that each window's code names: (N, C, H, W), codes -> (N, C, OH, OW)."""

    saves = (1,)

    @staticmethod
    def forward(
        x: Array, codes: Array, *, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
    ) -> Array:
        return kernels.active().gather_windows(x, codes, kernel_size, stride, padding, dilation)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (codes,) = ctx.saved_tensors
        shape = ctx.input_shapes[0]
        return ScatterWindows.apply(grad, codes, input_shape=shape, **_window_of(ctx)), None

    reference = staticmethod(reference.gather_windows)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, codes, window in _code_samples():
            yield s(s.real(*shape), codes, **window)


def _code_samples() -> Any:
    """Codes as max pooling gives them, with the shape and the window they are of."""
    random = np.random.default_rng(5)
    for shape, kernel_size, stride, padding, dilation, ceil_mode in _MAX_CASES:
        window = (kernel_size, stride, padding, dilation)
        _, codes = kernels.NUMPY.max_pool2d(random.standard_normal(shape), *window, ceil_mode)
        names = ("kernel_size", "stride", "padding", "dilation")
        yield shape, codes, dict(zip(names, window, strict=True))


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
    indices = kernels.active().window_indices(
        codes._array, input._array.shape, kernel_size, stride, padding, dilation
    )
    return out, out._plain(indices)


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
