"""Division and what goes with it: rounded quotients, remainders, reciprocals."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import is_bool, is_float, is_integer, not_implemented, promote_to_float
from minitorch.ops.arguments import need_tensors
from minitorch.ops.elementwise.binary import Binary, by_wide_number, keeping_number, over
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Div(Binary):
    """Quotient with broadcasting; of integers a float: (*A), (*B) -> (*broadcast(A, B))."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_for = {0: (1,)}  # noqa: RUF012 - as declared
    promotion = staticmethod(keeping_number(promote_to_float))
    into = staticmethod(over(np.true_divide))
    wide_numbers = True
    scalar = operator.truediv
    domain = "nonzero"

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return by_wide_number(np.true_divide, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        grad_a = grad / b
        return grad_a if needs_a else None, -grad_a * (a / b) if needs_b else None


@takes_out
def true_divide(input: Any, other: Any) -> Tensor:
    """Return ``input / other``, of integers a float: (*A), (*B) -> (*broadcast(A, B))."""
    return Div.apply(input, other)


true_divide_ = in_place_with(Div, "true_divide_")


class Reciprocal(Unary):
    """1 / x; of integers a float: (*) -> (*)."""

    complex = HOLOMORPHIC
    saves_outputs = (0,)
    slope = staticmethod(lambda grad, out: -grad * (out * out))
    forward = staticmethod(np.reciprocal)
    scalar = staticmethod(lambda x: 1 / x)
    domain = "nonzero"


@takes_out
def reciprocal(input: TensorBase) -> Tensor:
    """Return 1 over each element, a float: (*) -> (*)."""
    return Reciprocal.apply(input)


reciprocal_ = in_place(Reciprocal)


class FloorDivide(Binary):
    """Quotient rounded down, with broadcasting. Its gradient is zero."""

    name = "DivBackward2"
    scalar = staticmethod(lambda a, b: math.floor(a / b))

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("div_floor_cpu", a, b)
        return np.floor_divide(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad), no_slope(grad)

    parity = staticmethod(lambda torch, a, b: torch.div(a, b, rounding_mode="floor"))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))
        yield s.error(RuntimeError, "ZeroDivisionError", s.integers(1, 9, 2), 0)
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(2), s.bools(2))


@takes_out
def floor_divide(input: Any, other: Any) -> Tensor:
    """Return the quotient rounded down: (*A), (*B) -> (*broadcast(A, B))."""
    return FloorDivide.apply(input, other)


floor_divide_ = in_place_with(FloorDivide)


class TruncDivide(FloorDivide):
    """Quotient rounded towards zero, with broadcasting. Its gradient is zero."""

    name = "DivBackward2"
    scalar = staticmethod(lambda a, b: math.trunc(a / b))

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("div_trunc_cpu", a, b)
        if is_float(np.result_type(a, b)):
            return np.trunc(np.true_divide(a, b))
        # In integers: the quotient of 64-bit numbers has more digits than a float.
        down = np.floor_divide(a, b)
        return down + ((down < 0) & (down * b != a)).astype(down.dtype)

    parity = staticmethod(lambda torch, a, b: torch.div(a, b, rounding_mode="trunc"))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.nonzero(2, 3), s.nonzero(3))
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))


@takes_out
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Return ``input / other``, of integers a float: (*A), (*B) -> (*broadcast(A, B)).

    Args:
        input: the dividend.
        other: the divisor.
        rounding_mode: None, "trunc" (towards zero) or "floor" (down; both keep integers integers).
    """
    return rounded_division(rounding_mode).apply(input, other)


def div_(input: T, other: Any, *, rounding_mode: str | None = None) -> T:
    """Divide by ``other``, which broadcasts, and round as :func:`div` does: (*A), (*B) -> (*A)."""
    return write_(rounded_division(rounding_mode), input, other)


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


class Remainder(Binary):
    """What division rounded down leaves, with broadcasting: a - b * floor(a / b)."""

    saves = (0, 1)
    quotient: ClassVar[type[Op]] = FloorDivide
    scalar = staticmethod(lambda a, b: a - b * math.floor(a / b))

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("remainder_cpu", a, b)
        return np.remainder(a, b)

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_b = ctx.needs_input_grad[1]
        return grad, -grad * cls.quotient.apply(a, b) if needs_b else None

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(np.array([5.3, -5.3, 0.4]), np.array([2.0, 2.0, -3.0]))
        yield s(np.array([[5.3], [-1.1]]), 0.7)
        yield s(s.integers(-9, 9, 2, 3), s.integers(1, 4, 3))


@takes_out
def remainder(input: Any, other: Any) -> Tensor:
    """Return what :func:`floor_divide` leaves, of the divisor's sign, with broadcasting."""
    return Remainder.apply(input, other)


remainder_ = in_place_with(Remainder)


class Fmod(Remainder):
    """What division rounded towards zero leaves, with broadcasting: a - b * trunc(a / b)."""

    quotient = TruncDivide
    scalar = staticmethod(lambda a, b: math.fmod(a, b))

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        _check_divisor("fmod_cpu", a, b)
        return np.fmod(a, b)


@takes_out
def fmod(input: TensorBase, other: Any) -> Tensor:
    """Return what division towards zero leaves, of ``input``'s sign, with broadcasting."""
    need_tensors(input)
    return Fmod.apply(input, other)


fmod_ = in_place_with(Fmod)


def _check_divisor(kernel: str, dividend: Any, divisor: Any) -> None:
    """Refuse truth values, and zero among integer divisors."""
    dtype = np.result_type(dividend, divisor)
    if is_integer(dtype) and np.any(np.equal(divisor, 0)):
        raise RuntimeError("ZeroDivisionError: integer division by zero")
    if is_bool(dtype):
        raise not_implemented(kernel, dtype)
