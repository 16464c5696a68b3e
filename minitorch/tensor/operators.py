"""Python's operators on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core import dtypes

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# What may stand beside a tensor; arrays take part as tensors, the rest gets Python's TypeError.
OPERAND = (TensorBase, int, float, np.generic)


def _foreign(op: Callable[[Any, Any], Any], tensor: TensorBase, other: Any) -> Any:
    """``tensor op array``."""
    return (
        op(tensor, _as_tensor(tensor, other)) if isinstance(other, np.ndarray) else NotImplemented
    )


def _foreign_left(op: Callable[[Any, Any], Any], other: Any, tensor: TensorBase) -> Any:
    """``array op tensor``."""
    return (
        op(_as_tensor(tensor, other), tensor) if isinstance(other, np.ndarray) else NotImplemented
    )


def _as_tensor(like: TensorBase, array: Any) -> Any:
    return like._plain(np.asarray(array, dtypes.from_numpy(array.dtype).numpy))


class Operators(TensorBase):
    """Arithmetic, comparison and logic, written with operators."""

    def __add__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return ops.Add.apply(self, other)  # as ops.add does: this is the hot path
        return _foreign(ops.add, self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return ops.Sub.apply(self, other)  # as ops.sub does: this is the hot path
        return _foreign(ops.sub, self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return (
            ops.rsub(self, other)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.sub, other, self)
        )

    def __mul__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return ops.Mul.apply(self, other)  # as ops.mul does: this is the hot path
        return _foreign(ops.mul, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return ops.Div.apply(self, other)  # as ops.div does: this is the hot path
        return _foreign(ops.div, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return (
            ops.reciprocal(self) * other
            if isinstance(other, OPERAND)
            else _foreign_left(ops.div, other, self)
        )

    def __floordiv__(self, other: Any) -> Tensor:
        return (
            ops.floor_divide(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.floor_divide, self, other)
        )

    def __rfloordiv__(self, other: Any) -> Tensor:
        return (
            ops.floor_divide(other, self)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.floor_divide, other, self)
        )

    def __mod__(self, other: Any) -> Tensor:
        return (
            ops.remainder(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.remainder, self, other)
        )

    def __rmod__(self, other: Any) -> Tensor:
        return (
            ops.remainder(other, self)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.remainder, other, self)
        )

    def __pow__(self, other: Any) -> Tensor:
        return (
            ops.pow(self, other) if isinstance(other, OPERAND) else _foreign(ops.pow, self, other)
        )

    def __rpow__(self, other: Any) -> Tensor:
        return (
            ops.pow(other, self)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.pow, other, self)
        )

    def __and__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_and(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.bitwise_and, self, other)
        )

    __rand__ = __and__

    def __or__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_or(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.bitwise_or, self, other)
        )

    __ror__ = __or__

    def __xor__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_xor(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.bitwise_xor, self, other)
        )

    __rxor__ = __xor__

    def __lshift__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_left_shift(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.bitwise_left_shift, self, other)
        )

    def __rlshift__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_left_shift(other, self)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.bitwise_left_shift, other, self)
        )

    def __rshift__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_right_shift(self, other)
            if isinstance(other, OPERAND)
            else _foreign(ops.bitwise_right_shift, self, other)
        )

    def __rrshift__(self, other: Any) -> Tensor:
        return (
            ops.bitwise_right_shift(other, self)
            if isinstance(other, OPERAND)
            else _foreign_left(ops.bitwise_right_shift, other, self)
        )

    def __lt__(self, other: Any) -> Tensor:
        return ops.lt(self, other) if isinstance(other, OPERAND) else _foreign(ops.lt, self, other)

    def __le__(self, other: Any) -> Tensor:
        return ops.le(self, other) if isinstance(other, OPERAND) else _foreign(ops.le, self, other)

    def __gt__(self, other: Any) -> Tensor:
        return ops.gt(self, other) if isinstance(other, OPERAND) else _foreign(ops.gt, self, other)

    def __ge__(self, other: Any) -> Tensor:
        return ops.ge(self, other) if isinstance(other, OPERAND) else _foreign(ops.ge, self, other)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.eq(self, other) if isinstance(other, OPERAND) else _foreign(ops.eq, self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.ne(self, other) if isinstance(other, OPERAND) else _foreign(ops.ne, self, other)

    __hash__ = object.__hash__  # by identity, though == compares elements

    def __neg__(self) -> Tensor:
        return ops.Neg.apply(self)

    def __pos__(self) -> Tensor:
        return self.positive()  # type: ignore[attr-defined]

    def __abs__(self) -> Tensor:
        return ops.abs(self)

    def __invert__(self) -> Tensor:
        if self._array.dtype.kind == "f":
            raise TypeError(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
            )
        return ops.bitwise_not(self)

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
        return self.pow_(other)  # type: ignore[attr-defined]

    def __iand__(self, other: Any) -> Tensor:
        return write_(ops.BitwiseAnd, self, other)

    def __ior__(self, other: Any) -> Tensor:
        return write_(ops.BitwiseOr, self, other)

    def __ixor__(self, other: Any) -> Tensor:
        return write_(ops.BitwiseXor, self, other)

    def __ilshift__(self, other: Any) -> Tensor:
        return write_(ops.LeftShift, self, other)

    def __irshift__(self, other: Any) -> Tensor:
        return write_(ops.RightShift, self, other)
