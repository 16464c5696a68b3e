"""Inverse hyperbolic functions, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.variable import TensorBase
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Asinh(Unary):
    """Inverse hyperbolic sine: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * (x * x + 1).rsqrt())
    forward = staticmethod(np.arcsinh)
    scalar = math.asinh


@takes_out
def asinh(input: TensorBase) -> Tensor:
    """Return the inverse hyperbolic sine of each element: (*) -> (*)."""
    return Asinh.apply(input)


asinh_ = in_place(Asinh)
arcsinh, arcsinh_ = asinh, asinh_


class Acosh(Unary):
    """Inverse hyperbolic cosine, of what is at least 1: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * (x * x - 1).rsqrt())
    forward = staticmethod(np.arccosh)
    scalar = math.acosh

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.unary(lambda *shape: np.asarray(s.positive(*shape) + 1))


@takes_out
def acosh(input: TensorBase) -> Tensor:
    """Return the inverse hyperbolic cosine of each element: (*) -> (*)."""
    return Acosh.apply(input)


acosh_ = in_place(Acosh)
arccosh, arccosh_ = acosh, acosh_


class Atanh(Unary):
    """Inverse hyperbolic tangent, of what lies in (-1, 1): (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / (1 - x * x))
    forward = staticmethod(np.arctanh)
    scalar = math.atanh
    domain = "inner"


@takes_out
def atanh(input: TensorBase) -> Tensor:
    """Return the inverse hyperbolic tangent of each element: (*) -> (*)."""
    return Atanh.apply(input)


atanh_ = in_place(Atanh)
arctanh, arctanh_ = atanh, atanh_
