"""Exponentials, logarithms, roots and reciprocals, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class Exp(Unary):
    """Exponential: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * out)
    forward = staticmethod(np.exp)
    scalar = math.exp


@takes_out
def exp(input: TensorBase) -> Tensor:
    """Return the exponential of each element: (*) -> (*)."""
    return Exp.apply(input)


exp_ = in_place(Exp)


class Log(Unary):
    """Natural logarithm: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / x)
    forward = staticmethod(np.log)
    scalar = math.log
    domain = "positive"


@takes_out
def log(input: TensorBase) -> Tensor:
    """Return the natural logarithm of each element: (*) -> (*)."""
    return Log.apply(input)


log_ = in_place(Log)


class Sqrt(Unary):
    """Square root: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad / (2 * out))
    forward = staticmethod(np.sqrt)
    scalar = math.sqrt
    domain = "positive"


@takes_out
def sqrt(input: TensorBase) -> Tensor:
    """Return the square root of each element: (*) -> (*)."""
    return Sqrt.apply(input)


sqrt_ = in_place(Sqrt)


class Log1p(Unary):
    """Natural logarithm of 1 + x, exact for small x: (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "Log1PBackward0"
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / (x + 1))
    forward = staticmethod(np.log1p)
    scalar = math.log1p
    domain = "positive"


@takes_out
def log1p(input: TensorBase) -> Tensor:
    """Return log(1 + input), exact for small elements: (*) -> (*)."""
    return Log1p.apply(input)


log1p_ = in_place(Log1p)


class Log2(Unary):
    """Logarithm to base 2: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / (x * math.log(2)))
    forward = staticmethod(np.log2)
    scalar = math.log2
    domain = "positive"


@takes_out
def log2(input: TensorBase) -> Tensor:
    """Return the logarithm to base 2 of each element: (*) -> (*)."""
    return Log2.apply(input)


log2_ = in_place(Log2)


class Log10(Unary):
    """Logarithm to base 10: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / (x * math.log(10)))
    forward = staticmethod(np.log10)
    scalar = math.log10
    domain = "positive"


@takes_out
def log10(input: TensorBase) -> Tensor:
    """Return the logarithm to base 10 of each element: (*) -> (*)."""
    return Log10.apply(input)


log10_ = in_place(Log10)


class Expm1(Unary):
    """Exponential less 1, exact for small x: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * (out + 1))
    forward = staticmethod(np.expm1)
    scalar = math.expm1


@takes_out
def expm1(input: TensorBase) -> Tensor:
    """Return exp(input) - 1, exact for small elements: (*) -> (*)."""
    return Expm1.apply(input)


expm1_ = in_place(Expm1)


class Exp2(Unary):
    """Power of 2: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * out * math.log(2))
    forward = staticmethod(np.exp2)
    scalar = staticmethod(lambda x: 2.0**x)


@takes_out
def exp2(input: TensorBase) -> Tensor:
    """Return 2 to the power of each element: (*) -> (*)."""
    return Exp2.apply(input)


exp2_ = in_place(Exp2)


class Rsqrt(Unary):
    """Reciprocal of the square root: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * out**3 * -0.5)
    scalar = staticmethod(lambda x: 1 / math.sqrt(x))
    domain = "positive"

    @staticmethod
    def forward(x: Array) -> Array:
        root = np.sqrt(x, dtype=working_dtype(x.dtype))
        return (1 / root).astype(x.dtype, copy=False)


@takes_out
def rsqrt(input: TensorBase) -> Tensor:
    """Return 1 / sqrt(input): (*) -> (*)."""
    return Rsqrt.apply(input)


rsqrt_ = in_place(Rsqrt)
