"""What complex numbers have, of real ones: real and imaginary parts, conjugates, angles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.core.layout import prototype
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.finite import Predicate
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place_of
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def real(input: T) -> T:
    """Return the real parts, of real numbers the tensor itself: (*) -> (*)."""
    need_tensors(input)
    return input


@takes_tensors
def imag(input: TensorBase) -> Tensor:
    """Refuse: real numbers have no imaginary part here.

    Raises:
        RuntimeError: always, for there are no complex numbers yet.
    """
    need_tensors(input)
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


@takes_tensors
def conj(input: T) -> T:
    """Return the conjugates, of real numbers the tensor itself: (*) -> (*)."""
    need_tensors(input)
    return input


@takes_out
@takes_tensors
def conj_physical(input: T) -> T:
    """Return the conjugates, of real numbers the tensor itself: (*) -> (*)."""
    need_tensors(input)
    return input


conj_physical_ = in_place_of(conj_physical)


@takes_tensors
def resolve_conj(input: T) -> T:
    """Return the tensor itself, which is never a conjugate yet to be computed: (*) -> (*)."""
    need_tensors(input)
    return input


@takes_tensors
def resolve_neg(input: T) -> T:
    """Return the tensor itself, which is never a negative yet to be computed: (*) -> (*)."""
    need_tensors(input)
    return input


@takes_tensors
def is_conj(input: TensorBase) -> bool:
    """Return False: no tensor is a conjugate yet to be computed."""
    need_tensors(input)
    return False


@takes_tensors
def is_neg(input: TensorBase) -> bool:
    """Return False: no tensor is a negative yet to be computed."""
    need_tensors(input)
    return False


class Isreal(Predicate):
    """Whether without an imaginary part, as all numbers here."""

    scalar = staticmethod(lambda x: True)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.ones_like(prototype(x), np.bool_)


@takes_tensors
def isreal(input: TensorBase) -> Tensor:
    """Return where ``input`` has no imaginary part, which is everywhere: (*) -> (*)."""
    return Isreal.apply(input)


class Angle(Unary):
    """Angle in the complex plane: 0, pi below zero, NaN for NaN. Its gradient is zero."""

    slope = staticmethod(no_slope)
    scalar = staticmethod(lambda x: math.pi if x < 0 else 0.0)
    domain = "nonzero"

    @staticmethod
    def forward(x: Array) -> Array:
        angles = np.where(np.less(x, 0), x.dtype.type(math.pi), x.dtype.type(0))
        return np.where(np.isnan(x), x, angles)


@takes_out
@takes_tensors
def angle(input: TensorBase) -> Tensor:
    """Return the angle of each number in the complex plane, 0 or pi of real ones: (*) -> (*)."""
    return Angle.apply(input)
