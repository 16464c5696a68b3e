"""Trigonometry, element by element; angles in radians."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote_to_float

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class Sin(Op):
    """Sine: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.sin(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * x.cos()

    parity = staticmethod(lambda torch, x: torch.sin(x))
    reference = staticmethod(np.vectorize(math.sin, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Cos(Op):
    """Cosine: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.cos(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return -grad * x.sin()

    parity = staticmethod(lambda torch, x: torch.cos(x))
    reference = staticmethod(np.vectorize(math.cos, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Tan(Op):
    """Tangent: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.tan(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad * (out * out + 1)

    parity = staticmethod(lambda torch, x: torch.tan(x))
    reference = staticmethod(np.vectorize(math.tan, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.inner))


class Asin(Op):
    """Inverse sine, in [-pi/2, pi/2]: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.arcsin(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * (1 - x * x).rsqrt()

    parity = staticmethod(lambda torch, x: torch.asin(x))
    reference = staticmethod(np.vectorize(math.asin, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.inner))


class Acos(Op):
    """Inverse cosine, in [0, pi]: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.arccos(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return -grad * (1 - x * x).rsqrt()

    parity = staticmethod(lambda torch, x: torch.acos(x))
    reference = staticmethod(np.vectorize(math.acos, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.inner))


class Atan(Op):
    """Inverse tangent, in [-pi/2, pi/2]: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.arctan(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad / (x * x + 1)

    parity = staticmethod(lambda torch, x: torch.atan(x))
    reference = staticmethod(np.vectorize(math.atan, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Sinh(Op):
    """Hyperbolic sine: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.sinh(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * x.cosh()

    parity = staticmethod(lambda torch, x: torch.sinh(x))
    reference = staticmethod(np.vectorize(math.sinh, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Cosh(Op):
    """Hyperbolic cosine: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.cosh(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * x.sinh()

    parity = staticmethod(lambda torch, x: torch.cosh(x))
    reference = staticmethod(np.vectorize(math.cosh, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


def sin(input: TensorBase) -> Tensor:
    """Return the sine of each element, in radians."""
    return Sin.apply(input)


def cos(input: TensorBase) -> Tensor:
    """Return the cosine of each element, in radians."""
    return Cos.apply(input)


def tan(input: TensorBase) -> Tensor:
    """Return the tangent of each element, in radians."""
    return Tan.apply(input)


def asin(input: TensorBase) -> Tensor:
    """Return the inverse sine of each element, in radians."""
    return Asin.apply(input)


def acos(input: TensorBase) -> Tensor:
    """Return the inverse cosine of each element, in radians."""
    return Acos.apply(input)


def atan(input: TensorBase) -> Tensor:
    """Return the inverse tangent of each element, in radians."""
    return Atan.apply(input)


def sinh(input: TensorBase) -> Tensor:
    """Return the hyperbolic sine of each element."""
    return Sinh.apply(input)


def cosh(input: TensorBase) -> Tensor:
    """Return the hyperbolic cosine of each element."""
    return Cosh.apply(input)


arcsin, arccos, arctan = asin, acos, atan
