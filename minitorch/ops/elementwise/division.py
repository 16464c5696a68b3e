"""Division and what goes with it: rounded quotients, remainders, reciprocals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import not_implemented, promote, promote_to_float
from minitorch.ops.elementwise.arithmetic import by_wide_number, over
from minitorch.ops.elementwise.cast import no_slope

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Div(Op):
    """Quotient with broadcasting; of integers a float: (*A), (*B) -> (*broadcast(A, B))."""

    elementwise = True
    saves = (0, 1)
    saved_for = {0: (1,)}  # noqa: RUF012 - as declared
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        if type(b) is float and a.dtype == np.float16:
            return by_wide_number(np.true_divide, a, b)
        return np.true_divide(a, b)

    into = staticmethod(over(np.true_divide))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        needs_a, needs_b = ctx.needs_input_grad
        grad_a = grad / b
        return grad_a if needs_a else None, -grad_a * (a / b) if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.div(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a / b, otypes=[float]))
    samples = staticmethod(lambda s: s.binary(s.nonzero))


class Reciprocal(Op):
    """1 / x; of integers a float: (*) -> (*)."""

    elementwise = True
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.reciprocal(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.saved_tensors
        return -grad * (out * out)

    parity = staticmethod(lambda torch, x: torch.reciprocal(x))
    reference = staticmethod(np.vectorize(lambda x: 1 / x, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.nonzero))


class FloorDivide(Op):
    """Quotient rounded down, with broadcasting. Its gradient is zero."""

    name = "DivBackward2"
    elementwise = True
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("div_floor_cpu", a, b)
        return np.floor_divide(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad), no_slope(grad)

    parity = staticmethod(lambda torch, a, b: torch.div(a, b, rounding_mode="floor"))
    reference = staticmethod(np.vectorize(lambda a, b: math.floor(a / b)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))
        yield s.error(RuntimeError, "ZeroDivisionError", s.integers(1, 9, 2), 0)
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(2), s.bools(2))


class TruncDivide(Op):
    """Quotient rounded towards zero, with broadcasting. Its gradient is zero."""

    name = "DivBackward2"
    elementwise = True
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("div_trunc_cpu", a, b)
        if np.result_type(a, b).kind == "f":
            return np.trunc(np.true_divide(a, b))
        # In integers: the quotient of 64-bit numbers has more digits than a float.
        down = np.floor_divide(a, b)
        return down + ((down < 0) & (down * b != a)).astype(down.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad), no_slope(grad)

    parity = staticmethod(lambda torch, a, b: torch.div(a, b, rounding_mode="trunc"))
    reference = staticmethod(np.vectorize(lambda a, b: math.trunc(a / b)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))


class Remainder(Op):
    """What division rounded down leaves, with broadcasting: a - b * floor(a / b)."""

    elementwise = True
    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("remainder_cpu", a, b)
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


def _check_divisor(kernel: str, dividend: Any, divisor: Any) -> None:
    """Refuse truth values, and zero among integer divisors."""
    dtype = np.result_type(dividend, divisor)
    if dtype.kind in "iu" and np.any(np.equal(divisor, 0)):
        raise RuntimeError("ZeroDivisionError: integer division by zero")
    if dtype.kind == "b":
        raise not_implemented(kernel, dtype)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Return ``input / other`` with broadcasting; of integers a float.

    Args:
        input: the dividend.
        other: the divisor.
        rounding_mode: None, "trunc" (towards zero) or "floor" (down; both keep integers integers).
    """
    return rounded_division(rounding_mode).apply(input, other)


def rounded_division(rounding_mode: str | None) -> type[Op]:
    """Return the op that divides and rounds so.

    Raises:
        RuntimeError: for an unknown mode.
    """
    if rounding_mode is None:
        return Div
    if rounding_mode == "floor":
        return FloorDivide
    if rounding_mode == "trunc":
        return TruncDivide
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
        f"{rounding_mode!r}"
    )


def reciprocal(input: TensorBase) -> Tensor:
    """Return 1 over each element."""
    return Reciprocal.apply(input)


def floor_divide(input: Any, other: Any) -> Tensor:
    """Return the quotient rounded down."""
    return FloorDivide.apply(input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """Return what :func:`floor_divide` leaves; it has the sign of the divisor."""
    return Remainder.apply(input, other)
