"""Powers: of two tensors, and with a number as exponent or as base."""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import (
    SCALAR_NAMES,
    cast_operand,
    checked_number,
    complex128,
    float64,
    from_numpy,
    is_bool,
    is_complex,
    is_differentiable,
    is_float,
    is_half,
    is_integer,
    not_implemented,
    note_complex,
    result_dtype,
    scalar_name,
)
from minitorch.core.layout import copied
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.arguments import need_tensors
from minitorch.ops.elementwise.binary import Binary
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.elementwise.comparison import Eq, Ge
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.logical import LogicalAnd
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.half import held
from minitorch.ops.in_place import T
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Pow(Binary):
    """Power of tensors with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    complex = HOLOMORPHIC
    name = "PowBackward1"
    saves = (0, 1)
    saves_outputs = (0,)
    scalar = operator.pow

    @staticmethod
    def forward(base: Any, exponent: Any) -> Array:
        return _power(base, exponent)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        base, exponent, out = ctx.unpack()
        needs_base, needs_exponent = ctx.needs_input_grad
        grad_base = grad_exponent = None
        if needs_base:  # 0 where the exponent is 0, also at base 0
            slope = Where.apply(Eq.apply(exponent, 0), 0.0, exponent * base ** (exponent - 1))
            grad_base = grad * slope
        if needs_exponent:  # 0 at base 0, where the logarithm is not
            at_zero = LogicalAnd.apply(Eq.apply(base, 0), Ge.apply(exponent.real, 0))
            wide = cast(base, out.dtype)  # the logarithm has the digits of the result
            grad_exponent = grad * Where.apply(at_zero, 0.0, out * wide.log())
        return grad_base, grad_exponent

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.positive(2, 3), s.real(2, 3))
        yield s(s.positive(2, 1), s.real(3))
        yield s(s.positive(), s.real())
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(2), s.bools(2))


def _power(base: Any, exponent: Any) -> Array:
    """The power of numbers of one dtype, as arrays or 0-d arrays."""
    kind = np.result_type(base, exponent)
    if is_bool(kind):
        raise not_implemented("pow", np.dtype(np.bool_))
    if is_integer(kind) and np.less(exponent, 0).any():
        # PyTorch rounds 1 / base**n towards zero: nothing is left but of base 1 and -1.
        # Of those it counts whether n is odd; |n| would not do: the least integer has none.
        power = np.power(base, np.where(np.less(exponent, 0), exponent & 1, exponent))
        return np.where(np.less(exponent, 0) & (np.abs(base) != 1), power.dtype.type(0), power)
    return np.power(base, exponent)


# np.power takes ten times as long, and PyTorch rounds these powers as they are written here.
_WRITTEN_OUT: dict[float, Callable[[Array], Array]] = {
    0.5: np.sqrt,
    2: lambda x: x * x,
    3: lambda x: x * x * x,
    -0.5: lambda x: 1 / np.sqrt(x),
    -1: lambda x: 1 / x,
    -2: lambda x: 1 / (x * x),
}


_INT64 = np.dtype(np.int64)


class PowScalar(Op):
    """Power with a number as exponent: (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "PowBackward0"
    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, exponent: Any) -> Array:
        if not is_float(x.dtype) or isinstance(exponent, complex):
            if isinstance(exponent, int):
                checked_number(exponent, _INT64)  # as PyTorch asks whether it is negative
            dtype = result_dtype(x, exponent)
            x = x.astype(dtype, copy=False)
            if not is_differentiable(dtype):
                return _integer_power(x, exponent)
        written_out = _WRITTEN_OUT.get(exponent)
        if written_out is not None:
            power = written_out(x.astype(working_dtype(x.dtype), copy=False))
            return np.asarray(power).astype(x.dtype, copy=False)
        return np.power(x, checked_number(exponent, x.dtype))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        exponent = ctx.exponent
        if exponent == 0:
            return no_slope(grad)
        return grad * (exponent * x ** (exponent - 1))

    parity = staticmethod(lambda torch, x, *, exponent: torch.pow(x, exponent))

    @staticmethod
    def reference(x: Array, *, exponent: Any) -> Any:
        return np.vectorize(lambda v: v**exponent, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for exponent in (0, 1, 2, 3, -1, -2, 0.5, -0.5, -1.5):
            yield s(s.positive(2, 3), exponent=exponent)
        yield s(s.real(3), exponent=2)
        yield s(s.real(0, 2), exponent=3)
        yield s(s.integers(-3, 3, 4), exponent=3)
        yield s.error(
            RuntimeError, "Integers to negative integer powers", s.integers(1, 3, 4), exponent=-1
        )


def _integer_power(x: Array, exponent: int) -> Array:
    if exponent < 0:
        raise RuntimeError(
            "Integers to negative integer powers are not allowed: convert the tensor with "
            ".float() first."
        )
    if is_bool(x.dtype):  # the exponent is a truth value, too
        return copied(x) if exponent else np.ones_like(x)
    return np.power(x, checked_number(exponent, x.dtype))


class PowBase(Op):
    """Power of a number: (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "PowBackward2"
    elementwise = True
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(exponent: Array, *, base: Any) -> Array:
        dtype = result_dtype(exponent, base)
        if base == 1 and not is_bool(dtype):
            return np.ones(exponent.shape, dtype)
        return _power(cast_operand(base, dtype), in_order(exponent.astype(dtype, copy=False)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        exponent, out = ctx.unpack()
        base = ctx.base
        if base == 0:  # a step from 1 to 0 at exponent 0, infinite before
            return grad * Where.apply(Ge.apply(exponent.real, 0), 0.0, -math.inf)
        return grad * (out * _logarithm(base, is_complex(out._array.dtype)))

    parity = staticmethod(lambda torch, x, *, base: torch.pow(base, x))

    @staticmethod
    def reference(x: Array, *, base: Any) -> Any:
        return np.vectorize(lambda v: base**v, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for base in (2, 0.3, 1, 1.0):
            yield s(s.real(3), base=base)
        yield s(s.real(), base=2.5)
        yield s(s.real(0, 2), base=2)
        yield s(s.positive(3), base=0)
        yield s(s.integers(0, 4, 3), base=2)


def _logarithm(base: Any, of_complex: bool) -> Any:
    if of_complex:
        return cmath.log(base)
    return math.log(base) if base > 0 else math.nan


@takes_out
def pow(input: Any, exponent: Any) -> Tensor:
    """Return the power of tensors, one may be a number: (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        RuntimeError: for integers to a negative number.
    """
    if isinstance(exponent, TensorBase):
        if isinstance(input, TensorBase):
            return Pow.apply(input, exponent)
        base, kind = plain_number(input), exponent._array.dtype
        return PowBase.apply(exponent, base=held(base, kind) if is_half(kind) else base)
    return PowScalar.apply(input, exponent=plain_number(exponent))


def pow_(input: T, exponent: Any) -> T:
    """Raise to a power, which broadcasts: (*A), (*B) -> (*A).

    Raises:
        RuntimeError: for integers to a negative number.
    """
    if isinstance(exponent, TensorBase):
        return write_(Pow, input, exponent)
    return write_(PowScalar, input, exponent=exponent)


_pow = without_out(pow)


@takes_out
def square(input: TensorBase) -> Tensor:
    """Return each element times itself: (*) -> (*)."""
    return PowScalar.apply(input, exponent=2)


def square_(input: T) -> T:
    """Multiply each element by itself: (*) -> (*)."""
    return write_(PowScalar, input, exponent=2)


@takes_out
def float_power(input: Any, exponent: Any) -> Tensor:
    """Return the power in float64 or complex128, one may be a number.

    Shapes: (*A), (*B) -> (*broadcast(A, B)).
    """
    if not isinstance(exponent, TensorBase):
        need_tensors(input)
    return _pow(_wide(input), _wide(exponent))


def float_power_(input: T, exponent: Any) -> T:
    """Raise a float64 tensor to a power, which broadcasts: (*A), (*B) -> (*A).

    Raises:
        RuntimeError: for another dtype.
    """
    wide = _wide(exponent)
    other = wide._array if isinstance(wide, TensorBase) else wide
    needed = from_numpy(result_dtype(_wide(input)._array, other))
    if input._array.dtype != needed.numpy:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {scalar_name(input._array)} but the "
            f"operation's result requires dtype {SCALAR_NAMES[needed]}"
        )
    return pow_(input, wide)


def _wide(x: Any) -> Any:
    if not isinstance(x, TensorBase):
        return x if isinstance(x, complex) else float(x)
    return cast(x, complex128 if is_complex(x._array.dtype) else float64)


def plain_number(x: Any) -> Any:
    """A NumPy scalar as the Python number it stands for; anything else as it is."""
    if isinstance(x, complex | np.complexfloating):
        note_complex()  # no promotion sees it
    return x.item() if isinstance(x, np.generic) else x
