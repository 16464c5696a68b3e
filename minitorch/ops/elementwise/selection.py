"""Limits and selection, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import (
    checked_number,
    not_implemented,
    promote,
    result_dtype,
    scalar_name,
)
from minitorch.ops.elementwise.comparison import eq, ge, gt, le, logical_and, lt

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Clamp(Op):
    """Values limited to numbers, [low, high]; None is no limit: (*) -> (*)."""

    name = "ClampBackward1"
    elementwise = True
    saves = (0,)
    saved_as = {"min": "low", "max": "high"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, low: Any, high: Any) -> Array:
        if x.dtype.kind != "f":
            dtype = result_dtype(x, *[limit for limit in (low, high) if limit is not None])
            which = "" if None not in (low, high) else "max_" if low is None else "min_"
            _check_order(f"clamp_{which}scalar_cpu", dtype)
            x = x.astype(dtype, copy=False)
        low, high = (None if n is None else checked_number(n, x.dtype) for n in (low, high))
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
        yield s.error(
            NotImplementedError, "not implemented for 'Bool'", s.bools(2), low=True, high=None
        )


def _check_order(kernel: str, dtype: np.dtype[Any]) -> None:
    if dtype.kind == "b":
        raise not_implemented(kernel, dtype)


def _promote_limits(operands: list[Any]) -> list[Any]:
    """Promote the operands that are there; a limit may be None."""
    given = iter(promote([x for x in operands if x is not None]))
    return [None if x is None else next(given) for x in operands]


class ClampTensor(Op):
    """Values limited to tensors, one of which may be None: broadcasting.

    Where the limits cross, the high one holds; it gets the gradient then, and where ``x`` is above.
    """

    name = "ClampBackward0"
    elementwise = True
    saves = (0, 1, 2)
    saved_as = {"min": "low", "max": "high"}  # noqa: RUF012 - as declared
    promotion = staticmethod(_promote_limits)

    @staticmethod
    def forward(x: Array, low: Any, high: Any) -> Array:
        if low is not None and high is not None:
            _check_order("clamp_cpu", x.dtype)
        out = x if low is None else np.maximum(x, low)
        return out if high is None else np.minimum(out, high)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, low, high = ctx.saved_tensors
        needs_x, needs_low, needs_high = ctx.needs_input_grad
        grad_x = grad_low = grad_high = None
        if needs_x:
            grad_x = grad if low is None else where(ge(x, low), grad, 0.0)
            grad_x = grad_x if high is None else where(le(x, high), grad_x, 0.0)
        if needs_low:
            is_below = lt(x, low) if high is None else lt(x, low) & lt(low, high)
            grad_low = where(is_below, grad, 0.0)
        if needs_high:
            is_above = gt(x, high) if low is None else gt(x, high) | gt(low, high)
            grad_high = where(is_above, grad, 0.0)
        return grad_x, grad_low, grad_high

    parity = staticmethod(lambda torch, x, low, high: torch.clamp(x, low, high))

    @staticmethod
    def reference(x: Array, low: Any, high: Any) -> Any:
        low = np.full_like(x, -np.inf) if low is None else low
        high = np.full_like(x, np.inf) if high is None else high
        return np.vectorize(lambda v, a, b: min(max(v, a), b), otypes=[float])(x, low, high)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        x = s.distinct(2, 3, 3)
        yield s(x[..., 0], x[..., 1], x[..., 2])  # in any order: limits cross, too
        yield s(x[..., 0], x[0, :, 1], None)
        yield s(x[..., 0], None, x[:, :1, 2])


class Maximum(Op):
    """The larger of two, NaN if either is; ties share the gradient: broadcasting."""

    elementwise = True
    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return np.maximum(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        shared = where(eq(a, b), grad / 2, grad)
        return where(lt(a, b), 0.0, shared), where(gt(a, b), 0.0, shared)

    parity = staticmethod(lambda torch, a, b: torch.maximum(a, b))
    reference = staticmethod(np.vectorize(max, otypes=[float]))
    samples = staticmethod(lambda s: s.pair())


class Minimum(Op):
    """The smaller of two, NaN if either is; ties share the gradient: broadcasting."""

    elementwise = True
    saves = (0, 1)
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return np.minimum(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        shared = where(eq(a, b), grad / 2, grad)
        return where(gt(a, b), 0.0, shared), where(lt(a, b), 0.0, shared)

    parity = staticmethod(lambda torch, a, b: torch.minimum(a, b))
    reference = staticmethod(np.vectorize(min, otypes=[float]))
    samples = staticmethod(lambda s: s.pair())


class Where(Op):
    """``a`` where the condition holds, else ``b``: (*C), (*A), (*B) -> (*broadcast)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(condition: Array, a: Any, b: Any) -> Array:
        if condition.dtype.kind != "b":
            if condition.dtype != np.uint8:  # the truth values of old programs
                raise RuntimeError(
                    "where expected condition to be a boolean tensor, but got a tensor with dtype "
                    f"{scalar_name(condition)}: compare it, or convert it with .bool()."
                )
            condition = condition.astype(np.bool_)
        if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
            return np.where(condition, *promote([a, b]))
        dtype = result_dtype(a, b)
        return np.where(condition, dtype.type(a), dtype.type(b))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (condition,) = ctx.saved_tensors
        _, needs_a, needs_b = ctx.needs_input_grad
        grad_a = where(condition, grad, 0.0) if needs_a else None
        return None, grad_a, where(condition, 0.0, grad) if needs_b else None

    parity = staticmethod(lambda torch, c, a, b: torch.where(c, a, b))
    reference = staticmethod(np.vectorize(lambda c, a, b: a if c else b, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.bools(2, 3), s.real(2, 3), s.real(2, 3))
        yield s(s.bools(3), s.real(2, 1), s.real())
        yield s(s.bools(2, 3), s.real(2, 3), 0.0)
        yield s(s.bools(0, 3), s.real(0, 3), 1.0)
        yield s.error(RuntimeError, "condition to be a boolean tensor", s.real(3), s.real(3), 0.0)


def clamp(input: TensorBase, min: Any = None, max: Any = None) -> Tensor:
    """Return the values limited to [min, max]; limits are numbers or tensors.

    Raises:
        RuntimeError: if neither limit is given.
    """
    op, inputs, params = limits(min, max)
    return op.apply(input, *inputs, **params)


def limits(low: Any, high: Any) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Return the op that limits to tensors or to numbers, with what it takes besides the tensor.

    Raises:
        RuntimeError: if neither limit is given.
    """
    if low is None and high is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(low, TensorBase) or isinstance(high, TensorBase):
        return ClampTensor, (low, high), {}
    return Clamp, (), {"low": low, "high": high}


def maximum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the larger of two, with broadcasting; NaN if either is."""
    return Maximum.apply(input, other)


def minimum(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the smaller of two, with broadcasting; NaN if either is."""
    return Minimum.apply(input, other)


def where(condition: TensorBase, input: Any = None, other: Any = None) -> Any:
    """Return ``input`` where the condition holds, else ``other``, with broadcasting.

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
