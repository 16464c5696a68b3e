"""Comparisons in place: truth values written over the first operand, in its dtype.

Apart from those that return a tensor of bool, because these have a gradient: zeros, as of every
tensor that was written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import promote
from minitorch.ops.elementwise.cast import no_slope
from minitorch.ops.elementwise.comparison import Comparison, Eq, Ge, Gt, Le, Lt, Ne

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class EqOver(Op):
    """Whether equal, in the dtype of the first: (*A), (*B) -> (*broadcast(A, B))."""

    name = "EqBackward0"
    elementwise = True
    comparison: ClassVar[type[Comparison]] = Eq

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


class NeOver(EqOver):
    """Whether not equal."""

    name = "NeBackward0"
    comparison = Ne


class LtOver(EqOver):
    """Whether less."""

    name = "LtBackward0"
    comparison = Lt


class LeOver(EqOver):
    """Whether less or equal."""

    name = "LeBackward0"
    comparison = Le


class GtOver(EqOver):
    """Whether greater."""

    name = "GtBackward0"
    comparison = Gt


class GeOver(EqOver):
    """Whether greater or equal."""

    name = "GeBackward0"
    comparison = Ge
