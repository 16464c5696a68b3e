"""Python's operators on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core import dtypes
from minitorch.ops.elementwise import arithmetic, bitwise, comparison, division, power, signs
from minitorch.ops.elementwise.arithmetic import Add, Mul, Neg, Rsub, Sub, mul_
from minitorch.ops.elementwise.division import Div, Reciprocal
from minitorch.ops.out import TakesOut, method, without_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# What may stand beside a tensor; arrays take part as tensors, the rest gets Python's TypeError.
NUMBER = (int, float, np.generic, complex)
OPERAND = (TensorBase, *NUMBER)


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


def _named(operator: Any, name: str, function: TakesOut[..., Any]) -> Any:
    operator.__name__, operator.__qualname__ = name, f"Tensor.{name}"
    operator.__module__, operator.__doc__ = "minitorch.tensor", function.__doc__
    return operator


def _operator(name: str, function: TakesOut[..., Any]) -> Callable[[Any, Any], Tensor]:
    """Return what does ``tensor op other`` by a function of two."""
    op = without_out(function)

    def operator(self: Any, other: Any) -> Any:
        return op(self, other) if isinstance(other, OPERAND) else _foreign(op, self, other)

    return _named(operator, name, function)


def _reflected(name: str, function: TakesOut[..., Any]) -> Callable[[Any, Any], Tensor]:
    """Return what does ``other op tensor`` by a function of two."""
    op = without_out(function)

    def operator(self: Any, other: Any) -> Any:
        try:
            return op(other, self) if isinstance(other, OPERAND) else _foreign_left(op, other, self)
        except (AttributeError, TypeError):
            if isinstance(self, TensorBase):
                raise
            return NotImplemented  # called by hand, of no tensor

    return _named(operator, name, function)


def _commuted(
    name: str, function: TakesOut[..., Any], op: Callable[[Any, Any], Any] | None = None
) -> Callable[[Any, Any], Tensor]:
    """Return what does ``other op tensor`` by a function of two whose order does not matter.

    Numbers come first, which is what comes: a tensor on the left would have answered itself.
    """
    op = op or without_out(function)

    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, NUMBER):
            return op(self, other)
        if not isinstance(self, TensorBase):
            kind = type(self).__name__
            raise TypeError(f"descriptor '{name}' for 'Tensor' objects doesn't apply to '{kind}'")
        return op(self, other) if isinstance(other, TensorBase) else _foreign(op, self, other)

    return _named(operator, name, function)


class Operators(TensorBase):
    """Arithmetic, comparison and logic, written with operators.

    Sums, products and quotients are written out: they are the hot path. So are those whose type is
    not that of Python's.
    """

    def __add__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return Add.apply(self, other)
        return _foreign(Add.apply, self, other)

    __radd__ = _commuted("__radd__", arithmetic.add, Add.apply)

    def __sub__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return Sub.apply(self, other)
        return _foreign(Sub.apply, self, other)

    def __rsub__(self, other: Any) -> Tensor:
        if isinstance(self, TensorBase) and isinstance(other, OPERAND):
            return Rsub.apply(self, other)
        return _foreign_left(Sub.apply, other, self)

    def __mul__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return Mul.apply(self, other)
        return _foreign(Mul.apply, self, other)

    __rmul__ = _commuted("__rmul__", arithmetic.mul, Mul.apply)

    def __truediv__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return Div.apply(self, other)
        return _foreign(Div.apply, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        if isinstance(other, OPERAND):
            return Reciprocal.apply(self) * other
        return _foreign_left(Div.apply, other, self)

    __rdiv__ = __rtruediv__  # Python 2's name, which PyTorch has kept

    __floordiv__ = _operator("__floordiv__", division.floor_divide)
    __rfloordiv__ = _reflected("__rfloordiv__", division.floor_divide)
    __mod__ = _operator("__mod__", division.remainder)
    __rmod__ = _reflected("__rmod__", division.remainder)
    __pow__ = _operator("__pow__", power.pow)
    __rpow__ = _reflected("__rpow__", power.pow)

    __and__ = _operator("__and__", bitwise.bitwise_and)
    __rand__ = _commuted("__rand__", bitwise.bitwise_and)
    __or__ = _operator("__or__", bitwise.bitwise_or)
    __ror__ = _commuted("__ror__", bitwise.bitwise_or)
    __xor__ = _operator("__xor__", bitwise.bitwise_xor)
    __rxor__ = _commuted("__rxor__", bitwise.bitwise_xor)
    __lshift__ = _operator("__lshift__", bitwise.bitwise_left_shift)
    __rlshift__ = _reflected("__rlshift__", bitwise.bitwise_left_shift)
    __rshift__ = _operator("__rshift__", bitwise.bitwise_right_shift)
    __rrshift__ = _reflected("__rrshift__", bitwise.bitwise_right_shift)

    __lt__ = _operator("__lt__", comparison.lt)
    __le__ = _operator("__le__", comparison.le)
    __gt__ = _operator("__gt__", comparison.gt)
    __ge__ = _operator("__ge__", comparison.ge)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        if isinstance(other, OPERAND):
            return comparison.Eq.apply(self, other)
        return _foreign(comparison.Eq.apply, self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        if isinstance(other, OPERAND):
            return comparison.Ne.apply(self, other)
        return _foreign(comparison.Ne.apply, self, other)

    __hash__ = object.__hash__  # by identity, though == compares elements

    def __neg__(self) -> Tensor:
        return Neg.apply(self)

    __pos__ = signs.positive
    __abs__ = method(signs.abs)

    def __invert__(self) -> Tensor:
        if dtypes.is_differentiable(self._array.dtype):
            raise TypeError(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
            )
        return bitwise.BitwiseNot.apply(self)

    def __iadd__(self, other: Any) -> Tensor:
        return write_(Add, self, other)

    def __isub__(self, other: Any) -> Tensor:
        return write_(Sub, self, other)

    __imul__ = mul_
    __itruediv__ = division.true_divide_
    __ifloordiv__ = division.floor_divide_
    __imod__ = division.remainder_
    __ipow__ = power.pow_
    __iand__, __ior__ = bitwise.bitwise_and_, bitwise.bitwise_or_
    __ixor__ = bitwise.bitwise_xor_
    __ilshift__ = bitwise.bitwise_left_shift_
    __irshift__ = bitwise.bitwise_right_shift_
