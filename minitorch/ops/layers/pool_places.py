"""Largest values of windows that lie where sizes or random numbers say, and their inverse.

Where each came from is an int64 position in the flattened spatial dimensions S; O are those of
the output. `ScatterPlaces` and `GatherPlaces` are each other's gradient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Sizes, reference_of
from minitorch.ops.batches import merged
from minitorch.ops.elementwise.constant import flat, stand_in
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class AdaptiveMaxPool(Op):
    """Largest value of windows that cover the input evenly: (N, C, *S) -> twice (N, C, *O)."""

    name = "AdaptiveMaxPool2DBackward0"
    saves_outputs = (1,)

    @staticmethod
    def forward(x: Array, *, output_size: Sizes) -> tuple[Array, Array]:
        return kernels.active().pool.max_between(x, *_even_windows(x.shape[2:], output_size))

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (places,) = ctx.unpack()
        return ScatterPlaces.apply(grad, places, stand_in(ctx))

    @staticmethod
    def reference(x: Array, *, output_size: Sizes) -> Any:
        windows = _even_windows(x.shape[2:], output_size)
        return reference_of("pool", "max_between")(x, *windows)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 2, 4, 5), output_size=(2, 3))
        yield s(s.distinct(1, 1, 2, 3), output_size=(3, 3))
        yield s(s.distinct(0, 2, 4, 4), output_size=(2, 2))


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """Largest value of windows that cover volumes evenly."""

    name = "AdaptiveMaxPool3DBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(1, 2, 3, 2, 4), output_size=(2, 3, 2))


def _even_windows(size: Sizes, output_size: Sizes) -> tuple[Any, Any]:
    axes = list(zip(size, output_size, strict=True))
    starts = [np.arange(o) * s // max(o, 1) for s, o in axes]
    ends = [-(-np.arange(1, o + 1) * s // max(o, 1)) for s, o in axes]
    return tuple(starts), tuple(ends)


class FractionalMaxPool(Op):
    """Largest value of windows at random: (N, C, *S), (N, C, D) -> twice (N, C, *O).

    The second input are numbers from 0 to 1, one for each plane and dimension.
    """

    name = "FractionalMaxPool2DBackward0"
    saves_outputs = (1,)

    @staticmethod
    def forward(
        x: Array, samples: Array, *, kernel_size: Sizes, output_size: Sizes
    ) -> tuple[Array, Array]:
        windows = _random_windows(x.shape[2:], samples, kernel_size, output_size)
        return kernels.active().pool.max_between(x, *windows)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (places,) = ctx.unpack()
        needs_x = ctx.needs_input_grad[0]
        grad_x = ScatterPlaces.apply(grad, places, stand_in(ctx)) if needs_x else None
        return grad_x, flat(ctx, 1)

    @staticmethod
    def reference(x: Array, samples: Array, **sizes: Sizes) -> Any:
        windows = _random_windows(x.shape[2:], samples, **sizes)
        return reference_of("pool", "max_between")(x, *windows)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 2, 5, 6), s.inner(2, 2, 2), kernel_size=(2, 3), output_size=(3, 2))
        yield s(s.distinct(1, 1, 4, 4), s.inner(1, 1, 2), kernel_size=(2, 2), output_size=(1, 3))


class FractionalMaxPool3d(FractionalMaxPool):
    """Largest value of windows at random over volumes."""

    name = "FractionalMaxPool3DBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        sizes = {"kernel_size": (2, 2, 1), "output_size": (2, 2, 3)}
        yield s(s.distinct(1, 2, 4, 4, 3), s.inner(1, 2, 3), **sizes)


def _random_windows(
    size: Sizes, samples: Array, kernel_size: Sizes, output_size: Sizes
) -> tuple[Any, Any]:
    """Starts (N, C, O) and ends of the windows along each axis, as PyTorch has them from samples.

    Numbers for planes come in the order W, H, for volumes in the order D, H, W.
    """
    starts = []
    for i, (n, k, o) in enumerate(zip(size, kernel_size, output_size, strict=True)):
        sample = samples[..., i if len(size) == 3 else 1 - i, None]  # (N, C, 1)
        step = samples.dtype.type((n - k) / max(o - 1, 1))
        places = np.arange(o).astype(samples.dtype)
        first = ((places + sample) * step).astype(np.int64) - (sample * step).astype(np.int64)
        first[..., -1:] = n - k
        starts.append(first)
    return tuple(starts), tuple([s + k for s, k in zip(starts, kernel_size, strict=True)])


class ScatterPlaces(LinearMap):
    """Each value added at its position: (N, C, *O), (N, C, *O) -> (N, C, *S).

    The third input, (N, C, *S), says how large they are.
    """

    saves = (1,)

    @staticmethod
    def forward(grad: Array, places: Array, x: Array) -> Array:
        size = math.prod(x.shape[2:])
        planes = places.reshape(math.prod(x.shape[:2]), math.prod(places.shape[2:]))  # (N * C, O)
        at = planes + np.arange(len(planes))[:, None] * size
        out = np.bincount(at.reshape(-1), grad.reshape(-1), x.size)
        return out.reshape(x.shape).astype(grad.dtype)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (places,) = ctx.unpack()
        return GatherPlaces.apply(grad, places), None, flat(ctx, 2)

    @staticmethod
    def reference(grad: Array, places: Array, x: Array) -> Array:
        out = np.zeros(x.shape, grad.dtype)
        for n, c, *place in np.ndindex(*grad.shape):
            out[n, c].flat[places[n, c, *place]] += grad[n, c, *place]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 2, 3), s.integers(0, 20, 2, 1, 2, 3), s.real(2, 1, 4, 5))
        yield s(s.real(0, 2, 2), s.integers(0, 3, 0, 2, 2), s.real(0, 2, 3))


class GatherPlaces(LinearMap):
    """The values at the positions: (N, C, *S), (N, C, *O) -> (N, C, *O)."""

    saves = (1,)

    @staticmethod
    def forward(x: Array, places: Array) -> Array:
        lead = x.shape[:2]
        planes = x.reshape(*lead, math.prod(x.shape[2:]))
        at = places.reshape(*lead, math.prod(places.shape[2:]))
        return np.take_along_axis(planes, at, 2).reshape(places.shape)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (places,) = ctx.unpack()
        return ScatterPlaces.apply(grad, places, stand_in(ctx)), None

    @staticmethod
    def reference(x: Array, places: Array) -> Array:
        out = np.zeros(places.shape, x.dtype)
        for n, c, *place in np.ndindex(*places.shape):
            out[n, c, *place] = x[n, c].flat[places[n, c, *place]]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 4, 5), s.integers(0, 20, 2, 1, 2, 3))
        yield s(s.real(0, 2, 3), s.integers(0, 3, 0, 2, 2))


class MaxUnpool(LinearMap):
    """Zeros but for each value at its position: (N, C, *S), (N, C, *S) -> (N, C, *output_size).

    The last of several values for one position stays; all of them get its gradient, as in PyTorch.
    """

    name = "MaxUnpool2DBackward0"
    saves = (1,)

    @staticmethod
    def forward(x: Array, places: Array, *, output_size: Sizes) -> Array:
        lead, size = x.shape[:2], math.prod(x.shape[2:])
        out = np.zeros((*lead, math.prod(output_size)), x.dtype)
        np.put_along_axis(out, places.reshape(*lead, size), x.reshape(*lead, size), 2)
        return out.reshape(*lead, *output_size)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (places,) = ctx.unpack()
        return GatherPlaces.apply(grad, places), None

    @staticmethod
    def reference(x: Array, places: Array, *, output_size: Sizes) -> Array:
        out = np.zeros((*x.shape[:2], *output_size), x.dtype)
        for n, c, *place in np.ndindex(*x.shape):
            out[n, c].flat[places[n, c, *place]] = x[n, c, *place]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        places = np.arange(12).reshape(2, 1, 2, 3) * 5 % 12
        yield s(s.real(2, 1, 2, 3), places, output_size=(3, 4))
        yield s(s.real(0, 2, 2, 2), s.integers(0, 4, 0, 2, 2, 2), output_size=(2, 2))


class MaxUnpool3d(MaxUnpool):
    """Zeros but for each value at its position in volumes."""

    name = "MaxUnpool3DBackward0"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(
            s.real(1, 1, 1, 2, 2), np.arange(4).reshape(1, 1, 1, 2, 2) * 2, output_size=(2,) * 3
        )


def adaptive_max_pool(input: TensorBase, output_size: Sizes) -> tuple[Tensor, Tensor]:
    """Return largest values and positions; see :func:`nn.functional.adaptive_max_pool2d`."""
    op = AdaptiveMaxPool if len(output_size) == 2 else AdaptiveMaxPool3d
    return op.apply(input, output_size=output_size)


def fractional_max_pool(
    input: TensorBase, samples: TensorBase, kernel_size: Sizes, output_size: Sizes
) -> tuple[Tensor, Tensor]:
    """Return largest values and positions; see :func:`nn.functional.fractional_max_pool2d`."""
    op = FractionalMaxPool if len(output_size) == 2 else FractionalMaxPool3d
    return op.apply(input, samples, kernel_size=kernel_size, output_size=output_size)


def max_unpool(input: TensorBase, indices: TensorBase, output_size: Sizes) -> Tensor:
    """Return the values at their positions; see :func:`nn.functional.max_unpool2d`."""
    op = MaxUnpool if len(output_size) == 2 else MaxUnpool3d
    return op.apply(input, indices, output_size=output_size)


def gather_places(input: TensorBase, places: TensorBase) -> Tensor:
    """Return the values at the positions; see :func:`nn.functional.grid_sample`."""
    return GatherPlaces.apply(input, places)
