"""Operations on the bits of integers; on truth values, and the logical ones of the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import not_implemented, promote

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Bitwise(Op):
    """Base of the operations on the bits of integers, or on truth values, with broadcasting."""

    elementwise = True
    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3), s.integers(0, 8, 2, 3))
        yield s(s.bools(2, 3), s.bools(3))
        yield s(s.integers(0, 8, 4), 3)
        yield s.error(NotImplementedError, "not implemented for 'Double'", s.real(2), 1)


def _on_bits(ufunc: Callable[..., Array], kernel: str) -> Callable[[Any, Any], Array]:
    def forward(a: Any, b: Any) -> Array:
        dtype = np.result_type(a, b)
        if dtype.kind == "f":
            raise not_implemented(kernel, dtype)
        return ufunc(a, b)

    return forward


class BitwiseAnd(Bitwise):
    """Bits set in both."""

    forward = staticmethod(_on_bits(np.bitwise_and, "bitwise_and_cpu"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_and(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a & b))


class BitwiseOr(Bitwise):
    """Bits set in either."""

    forward = staticmethod(_on_bits(np.bitwise_or, "bitwise_or_cpu"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_or(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a | b))


class BitwiseXor(Bitwise):
    """Bits set in exactly one."""

    forward = staticmethod(_on_bits(np.bitwise_xor, "bitwise_xor_cpu"))
    parity = staticmethod(lambda torch, a, b: torch.bitwise_xor(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a ^ b))


class BitwiseNot(Op):
    """Bits turned over: (*) -> (*)."""

    elementwise = True
    differentiable = False

    @staticmethod
    def forward(x: Array) -> Array:
        if x.dtype.kind == "f":
            raise not_implemented("bitwise_not_cpu", x.dtype)
        return np.bitwise_not(x)

    parity = staticmethod(lambda torch, x: torch.bitwise_not(x))
    reference = staticmethod(np.vectorize(lambda x: not x if isinstance(x, bool) else ~x))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 8, 2, 3))
        yield s(s.bools(3))


class Shift(Op):
    """Base of the shifts, with broadcasting; by less than 0 or too far is by all bits."""

    elementwise = True
    promotion = staticmethod(promote)
    differentiable = False

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(-8, 8, 2, 3), s.integers(0, 4, 3))
        yield s(s.integers(-8, 8, 4), 3)
        yield s(s.integers(-8, 8, 2, 1), np.array([64, -1, 62]))
        yield s.error(NotImplementedError, "not implemented for 'Double'", s.real(2), 1)


def _bits_to_shift(kernel: str, a: Any, b: Any) -> tuple[Array, Array]:
    """How far to shift, and whether that is within the width of the numbers."""
    dtype = np.result_type(a, b)
    if dtype.kind in "fb":
        raise not_implemented(kernel, dtype)
    width = dtype.itemsize * 8
    within = np.greater_equal(b, 0) & np.less(b, width)
    return np.where(within, b, dtype.type(0)).astype(dtype, copy=False), within


class LeftShift(Shift):
    """Bits moved up: a * 2**b."""

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        by, within = _bits_to_shift("lshift_cpu", a, b)
        shifted = np.left_shift(a, by)
        return np.where(within, shifted, shifted.dtype.type(0))

    parity = staticmethod(lambda torch, a, b: torch.bitwise_left_shift(a, b))
    reference = staticmethod(
        np.vectorize(
            lambda a, b: ((int(a) << int(b)) + 2**63) % 2**64 - 2**63 if 0 <= b < 64 else 0
        )
    )


class RightShift(Shift):
    """Bits moved down, keeping the sign: floor(a / 2**b)."""

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        by, within = _bits_to_shift("rshift_cpu", a, b)
        shifted = np.right_shift(a, by)
        return np.where(within, shifted, -np.less(a, 0).astype(shifted.dtype))

    parity = staticmethod(lambda torch, a, b: torch.bitwise_right_shift(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a >> (b if 0 <= b < 64 else 63)))


def bitwise_and(input: Any, other: Any) -> Tensor:
    """Return the bits set in both, with broadcasting; of truth values the logical result."""
    return BitwiseAnd.apply(input, other)


def bitwise_or(input: Any, other: Any) -> Tensor:
    """Return the bits set in either, with broadcasting; of truth values the logical result."""
    return BitwiseOr.apply(input, other)


def bitwise_xor(input: Any, other: Any) -> Tensor:
    """Return the bits set in exactly one, with broadcasting; of truth values the logical result."""
    return BitwiseXor.apply(input, other)


def bitwise_not(input: TensorBase) -> Tensor:
    """Return the bits turned over; of truth values the logical opposite."""
    return BitwiseNot.apply(input)


def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """Return ``input`` with its bits moved up by ``other``, with broadcasting."""
    return LeftShift.apply(input, other)


def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """Return ``input`` with its bits moved down by ``other``, keeping the sign."""
    return RightShift.apply(input, other)
