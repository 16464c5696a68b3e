"""Activations: one nonlinear function of each element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op, quiet
from minitorch.autograd.variable import TensorBase
from minitorch.dtypes import promote_to_float

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Relu(Op):
    """max(x, 0): (*) -> (*)."""

    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.maximum(x, 0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return ThresholdGrad.apply(grad, out)

    parity = staticmethod(lambda torch, x: torch.relu(x))
    reference = staticmethod(np.vectorize(lambda x: x if x > 0 else 0.0, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.distinct))


# Integers as wide as each float, for arithmetic on its bits.
_BITS = {2: np.int16, 4: np.int32, 8: np.int64}


class ThresholdGrad(Op):
    """``grad`` where ``out`` is above 0, elsewhere 0, whatever ``grad`` is: (*), (*) -> (*)."""

    name = "ThresholdBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        # Four times as fast as np.where. A product with the mask would turn infinity into NaN.
        keeps = np.less_equal(out, 0).view(np.int8) - 1  # all bits set, or none
        bits = _BITS[grad.itemsize]
        return np.bitwise_and(grad.view(bits), keeps).view(grad.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return ThresholdGrad.apply(grad, out), None

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.threshold_backward(g, out, 0))
    reference = staticmethod(np.vectorize(lambda g, out: g if out > 0 else 0.0, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.distinct(2, 3))
        yield s(s.real(), s.distinct())
        yield s(s.real(0, 2), s.real(0, 2))


class Sigmoid(Op):
    """1 / (1 + exp(-x)): (*) -> (*)."""

    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    @quiet  # exp(-x) may overflow, to the right limit
    def forward(x: Array) -> Array:
        out = np.exp(-x)
        out += 1
        return np.reciprocal(out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return SigmoidGrad.apply(grad, out)

    parity = staticmethod(lambda torch, x: torch.sigmoid(x))
    reference = staticmethod(np.vectorize(lambda x: 1 / (1 + math.exp(-x)), otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class SigmoidGrad(Op):
    """grad * out * (1 - out): (*), (*) -> (*)."""

    name = "SigmoidBackwardBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        grad_x = 1 - out
        return grad_x * out * grad

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.saved_tensors
        return SigmoidGrad.apply(grad, out), grad * grad_x * (1 - 2 * out)

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.sigmoid_backward(g, out))
    reference = staticmethod(np.vectorize(lambda g, out: g * out * (1 - out), otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.inner(2, 3))
        yield s(s.real(), s.inner())


class Tanh(Op):
    """Hyperbolic tangent: (*) -> (*)."""

    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.tanh(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return TanhGrad.apply(grad, out)

    parity = staticmethod(lambda torch, x: torch.tanh(x))
    reference = staticmethod(np.vectorize(math.tanh, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class TanhGrad(Op):
    """grad * (1 - out²): (*), (*) -> (*)."""

    name = "TanhBackwardBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        return grad * (1 - out * out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.saved_tensors
        return TanhGrad.apply(grad, out), grad * grad_x * out * -2

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.tanh_backward(g, out))
    reference = staticmethod(np.vectorize(lambda g, out: g * (1 - out**2), otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.inner(2, 3))
        yield s(s.real(), s.inner())


def relu(input: TensorBase) -> Tensor:
    """Return max(x, 0) of each element; NaN stays NaN."""
    return Relu.apply(input)


def sigmoid(input: TensorBase) -> Tensor:
    """Return 1 / (1 + exp(-x)) of each element."""
    return Sigmoid.apply(input)


def tanh(input: TensorBase) -> Tensor:
    """Return the hyperbolic tangent of each element."""
    return Tanh.apply(input)
