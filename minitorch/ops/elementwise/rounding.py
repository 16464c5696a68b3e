"""Rounding, element by element; the gradient of what is piecewise constant is zero."""

from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.ops.elementwise.cast import no_slope

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Floor(Op):
    """Rounded down: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        return np.floor(x) if x.dtype.kind == "f" else x.copy()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    parity = staticmethod(lambda torch, x: torch.floor(x))
    reference = staticmethod(np.vectorize(math.floor, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.distinct))


class Ceil(Op):
    """Rounded up: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        return np.ceil(x) if x.dtype.kind == "f" else x.copy()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    parity = staticmethod(lambda torch, x: torch.ceil(x))
    reference = staticmethod(np.vectorize(math.ceil, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.distinct))


class Trunc(Op):
    """Rounded towards zero: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        return np.trunc(x) if x.dtype.kind == "f" else x.copy()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    parity = staticmethod(lambda torch, x: torch.trunc(x))
    reference = staticmethod(np.vectorize(math.trunc, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.distinct))


class Round(Op):
    """Rounded to a number of decimals, halves to the even neighbour: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array, *, decimals: int) -> Array:
        if x.dtype.kind != "f":
            return x.copy()
        if decimals and x.dtype == np.float16:  # which the power of ten would overflow
            return np.round(x.astype(np.float32), decimals).astype(np.float16)
        return np.round(x, decimals)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    parity = staticmethod(lambda torch, x, *, decimals: torch.round(x, decimals=decimals))
    reference = staticmethod(
        np.vectorize(
            lambda x, decimals: builtins.round(x, decimals), otypes=[float], excluded={"decimals"}
        )
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), decimals=0)
        yield s(s.distinct(3) / 7, decimals=2)


def floor(input: TensorBase) -> Tensor:
    """Return the largest integers that are not greater."""
    return Floor.apply(input)


def ceil(input: TensorBase) -> Tensor:
    """Return the smallest integers that are not less."""
    return Ceil.apply(input)


def trunc(input: TensorBase) -> Tensor:
    """Return the integers next towards zero."""
    return Trunc.apply(input)


def round(input: TensorBase, *, decimals: int = 0) -> Tensor:
    """Return the nearest integers (or decimals), halves rounded to the even neighbour."""
    return Round.apply(input, decimals=decimals)
