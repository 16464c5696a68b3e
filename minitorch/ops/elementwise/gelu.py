"""GELU: each element times the chance that a normal number is smaller."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import active
from minitorch.kernels.contract.elementwise import CUBE, SCALE
from minitorch.ops.elementwise.activation import Sigmoid
from minitorch.ops.elementwise.clamping import clamp
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.out import without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_clamp = without_out(clamp)


class Gelu(Unary):
    """x * Φ(x), with Φ the normal distribution function: (*) -> (*)."""

    name = "GeluBackward0"
    promotion = None
    saves = (0,)
    approximate: ClassVar[str] = "none"
    saved_as = {"approximate": lambda node: node._op.approximate}  # noqa: RUF012 - as declared
    scalar = staticmethod(lambda x: x * (1 + math.erf(x * math.sqrt(0.5))) / 2)

    @classmethod
    def forward(cls, x: Array) -> Array:
        return active().elementwise.gelu(x, cls.approximate)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return GeluGrad.apply(grad, x, approximate=ctx._op.approximate)

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.gelu(x, approximate=cls.approximate)


class GeluTanh(Gelu):
    """x * (1 + tanh(√(2/π) * (x + 0.044715 * x³))) / 2: (*) -> (*)."""

    name = "GeluBackward0"
    approximate = "tanh"

    @staticmethod
    def scalar(x: float) -> float:
        return x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + CUBE * x**3))) / 2


class GeluGrad(Op):
    """Gradient of :class:`Gelu`, grad * (Φ(x) + x * Φ'(x)): (*), (*) -> (*)."""

    name = "GeluBackwardBackward0"
    elementwise = True
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, x: Array, *, approximate: str) -> Array:
        return active().elementwise.gelu_grad(grad, x, approximate)

    @staticmethod
    def backward(ctx: Any, v: Tensor) -> Grads:
        grad, x = ctx.unpack()
        bend = _logistic_bend(x) if ctx.approximate == "tanh" else _normal_bend(x)
        return GeluGrad.apply(v, x, approximate=ctx.approximate), v * grad * bend

    @staticmethod
    def parity(torch: Any, grad: Any, x: Any, *, approximate: str) -> Any:
        return torch.ops.aten.gelu_backward(grad, x, approximate=approximate)

    @staticmethod
    def reference(grad: Array, x: Array, *, approximate: str) -> Any:
        function = GeluTanh.scalar if approximate == "tanh" else Gelu.scalar

        def one(g: float, v: float) -> float:  # Richardson's extrapolation of central differences
            near, far = ((function(v + h) - function(v - h)) / (2 * h) for h in (1e-3, 2e-3))
            return g * (4 * near - far) / 3

        return np.vectorize(one, otypes=[float])(grad, x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for approximate in ("none", "tanh"):
            yield s(s.real(3, 4), s.real(3, 4), approximate=approximate)
            yield s(s.real(), s.real(), approximate=approximate)
        yield s(s.real(0, 2), s.real(0, 2), approximate="none")


def _normal_bend(x: Tensor) -> Tensor:
    """Return the second derivative of x * Φ(x): (2 - x²) * Φ'(x)."""
    square = x * x
    bend: Tensor = (2 - square) * (square * -0.5).exp() * (1 / math.sqrt(2 * math.pi))
    return bend


def _logistic_bend(x: Tensor) -> Tensor:
    """Return the same of x * s(z(x)), with s the logistic function.

    It is 2 s' z' + x (s'' z'² + s' z''), where s' = s (1 - s) and s'' = s' (1 - 2 s).
    """
    x = _clamp(x, -10, 10)  # it is 0 beyond, and would be infinity times 0
    square = x * x
    share = Sigmoid.apply(x * (square * CUBE + 1) * SCALE)
    slope = (square * (3 * CUBE) + 1) * SCALE  # z'
    bend: Tensor = (
        share
        * (1 - share)
        * (slope * (2 + x * slope * (1 - 2 * share)) + square * (6 * CUBE * SCALE))
    )
    return bend


def gelu(input: TensorBase, approximate: str = "none") -> Tensor:
    """Return x * Φ(x) of each element, or its approximation by "tanh": (*) -> (*).

    Raises:
        RuntimeError: for another ``approximate``.
    """
    if approximate == "none":
        return Gelu.apply(input)
    if approximate == "tanh":
        return GeluTanh.apply(input)
    raise RuntimeError(
        f"approximate argument must be either none or tanh, but got {approximate!r}."
    )
