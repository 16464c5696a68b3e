"""Logic: and, or, exclusive or, not; what is nonzero counts as true."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.variable import TensorBase
from minitorch.ops.elementwise.binary import promote_tensors
from minitorch.ops.elementwise.comparison import Comparison
from minitorch.ops.elementwise.finite import Predicate
from minitorch.ops.in_place import function_name, in_place, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Logical(Comparison):
    """Base of the logic of two: (*A), (*B) -> (*broadcast(A, B))."""

    promotion = staticmethod(promote_tensors)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(0, 3, 2, 3), s.integers(0, 3, 2, 3))
        yield s(s.real(2, 1), s.real(3))
        yield s.error(TypeError, r"'other' \(position 2\) must be Tensor, not int", s.real(), 1)

    @classmethod
    def parity(cls, torch: Any, a: Any, b: Any) -> Any:
        return getattr(torch, function_name(cls))(a, torch.as_tensor(b))


class LogicalAnd(Logical):
    """Whether both are nonzero."""

    complex = LINEAR
    forward = staticmethod(np.logical_and)
    scalar = staticmethod(lambda a, b: bool(a) and bool(b))


@takes_out
def logical_and(input: TensorBase, other: Any) -> Tensor:
    """Return where both are nonzero: (*A), (*B) -> (*broadcast(A, B))."""
    return LogicalAnd.apply(input, other)


logical_and_ = in_place_with(LogicalAnd)


class LogicalOr(Logical):
    """Whether one is nonzero."""

    complex = LINEAR
    forward = staticmethod(np.logical_or)
    scalar = staticmethod(lambda a, b: bool(a) or bool(b))


@takes_out
def logical_or(input: TensorBase, other: Any) -> Tensor:
    """Return where one is nonzero: (*A), (*B) -> (*broadcast(A, B))."""
    return LogicalOr.apply(input, other)


logical_or_ = in_place_with(LogicalOr)


class LogicalXor(Logical):
    """Whether exactly one is nonzero."""

    complex = LINEAR
    forward = staticmethod(np.logical_xor)
    scalar = staticmethod(lambda a, b: bool(a) != bool(b))


@takes_out
def logical_xor(input: TensorBase, other: Any) -> Tensor:
    """Return where exactly one is nonzero: (*A), (*B) -> (*broadcast(A, B))."""
    return LogicalXor.apply(input, other)


logical_xor_ = in_place_with(LogicalXor)


class LogicalNot(Predicate):
    """Whether zero: (*) -> (*)."""

    complex = LINEAR
    forward = staticmethod(np.logical_not)
    scalar = operator.not_


@takes_out
def logical_not(input: TensorBase) -> Tensor:
    """Return where ``input`` is zero: (*) -> (*)."""
    return LogicalNot.apply(input)


logical_not_ = in_place(LogicalNot)
