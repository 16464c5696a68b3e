"""Rounding, element by element; the gradient of what is piecewise constant is zero."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import is_bool, is_float, not_implemented
from minitorch.core.layout import copied
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _rounding(rounded: Any) -> Callable[[Array], Array]:
    """Return a forward that leaves integers as they are, and refuses truth values."""

    def forward(x: Array) -> Array:
        if is_float(x.dtype):
            result: Array = rounded(x)
            return result
        _check_no_bool(rounded.__name__, x)
        return copied(x)

    return forward


def _check_no_bool(name: str, x: Array) -> None:
    if is_bool(x.dtype):
        raise not_implemented(f"{name}_vml_cpu", x.dtype)


class Rounding(Unary):
    """Base of functions to whole numbers: integers stay as they are, and no gradient is left."""

    slope = staticmethod(no_slope)
    promotion = None
    domain = "distinct"


class Floor(Rounding):
    """Rounded down: (*) -> (*)."""

    scalar = math.floor
    forward = staticmethod(_rounding(np.floor))


@takes_out
def floor(input: TensorBase) -> Tensor:
    """Return the largest whole numbers that are not greater: (*) -> (*)."""
    return Floor.apply(input)


floor_ = in_place(Floor)


class Ceil(Rounding):
    """Rounded up: (*) -> (*)."""

    scalar = math.ceil
    forward = staticmethod(_rounding(np.ceil))


@takes_out
def ceil(input: TensorBase) -> Tensor:
    """Return the smallest whole numbers that are not less: (*) -> (*)."""
    return Ceil.apply(input)


ceil_ = in_place(Ceil)


class Trunc(Rounding):
    """Rounded towards zero: (*) -> (*)."""

    scalar = math.trunc
    forward = staticmethod(_rounding(np.trunc))


@takes_out
def trunc(input: TensorBase) -> Tensor:
    """Return the whole numbers next towards zero: (*) -> (*)."""
    return Trunc.apply(input)


trunc_ = in_place(Trunc)


class Round(Rounding):
    """Rounded to a number of decimals, halves to the even neighbour: (*) -> (*)."""

    scalar = staticmethod(lambda x, decimals: builtins.round(x, decimals))

    @staticmethod
    def forward(x: Array, *, decimals: int) -> Array:
        if not is_float(x.dtype):
            _check_no_bool("round", x)
            if decimals:
                raise not_implemented("round_cpu", x.dtype)
            return copied(x)
        if decimals and x.dtype == np.float16:  # which the power of ten would overflow
            return np.round(x.astype(np.float32), decimals).astype(np.float16)
        return np.round(x, decimals)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), decimals=0)
        yield s(s.distinct(3) / 7, decimals=2)


class RoundToDecimals(Round):
    """:class:`Round` to another number of decimals than none, under PyTorch's name: (*) -> (*)."""

    name = "RoundBackward1"

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.round(x, **params)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.distinct(3) / 7, decimals=2)
        yield s(s.distinct(2, 3) / 7, decimals=1)


@takes_out
def round(input: TensorBase, *, decimals: int = 0) -> Tensor:
    """Return the nearest whole numbers or decimals, of halves the even neighbour: (*) -> (*)."""
    return (RoundToDecimals if decimals else Round).apply(input, decimals=decimals)


def round_(input: T, *, decimals: int = 0) -> T:
    """Round to the nearest, of halves to the even neighbour: (*) -> (*)."""
    return write_(RoundToDecimals if decimals else Round, input, decimals=decimals)


class Frac(Unary):
    """What ``trunc`` leaves: x - trunc(x): (*) -> (*)."""

    slope = staticmethod(lambda grad: grad)
    promotion = None
    scalar = staticmethod(lambda x: x - math.trunc(x))
    domain = "distinct"

    @staticmethod
    def forward(x: Array) -> Array:
        if not is_float(x.dtype):
            raise not_implemented("frac_cpu", x.dtype)
        return x - np.trunc(x)


@takes_out
def frac(input: TensorBase) -> Tensor:
    """Return the fraction of each element, which has its sign: (*) -> (*)."""
    return Frac.apply(input)


frac_ = in_place(Frac)
