"""Trigonometry, element by element; angles in radians."""

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
    from minitorch.tensor import Tensor


class Sin(Unary):
    """Sine: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * x.cos())
    forward = staticmethod(np.sin)
    scalar = math.sin


@takes_out
def sin(input: TensorBase) -> Tensor:
    """Return the sine of each element, in radians: (*) -> (*)."""
    return Sin.apply(input)


sin_ = in_place(Sin)


class Cos(Unary):
    """Cosine: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: -grad * x.sin())
    forward = staticmethod(np.cos)
    scalar = math.cos


@takes_out
def cos(input: TensorBase) -> Tensor:
    """Return the cosine of each element, in radians: (*) -> (*)."""
    return Cos.apply(input)


cos_ = in_place(Cos)


class Tan(Unary):
    """Tangent: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: grad * (out * out + 1))
    forward = staticmethod(np.tan)
    scalar = math.tan
    domain = "inner"


@takes_out
def tan(input: TensorBase) -> Tensor:
    """Return the tangent of each element, in radians: (*) -> (*)."""
    return Tan.apply(input)


tan_ = in_place(Tan)


class Asin(Unary):
    """Inverse sine, in [-pi/2, pi/2]: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * (1 - x * x).rsqrt())
    forward = staticmethod(np.arcsin)
    scalar = math.asin
    domain = "inner"


@takes_out
def asin(input: TensorBase) -> Tensor:
    """Return the inverse sine of each element, in radians: (*) -> (*)."""
    return Asin.apply(input)


asin_ = in_place(Asin)


class Acos(Unary):
    """Inverse cosine, in [0, pi]: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: -grad * (1 - x * x).rsqrt())
    forward = staticmethod(np.arccos)
    scalar = math.acos
    domain = "inner"


@takes_out
def acos(input: TensorBase) -> Tensor:
    """Return the inverse cosine of each element, in radians: (*) -> (*)."""
    return Acos.apply(input)


acos_ = in_place(Acos)


class Atan(Unary):
    """Inverse tangent, in [-pi/2, pi/2]: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad / (x * x + 1))
    forward = staticmethod(np.arctan)
    scalar = math.atan


@takes_out
def atan(input: TensorBase) -> Tensor:
    """Return the inverse tangent of each element, in radians: (*) -> (*)."""
    return Atan.apply(input)


atan_ = in_place(Atan)


class Sinh(Unary):
    """Hyperbolic sine: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * x.cosh())
    forward = staticmethod(np.sinh)
    scalar = math.sinh


@takes_out
def sinh(input: TensorBase) -> Tensor:
    """Return the hyperbolic sine of each element: (*) -> (*)."""
    return Sinh.apply(input)


sinh_ = in_place(Sinh)


class Cosh(Unary):
    """Hyperbolic cosine: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * x.sinh())
    forward = staticmethod(np.cosh)
    scalar = math.cosh


@takes_out
def cosh(input: TensorBase) -> Tensor:
    """Return the hyperbolic cosine of each element: (*) -> (*)."""
    return Cosh.apply(input)


cosh_ = in_place(Cosh)
