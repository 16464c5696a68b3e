"""Comparisons of two tensors, or of a tensor and a number.

Each stands here as an op that gives truth values and has no gradient, and as one of those written
over the first operand: these have a gradient, zeros, as every tensor that is written over.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote
from minitorch.ops.elementwise.binary import Binary, promote_first_tensor
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.in_place import in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Comparison(Binary):
    """Base of what gives truth values of two: (*A), (*B) -> (*broadcast(A, B))."""

    differentiable = False
    promotion: ClassVar[Any] = staticmethod(promote_first_tensor)
    otypes = (bool,)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(0, 3, 2, 3), s.integers(0, 3, 2, 3))
        yield s(s.real(2, 1), s.real(3))
        yield s(s.integers(0, 3, 4), 1)
        yield s(s.real(), 0.5)
        yield s.error(RuntimeError, "must match the size", s.real(2, 3), s.real(4))


class Over:
    """A comparison as numbers in the dtype of the first operand: (*A), (*B) -> (*broadcast(A, B)).

    Beside :class:`Op` among the bases of an op, which states the comparison.
    """

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

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return cls.comparison.samples(s)


class Eq(Comparison):
    """Whether equal: (*A), (*B) -> (*broadcast(A, B))."""

    complex = LINEAR
    forward = staticmethod(np.equal)
    scalar = operator.eq


class EqOver(Over, Op):
    """Whether equal, in the dtype of the first."""

    complex = LINEAR
    name = "EqBackward0"
    comparison = Eq


@takes_out
def eq(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is equal to ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Eq.apply(input, other)


eq_ = in_place_with(EqOver, "eq_")


class Ne(Comparison):
    """Whether not equal: (*A), (*B) -> (*broadcast(A, B))."""

    complex = LINEAR
    forward = staticmethod(np.not_equal)
    scalar = operator.ne


class NeOver(Over, Op):
    """Whether not equal, in the dtype of the first."""

    complex = LINEAR
    name = "NeBackward0"
    comparison = Ne


@takes_out
def ne(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is not equal to ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Ne.apply(input, other)


ne_ = in_place_with(NeOver, "ne_")


class Lt(Comparison):
    """Whether less: (*A), (*B) -> (*broadcast(A, B))."""

    forward = staticmethod(np.less)
    scalar = operator.lt


class LtOver(Over, Op):
    """Whether less, in the dtype of the first."""

    name = "LtBackward0"
    comparison = Lt


@takes_out
def lt(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is less than ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Lt.apply(input, other)


lt_ = in_place_with(LtOver, "lt_")


class Le(Comparison):
    """Whether less or equal: (*A), (*B) -> (*broadcast(A, B))."""

    forward = staticmethod(np.less_equal)
    scalar = operator.le


class LeOver(Over, Op):
    """Whether less or equal, in the dtype of the first."""

    name = "LeBackward0"
    comparison = Le


@takes_out
def le(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is at most ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Le.apply(input, other)


le_ = in_place_with(LeOver, "le_")


class Gt(Comparison):
    """Whether greater: (*A), (*B) -> (*broadcast(A, B))."""

    forward = staticmethod(np.greater)
    scalar = operator.gt


class GtOver(Over, Op):
    """Whether greater, in the dtype of the first."""

    name = "GtBackward0"
    comparison = Gt


@takes_out
def gt(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is greater than ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Gt.apply(input, other)


gt_ = in_place_with(GtOver, "gt_")


class Ge(Comparison):
    """Whether greater or equal: (*A), (*B) -> (*broadcast(A, B))."""

    forward = staticmethod(np.greater_equal)
    scalar = operator.ge


class GeOver(Over, Op):
    """Whether greater or equal, in the dtype of the first."""

    name = "GeBackward0"
    comparison = Ge


@takes_out
def ge(input: TensorBase, other: Any) -> Tensor:
    """Return where ``input`` is at least ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Ge.apply(input, other)


ge_ = in_place_with(GeOver, "ge_")
