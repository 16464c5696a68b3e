"""Operations on the bits of integers; on truth values, and the logical ones of the same name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_float, is_integer, not_implemented
from minitorch.ops.elementwise.binary import Binary
from minitorch.ops.in_place import in_place, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Bitwise(Binary):
    """Base of the operations on the bits of integers, or on truth values, with broadcasting."""

    differentiable = False
    otypes = None

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3), s.integers(0, 8, 2, 3))
        yield s(s.bools(2, 3), s.bools(3))
        yield s(s.integers(0, 8, 4), 3)
        yield s.error(NotImplementedError, "not implemented for 'Double'", s.real(2), 1)


def _on_bits(ufunc: Callable[..., Array], kernel: str) -> Callable[[Any, Any], Array]:
    def forward(a: Any, b: Any) -> Array:
        dtype = np.result_type(a, b)
        if is_float(dtype):
            raise not_implemented(kernel, dtype)
        return ufunc(a, b)

    return forward


class BitwiseAnd(Bitwise):
    """Bits set in both."""

    forward = staticmethod(_on_bits(np.bitwise_and, "bitwise_and_cpu"))
    scalar = operator.and_


@takes_out
def bitwise_and(input: Any, other: Any) -> Tensor:
    """Return the bits set in both, logically of bools: (*A), (*B) -> (*broadcast(A, B))."""
    return BitwiseAnd.apply(input, other)


bitwise_and_ = in_place_with(BitwiseAnd)


class BitwiseOr(Bitwise):
    """Bits set in either."""

    forward = staticmethod(_on_bits(np.bitwise_or, "bitwise_or_cpu"))
    scalar = operator.or_


@takes_out
def bitwise_or(input: Any, other: Any) -> Tensor:
    """Return the bits set in either, logically of bools: (*A), (*B) -> (*broadcast(A, B))."""
    return BitwiseOr.apply(input, other)


bitwise_or_ = in_place_with(BitwiseOr)


class BitwiseXor(Bitwise):
    """Bits set in exactly one."""

    forward = staticmethod(_on_bits(np.bitwise_xor, "bitwise_xor_cpu"))
    scalar = operator.xor


@takes_out
def bitwise_xor(input: Any, other: Any) -> Tensor:
    """Return the bits set in just one, logically of bools: (*A), (*B) -> (*broadcast(A, B))."""
    return BitwiseXor.apply(input, other)


bitwise_xor_ = in_place_with(BitwiseXor)


class BitwiseNot(Op):
    """Bits turned over: (*) -> (*)."""

    elementwise = True
    differentiable = False

    @staticmethod
    def forward(x: Array) -> Array:
        if is_float(x.dtype):
            raise not_implemented("bitwise_not_cpu", x.dtype)
        return np.bitwise_not(x)

    parity = staticmethod(lambda torch, x: torch.bitwise_not(x))
    reference = staticmethod(np.vectorize(lambda x: not x if isinstance(x, bool) else ~x))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3))
        yield s(s.bools(3))


@takes_out
def bitwise_not(input: TensorBase) -> Tensor:
    """Return the bits turned over, of bools the logical opposite: (*) -> (*)."""
    return BitwiseNot.apply(input)


bitwise_not_ = in_place(BitwiseNot)


class Shift(Binary):
    """Base of the shifts, with broadcasting; by less than 0 or too far is by all bits."""

    differentiable = False
    otypes = None

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(-8, 8, 2, 3), s.integers(0, 4, 3))
        yield s(s.integers(-8, 8, 4), 3)
        yield s(s.integers(-8, 8, 2, 1), np.array([64, -1, 62]))
        yield s.error(NotImplementedError, "not implemented for 'Double'", s.real(2), 1)


def _bits_to_shift(kernel: str, a: Any, b: Any) -> tuple[Array, Array]:
    """How far to shift, and whether that is within the width of the numbers."""
    dtype = np.result_type(a, b)
    if not is_integer(dtype):
        raise not_implemented(kernel, dtype)
    width = dtype.itemsize * 8
    within = np.greater_equal(b, 0) & np.less(b, width)
    return np.where(within, b, dtype.type(0)).astype(dtype, copy=False), within


class BitwiseLeftShift(Shift):
    """Bits moved up: a * 2**b."""

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        by, within = _bits_to_shift("lshift_cpu", a, b)
        shifted = np.left_shift(a, by)
        return np.where(within, shifted, shifted.dtype.type(0))

    @staticmethod
    def scalar(a: int, b: int) -> int:
        return ((int(a) << int(b)) + 2**63) % 2**64 - 2**63 if 0 <= b < 64 else 0


@takes_out
def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """Return ``input`` with bits moved up by ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return BitwiseLeftShift.apply(input, other)


bitwise_left_shift_ = in_place_with(BitwiseLeftShift)


class BitwiseRightShift(Shift):
    """Bits moved down, keeping the sign: floor(a / 2**b)."""

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        by, within = _bits_to_shift("rshift_cpu", a, b)
        shifted = np.right_shift(a, by)
        return np.where(within, shifted, -np.less(a, 0).astype(shifted.dtype))

    @staticmethod
    def scalar(a: int, b: int) -> int:
        return a >> (b if 0 <= b < 64 else 63)


@takes_out
def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """Return bits moved down by ``other``, keeping the sign: (*A), (*B) -> (*broadcast(A, B))."""
    return BitwiseRightShift.apply(input, other)


bitwise_right_shift_ = in_place_with(BitwiseRightShift)
