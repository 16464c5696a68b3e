"""Comparisons in place: truth values written over the first operand, in its dtype.

Apart from those that return a tensor of bool, because these have a gradient: zeros, as of every
tensor that was written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.dtypes import promote
from minitorch.ops.cast import no_slope
from minitorch.ops.compare import Comparison, Eq, Ge, Gt, Le, Lt, Ne

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class Compared(Op):
    """Base of the comparisons in place: (*A), (*B) -> (*broadcast(A, B)) in the dtype of A."""

    elementwise = True
    comparison: ClassVar[type[Comparison]]

    @classmethod
    def forward(cls, x: Array, other: Any) -> Array:
        return np.asarray(cls.comparison.forward(*promote([x, other]))).astype(x.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        zeros = no_slope(grad)
        return zeros, zeros

    @classmethod
    def reference(cls, x: Array, other: Any) -> Array:
        return np.asarray(cls.comparison.reference(x, other), x.dtype)

    samples = Comparison.samples


class EqOver(Compared):
    """Whether equal."""

    name = "EqBackward0"
    comparison = Eq


class NeOver(Compared):
    """Whether not equal."""

    name = "NeBackward0"
    comparison = Ne


class LtOver(Compared):
    """Whether less."""

    name = "LtBackward0"
    comparison = Lt


class LeOver(Compared):
    """Whether less or equal."""

    name = "LeBackward0"
    comparison = Le


class GtOver(Compared):
    """Whether greater."""

    name = "GtBackward0"
    comparison = Gt


class GeOver(Compared):
    """Whether greater or equal."""

    name = "GeBackward0"
    comparison = Ge
