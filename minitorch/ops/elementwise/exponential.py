"""Exponentials, logarithms, roots and reciprocals, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote_to_float

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class Exp(Op):
    """Exponential: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.exp(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad * out

    parity = staticmethod(lambda torch, x: torch.exp(x))
    reference = staticmethod(np.vectorize(math.exp, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Log(Op):
    """Natural logarithm: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.log(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad / x

    parity = staticmethod(lambda torch, x: torch.log(x))
    reference = staticmethod(np.vectorize(math.log, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


class Sqrt(Op):
    """Square root: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.sqrt(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad / (2 * out)

    parity = staticmethod(lambda torch, x: torch.sqrt(x))
    reference = staticmethod(np.vectorize(math.sqrt, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


class Log1p(Op):
    """Natural logarithm of 1 + x, exact for small x: (*) -> (*)."""

    name = "Log1PBackward0"
    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.log1p(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad / (x + 1)

    parity = staticmethod(lambda torch, x: torch.log1p(x))
    reference = staticmethod(np.vectorize(math.log1p, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


class Log2(Op):
    """Logarithm to base 2: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.log2(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad / (x * math.log(2))

    parity = staticmethod(lambda torch, x: torch.log2(x))
    reference = staticmethod(np.vectorize(math.log2, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


class Log10(Op):
    """Logarithm to base 10: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.log10(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad / (x * math.log(10))

    parity = staticmethod(lambda torch, x: torch.log10(x))
    reference = staticmethod(np.vectorize(math.log10, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


class Expm1(Op):
    """Exponential less 1, exact for small x: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.expm1(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad * (out + 1)

    parity = staticmethod(lambda torch, x: torch.expm1(x))
    reference = staticmethod(np.vectorize(math.expm1, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Exp2(Op):
    """Power of 2: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.exp2(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad * out * math.log(2)

    parity = staticmethod(lambda torch, x: torch.exp2(x))
    reference = staticmethod(np.vectorize(lambda x: 2.0**x, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Rsqrt(Op):
    """Reciprocal of the square root: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return 1 / np.sqrt(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad * out**3 * -0.5

    parity = staticmethod(lambda torch, x: torch.rsqrt(x))
    reference = staticmethod(np.vectorize(lambda x: 1 / math.sqrt(x), otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.positive))


def exp(input: TensorBase) -> Tensor:
    """Return the exponential of each element."""
    return Exp.apply(input)


def log(input: TensorBase) -> Tensor:
    """Return the natural logarithm of each element."""
    return Log.apply(input)


def sqrt(input: TensorBase) -> Tensor:
    """Return the square root of each element."""
    return Sqrt.apply(input)


def log1p(input: TensorBase) -> Tensor:
    """Return log(1 + input), exact for small elements."""
    return Log1p.apply(input)


def log2(input: TensorBase) -> Tensor:
    """Return the logarithm to base 2 of each element."""
    return Log2.apply(input)


def log10(input: TensorBase) -> Tensor:
    """Return the logarithm to base 10 of each element."""
    return Log10.apply(input)


def expm1(input: TensorBase) -> Tensor:
    """Return exp(input) - 1, exact for small elements."""
    return Expm1.apply(input)


def exp2(input: TensorBase) -> Tensor:
    """Return 2 to the power of each element."""
    return Exp2.apply(input)


def rsqrt(input: TensorBase) -> Tensor:
    """Return 1 / sqrt(input)."""
    return Rsqrt.apply(input)
