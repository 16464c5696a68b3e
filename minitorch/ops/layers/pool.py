"""Largest values of windows over planes and volumes, and their gradients.

Lines are planes of one row, as they are in PyTorch. S are the spatial sizes of the input, O those
of the output, K those of a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element
from minitorch.kernels import Shape, Sizes, reference_of
from minitorch.ops.batches import merged
from minitorch.ops.elementwise.constant import flat, stand_in
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# What the samples of max pooling go through: kernel_size, stride, padding, dilation, ceil_mode.
_MAX_CASES: list[tuple[Shape, Sizes, Sizes, Sizes, Sizes, bool]] = [
    ((2, 3, 4, 6), (2, 2), (2, 2), (0, 0), (1, 1), False),
    ((2, 2, 5, 7), (3, 2), (2, 1), (1, 1), (1, 1), False),
    ((1, 2, 7, 6), (2, 3), (1, 2), (1, 1), (2, 2), True),
    ((1, 1, 5, 5), (2, 2), (2, 2), (0, 0), (1, 1), True),
    ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
]
_MAX_VOLUMES: list[tuple[Shape, Sizes, Sizes, Sizes, Sizes, bool]] = [
    ((2, 1, 4, 2, 4), (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1), False),
    ((1, 2, 3, 4, 5), (2, 3, 2), (1, 2, 2), (1, 1, 0), (1, 1, 2), True),
    ((0, 2, 2, 3, 2), (2, 2, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1), False),
]


def _window_of(ctx: Any) -> dict[str, Any]:
    return {
        "kernel_size": ctx.kernel_size,
        "stride": ctx.stride,
        "padding": ctx.padding,
        "dilation": ctx.dilation,
    }


class MaxPool(Op):
    """Largest value of each window, and its code: (N, C, *S) -> (N, C, *O), (N, C, *O).

    Codes number the places of a window row by row, kh * KW + kw for planes, in the smallest
    integers that hold them.
    """

    name = "MaxPool2DWithIndicesBackward0"
    saves_outputs = (1,)

    @staticmethod
    def forward(
        x: Array,
        *,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        ceil_mode: bool,
    ) -> tuple[Array, Array]:
        return kernels.active().pool.max(x, kernel_size, stride, padding, dilation, ceil_mode)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (codes,) = ctx.unpack()
        return ScatterWindows.apply(grad, codes, stand_in(ctx), **_window_of(ctx))

    reference = staticmethod(reference_of("pool", "max"))

    @staticmethod
    def parity(torch: Any, x: Any, **window: Any) -> Any:
        return getattr(torch, f"max_pool{x.ndim - 2}d")(x, **window)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from _samples(s, _MAX_CASES)


class MaxPool3d(MaxPool):
    """Largest value of each window over volumes, and its code."""

    name = "MaxPool3DWithIndicesBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from _samples(s, _MAX_VOLUMES)


def _samples(s: Sampler, cases: list[Any]) -> Samples:
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    for shape, *window in cases:
        yield s(s.distinct(*shape), **dict(zip(names, window, strict=True)))


class ScatterWindows(LinearMap):
    """Each value added to the place its window's code names: (N, C, *O) -> (N, C, *S).

    The third input, (N, C, *S), says how large they are.
    """

    name = "MaxPool2DWithIndicesBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(
        grad: Array,
        codes: Array,
        x: Array,
        *,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
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


class GatherWindows(LinearMap):
    """The value that each window's code names: (N, C, *S), codes -> (N, C, *O)."""

    saves = (1,)

    @staticmethod
    def forward(
        x: Array,
        codes: Array,
        *,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
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
    for shape, kernel_size, stride, padding, dilation, ceil_mode in _MAX_CASES + _MAX_VOLUMES:
        window = (kernel_size, stride, padding, dilation)
        _, codes = kernels.NUMPY.pool.max(random.standard_normal(shape), *window, ceil_mode)
        names = ("kernel_size", "stride", "padding", "dilation")
        yield shape, codes, dict(zip(names, window, strict=True))


def max_pool(
    input: TensorBase,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return the largest value of each window, and its code; see :func:`max_pool2d`."""
    op = MaxPool if len(kernel_size) == 2 else MaxPool3d
    return op.apply(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )


def max_pool_with_indices(
    input: TensorBase,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return the largest value of each window, and its position, h * W + w in a plane (int64)."""
    out, codes = max_pool(input, kernel_size, stride, padding, dilation, ceil_mode)
    shape = input._array.shape

    def positions(codes: Array) -> Array:
        images = codes.reshape(-1, *codes.shape[-len(shape) + 1 :])  # (N, C, *O), of all examples
        found = kernels.active().pool.indices(
            images, (len(images), *shape[1:]), kernel_size, stride, padding, dilation
        )
        return found.reshape(codes.shape)

    return out, out._plain(by_element(positions, codes._array))
