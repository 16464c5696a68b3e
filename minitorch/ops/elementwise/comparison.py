"""Comparison and logic: operations that give truth values and have no gradient."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_outcome_of
from minitorch.core.dtypes import promote, scalar_name

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Comparison(Op):
    """Base of the operations that have no gradient: (*A), (*B) -> (*broadcast(A, B))."""

    elementwise = True
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


class IsClose(Op):
    """Whether |a - b| <= atol + rtol |b|, or both are equal, or (if asked) both NaN."""

    elementwise = True
    differentiable = False

    @staticmethod
    def forward(a: Array, b: Array, *, rtol: float, atol: float, equal_nan: bool) -> Array:
        close = np.equal(a, b)
        if equal_nan:
            close = close | (np.isnan(a) & np.isnan(b))
        difference = np.abs(np.subtract(a, b, dtype=np.result_type(a, np.int8)))
        return close | (np.isfinite(difference) & (difference <= atol + np.abs(rtol * b)))

    parity = staticmethod(
        lambda torch, a, b, *, rtol, atol, equal_nan: torch.isclose(a, b, rtol, atol, equal_nan)
    )
    reference = staticmethod(
        lambda a, b, *, rtol, atol, equal_nan: np.isclose(a, b, rtol, atol, equal_nan)
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        a = np.array([1.0, 1.0, np.nan, np.inf, np.inf, 0.0])
        b = np.array([1.00001, 1.1, np.nan, np.inf, -np.inf, 1e-9])
        for equal_nan in (False, True):
            yield s(a, b, rtol=1e-4, atol=1e-8, equal_nan=equal_nan)
        yield s(s.integers(0, 9, 2, 3), s.integers(0, 9, 3), rtol=0.1, atol=1.0, equal_nan=False)


class Predicate(Op):
    """Base of the truth values of one tensor: (*) -> (*)."""

    elementwise = True
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
    reference = staticmethod(np.vectorize(math.isfinite, otypes=[bool]))


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


def isclose(
    input: TensorBase,
    other: TensorBase,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> Tensor:
    """Return where two are as good as equal: ``|input - other| <= atol + rtol * |other|``.

    Raises:
        RuntimeError: for tensors of two dtypes, or a negative tolerance.
    """
    a, b = input._array, other._array
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{scalar_name(a)} did not match {scalar_name(b)}: convert one with .to(dtype) first."
        )
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
    return IsClose.apply(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


def allclose(
    input: TensorBase,
    other: TensorBase,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> bool:
    """Return whether :func:`isclose` holds everywhere."""
    refuse_outcome_of("allclose", input._array, other._array)
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


def equal(input: TensorBase, other: TensorBase) -> bool:
    """Return whether two tensors have the same shape and elements, whatever their dtypes."""
    a, b = input._array, other._array
    refuse_outcome_of("equal", a, b)
    return a.shape == b.shape and bool(np.equal(a, b).all())


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
