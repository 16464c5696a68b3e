"""Arithmetic: sums, products, powers, limits and selection, element by element.

``@quiet`` stands where NumPy would warn of overflow, division by zero or NaN: PyTorch does not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op, quiet
from minitorch.autograd.variable import TensorBase
from minitorch.dtypes import promote, promote_to_float
from minitorch.ops.compare import eq, ge, logical_and
from minitorch.ops.selection import where

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Add(Op):
    """Sum with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return a + b

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, grad

    parity = staticmethod(lambda torch, a, b: torch.add(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a + b))
    samples = staticmethod(lambda s: s.binary(s.real))


class Sub(Op):
    """Difference with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return a - b

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, -grad if ctx.needs_input_grad[1] else None

    parity = staticmethod(lambda torch, a, b: torch.sub(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a - b))
    samples = staticmethod(lambda s: s.binary(s.real))


class Mul(Op):
    """Product with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return a * b

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        needs_a, needs_b = ctx.needs_input_grad
        return grad * b if needs_a else None, grad * a if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.mul(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a * b))
    samples = staticmethod(lambda s: s.binary(s.real))


class Div(Op):
    """Quotient with broadcasting; of integers a float: (*A), (*B) -> (*broadcast(A, B))."""

    saves = (0, 1)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return np.true_divide(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        needs_a, needs_b = ctx.needs_input_grad
        grad_a = grad / b
        return grad_a if needs_a else None, -grad_a * (a / b) if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.div(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a / b))
    samples = staticmethod(lambda s: s.binary(s.nonzero))


class Neg(Op):
    """Negative: (*) -> (*)."""

    @staticmethod
    def forward(x: Array) -> Array:
        return -x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return -grad

    parity = staticmethod(lambda torch, x: torch.neg(x))
    reference = staticmethod(np.vectorize(lambda x: -x))
    samples = staticmethod(lambda s: s.unary(s.real))


class Pow(Op):
    """Power of tensors with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    name = "PowBackward1"
    saves = (0, 1)
    saves_outputs = (0,)
    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(base: Any, exponent: Any) -> Array:
        return np.power(base, exponent)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        base, exponent, out = ctx.saved_tensors
        needs_base, needs_exponent = ctx.needs_input_grad
        grad_base = grad_exponent = None
        if needs_base:  # 0 where the exponent is 0, also at base 0
            slope = where(eq(exponent, 0), 0.0, exponent * base ** (exponent - 1))
            grad_base = grad * slope
        if needs_exponent:  # 0 at base 0, where the logarithm is not
            at_zero = logical_and(eq(base, 0), ge(exponent, 0))
            grad_exponent = grad * where(at_zero, 0.0, out * as_tensor_like(base, out).log())
        return grad_base, grad_exponent

    parity = staticmethod(lambda torch, a, b: torch.pow(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a**b))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.positive(2, 3), s.real(2, 3))
        yield s(s.positive(2, 1), s.real(3))
        yield s(2.0, s.real(3))
        yield s(s.positive(), s.real())


class PowScalar(Op):
    """Power with a number as exponent: (*) -> (*)."""

    name = "PowBackward0"
    saves = (0,)

    @staticmethod
    @quiet
    def forward(x: Array, *, exponent: Any) -> Array:
        if exponent == 2:  # np.power takes ten times as long
            return x * x
        return np.power(x, exponent)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        exponent = ctx.exponent
        if exponent == 0:
            return grad * 0
        return grad * (exponent * x ** (exponent - 1))

    parity = staticmethod(lambda torch, x, *, exponent: torch.pow(x, exponent))
    reference = staticmethod(np.vectorize(lambda x, exponent: x**exponent, excluded={"exponent"}))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for exponent in (0, 1, 2, 3, -1, 0.5, -1.5):
            yield s(s.positive(2, 3), exponent=exponent)
        yield s(s.real(3), exponent=2)
        yield s(s.real(0, 2), exponent=3)


class Abs(Op):
    """Absolute value; slope 0 at 0: (*) -> (*)."""

    saves = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.abs(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * x.sign()

    parity = staticmethod(lambda torch, x: torch.abs(x))
    reference = staticmethod(np.vectorize(abs))
    samples = staticmethod(lambda s: s.unary(s.nonzero))


class Sign(Op):
    """-1, 0 or 1 by sign: (*) -> (*). Its gradient is zero."""

    @staticmethod
    def forward(x: Array) -> Array:
        return np.sign(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad * 0

    parity = staticmethod(lambda torch, x: torch.sign(x))
    reference = staticmethod(np.vectorize(lambda x: float((x > 0) - (x < 0))))
    samples = staticmethod(lambda s: s.unary(s.nonzero))


class FloorDivide(Op):
    """Quotient rounded down, with broadcasting."""

    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        _refuse_integer_zero(b)
        return np.floor_divide(a, b)

    parity = staticmethod(lambda torch, a, b: torch.floor_divide(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: math.floor(a / b)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))
        yield s.error(RuntimeError, "ZeroDivisionError", s.integers(1, 9, 2), 0)


class TruncDivide(Op):
    """Quotient rounded towards zero, with broadcasting."""

    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        _refuse_integer_zero(b)
        quotient = np.trunc(np.true_divide(a, b))
        return quotient.astype(np.result_type(a, b), copy=False)

    parity = staticmethod(lambda torch, a, b: torch.div(a, b, rounding_mode="trunc"))
    reference = staticmethod(np.vectorize(lambda a, b: math.trunc(a / b)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))


class Remainder(Op):
    """What division rounded down leaves, with broadcasting: a - b * floor(a / b)."""

    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        _refuse_integer_zero(b)
        return np.remainder(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        needs_b = ctx.needs_input_grad[1]
        return grad, -grad * floor_divide(a, b) if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.remainder(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a - b * math.floor(a / b)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(np.array([5.3, -5.3, 0.4]), np.array([2.0, 2.0, -3.0]))
        yield s(np.array([[5.3], [-1.1]]), 0.7)
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))


def _refuse_integer_zero(divisor: Any) -> None:
    if np.asarray(divisor).dtype.kind in "iu" and np.any(np.equal(divisor, 0)):
        raise RuntimeError("ZeroDivisionError: integer division by zero")


def as_tensor_like(x: Any, like: Any) -> Any:
    """A plain number as a tensor like another; tensors as they are."""
    if isinstance(x, TensorBase):
        return x
    return like._plain(np.asarray(x, like._array.dtype))


def add(input: TensorBase, other: Any, *, alpha: float = 1) -> Tensor:
    """Return ``input + alpha * other``, with broadcasting."""
    return Add.apply(input, other if alpha == 1 else other * alpha)


def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """Return ``input - alpha * other``, with broadcasting.

    Raises:
        RuntimeError: for two bool tensors.
    """
    return Sub.apply(input, other if alpha == 1 else other * alpha)


def mul(input: TensorBase, other: Any) -> Tensor:
    """Return ``input * other``, with broadcasting."""
    return Mul.apply(input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Return ``input / other`` with broadcasting; of integers a float.

    Args:
        input: the dividend.
        other: the divisor.
        rounding_mode: None, "trunc" (towards zero) or "floor" (down; both keep integers integers).
    """
    if rounding_mode is None:
        return Div.apply(input, other)
    if rounding_mode == "floor":
        return FloorDivide.apply(input, other)
    if rounding_mode == "trunc":
        return TruncDivide.apply(input, other)
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
        f"{rounding_mode!r}"
    )


def floor_divide(input: Any, other: Any) -> Tensor:
    """Return the quotient rounded down."""
    return FloorDivide.apply(input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """Return what :func:`floor_divide` leaves; it has the sign of the divisor."""
    return Remainder.apply(input, other)


def neg(input: TensorBase) -> Tensor:
    """Return ``-input``.

    Raises:
        RuntimeError: for a bool tensor.
    """
    return Neg.apply(input)


def pow(input: Any, exponent: Any) -> Tensor:
    """Return ``input`` to the power of ``exponent``, with broadcasting; one may be a number.

    Raises:
        RuntimeError: for integers to a negative integer power.
    """
    if isinstance(exponent, TensorBase):
        return Pow.apply(input, exponent)
    if exponent == 0.5:
        return input.sqrt()
    return PowScalar.apply(input, exponent=exponent)


def abs(input: TensorBase) -> Tensor:
    """Return the absolute values."""
    return Abs.apply(input)


def sign(input: TensorBase) -> Tensor:
    """Return -1, 0 or 1 by sign."""
    return Sign.apply(input)
