"""The error function's complement and inverse, and the normal distribution made of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.kernels.special import error
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.arithmetic import Mul
from minitorch.ops.elementwise.comparison import Gt
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_ROOT_PI, _ROOT_2PI = math.sqrt(math.pi), math.sqrt(2 * math.pi)


class Erfc(Unary):
    """Complementary error function, 1 - erf(x) without cancellation: (*) -> (*)."""

    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * (-x * x).exp() * (-2 / _ROOT_PI))
    forward = staticmethod(error.erfc)
    scalar = math.erfc


@takes_out
@takes_tensors
def erfc(input: TensorBase) -> Tensor:
    """Return 1 - erf(input), exact also where that is small: (*) -> (*)."""
    return Erfc.apply(input)


erfc_ = in_place(Erfc)


class Erfcx(Unary):
    """exp(x²) erfc(x): (*) -> (*)."""

    name = "SpecialErfcxBackward0"
    saves = (0,)
    saves_outputs = (0,)
    forward = staticmethod(error.erfcx)
    scalar = staticmethod(lambda x: math.exp(x * x) * math.erfc(x))

    @staticmethod
    def slope(grad: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return grad * (2 * x * out - 2 / _ROOT_PI)


@takes_out
@takes_tensors
def erfcx(input: TensorBase) -> Tensor:
    """Return exp(input²) erfc(input), exact also for large elements: (*) -> (*)."""
    return Erfcx.apply(input)


def _bisected(function: Any, low: float, high: float) -> Any:
    """Return the inverse of an increasing function of a number, found by halving."""

    def inverse(y: float) -> float:
        a, b = low, high
        for _ in range(200):
            middle = (a + b) / 2
            a, b = (middle, b) if function(middle) < y else (a, middle)
        return (a + b) / 2

    return inverse


class Erfinv(Unary):
    """Inverse of the error function, of what lies in (-1, 1): (*) -> (*)."""

    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * (out * out).exp() * (_ROOT_PI / 2))
    forward = staticmethod(error.erfinv)
    scalar = staticmethod(_bisected(math.erf, -6.0, 6.0))
    domain = "inner"


@takes_out
@takes_tensors
def erfinv(input: TensorBase) -> Tensor:
    """Return the number whose error function is ``input``: (*) -> (*)."""
    return Erfinv.apply(input)


erfinv_ = in_place(Erfinv)


@takes_out
@takes_tensors
def ndtr(input: TensorBase) -> Tensor:
    """Return the normal distribution function: the area below the density up to ``input``."""
    return Mul.apply(Erfc.apply(Mul.apply(input, -math.sqrt(0.5))), 0.5)


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


class Ndtri(Unary):
    """Quantile of the normal distribution, of what lies in (0, 1): (*) -> (*)."""

    name = "SpecialNdtriBackward0"
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * (out * out / 2).exp() * _ROOT_2PI)
    forward = staticmethod(error.ndtri)
    scalar = staticmethod(_bisected(_normal, -40.0, 40.0))
    domain = "inner"


@takes_out
@takes_tensors
def ndtri(input: TensorBase) -> Tensor:
    """Return the number up to which the normal distribution has the share ``input``: (*) -> (*)."""
    return Ndtri.apply(input)


class LogNdtr(Unary):
    """Logarithm of the normal distribution function: (*) -> (*)."""

    name = "SpecialLogNdtrBackward0"
    saves = (0,)
    forward = staticmethod(error.log_ndtr)
    scalar = staticmethod(lambda x: math.log(_normal(x)))

    @staticmethod
    def slope(grad: Tensor, x: Tensor) -> Tensor:
        """The density over the distribution; below 0, where both vanish, both times exp(x²/2)."""
        above = Gt.apply(x, 0)
        high, low = Where.apply(above, x, 0.0), Where.apply(above, 0.0, x)
        share = Where.apply(
            above, Erfc.apply(high * -math.sqrt(0.5)), Erfcx.apply(low * -math.sqrt(0.5))
        )
        return grad * (high * high * -0.5).exp() / share * math.sqrt(2 / math.pi)


@takes_out
@takes_tensors
def log_ndtr(input: TensorBase) -> Tensor:
    """Return the logarithm of :func:`ndtr`, exact also far below zero: (*) -> (*)."""
    return LogNdtr.apply(input)
