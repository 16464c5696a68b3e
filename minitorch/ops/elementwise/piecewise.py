"""Activations that are straight lines piece by piece, and products of such."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.randomness import drawn_from
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import (
    checked_number,
    is_bool,
    is_float,
    is_unsigned,
    not_implemented,
    scalar_name,
)
from minitorch.core.layout import copied
from minitorch.generator import Generator, default_generator
from minitorch.kernels.arrays import without, working_dtype
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.activation import LeakyRelu
from minitorch.ops.elementwise.comparison import Gt
from minitorch.ops.elementwise.constant import flat
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _inside(x: Array, low: float, high: float) -> Array:
    """Whether low <= x <= high; not for NaN."""
    inside = np.asarray(x >= low)
    inside &= x <= high
    return inside


class InsideGrad(Op):
    """``grad`` where low < x < high or x is NaN, elsewhere 0: (*), (*) -> (*)."""

    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(grad: Array, x: Array, *, low: float, high: float) -> Array:
        outside = np.asarray(x <= low)
        outside |= x >= high
        return without(grad, outside)

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return cls.apply(grad, x, low=ctx.low, high=ctx.high), flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array, *, low: float, high: float) -> Any:
        return np.vectorize(lambda g, v: g if low < v < high else 0.0, otypes=[float])(grad, x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.distinct(3, 4), low=-0.3, high=0.4)


class OutsideGrad(InsideGrad):
    """The same the other way round, 0 where low <= x <= high: (*), (*) -> (*)."""

    @staticmethod
    def forward(grad: Array, x: Array, *, low: float, high: float) -> Array:
        return without(grad, _inside(x, low, high))

    @staticmethod
    def reference(grad: Array, x: Array, *, low: float, high: float) -> Any:
        return np.vectorize(lambda g, v: 0.0 if low <= v <= high else g, otypes=[float])(grad, x)


class Threshold(Op):
    """x above the threshold, elsewhere a value: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, threshold: float, value: float) -> Array:
        if is_bool(x.dtype):
            raise not_implemented("threshold_cpu", x.dtype)
        out = copied(x)
        at_most = checked_number(threshold, x.dtype)
        np.copyto(out, checked_number(value, x.dtype), where=x <= at_most)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return OutsideGrad.apply(grad, x, low=-math.inf, high=ctx.threshold)

    parity = staticmethod(lambda torch, x, **options: torch.threshold(x, **options))

    @staticmethod
    def reference(x: Array, *, threshold: float, value: float) -> Any:
        return np.vectorize(lambda v: v if v > threshold else value, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), threshold=0.1, value=-2.0)
        yield s(s.distinct(), threshold=0.0, value=3.0)


@takes_out
def threshold(input: TensorBase, threshold: float, value: float) -> Tensor:
    """Return the elements above the threshold, ``value`` in place of the others: (*) -> (*)."""
    return Threshold.apply(input, threshold=threshold, value=value)


@takes_tensors
def threshold_(input: T, threshold: float, value: float) -> T:
    """Set the elements that are not above the threshold to ``value``: (*) -> (*)."""
    return write_(Threshold, input, threshold=threshold, value=value)


class Hardtanh(Op):
    """Values limited to [low, high], whose slope at the limits is 0: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    saved_as = {"min_val": "low", "max_val": "high"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, low: float, high: float) -> Array:
        if is_bool(x.dtype):
            raise RuntimeError("Bool inputs not supported for hardtanh; convert them with .float()")
        if is_unsigned(x.dtype):
            if low <= -1:
                raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
            low = max(low, 0)
        return np.clip(x, checked_number(low, x.dtype), checked_number(high, x.dtype))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return InsideGrad.apply(grad, x, low=ctx.low, high=ctx.high)

    parity = staticmethod(lambda torch, x, *, low, high: torch.nn.functional.hardtanh(x, low, high))

    @staticmethod
    def reference(x: Array, *, low: float, high: float) -> Any:
        return np.vectorize(lambda v: min(max(v, low), high), otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), low=-0.2, high=0.4)
        yield s(s.distinct(4, 3).T, low=0.0, high=6.0)
        yield s(s.distinct(), low=-1.0, high=1.0)


_SIXTH = float(np.float32(1 / 6))  # PyTorch's slope is of that accuracy for all dtypes


class Hardsigmoid(Unary):
    """x / 6 + 1/2, limited to [0, 1]: (*) -> (*)."""

    promotion = None
    saves = (0,)
    scalar = staticmethod(lambda x: min(max(x + 3, 0), 6) / 6)

    @staticmethod
    def forward(x: Array) -> Array:
        return _gate(x).astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return InsideGrad.apply(grad * _SIXTH, x, low=-3.0, high=3.0)

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.hardsigmoid(x)


def _gate(x: Array) -> Array:
    """min(max(x + 3, 0), 6) / 6, in memory of its own and wide enough."""
    out = np.asarray(np.add(x, 3, dtype=working_dtype(x.dtype)))
    np.clip(out, 0, 6, out=out)
    out /= 6
    return out


class Hardswish(Unary):
    """x * min(max(x + 3, 0), 6) / 6: (*) -> (*)."""

    promotion = None
    saves = (0,)
    scalar = staticmethod(lambda x: x * min(max(x + 3, 0), 6) / 6)

    @staticmethod
    def forward(x: Array) -> Array:
        out = _gate(x)
        out *= x
        return out.astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return HardswishGrad.apply(grad, x)

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.hardswish(x)


class HardswishGrad(Op):
    """``grad`` times the slope of :class:`Hardswish` at x: (*), (*) -> (*).

    That is x / 3 + 1/2 between -3 and 3, where x from there is 0 and 1.
    """

    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, x: Array) -> Array:
        slope = np.asarray(np.clip(x, -3, 3), working_dtype(x.dtype))
        slope /= 3
        slope += 0.5
        # At the ends that is -1/2 and 3/2.
        steps = (x <= -3).astype(np.int8) - (x >= 3).view(np.int8)
        slope += np.multiply(steps, 0.5, dtype=slope.dtype)
        return (slope * grad).astype(grad.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x = ctx.unpack()
        bend = InsideGrad.apply(grad * grad_x / 3, x, low=-3.0, high=3.0)
        return HardswishGrad.apply(grad, x), bend

    @staticmethod
    def reference(grad: Array, x: Array) -> Any:
        def one(g: float, v: float) -> float:
            return g * (0 if v <= -3 else 1 if v >= 3 else v / 3 + 0.5)

        return np.vectorize(one, otypes=[float])(grad, x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(8, 9), s.distinct(8, 9))
        yield s(s.real(), s.distinct())


class Hardshrink(Op):
    """x, but 0 within lambd of 0: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, lambd: float) -> Array:
        if not is_float(x.dtype):
            raise not_implemented("hardshrink_cpu", x.dtype)
        return without(x, _inside(x, -lambd, lambd))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return OutsideGrad.apply(grad, x, low=-ctx.lambd, high=ctx.lambd)

    parity = staticmethod(lambda torch, x, *, lambd: torch.nn.functional.hardshrink(x, lambd))

    @staticmethod
    def reference(x: Array, *, lambd: float) -> Any:
        return np.vectorize(lambda v: v if abs(v) > lambd else 0.0, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), lambd=0.3)
        yield s(s.distinct(), lambd=0.0)


@takes_out
def hardshrink(input: TensorBase, lambd: float = 0.5) -> Tensor:
    """Return the elements, 0 in place of those within ``lambd`` of 0: (*) -> (*)."""
    return Hardshrink.apply(input, lambd=lambd)


class Softshrink(Op):
    """x moved by lambd towards 0, and 0 where it would pass it: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, lambd: float) -> Array:
        return x - np.clip(x, -lambd, lambd)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return OutsideGrad.apply(grad, x, low=-ctx.lambd, high=ctx.lambd)

    parity = staticmethod(lambda torch, x, *, lambd: torch.nn.functional.softshrink(x, lambd))

    @staticmethod
    def reference(x: Array, *, lambd: float) -> Any:
        return np.vectorize(lambda v: math.copysign(max(abs(v) - lambd, 0), v), otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), lambd=0.3)
        yield s(s.distinct(), lambd=0.5)


class PRelu(Op):
    """x above 0, below it weight * x, with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    name = "PreluKernelBackward0"
    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(x: Array, weight: Array) -> Array:
        out = np.asarray(np.minimum(x, 0) * weight)
        out += np.maximum(x, 0)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight = ctx.needs_input_grad
        grad_x = PReluGrad.apply(grad, x, weight) if needs_x else None
        grad_weight = Where.apply(Gt.apply(x, 0), 0.0, grad * x) if needs_weight else None
        return grad_x, grad_weight

    parity = staticmethod(lambda torch, x, weight: torch.prelu(x, weight.reshape(-1)))
    reference = staticmethod(np.vectorize(lambda x, w: x if x > 0 else w * x, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), s.real(1, 4))
        yield s(s.distinct(2, 3, 4), s.real(1, 1, 1))
        yield s(s.distinct(), s.real())


class PReluGrad(Op):
    """``grad`` where x is above 0, elsewhere times weight: (*A), (*A), (*B) -> (*A)."""

    elementwise = True
    saves = (0, 1, 2)

    @staticmethod
    def forward(grad: Array, x: Array, weight: Array) -> Array:
        above = np.asarray(np.greater(x, 0), grad.dtype)  # twice as fast as np.where
        out = np.asarray((1 - above) * weight)
        out += above
        return out * grad

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x, weight = ctx.unpack()
        needs_weight = ctx.needs_input_grad[2]
        grad_weight = Where.apply(Gt.apply(x, 0), 0.0, grad * grad_x) if needs_weight else None
        return PReluGrad.apply(grad, x, weight), flat(ctx, 1), grad_weight

    reference = staticmethod(np.vectorize(lambda g, x, w: g if x > 0 else w * g, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.distinct(3, 4), s.real(1, 4))
        yield s(s.real(), s.distinct(), s.real())


@takes_tensors
def prelu(input: TensorBase, weight: TensorBase) -> Tensor:
    """Return x where x > 0, else weight · x: (N, C, *), (C) or (1) or () -> (N, C, *).

    Raises:
        RuntimeError: if the weights are not one, nor one for each channel, or for two dtypes.
        NotImplementedError: for integers and bools.

    Source: https://arxiv.org/abs/1502.01852;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
    """
    x, w = input._array, weight._array
    if w.size != 1:
        if x.ndim == 0:
            raise RuntimeError(
                f"Not allow zero-dim input tensor. It has no channels, but weight has {w.size}."
            )
        channels = x.shape[1] if x.ndim > 1 else 1
        if w.size != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{w.size} and channel size = {channels}."
            )
    if w.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.ndim}"
        )
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {scalar_name(x)} and {scalar_name(w)}"
        )
    if not is_float(x.dtype):
        raise not_implemented("prelu_cpu", x.dtype)
    channel = min(x.ndim, 2) - 1
    sizes = [w.size if dim == channel else 1 for dim in range(x.ndim)]
    return PRelu.apply(input, weight.reshape(sizes))  # type: ignore[attr-defined]


class RRelu(Op):
    """x times noise, which is 1 where x is above 0: (*), (*) -> (*)."""

    name = "RreluWithNoiseBackward0"
    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(x: Array, noise: Array) -> Array:
        return x * noise

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (noise,) = ctx.unpack()
        return grad * noise, flat(ctx, 1)

    reference = staticmethod(np.vectorize(lambda x, noise: x * noise, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.bools(3, 4))
        yield s(s.real(), s.bools())


class RReluEvaluated(LeakyRelu):
    """:class:`RRelu` with the mean of all slopes."""

    name = "RreluWithNoiseBackward0"


def rrelu(
    input: TensorBase,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """Return x where x > 0, else x times a slope, drawn in training, else the mean: (*) -> (*).

    Raises:
        RuntimeError: if the bounds of the slopes are not finite, or in the wrong order.
        NotImplementedError: for integers and bools.
    """
    op, inputs, params = _rrelu_of(input, lower, upper, training, generator)
    return op.apply(input, *inputs, **params)


def rrelu_(
    input: T,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> T:
    """Multiply the elements that are not above 0 as :func:`rrelu` does: (*) -> (*).

    Raises:
        RuntimeError: if the bounds of the slopes are not finite, or in the wrong order.
        NotImplementedError: for integers and bools.
    """
    op, inputs, params = _rrelu_of(input, lower, upper, training, generator)
    return write_(op, input, *inputs, **params)


def _rrelu_of(
    input: Any, lower: float, upper: float, training: bool, generator: Generator | None
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Return the op, with what it takes besides the tensor."""
    if lower > upper:
        raise RuntimeError(
            f"Lower bound should be less than or equal to the upper bound, got {lower} and {upper}"
        )
    for name, bound in (("lower", lower), ("upper", upper)):
        if not math.isfinite(bound):
            raise RuntimeError(f"rrelu: {name} bound must be finite, got {bound}")
    x = input._array
    if not is_float(x.dtype):
        raise not_implemented("rrelu_with_noise_out_cpu" if training else "leaky_relu_cpu", x.dtype)
    if not training:
        return RReluEvaluated, (), {"slope": (lower + upper) / 2}
    source = default_generator if generator is None else generator

    def draw(values: Array) -> Array:
        """Slopes for the elements that need one, in the order of the indices."""
        slopes = np.ones(values.shape, values.dtype)
        below = values <= 0
        count = int(np.count_nonzero(below))
        slopes[below] = source.uniform((count,), lower, upper, np.float64)
        return slopes

    return RRelu, (input._plain(drawn_from(draw, x)),), {}
