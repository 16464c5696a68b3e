"""What is finite, infinite or not a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import refuse_complex
from minitorch.ops.elementwise.comparison import Eq
from minitorch.ops.in_place import function_name
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Predicate(Op):
    """Base of the truth values of one tensor: (*) -> (*)."""

    elementwise = True
    differentiable = False
    scalar: ClassVar[Any]  # float -> bool

    @classmethod
    def parity(cls, torch: Any, x: Any) -> Any:
        return getattr(torch, function_name(cls))(x)

    @classmethod
    def reference(cls, x: Array) -> Any:
        return np.vectorize(cls.scalar, otypes=[bool])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        special = np.array([0.0, -1.5, np.nan, np.inf, -np.inf])
        yield s(special)
        yield s(s.real(2, 3))
        yield s(s.real())


class Isnan(Predicate):
    """Whether not a number."""

    complex = LINEAR
    forward = staticmethod(np.isnan)
    scalar = math.isnan


def isnan(input: TensorBase) -> Tensor:
    """Return where ``input`` is not a number: (*) -> (*)."""
    return Isnan.apply(input)


class Isinf(Predicate):
    """Whether infinite, of either sign."""

    complex = LINEAR
    forward = staticmethod(np.isinf)
    scalar = math.isinf


def isinf(input: TensorBase) -> Tensor:
    """Return where ``input`` is infinite: (*) -> (*)."""
    return Isinf.apply(input)


class Isfinite(Predicate):
    """Whether neither infinite nor NaN."""

    complex = LINEAR
    forward = staticmethod(np.isfinite)
    scalar = math.isfinite


def isfinite(input: TensorBase) -> Tensor:
    """Return where ``input`` is neither infinite nor NaN: (*) -> (*)."""
    return Isfinite.apply(input)


@takes_out
@out_rules(dtypes=("Bool",))
def isposinf(input: TensorBase) -> Tensor:
    """Return where ``input`` is infinite and positive: (*) -> (*)."""
    refuse_complex(input, "isposinf does not support complex inputs.")
    return Eq.apply(input, math.inf)


@takes_out
@out_rules(dtypes=("Bool",))
def isneginf(input: TensorBase) -> Tensor:
    """Return where ``input`` is infinite and negative: (*) -> (*)."""
    refuse_complex(input, "isneginf does not support complex inputs.")
    return Eq.apply(input, -math.inf)
