"""Selection of one of two elements: by a condition, or the larger or smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import checked_number, is_bool, promote, result_dtype, scalar_name
from minitorch.core.layout import in_first_order
from minitorch.core.silence import silence
from minitorch.ops.elementwise.binary import Binary, promote_tensors
from minitorch.ops.elementwise.comparison import Eq, Gt, Lt
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _promote_choices(operands: list[Any]) -> list[Any]:
    """Make the condition one of truth values, and promote what it chooses from."""
    condition, a, b = operands
    if not is_bool(condition.dtype):
        if condition.dtype != np.uint8:  # the truth values of old programs
            raise RuntimeError(
                "where expected condition to be a boolean tensor, but got a tensor with dtype "
                f"{scalar_name(condition)}: compare it, or convert it with .bool()."
            )
        condition = condition.astype(np.bool_)
    numbers = [x for x in (a, b) if not isinstance(x, np.ndarray)]
    if len(numbers) == 2 or (numbers and not _fits_anywhere(numbers[0])):
        dtype = result_dtype(a, b)
        a, b = [x if isinstance(x, np.ndarray) else _without_dims(x, dtype) for x in (a, b)]
    return in_first_order([condition, *promote([a, b])])


class Where(Op):
    """``a`` where the condition holds, else ``b``: (*C), (*A), (*B) -> (*broadcast)."""

    complex = LINEAR
    elementwise = True
    saves = (0,)
    promotion = staticmethod(_promote_choices)

    @staticmethod
    def forward(condition: Array, a: Any, b: Any) -> Array:
        return np.where(condition, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (condition,) = ctx.unpack()
        _, needs_a, needs_b = ctx.needs_input_grad
        grad_a = Where.apply(condition, grad, 0.0) if needs_a else None
        grad_b = Where.apply(condition, 0.0, grad) if needs_b else None
        return None, grad_a, grad_b

    parity = staticmethod(lambda torch, c, a, b: torch.where(c, a, b))
    reference = staticmethod(np.vectorize(lambda c, a, b: a if c else b, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.bools(2, 3), s.real(2, 3), s.real(2, 3))
        yield s(s.bools(3), s.real(2, 1), s.real())
        yield s(s.bools(2, 3), s.real(2, 3), 0.0)
        yield s(s.bools(0, 3), s.real(0, 3), 1.0)
        yield s.error(RuntimeError, "condition to be a boolean tensor", s.real(3), s.real(3), 0.0)
        yield s.error(RuntimeError, "without overflow", s.bools(3), s.integers(0, 5, 3), 2**63)


def _fits_anywhere(number: Any) -> bool:
    return type(number) in (float, int) and -128 < number < 128


def _without_dims(number: Any, dtype: np.dtype[Any]) -> Array:
    if dtype != np.float16:  # where PyTorch gets infinity: masks are made of -1e9
        number = checked_number(number, dtype)
    with silence():
        return np.array(number, dtype)


@takes_out
def where(condition: TensorBase, input: Any = None, other: Any = None) -> Any:
    """Return ``input`` where the condition holds, else ``other``: (*C), (*A), (*B) -> (*broadcast).

    With the condition alone: the indices of its nonzero elements, as ``nonzero(as_tuple=True)``.

    Raises:
        RuntimeError: for a condition that is no truth value.
    """
    if (input is None) != (other is None):
        raise TypeError("where() takes a condition alone, or with both input and other.")
    if input is None:
        refuse_shape_of("where", condition._array)
        indices = np.nonzero(np.atleast_1d(condition._array))  # columns of one array
        return tuple([condition._plain(np.ascontiguousarray(i)) for i in indices])
    return Where.apply(condition, input, other)


class Maximum(Binary):
    """The larger of two, NaN if either is; ties share the gradient: (*A), (*B) -> (*broadcast)."""

    saves = (0, 1)
    promotion = staticmethod(promote_tensors)
    forward = staticmethod(np.maximum)
    loses: ClassVar[type[Op]] = Lt  # whether the first of two is not chosen
    scalar = max

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        shared = Where.apply(Eq.apply(a, b), grad / 2, grad)
        return (
            Where.apply(cls.loses.apply(a, b), 0.0, shared),
            Where.apply(cls.loses.apply(b, a), 0.0, shared),
        )

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.pair()


@takes_out
def maximum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the larger of two, NaN if either is: (*A), (*B) -> (*broadcast(A, B))."""
    return Maximum.apply(input, other)


class Minimum(Maximum):
    """The smaller of two, NaN if either is; ties share the gradient: (*A), (*B) -> (*broadcast)."""

    forward = staticmethod(np.minimum)
    loses = Gt
    scalar = min


@takes_out
def minimum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the smaller of two, NaN if either is: (*A), (*B) -> (*broadcast(A, B))."""
    return Minimum.apply(input, other)
