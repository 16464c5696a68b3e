"""Arithmetic, comparison and logic by name, element by element; operators have their own file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.ops.elementwise import (
    bitwise,
    comparison as compare,
    comparison_in_place as compared,
)

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ElementwiseMethods(TensorBase):
    """One-liners over :mod:`minitorch.ops`; a name that ends in ``_`` writes into the tensor."""

    def add(self, other: Any, *, alpha: Any = 1) -> Tensor:
        return ops.add(self, other, alpha=alpha)

    def add_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        return write_(ops.Add, self, other if alpha == 1 else ops.scaled(self, other, alpha))

    def sub(self, other: Any, *, alpha: Any = 1) -> Tensor:
        return ops.sub(self, other, alpha=alpha)

    def sub_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        return write_(ops.Sub, self, other if alpha == 1 else ops.scaled(self, other, alpha))

    subtract, subtract_ = sub, sub_

    def mul(self, other: Any) -> Tensor:
        return ops.mul(self, other)

    def mul_(self, other: Any) -> Tensor:
        return write_(ops.Mul, self, other)

    multiply, multiply_ = mul, mul_

    def div(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        return ops.div(self, other, rounding_mode=rounding_mode)

    def div_(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        return write_(ops.rounded_division(rounding_mode), self, other)

    divide, divide_ = div, div_

    def true_divide(self, other: Any) -> Tensor:
        return ops.div(self, other)

    def true_divide_(self, other: Any) -> Tensor:
        return write_(ops.Div, self, other)

    def floor_divide(self, other: Any) -> Tensor:
        return ops.floor_divide(self, other)

    def floor_divide_(self, other: Any) -> Tensor:
        return write_(ops.FloorDivide, self, other)

    def remainder(self, other: Any) -> Tensor:
        return ops.remainder(self, other)

    def remainder_(self, other: Any) -> Tensor:
        return write_(ops.Remainder, self, other)

    def reciprocal(self) -> Tensor:
        return ops.reciprocal(self)

    def reciprocal_(self) -> Tensor:
        return write_(ops.Reciprocal, self)

    def pow(self, exponent: Any) -> Tensor:
        return ops.pow(self, exponent)

    def pow_(self, exponent: Any) -> Tensor:
        if isinstance(exponent, TensorBase):
            return write_(ops.Pow, self, exponent)
        return write_(ops.PowScalar, self, exponent=exponent)

    def square(self) -> Tensor:
        return ops.square(self)

    def square_(self) -> Tensor:
        return write_(ops.PowScalar, self, exponent=2)

    def positive(self) -> Tensor:
        return ops.positive(self)

    def neg(self) -> Tensor:
        return ops.neg(self)

    def neg_(self) -> Tensor:
        return write_(ops.Neg, self)

    negative, negative_ = neg, neg_

    def abs(self) -> Tensor:
        return ops.abs(self)

    def abs_(self) -> Tensor:
        return write_(ops.Abs, self)

    absolute, absolute_ = abs, abs_

    def sign(self) -> Tensor:
        return ops.sign(self)

    def sign_(self) -> Tensor:
        return write_(ops.Sign, self)

    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        return ops.clamp(self, min, max)

    def clamp_(self, min: Any = None, max: Any = None) -> Tensor:
        op, inputs, params = ops.limits(min, max)
        return write_(op, self, *inputs, **params)

    clip, clip_ = clamp, clamp_

    def clamp_min(self, min: Any) -> Tensor:
        return ops.clamp(self, min)

    def clamp_min_(self, min: Any) -> Tensor:
        return self.clamp_(min)

    def clamp_max(self, max: Any) -> Tensor:
        return ops.clamp(self, None, max)

    def clamp_max_(self, max: Any) -> Tensor:
        return self.clamp_(None, max)

    def maximum(self, other: Tensor) -> Tensor:
        return ops.maximum(self, other)

    def minimum(self, other: Tensor) -> Tensor:
        return ops.minimum(self, other)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        return ops.where(condition, self, other)

    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        return ops.addcmul(self, tensor1, tensor2, value=value)

    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        return self.add_(tensor1 * tensor2, alpha=value)

    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        return ops.addcdiv(self, tensor1, tensor2, value=value)

    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        return self.add_(tensor1 / tensor2, alpha=value)

    def lerp(self, end: Tensor, weight: Any) -> Tensor:
        return ops.lerp(self, end, weight)

    def lerp_(self, end: Tensor, weight: Any) -> Tensor:
        return write_(ops.Lerp, self, end, weight)

    def isnan(self) -> Tensor:
        return ops.isnan(self)

    def isinf(self) -> Tensor:
        return ops.isinf(self)

    def isfinite(self) -> Tensor:
        return ops.isfinite(self)

    def logical_not(self) -> Tensor:
        return ops.logical_not(self)

    def logical_not_(self) -> Tensor:
        return write_(compare.LogicalNot, self)

    def bitwise_not(self) -> Tensor:
        return ops.bitwise_not(self)

    def bitwise_not_(self) -> Tensor:
        return write_(bitwise.BitwiseNot, self)

    def eq(self, other: Any) -> Tensor:
        return ops.eq(self, other)

    def eq_(self, other: Any) -> Tensor:
        return write_(compared.EqOver, self, other)

    def ne(self, other: Any) -> Tensor:
        return ops.ne(self, other)

    def ne_(self, other: Any) -> Tensor:
        return write_(compared.NeOver, self, other)

    def lt(self, other: Any) -> Tensor:
        return ops.lt(self, other)

    def lt_(self, other: Any) -> Tensor:
        return write_(compared.LtOver, self, other)

    def le(self, other: Any) -> Tensor:
        return ops.le(self, other)

    def le_(self, other: Any) -> Tensor:
        return write_(compared.LeOver, self, other)

    def gt(self, other: Any) -> Tensor:
        return ops.gt(self, other)

    def gt_(self, other: Any) -> Tensor:
        return write_(compared.GtOver, self, other)

    def ge(self, other: Any) -> Tensor:
        return ops.ge(self, other)

    def ge_(self, other: Any) -> Tensor:
        return write_(compared.GeOver, self, other)

    not_equal, not_equal_ = ne, ne_
    less, less_, less_equal, less_equal_ = lt, lt_, le, le_
    greater, greater_, greater_equal, greater_equal_ = gt, gt_, ge, ge_

    def logical_and(self, other: Any) -> Tensor:
        return ops.logical_and(self, other)

    def logical_and_(self, other: Any) -> Tensor:
        return write_(compare.LogicalAnd, self, other)

    def logical_or(self, other: Any) -> Tensor:
        return ops.logical_or(self, other)

    def logical_or_(self, other: Any) -> Tensor:
        return write_(compare.LogicalOr, self, other)

    def logical_xor(self, other: Any) -> Tensor:
        return ops.logical_xor(self, other)

    def logical_xor_(self, other: Any) -> Tensor:
        return write_(compare.LogicalXor, self, other)

    def bitwise_and(self, other: Any) -> Tensor:
        return ops.bitwise_and(self, other)

    def bitwise_and_(self, other: Any) -> Tensor:
        return write_(ops.BitwiseAnd, self, other)

    def bitwise_or(self, other: Any) -> Tensor:
        return ops.bitwise_or(self, other)

    def bitwise_or_(self, other: Any) -> Tensor:
        return write_(ops.BitwiseOr, self, other)

    def bitwise_xor(self, other: Any) -> Tensor:
        return ops.bitwise_xor(self, other)

    def bitwise_xor_(self, other: Any) -> Tensor:
        return write_(ops.BitwiseXor, self, other)

    def bitwise_left_shift(self, other: Any) -> Tensor:
        return ops.bitwise_left_shift(self, other)

    def bitwise_left_shift_(self, other: Any) -> Tensor:
        return write_(ops.LeftShift, self, other)

    def bitwise_right_shift(self, other: Any) -> Tensor:
        return ops.bitwise_right_shift(self, other)

    def bitwise_right_shift_(self, other: Any) -> Tensor:
        return write_(ops.RightShift, self, other)
