"""Angles and what is made of them: of points in the plane, in degrees, sines over their angle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote_to_float, refuse_complex
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.arithmetic import Mul
from minitorch.ops.elementwise.binary import Binary, both_tensors, of_floats
from minitorch.ops.elementwise.comparison import Eq
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place, in_place_of, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Atan2(Binary):
    """Angle of the point (b, a), in [-pi, pi], with broadcasting; slope 0 at the origin."""

    saves = (0, 1)
    promotion = staticmethod(both_tensors(promote_to_float))
    forward = staticmethod(np.arctan2)
    scalar = math.atan2
    domain = "nonzero"

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        square = a * a + b * b
        share = Where.apply(Eq.apply(square, 0), 0.0, square.reciprocal())
        return grad * (b * share), grad * (-a * share)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.binary_of_tensors(s.nonzero)


@takes_out
@takes_tensors
def atan2(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the angle of each point (other, input), in [-pi, pi]: (*A), (*B) -> (*broadcast)."""
    return Atan2.apply(input, other)


atan2_ = in_place_with(Atan2)
arctan2, arctan2_ = atan2, atan2_


class Hypot(Binary):
    """Distance of the point (a, b) from the origin, with broadcasting: sqrt(a² + b²)."""

    saves = (0, 1)
    saves_outputs = (0,)
    promotion = staticmethod(of_floats("hypot_cpu"))
    forward = staticmethod(np.hypot)
    scalar = math.hypot

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b, out = ctx.unpack()
        return grad * (a / out), grad * (b / out)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.binary_of_tensors(s.nonzero)


@takes_out
@takes_tensors
def hypot(input: TensorBase, other: TensorBase) -> Tensor:
    """Return sqrt(input² + other²), of floats: (*A), (*B) -> (*broadcast(A, B))."""
    return Hypot.apply(input, other)


hypot_ = in_place_with(Hypot)


@takes_out
@takes_tensors
def deg2rad(input: TensorBase) -> Tensor:
    """Return angles given in degrees in radians, integers as floats: (*) -> (*)."""
    refuse_complex(input, "deg2rad is not supported for complex tensors.")
    return Mul.apply(input, math.pi / 180)


deg2rad_ = in_place_of(deg2rad)


@takes_out
@takes_tensors
def rad2deg(input: TensorBase) -> Tensor:
    """Return angles given in radians in degrees, integers as floats: (*) -> (*)."""
    refuse_complex(input, "rad2deg is not supported for complex tensors.")
    return Mul.apply(input, 180 / math.pi)


rad2deg_ = in_place_of(rad2deg)


class Sinc(Unary):
    """sin(pi x) / (pi x), 1 at 0: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves = (0,)
    scalar = staticmethod(lambda x: math.sin(math.pi * x) / (math.pi * x) if x else 1.0)
    domain = "nonzero"

    @staticmethod
    def forward(x: Array) -> Array:
        angle = np.asarray(x * working_dtype(x.dtype).type(math.pi))
        share = np.sin(angle) / angle
        return np.where(angle == 0, share.dtype.type(1), share).astype(x.dtype, copy=False)

    @staticmethod
    def slope(grad: Tensor, x: Tensor) -> Tensor:
        angle, square = x * math.pi, x * x * math.pi
        slope = (angle * angle.cos() - angle.sin()) / square
        return Where.apply(Eq.apply(square, 0), 0.0, grad * slope)


@takes_out
@takes_tensors
def sinc(input: TensorBase) -> Tensor:
    """Return sin(pi x) / (pi x) of each element, 1 at 0: (*) -> (*)."""
    return Sinc.apply(input)


sinc_ = in_place(Sinc)
