"""Exponential, logarithm, roots and trigonometry, element by element.

``@quiet`` stands where NumPy would warn of overflow, division by zero or NaN: PyTorch does not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op, quiet
from minitorch.autograd.variable import TensorBase
from minitorch.dtypes import promote_to_float

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class Exp(Op):
    """Exponential: (*) -> (*)."""

    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    @quiet
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

    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    @quiet
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

    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    @quiet
    def forward(x: Array) -> Array:
        return np.sqrt(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return grad / (2 * out)

    parity = staticmethod(lambda torch, x: torch.sqrt(x))
    reference = staticmethod(np.vectorize(math.sqrt, otypes=[float]))
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
