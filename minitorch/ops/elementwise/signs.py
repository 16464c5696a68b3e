"""Absolute values and signs, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import OWN
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import is_bool, is_complex, is_float, not_implemented, refuse_complex
from minitorch.core.layout import copied
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Abs(Unary):
    """Absolute value; slope 0 at 0: (*) -> (*)."""

    promotion = None
    complex = OWN
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * x.sgn())
    scalar = staticmethod(np.abs)

    @staticmethod
    def forward(x: Array) -> Array:
        if is_bool(x.dtype):
            raise not_implemented("abs_cpu", x.dtype)
        return np.abs(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.nonzero)
        yield from s.unary(s.complex)
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(3))


@takes_out
def abs(input: TensorBase) -> Tensor:
    """Return the absolute value of each element: (*) -> (*)."""
    return Abs.apply(input)


_abs_ = in_place(Abs)


def abs_(input: T) -> T:
    """Write the absolute value of each element into the tensor, of real ones: (*) -> (*)."""
    refuse_complex(input, "In-place abs is not supported for complex tensors.")
    return _abs_(input)


class Sign(Unary):
    """-1, 0 or 1 by sign, 0 for NaN: (*) -> (*). Its gradient is zero."""

    slope = staticmethod(no_slope)
    promotion = None
    scalar = staticmethod(lambda x: float(x > 0) - float(x < 0))
    domain = "nonzero"

    @staticmethod
    def forward(x: Array) -> Array:
        if is_bool(x.dtype):
            return copied(x)
        sign = np.sign(x)
        return np.where(np.isnan(x), x.dtype.type(0), sign) if is_float(x.dtype) else sign


@takes_out
def sign(input: TensorBase) -> Tensor:
    """Return -1, 0 or 1 by the sign of each element, 0 for NaN: (*) -> (*)."""
    return Sign.apply(input)


sign_ = in_place(Sign)


class Sgn(Op):
    """Complex numbers over their absolute values, 0 at 0: (*) -> (*)."""

    elementwise = True
    complex = OWN
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        x = copied(x)
        size = np.abs(x)
        return np.divide(x, size, out=np.zeros_like(x), where=np.not_equal(size, 0))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        across = grad - out * (grad * out.conj()).real  # what is along the number changes nothing
        return across / x.abs().masked_fill(x == 0, math.inf)

    parity = staticmethod(lambda torch, x: torch.sgn(x))
    reference = staticmethod(np.vectorize(lambda x: x / np.abs(x), otypes=[np.complex128]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.complex)


def _signs(x: Any) -> type[Op]:
    return Sgn if is_complex(x._array.dtype) else Sign


@takes_out
def sgn(input: TensorBase) -> Tensor:
    """Return each number over its absolute value, 0 for 0: of real ones the :func:`sign`."""
    return _signs(input).apply(input)


def sgn_(input: T) -> T:
    """Write :func:`sgn` of each number into the tensor: (*) -> (*)."""
    return write_(_signs(input), input)


@takes_tensors
def positive(input: TensorBase) -> Tensor:
    """Return the tensor itself: (*) -> (*).

    Raises:
        RuntimeError: for a bool tensor.
    """
    if is_bool(input._array.dtype):
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input  # type: ignore[return-value]
