"""Absolute values and signs, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool, is_float, not_implemented
from minitorch.core.layout import copied
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Abs(Unary):
    """Absolute value; slope 0 at 0: (*) -> (*)."""

    promotion = None
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * x.sign())
    scalar = math.fabs

    @staticmethod
    def forward(x: Array) -> Array:
        if is_bool(x.dtype):
            raise not_implemented("abs_cpu", x.dtype)
        return np.abs(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.nonzero)
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(3))


@takes_out
def abs(input: TensorBase) -> Tensor:
    """Return the absolute value of each element: (*) -> (*)."""
    return Abs.apply(input)


abs_ = in_place(Abs)


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


@takes_out
def sgn(input: TensorBase) -> Tensor:
    """Return the :func:`sign` of each element, as it is of real numbers: (*) -> (*)."""
    return Sign.apply(input)


sgn_ = in_place(Sign, "sgn_")


@takes_tensors
def positive(input: TensorBase) -> Tensor:
    """Return the tensor itself: (*) -> (*).

    Raises:
        RuntimeError: for a bool tensor.
    """
    if is_bool(input._array.dtype):
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input  # type: ignore[return-value]
