"""Comparison and logic: operations that give truth values and have no gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.dtypes import promote

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Comparison(Op):
    """Base of the operations that have no gradient: (*A), (*B) -> (*broadcast(A, B))."""

    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 3, 2, 3), s.integers(0, 3, 2, 3))
        yield s(s.real(2, 1), s.real(3))
        yield s(s.integers(0, 3, 4), 1)
        yield s(s.real(), 0.5)
        yield s.error(RuntimeError, "must match the size", s.real(2, 3), s.real(4))


class Eq(Comparison):
    """Whether equal."""

    forward = staticmethod(np.equal)
    parity = staticmethod(lambda torch, a, b: torch.eq(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a == b))


class Ne(Comparison):
    """Whether not equal."""

    forward = staticmethod(np.not_equal)
    parity = staticmethod(lambda torch, a, b: torch.ne(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a != b))


class Lt(Comparison):
    """Whether less."""

    forward = staticmethod(np.less)
    parity = staticmethod(lambda torch, a, b: torch.lt(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a < b))


class Le(Comparison):
    """Whether less or equal."""

    forward = staticmethod(np.less_equal)
    parity = staticmethod(lambda torch, a, b: torch.le(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a <= b))


class Gt(Comparison):
    """Whether greater."""

    forward = staticmethod(np.greater)
    parity = staticmethod(lambda torch, a, b: torch.gt(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a > b))


class Ge(Comparison):
    """Whether greater or equal."""

    forward = staticmethod(np.greater_equal)
    parity = staticmethod(lambda torch, a, b: torch.ge(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a >= b))


class LogicalAnd(Comparison):
    """Whether both are nonzero."""

    forward = staticmethod(np.logical_and)
    parity = staticmethod(lambda torch, a, b: torch.logical_and(a, torch.as_tensor(b)))
    reference = staticmethod(np.vectorize(lambda a, b: bool(a) and bool(b)))


class LogicalOr(Comparison):
    """Whether one is nonzero."""

    forward = staticmethod(np.logical_or)
    parity = staticmethod(lambda torch, a, b: torch.logical_or(a, torch.as_tensor(b)))
    reference = staticmethod(np.vectorize(lambda a, b: bool(a) or bool(b)))


class LogicalXor(Comparison):
    """Whether exactly one is nonzero."""

    forward = staticmethod(np.logical_xor)
    parity = staticmethod(lambda torch, a, b: torch.logical_xor(a, torch.as_tensor(b)))
    reference = staticmethod(np.vectorize(lambda a, b: bool(a) != bool(b)))


class Predicate(Op):
    """Base of the truth values of one tensor: (*) -> (*)."""

    differentiable = False

    @staticmethod
    def samples(s: Sampler) -> Samples:
        special = np.array([0.0, -1.5, np.nan, np.inf, -np.inf])
        yield s(special)
        yield s(s.real(2, 3))
        yield s(s.real())


class LogicalNot(Predicate):
    """Whether zero."""

    forward = staticmethod(np.logical_not)
    parity = staticmethod(lambda torch, x: torch.logical_not(x))
    reference = staticmethod(np.vectorize(lambda x: not bool(x)))


class IsNan(Predicate):
    """Whether not a number."""

    forward = staticmethod(np.isnan)
    parity = staticmethod(lambda torch, x: torch.isnan(x))
    reference = staticmethod(np.vectorize(lambda x: x != x))


class IsInf(Predicate):
    """Whether infinite, of either sign."""

    forward = staticmethod(np.isinf)
    parity = staticmethod(lambda torch, x: torch.isinf(x))
    reference = staticmethod(np.vectorize(lambda x: x in (np.inf, -np.inf)))


class IsFinite(Predicate):
    """Whether neither infinite nor NaN."""

    forward = staticmethod(np.isfinite)
    parity = staticmethod(lambda torch, x: torch.isfinite(x))
    reference = staticmethod(np.vectorize(lambda x: abs(x) < np.inf))


class Bitwise(Op):
    """Base of the operations on the bits of integers, or on truth values, with broadcasting."""

    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3), s.integers(0, 8, 2, 3))
        yield s(s.bools(2, 3), s.bools(3))
        yield s(s.integers(0, 8, 4), 3)


def _on_bits(ufunc: Callable[..., Array], word: str) -> Callable[[Any, Any], Array]:
    def forward(a: Any, b: Any) -> Array:
        try:
            return ufunc(a, b)
        except TypeError:
            name = f"bitwise_{word}"
            raise RuntimeError(
                f'"{name}_cpu" not implemented for floating-point tensors: {name} needs integer '
                "or bool tensors"
            ) from None

    return forward


class BitwiseAnd(Bitwise):
    """Bits set in both."""

    forward = staticmethod(_on_bits(np.bitwise_and, "and"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_and(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a & b))


class BitwiseOr(Bitwise):
    """Bits set in either."""

    forward = staticmethod(_on_bits(np.bitwise_or, "or"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_or(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a | b))


class BitwiseXor(Bitwise):
    """Bits set in exactly one."""

    forward = staticmethod(_on_bits(np.bitwise_xor, "xor"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_xor(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a ^ b))


class BitwiseNot(Op):
    """Bits turned over: (*) -> (*)."""

    differentiable = False
    forward = staticmethod(np.bitwise_not)
    parity = staticmethod(lambda torch, x: torch.bitwise_not(x))
    reference = staticmethod(np.vectorize(lambda x: not x if isinstance(x, np.bool_) else ~x))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3))
        yield s(s.bools(3))


def eq(input: TensorBase, other: Any) -> Tensor:
    """Return where two are equal, with broadcasting."""
    return Eq.apply(input, other)


def ne(input: TensorBase, other: Any) -> Tensor:
    """Return where two differ, with broadcasting."""
    return Ne.apply(input, other)


def lt(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is less than ``other``, with broadcasting."""
    return Lt.apply(input, other)


def le(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is less than or equal to ``other``, with broadcasting."""
    return Le.apply(input, other)


def gt(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is greater than ``other``, with broadcasting."""
    return Gt.apply(input, other)


def ge(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is greater than or equal to ``other``, with broadcasting."""
    return Ge.apply(input, other)


def logical_and(input: TensorBase, other: Any) -> Tensor:
    """Return where both are nonzero, with broadcasting."""
    return LogicalAnd.apply(input, other)


def logical_or(input: TensorBase, other: Any) -> Tensor:
    """Return where one is nonzero, with broadcasting."""
    return LogicalOr.apply(input, other)


def logical_xor(input: TensorBase, other: Any) -> Tensor:
    """Return where exactly one is nonzero, with broadcasting."""
    return LogicalXor.apply(input, other)


def bitwise_and(input: TensorBase, other: Any) -> Tensor:
    """Return the bits set in both, with broadcasting; of truth values the logical result."""
    return BitwiseAnd.apply(input, other)


def bitwise_or(input: TensorBase, other: Any) -> Tensor:
    """Return the bits set in either, with broadcasting; of truth values the logical result."""
    return BitwiseOr.apply(input, other)


def bitwise_xor(input: TensorBase, other: Any) -> Tensor:
    """Return the bits set in exactly one, with broadcasting; of truth values the logical result."""
    return BitwiseXor.apply(input, other)


def logical_not(input: TensorBase) -> Tensor:
    """Return where ``input`` is zero."""
    return LogicalNot.apply(input)


def isnan(input: TensorBase) -> Tensor:
    """Return where ``input`` is not a number."""
    return IsNan.apply(input)


def isinf(input: TensorBase) -> Tensor:
    """Return where ``input`` is infinite."""
    return IsInf.apply(input)


def isfinite(input: TensorBase) -> Tensor:
    """Return where ``input`` is neither infinite nor NaN."""
    return IsFinite.apply(input)


def bitwise_not(input: TensorBase) -> Tensor:
    """Return the bits turned over; of truth values the logical opposite."""
    return BitwiseNot.apply(input)
