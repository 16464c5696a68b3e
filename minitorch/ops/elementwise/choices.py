"""One of several values by what an element is: no NaN, not infinite, below or above zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import finfo, is_complex, is_float, promote
from minitorch.core.silence import silence
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.dims import read_float
from minitorch.ops.elementwise.binary import Binary, both_tensors
from minitorch.ops.elementwise.comparison import Eq, Ge, Le
from minitorch.ops.elementwise.copies import Clone
from minitorch.ops.elementwise.finite import Isnan
from minitorch.ops.elementwise.logical import LogicalOr
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.in_place import T, in_place_of
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


@takes_out
@takes_tensors
def fmax(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the larger of two, a number rather than NaN: (*A), (*B) -> (*broadcast(A, B))."""
    need_tensors(input, other)
    takes_input = LogicalOr.apply(Ge.apply(input, other), Isnan.apply(other))
    return Where.apply(takes_input, input, other)


@takes_out
@takes_tensors
def fmin(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the smaller of two, a number rather than NaN: (*A), (*B) -> (*broadcast(A, B))."""
    need_tensors(input, other)
    takes_input = LogicalOr.apply(Le.apply(input, other), Isnan.apply(other))
    return Where.apply(takes_input, input, other)


@takes_out
@takes_tensors
def nan_to_num(
    input: TensorBase,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """Return numbers in place of NaN and the infinities: (*) -> (*).

    Args:
        input: any tensor; one of integers is copied.
        nan: in place of NaN; 0 if left out.
        posinf: in place of infinity; the largest number of the dtype if left out.
        neginf: in place of minus infinity; the lowest number of the dtype if left out.
            What is beyond the dtype becomes infinite.
    """
    dtype = input._array.dtype
    if is_complex(dtype):
        from minitorch.ops.shape.as_real import Complex, view_as_real

        parts: Any = nan_to_num(view_as_real(input), nan, posinf, neginf)
        return Complex.apply(parts)
    instead = {"nan": nan, "posinf": posinf, "neginf": neginf}
    given = {name: read_float(x, name) for name, x in instead.items() if x is not None}
    if not is_float(dtype):
        return Clone.apply(input)
    largest = float(finfo(dtype).max)
    with silence():
        held = {name: np.array(x).astype(dtype).item() for name, x in given.items()}
    out = Where.apply(Isnan.apply(input), held.get("nan", 0.0), input)
    out = Where.apply(Eq.apply(input, math.inf), held.get("posinf", largest), out)
    return Where.apply(Eq.apply(input, -math.inf), held.get("neginf", -largest), out)


nan_to_num_ = in_place_of(nan_to_num)


def _of_one_dtype(operands: list[Any]) -> list[Any]:
    if operands[0].dtype != operands[1].dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return promote(operands)


class Heaviside(Binary):
    """0 where a is below 0, 1 where it is above, b at 0 and 0 for NaN, with broadcasting.

    As in PyTorch it has no derivative.
    """

    name = "NotImplemented"
    promotion = staticmethod(both_tensors(_of_one_dtype))
    scalar = staticmethod(lambda a, b: float(a > 0) if a else b)

    @staticmethod
    def forward(a: Array, b: Array) -> Array:
        return np.where(np.equal(a, 0), b, np.greater(a, 0).astype(a.dtype))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError("derivative for aten::heaviside is not implemented")

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield from s.binary_of_tensors(s.real)
        yield s(s.integers(-2, 2, 2, 3), s.integers(5, 7, 3))
        yield s.error(RuntimeError, "with different dtypes", s.real(2), s.integers(0, 2, 2))


@takes_out
@takes_tensors
def heaviside(input: TensorBase, values: TensorBase) -> Tensor:
    """Return 0 below 0, 1 above and ``values`` at 0: (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        RuntimeError: for tensors of two dtypes.
    """
    return Heaviside.apply(input, values)


def heaviside_(input: T, values: TensorBase) -> T:
    """Set each element to its :func:`heaviside`: (*A), (*B) -> (*A)."""
    return write_(Heaviside, input, values)
