"""Activations: one nonlinear function of each element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import is_bool, is_float, not_implemented
from minitorch.kernels import active
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.clamping import clamp
from minitorch.ops.elementwise.comparison import Gt, Le
from minitorch.ops.elementwise.constant import flat
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_clamp = without_out(clamp)


class Relu(Unary):
    """max(x, 0): (*) -> (*)."""

    promotion = None
    saves_outputs = (0,)
    scalar = staticmethod(lambda x: x if x > 0 else 0.0)
    domain = "distinct"

    @staticmethod
    def forward(x: Array) -> Array:
        if is_bool(x.dtype):
            raise RuntimeError("Boolean inputs not supported for relu; convert them with .float()")
        return active().elementwise.relu(x)

    @staticmethod
    def into(out: Array) -> bool:
        if not is_float(out.dtype):
            return False
        active().elementwise.relu_(out)
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return ThresholdGrad.apply(grad, out)


@takes_tensors
def relu(input: TensorBase) -> Tensor:
    """Return max(x, 0) of each element; NaN stays NaN: (*) -> (*)."""
    return Relu.apply(input)


relu_ = in_place(Relu)


class ThresholdGrad(Op):
    """``grad`` where ``out`` is above 0, elsewhere 0, whatever ``grad`` is: (*), (*) -> (*)."""

    name = "ThresholdBackwardBackward0"
    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        return active().elementwise.threshold_grad(grad, out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return ThresholdGrad.apply(grad, out), flat(ctx, 1)

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.threshold_backward(g, out, 0))
    reference = staticmethod(np.vectorize(lambda g, out: g if out > 0 else 0.0, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.distinct(2, 3))
        yield s(s.real(), s.distinct())
        yield s(s.real(0, 2), s.real(0, 2))


class Sigmoid(Unary):
    """1 / (1 + exp(-x)): (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    scalar = staticmethod(lambda x: 1 / (1 + math.exp(-x)))

    @staticmethod
    def forward(x: Array) -> Array:
        return active().elementwise.sigmoid(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return SigmoidGrad.apply(grad, out)


@takes_out
def sigmoid(input: TensorBase) -> Tensor:
    """Return 1 / (1 + exp(-x)) of each element: (*) -> (*)."""
    return Sigmoid.apply(input)


sigmoid_ = in_place(Sigmoid)


class SigmoidGrad(Op):
    """grad * out * (1 - out): (*), (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "SigmoidBackwardBackward0"
    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        return active().elementwise.sigmoid_grad(grad, out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.unpack()
        return SigmoidGrad.apply(grad, out), grad * grad_x * (1 - 2 * out)

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.sigmoid_backward(g, out))
    reference = staticmethod(np.vectorize(lambda g, out: g * out * (1 - out), otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.inner(2, 3))
        yield s(s.real(), s.inner())


class Tanh(Unary):
    """Hyperbolic tangent: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    forward = staticmethod(np.tanh)
    scalar = math.tanh

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return TanhGrad.apply(grad, out)


@takes_out
def tanh(input: TensorBase) -> Tensor:
    """Return the hyperbolic tangent of each element: (*) -> (*)."""
    return Tanh.apply(input)


tanh_ = in_place(Tanh)


class TanhGrad(Op):
    """grad * (1 - out²): (*), (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "TanhBackwardBackward0"
    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array) -> Array:
        return active().elementwise.tanh_grad(grad, out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.unpack()
        return TanhGrad.apply(grad, out), grad * grad_x * out * -2

    parity = staticmethod(lambda torch, g, out: torch.ops.aten.tanh_backward(g, out))
    reference = staticmethod(np.vectorize(lambda g, out: g * (1 - out**2), otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.inner(2, 3))
        yield s(s.real(), s.inner())


_leaks: Any = np.vectorize(lambda v, x, slope: v if x > 0 else v * slope, otypes=[float])


class LeakyRelu(Op):
    """x above 0, below it slope * x: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    saved_as = {"negative_slope": "slope"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, slope: float) -> Array:
        return active().elementwise.leak(x, x, slope)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return LeakyReluGrad.apply(grad, x, slope=ctx.slope)

    parity = staticmethod(lambda torch, x, *, slope: torch.nn.functional.leaky_relu(x, slope))
    reference = staticmethod(lambda x, *, slope: _leaks(x, x, slope))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for slope in (0.01, -0.5, 2.0):
            yield s(s.distinct(3, 4), slope=slope)
        yield s(s.distinct(), slope=0.1)
        yield s(s.real(0, 2), slope=0.1)


def leaky_relu(input: TensorBase, negative_slope: float = 0.01) -> Tensor:
    """Return each element, times ``negative_slope`` where it is below 0: (*) -> (*)."""
    return LeakyRelu.apply(input, slope=negative_slope)


class LeakyReluGrad(Op):
    """grad where x is above 0, elsewhere slope * grad: (*), (*) -> (*)."""

    name = "LeakyReluBackwardBackward0"
    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(grad: Array, x: Array, *, slope: float) -> Array:
        return active().elementwise.leak(grad, x, slope)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return LeakyReluGrad.apply(grad, x, slope=ctx.slope), flat(ctx, 1)

    reference = staticmethod(lambda grad, x, *, slope: _leaks(grad, x, slope))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.distinct(3, 4), slope=0.1)


class Elu(Op):
    """scale * x above 0, below it alpha * scale * (exp(input_scale * x) - 1): (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, alpha: float, scale: float, input_scale: float) -> Array:
        below = np.asarray(np.minimum(x, 0), working_dtype(x.dtype))
        below *= input_scale
        np.expm1(below, below)
        below *= alpha * scale
        above = x if scale == 1 else x * below.dtype.type(scale)
        return np.where(x > 0, above, below).astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        below = -Relu.apply(-x)  # of slope 0 at 0
        slope = (below * ctx.input_scale).exp() * (ctx.alpha * ctx.scale * ctx.input_scale)
        above = grad if ctx.scale == 1 else grad * ctx.scale
        return Where.apply(Le.apply(x, 0), grad * slope, above)

    @staticmethod
    def parity(torch: Any, x: Any, *, alpha: float, scale: float, input_scale: float) -> Any:
        return torch.nn.functional.elu(x, alpha) if scale == 1 else torch.selu(x)

    @staticmethod
    def reference(x: Array, *, alpha: float, scale: float, input_scale: float) -> Any:
        def one(v: float) -> float:
            return scale * (v if v > 0 else alpha * math.expm1(v * input_scale))

        return np.vectorize(one, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), alpha=1.0, scale=1.0, input_scale=1.0)
        yield s(s.distinct(3, 4), **_SELU)
        yield s(s.distinct(), alpha=0.5, scale=1.0, input_scale=1.0)


def elu(input: TensorBase, alpha: float = 1.0) -> Tensor:
    """Return each element, alpha * (exp(x) - 1) where it is below 0: (*) -> (*)."""
    return Elu.apply(input, **elu_scales(alpha))


def elu_scales(alpha: float) -> dict[str, float]:
    """Return the parameters of :class:`Elu` for what is called ELU."""
    return {"alpha": alpha, "scale": 1.0, "input_scale": 1.0}


# So that mean 0 and variance 1 are a fixed point: https://arxiv.org/abs/1706.02515.
_SELU = {"alpha": 1.6732632423543772, "scale": 1.0507009873554805, "input_scale": 1.0}


@takes_tensors
def selu(input: TensorBase) -> Tensor:
    """Return 1.0507 * (x where it is above 0, else 1.6733 * (exp(x) - 1)): (*) -> (*)."""
    return Elu.apply(_elu_input(input), **_SELU)


@takes_tensors
def selu_(input: T) -> T:
    """Set each element to its :func:`selu`: (*) -> (*)."""
    return write_(Elu, _elu_input(input), **_SELU)


class Celu(Elu):
    """:class:`Elu` that bends at 0 without a kink: x, below 0 alpha * (exp(x / alpha) - 1)."""

    @staticmethod
    def parity(torch: Any, x: Any, **scales: float) -> Any:
        return torch.celu(x, scales["alpha"])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), **_celu_scales(0.5))
        yield s(s.distinct(), **_celu_scales(2.0))


@takes_tensors
def celu(input: TensorBase, alpha: float = 1.0) -> Tensor:
    """Return each element, alpha * (exp(x / alpha) - 1) where it is below 0: (*) -> (*)."""
    return Celu.apply(_elu_input(input), **_celu_scales(alpha))


@takes_tensors
def celu_(input: T, alpha: float = 1.0) -> T:
    """Set each element to its :func:`celu`: (*) -> (*)."""
    return write_(Celu, _elu_input(input), **_celu_scales(alpha))


def _celu_scales(alpha: float) -> dict[str, float]:
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return {"alpha": alpha, "scale": 1.0, "input_scale": 1 / alpha}


def _elu_input(input: T) -> T:
    if not is_float(input._array.dtype):
        raise not_implemented("elu_cpu", input._array.dtype)
    return input


class Softplus(Op):
    """log(1 + exp(beta * x)) / beta, and x itself where beta * x > threshold: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, beta: float, threshold: float) -> Array:
        wide = x.astype(working_dtype(x.dtype), copy=False)
        scaled = wide * beta
        out = np.where(scaled > threshold, wide, np.log1p(np.exp(scaled)) / beta)
        return out.astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        scaled = x * ctx.beta
        return Where.apply(Gt.apply(scaled, ctx.threshold), grad, grad * Sigmoid.apply(scaled))

    @staticmethod
    def parity(torch: Any, x: Any, *, beta: float, threshold: float) -> Any:
        return torch.nn.functional.softplus(x, beta, threshold)

    @staticmethod
    def reference(x: Array, *, beta: float, threshold: float) -> Any:
        def one(v: float) -> float:
            return v if v * beta > threshold else math.log1p(math.exp(v * beta)) / beta

        return np.vectorize(one, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), beta=1, threshold=20)
        yield s(s.real(3, 4), beta=2.0, threshold=0.3)
        yield s(s.real(), beta=1, threshold=20)


def softplus(input: TensorBase, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return log(1 + exp(beta * x)) / beta; beyond the threshold that is x: (*) -> (*)."""
    return Softplus.apply(input, beta=beta, threshold=threshold)


class Silu(Unary):
    """x * sigmoid(x): (*) -> (*)."""

    complex = HOLOMORPHIC
    promotion = None
    saves = (0,)
    scalar = staticmethod(lambda x: x / (1 + math.exp(-x)))

    @staticmethod
    def forward(x: Array) -> Array:
        return active().elementwise.silu(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return SiluGrad.apply(grad, x)

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.silu(x)


def silu(input: TensorBase) -> Tensor:
    """Return x * sigmoid(x) of each element: (*) -> (*)."""
    return Silu.apply(input)


class SiluGrad(Op):
    """grad * s * (1 + x * (1 - s)), with s the sigmoid of x: (*), (*) -> (*)."""

    complex = HOLOMORPHIC
    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, x: Array) -> Array:
        return active().elementwise.silu_grad(grad, x)

    @staticmethod
    def backward(ctx: Any, v: Tensor) -> Grads:
        grad, x = ctx.unpack()
        share = Sigmoid.apply(x)
        bend = share * (1 - share) * (2 + x * (1 - 2 * share))
        return SiluGrad.apply(v, x), v * grad * bend

    @staticmethod
    def reference(grad: Array, x: Array) -> Any:
        share = 1 / (1 + np.exp(-x))
        return grad * share * (1 + x * (1 - share))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(2, 3))
        yield s(s.real(), s.real())


class Erf(Unary):
    """Error function: (*) -> (*)."""

    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * (-x * x).exp() * (2 / math.sqrt(math.pi)))
    scalar = math.erf

    @staticmethod
    def forward(x: Array) -> Array:
        return active().elementwise.erf(x)


@takes_out
def erf(input: TensorBase) -> Tensor:
    """Return the error function 2/√π · ∫₀ˣ exp(-t²) dt of each element: (*) -> (*)."""
    return Erf.apply(input)


erf_ = in_place(Erf)
