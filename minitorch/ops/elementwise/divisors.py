"""Divisors and multiples of integers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_integer, not_implemented, promote
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.binary import Binary, both_tensors
from minitorch.ops.in_place import in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class _OfIntegers(Binary):
    """Base of functions of two integers, with broadcasting."""

    differentiable = False
    otypes = (np.int64,)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(-9, 9, 2, 3), s.integers(-9, 9, 3))
        yield s(np.array(12), np.array([0, 18, -8]))
        yield s.error(NotImplementedError, "not implemented for 'Double'", s.real(2), s.real(2))


def _integers(kernel: str) -> Any:
    def promotion(operands: list[Any]) -> list[Any]:
        cast = promote(operands)
        if not is_integer(cast[0].dtype):
            raise not_implemented(kernel, cast[0].dtype)
        return cast

    return staticmethod(both_tensors(promotion))


class Gcd(_OfIntegers):
    """Greatest common divisor."""

    promotion = _integers("gcd_cpu")
    forward = staticmethod(np.gcd)
    scalar = math.gcd


@takes_out
@takes_tensors
def gcd(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the greatest common divisor of integers: (*A), (*B) -> (*broadcast(A, B))."""
    return Gcd.apply(input, other)


gcd_ = in_place_with(Gcd)


class Lcm(_OfIntegers):
    """Least common multiple."""

    promotion = _integers("lcm_cpu")
    forward = staticmethod(np.lcm)
    scalar = math.lcm


@takes_out
@takes_tensors
def lcm(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the least common multiple of integers: (*A), (*B) -> (*broadcast(A, B))."""
    return Lcm.apply(input, other)


lcm_ = in_place_with(Lcm)
