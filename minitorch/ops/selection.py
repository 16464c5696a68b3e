"""Limits and selection, element by element.

``@quiet`` stands where NumPy would warn of overflow, division by zero or NaN: PyTorch does not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op, quiet
from minitorch.autograd.variable import TensorBase
from minitorch.dtypes import promote
from minitorch.ops.compare import eq, ge, gt, le, logical_and, lt

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Clamp(Op):
    """Values limited to [low, high]; None is no limit: (*) -> (*)."""

    saves = (0,)

    @staticmethod
    def forward(x: Array, *, low: Any, high: Any) -> Array:
        return np.clip(x, low, high)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        inside = ge(x, -math.inf if ctx.low is None else ctx.low)
        if ctx.high is not None:
            inside = logical_and(inside, le(x, ctx.high))
        return where(inside, grad, 0.0)

    parity = staticmethod(lambda torch, x, *, low, high: torch.clamp(x, low, high))

    @staticmethod
    def reference(x: Array, *, low: Any, high: Any) -> Any:
        low = -math.inf if low is None else low
        high = math.inf if high is None else high
        return np.vectorize(lambda v: min(max(v, low), high), otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(4, 5), low=-0.5, high=0.5)
        yield s(s.distinct(4, 5), low=None, high=0.2)
        yield s(s.distinct(), low=-0.2, high=None)
        yield s(s.real(0, 3), low=0, high=1)


class Maximum(Op):
    """The larger of two, NaN if either is; ties share the gradient: broadcasting."""

    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return np.maximum(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        shared = where(eq(a, b), grad / 2, grad)
        return where(lt(a, b), 0.0, shared), where(gt(a, b), 0.0, shared)

    parity = staticmethod(lambda torch, a, b: torch.maximum(a, b))
    reference = staticmethod(np.vectorize(max))
    samples = staticmethod(lambda s: s.pair())


class Minimum(Op):
    """The smaller of two, NaN if either is; ties share the gradient: broadcasting."""

    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    @quiet
    def forward(a: Any, b: Any) -> Array:
        return np.minimum(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        shared = where(eq(a, b), grad / 2, grad)
        return where(gt(a, b), 0.0, shared), where(lt(a, b), 0.0, shared)

    parity = staticmethod(lambda torch, a, b: torch.minimum(a, b))
    reference = staticmethod(np.vectorize(min))
    samples = staticmethod(lambda s: s.pair())


class Where(Op):
    """``a`` where the condition holds, else ``b``: (*C), (*A), (*B) -> (*broadcast)."""

    saves = (0,)

    @staticmethod
    def forward(condition: Array, a: Any, b: Any) -> Array:
        a, b = promote([a, b])
        return np.where(condition, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (condition,) = ctx.saved_tensors
        _, needs_a, needs_b = ctx.needs_input_grad
        grad_a = where(condition, grad, 0.0) if needs_a else None
        return None, grad_a, where(condition, 0.0, grad) if needs_b else None

    parity = staticmethod(lambda torch, c, a, b: torch.where(c, a, b))
    reference = staticmethod(np.vectorize(lambda c, a, b: a if c else b))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.bools(2, 3), s.real(2, 3), s.real(2, 3))
        yield s(s.bools(3), s.real(2, 1), s.real())
        yield s(s.bools(2, 3), s.real(2, 3), 0.0)
        yield s(s.bools(0, 3), s.real(0, 3), 1.0)


def clamp(input: TensorBase, min: Any = None, max: Any = None) -> Tensor:
    """Return the values limited to [min, max]; limits are numbers or tensors.

    Raises:
        RuntimeError: if neither limit is given.
    """
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, TensorBase) or isinstance(max, TensorBase):
        low: Any = input if min is None else Maximum.apply(input, min)
        return low if max is None else Minimum.apply(low, max)
    return Clamp.apply(input, low=min, high=max)


def maximum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the larger of two, with broadcasting; NaN if either is."""
    return Maximum.apply(input, other)


def minimum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the smaller of two, with broadcasting; NaN if either is."""
    return Minimum.apply(input, other)


def where(condition: TensorBase, input: Any = None, other: Any = None) -> Any:
    """Return ``input`` where the condition holds, else ``other``, with broadcasting.

    With the condition alone: the indices of its nonzero elements, as ``nonzero(as_tuple=True)``.
    """
    if input is None and other is None:
        return tuple(condition._plain(i) for i in np.nonzero(condition._array))
    return Where.apply(condition, input, other)
