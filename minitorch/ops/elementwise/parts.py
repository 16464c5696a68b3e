"""What complex numbers have, and real ones too: parts, conjugates, angles."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR, OWN
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_complex
from minitorch.core.layout import prototype
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.finite import Predicate
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place_of
from minitorch.ops.out import takes_out
from minitorch.ops.shape.as_real import imaginary_part, real_part

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


@takes_tensors
def real(input: TensorBase) -> Tensor:
    """Return a view of the real parts, of real numbers the tensor itself: (*) -> (*)."""
    whole: Any = input
    return real_part(whole) if is_complex(input._array.dtype) else whole


@takes_tensors
def imag(input: TensorBase) -> Tensor:
    """Return a view of the imaginary parts: (*) -> (*).

    Raises:
        RuntimeError: for real numbers.
    """
    if not is_complex(input._array.dtype):
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return imaginary_part(input)


class Conj(Op):
    """Conjugate of each number: (*) -> (*)."""

    elementwise = True
    linear = True
    complex = OWN
    forward = staticmethod(np.conjugate)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Conj.apply(grad)

    parity = staticmethod(lambda torch, x: torch.conj_physical(x))
    reference = staticmethod(np.vectorize(lambda x: x.conjugate(), otypes=[np.complex128]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.complex)


@takes_tensors
def conj(input: TensorBase) -> Tensor:
    """Return the conjugates, a copy; of real numbers the tensor itself: (*) -> (*)."""
    whole: Any = input
    return Conj.apply(whole) if is_complex(input._array.dtype) else whole


@takes_out
@takes_tensors
def conj_physical(input: TensorBase) -> Tensor:
    """Return the conjugates, of real numbers the tensor itself: (*) -> (*)."""
    return conj(input)


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
    """Whether without an imaginary part, as all real numbers are."""

    complex = LINEAR
    scalar = staticmethod(lambda x: x.imag == 0)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.equal(x.imag, 0) if is_complex(x.dtype) else np.ones_like(prototype(x), np.bool_)


@takes_tensors
def isreal(input: TensorBase) -> Tensor:
    """Return where ``input`` has no imaginary part: (*) -> (*)."""
    return Isreal.apply(input)


class Angle(Unary):
    """Angle in the complex plane; of real numbers 0, pi below zero, without a slope."""

    complex = OWN
    saves = (0,)
    scalar = staticmethod(cmath.phase)
    domain = "nonzero"

    @staticmethod
    def forward(x: Array) -> Array:
        if is_complex(x.dtype):
            return np.arctan2(x.imag, x.real, order="C")
        angles = np.where(np.less(x, 0), x.dtype.type(math.pi), x.dtype.type(0))
        return np.where(np.isnan(x), x, angles)

    @staticmethod
    def slope(grad: Tensor, x: Tensor) -> Tensor:
        if not is_complex(x._array.dtype):
            return no_slope(grad)
        turned = x * 1j / (x * x.conj())  # a quarter ahead, by the squared length
        return grad * turned.masked_fill(x == 0, 0)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.nonzero)
        yield from s.unary(s.complex)


@takes_out
@takes_tensors
def angle(input: TensorBase) -> Tensor:
    """Return the angle of each number in the complex plane, 0 or pi of real ones: (*) -> (*)."""
    return Angle.apply(input)
