"""Operators and methods that go element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import ops
from minitorch.autograd.inplace import write_
from minitorch.autograd.variable import TensorBase

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# What may stand beside a tensor in an operator; anything else gets Python's TypeError.
_OPERAND = (TensorBase, int, float, np.generic)


class ElementwiseMethods(TensorBase):
    """The arithmetic, comparison and logic of tensors."""

    def __add__(self, other: Any) -> Tensor:
        return ops.add(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Any) -> Tensor:
        return ops.sub(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __rsub__(self, other: Any) -> Tensor:
        return ops.sub(other, self) if isinstance(other, _OPERAND) else NotImplemented

    def __mul__(self, other: Any) -> Tensor:
        return ops.mul(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Tensor:
        return ops.div(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __rtruediv__(self, other: Any) -> Tensor:
        return ops.div(other, self) if isinstance(other, _OPERAND) else NotImplemented

    def __floordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(other, self) if isinstance(other, _OPERAND) else NotImplemented

    def __mod__(self, other: Any) -> Tensor:
        return ops.remainder(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __rmod__(self, other: Any) -> Tensor:
        return ops.remainder(other, self) if isinstance(other, _OPERAND) else NotImplemented

    def __pow__(self, other: Any) -> Tensor:
        return ops.pow(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __rpow__(self, other: Any) -> Tensor:
        return ops.pow(other, self) if isinstance(other, _OPERAND) else NotImplemented

    def __and__(self, other: Any) -> Tensor:
        return ops.bitwise_and(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __rand__ = __and__

    def __or__(self, other: Any) -> Tensor:
        return ops.bitwise_or(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __ror__ = __or__

    def __xor__(self, other: Any) -> Tensor:
        return ops.bitwise_xor(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __rxor__ = __xor__

    def __lt__(self, other: Any) -> Tensor:
        return ops.lt(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __le__(self, other: Any) -> Tensor:
        return ops.le(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __gt__(self, other: Any) -> Tensor:
        return ops.gt(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __ge__(self, other: Any) -> Tensor:
        return ops.ge(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.eq(self, other) if isinstance(other, _OPERAND) else NotImplemented

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.ne(self, other) if isinstance(other, _OPERAND) else NotImplemented

    __hash__ = object.__hash__  # by identity, though == compares elements

    def __neg__(self) -> Tensor:
        return ops.neg(self)

    def __abs__(self) -> Tensor:
        return ops.abs(self)

    def __invert__(self) -> Tensor:
        return ops.bitwise_not(self)

    def __pos__(self) -> Tensor:
        return self  # type: ignore[return-value]

    def __iadd__(self, other: Any) -> Tensor:
        return write_(ops.Add, self, other)

    def __isub__(self, other: Any) -> Tensor:
        return write_(ops.Sub, self, other)

    def __imul__(self, other: Any) -> Tensor:
        return write_(ops.Mul, self, other)

    def __itruediv__(self, other: Any) -> Tensor:
        return write_(ops.Div, self, other)

    def __ifloordiv__(self, other: Any) -> Tensor:
        return write_(ops.FloorDivide, self, other)

    def __imod__(self, other: Any) -> Tensor:
        return write_(ops.Remainder, self, other)

    def __ipow__(self, other: Any) -> Tensor:
        return self.pow_(other)

    def add(self, other: Any, *, alpha: float = 1) -> Tensor:
        return ops.add(self, other, alpha=alpha)

    def add_(self, other: Any, *, alpha: float = 1) -> Tensor:
        return write_(ops.Add, self, other if alpha == 1 else other * alpha)

    def sub(self, other: Any, *, alpha: float = 1) -> Tensor:
        return ops.sub(self, other, alpha=alpha)

    def sub_(self, other: Any, *, alpha: float = 1) -> Tensor:
        return write_(ops.Sub, self, other if alpha == 1 else other * alpha)

    def mul(self, other: Any) -> Tensor:
        return ops.mul(self, other)

    def mul_(self, other: Any) -> Tensor:
        return write_(ops.Mul, self, other)

    def div(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        return ops.div(self, other, rounding_mode=rounding_mode)

    def div_(self, other: Any) -> Tensor:
        return write_(ops.Div, self, other)

    def floor_divide(self, other: Any) -> Tensor:
        return ops.floor_divide(self, other)

    def remainder(self, other: Any) -> Tensor:
        return ops.remainder(self, other)

    def pow(self, exponent: Any) -> Tensor:
        return ops.pow(self, exponent)

    def pow_(self, exponent: Any) -> Tensor:
        if isinstance(exponent, TensorBase):
            return write_(ops.Pow, self, exponent)
        return write_(ops.PowScalar, self, exponent=exponent)

    def square(self) -> Tensor:
        return ops.pow(self, 2)

    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        return ops.clamp(self, min, max)

    def clamp_(self, min: Any = None, max: Any = None) -> Tensor:
        return write_(ops.Clamp, self, low=min, high=max)

    def where(self, condition: TensorBase, other: Any) -> Tensor:
        return ops.where(condition, self, other)

    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
        return self.add_(tensor1 * tensor2, alpha=value)

    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
        return self.add_(tensor1 / tensor2, alpha=value)

    def lerp_(self, end: Tensor, weight: Any) -> Tensor:
        return self.add_((end - self) * weight)

    def neg(self) -> Tensor:
        return ops.neg(self)

    def neg_(self) -> Tensor:
        return write_(ops.Neg, self)

    def abs(self) -> Tensor:
        return ops.abs(self)

    def abs_(self) -> Tensor:
        return write_(ops.Abs, self)

    def exp(self) -> Tensor:
        return ops.exp(self)

    def exp_(self) -> Tensor:
        return write_(ops.Exp, self)

    def log(self) -> Tensor:
        return ops.log(self)

    def log_(self) -> Tensor:
        return write_(ops.Log, self)

    def sqrt(self) -> Tensor:
        return ops.sqrt(self)

    def sqrt_(self) -> Tensor:
        return write_(ops.Sqrt, self)

    def sign(self) -> Tensor:
        return ops.sign(self)

    def isnan(self) -> Tensor:
        return ops.isnan(self)

    def isinf(self) -> Tensor:
        return ops.isinf(self)

    def isfinite(self) -> Tensor:
        return ops.isfinite(self)

    def logical_not(self) -> Tensor:
        return ops.logical_not(self)

    def bitwise_not(self) -> Tensor:
        return ops.bitwise_not(self)

    def maximum(self, other: Any) -> Tensor:
        return ops.maximum(self, other)

    def minimum(self, other: Any) -> Tensor:
        return ops.minimum(self, other)

    def eq(self, other: Any) -> Tensor:
        return ops.eq(self, other)

    def ne(self, other: Any) -> Tensor:
        return ops.ne(self, other)

    def lt(self, other: Any) -> Tensor:
        return ops.lt(self, other)

    def le(self, other: Any) -> Tensor:
        return ops.le(self, other)

    def gt(self, other: Any) -> Tensor:
        return ops.gt(self, other)

    def ge(self, other: Any) -> Tensor:
        return ops.ge(self, other)

    def logical_and(self, other: Any) -> Tensor:
        return ops.logical_and(self, other)

    def logical_or(self, other: Any) -> Tensor:
        return ops.logical_or(self, other)

    def logical_xor(self, other: Any) -> Tensor:
        return ops.logical_xor(self, other)

    def bitwise_and(self, other: Any) -> Tensor:
        return ops.bitwise_and(self, other)

    def bitwise_or(self, other: Any) -> Tensor:
        return ops.bitwise_or(self, other)

    def bitwise_xor(self, other: Any) -> Tensor:
        return ops.bitwise_xor(self, other)
