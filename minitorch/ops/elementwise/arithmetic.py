"""Sums, differences and products, element by element."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC, LINEAR
from minitorch.autograd.op import CROSSWISE, Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import overwrite_, write_
from minitorch.core.dtypes import (
    from_numpy,
    is_bool,
    is_complex,
    is_differentiable,
    is_half,
    promote,
    result_dtype,
)
from minitorch.ops.arguments import factor_first
from minitorch.ops.elementwise.binary import Binary, by_wide_number, keeping_number, over
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.elementwise.difference import promote_without_bool, subtract
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.half import held, wide_of
from minitorch.ops.in_place import T, in_place, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Add(Binary):
    """Sum with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    complex = LINEAR
    forward = scalar = operator.add
    into = staticmethod(over(np.add))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, grad


@takes_out
def add(input: Any, other: Any, *old: Any, alpha: Any = 1) -> Tensor:
    """Return ``input + alpha * other``: (*A), (*B) -> (*broadcast(A, B))."""
    if old:
        other, alpha = factor_first("add", "alpha", alpha, other, *old)
    return Add.apply(input, other) if alpha == 1 else weighted(Add, input, other, alpha)


def add_(input: T, other: Any, *old: Any, alpha: Any = 1) -> T:
    """Add ``alpha * other``, which broadcasts: (*A), (*B) -> (*A)."""
    if old:
        other, alpha = factor_first("add_", "alpha", alpha, other, *old)
    return write_(Add, input, other) if alpha == 1 else weighted_(Add, input, other, alpha)


def weighted(op: type[Binary], input: Any, other: Any, alpha: Any) -> Any:
    """Return ``op`` of ``input`` and ``alpha * other``; of two-byte numbers it is rounded once."""
    result = _dtype_of(input, other)
    if not is_half(result):
        return op.apply(input, scaled(input, other, alpha))
    dtype, factor = from_numpy(result), held(alpha, result)
    left, right = (
        wide_of(cast(x, dtype)) if isinstance(x, TensorBase) else x for x in (input, other)
    )
    return cast(op.apply(left, right * factor), dtype)


def weighted_(op: type[Binary], input: T, other: Any, alpha: Any) -> T:
    """Write :func:`weighted` into ``input``."""
    if is_half(_dtype_of(input, other)):
        return overwrite_(op.name, input, lambda x: weighted(op, x, other, alpha))
    return write_(op, input, scaled(input, other, alpha))


def _dtype_of(input: Any, other: Any) -> np.dtype[Any]:
    return result_dtype(*[x._array if isinstance(x, TensorBase) else x for x in (input, other)])


def scaled(input: Any, other: Any, alpha: Any) -> Any:
    """Return ``alpha * other`` in the dtype of its sum with ``input``, which alpha never changes.

    Raises:
        RuntimeError: for a float alpha between integers.
    """
    if isinstance(alpha, TensorBase):
        alpha = alpha._array.item()
    result = _dtype_of(input, other)
    if isinstance(alpha, complex) and not is_complex(result):
        raise RuntimeError(
            "For non-complex input tensors, argument alpha must not be a complex number: got "
            f"alpha={alpha} for a result of dtype {from_numpy(result)}."
        )
    if not is_differentiable(result) and isinstance(alpha, float):
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number: "
            f"got alpha={alpha} for a result of dtype {from_numpy(result)}."
        )
    if isinstance(other, TensorBase):
        other = cast(other, from_numpy(result))
    return other * bool(alpha) if is_bool(result) else other * alpha


class Sub(Binary):
    """Difference with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    complex = LINEAR
    promotion = staticmethod(promote_without_bool)
    forward = staticmethod(subtract)
    into = staticmethod(over(np.subtract))
    scalar = operator.sub

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, -grad if ctx.needs_input_grad[1] else None

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.binary(s.real)
        truth = s.bools(2)
        yield s.error(RuntimeError, "with two bool tensors is not supported", truth, truth)
        yield s.error(RuntimeError, "with a bool tensor is not supported", s.real(2), truth)


@takes_out
def sub(input: Any, other: Any, *old: Any, alpha: Any = 1) -> Tensor:
    """Return ``input - alpha * other``, not of bools: (*A), (*B) -> (*broadcast(A, B))."""
    if old:
        other, alpha = factor_first("sub", "alpha", alpha, other, *old)
    return Sub.apply(input, other) if alpha == 1 else weighted(Sub, input, other, alpha)


def sub_(input: T, other: Any, *old: Any, alpha: Any = 1) -> T:
    """Subtract ``alpha * other``, which broadcasts: (*A), (*B) -> (*A)."""
    if old:
        other, alpha = factor_first("sub_", "alpha", alpha, other, *old)
    return write_(Sub, input, other) if alpha == 1 else weighted_(Sub, input, other, alpha)


class Rsub(Binary):
    """Difference the other way round, number minus tensor: (*A), (*B) -> (*broadcast(A, B))."""

    complex = LINEAR
    name = "RsubBackward1"
    promotion = staticmethod(promote_without_bool)
    scalar = staticmethod(lambda a, b: b - a)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return subtract(b, a)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return -grad if ctx.needs_input_grad[0] else None, grad

    @classmethod
    def parity(cls, torch: Any, a: Any, b: Any) -> Any:
        return torch.rsub(torch.as_tensor(a, dtype=b.dtype) if isinstance(a, float) else a, b)


def rsub(input: TensorBase, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``other - alpha * input``, not of bools: (*A), (*B) -> (*broadcast(A, B))."""
    if not isinstance(input, TensorBase):
        raise TypeError(
            f"rsub(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    return Rsub.apply(input, other) if alpha == 1 else weighted(Sub, other, input, alpha)


class Mul(Binary):
    """Product with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_for = CROSSWISE
    promotion = staticmethod(keeping_number(promote))
    into = staticmethod(over(np.multiply))
    wide_numbers = True
    scalar = operator.mul

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return by_wide_number(operator.mul, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        return grad * b if needs_a else None, grad * a if needs_b else None


@takes_out
def mul(input: Any, other: Any) -> Tensor:
    """Return ``input * other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Mul.apply(input, other)


mul_ = in_place_with(Mul)


class Neg(Unary):
    """Negative: (*) -> (*)."""

    complex = LINEAR
    promotion = None
    scalar = operator.neg

    @staticmethod
    def forward(x: Array) -> Array:
        if is_bool(x.dtype):
            raise RuntimeError(
                "Negation, the `-` operator, on a bool tensor is not supported. If you are trying "
                "to invert a mask, use the `~` or `logical_not()` operator instead."
            )
        return -x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return -grad

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.real)
        yield s.error(RuntimeError, "on a bool tensor is not supported", s.bools(3))


@takes_out
def neg(input: TensorBase) -> Tensor:
    """Return ``-input``, not of bools: (*) -> (*)."""
    return Neg.apply(input)


neg_ = in_place(Neg)
