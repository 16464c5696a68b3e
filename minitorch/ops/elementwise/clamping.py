"""Limits of each element, which are numbers or tensors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import (
    checked_number,
    is_bool,
    is_float,
    not_implemented,
    promote,
    result_dtype,
)
from minitorch.ops.elementwise.binary import require_array
from minitorch.ops.elementwise.comparison import Ge, Gt, Le, Lt
from minitorch.ops.elementwise.logical import LogicalAnd
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.in_place import T
from minitorch.ops.out import takes_out

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
        if not is_float(x.dtype):
            dtype = result_dtype(x, *[limit for limit in (low, high) if limit is not None])
            which = "" if None not in (low, high) else "max_" if low is None else "min_"
            _check_order(f"clamp_{which}scalar_cpu", dtype)
            x = x.astype(dtype, copy=False)
        low, high = (None if n is None else checked_number(n, x.dtype) for n in (low, high))
        return np.clip(x, low, high)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        inside = Ge.apply(x, -math.inf if ctx.low is None else ctx.low)
        if ctx.high is not None:
            inside = LogicalAnd.apply(inside, Le.apply(x, ctx.high))
        return Where.apply(inside, grad, 0.0)

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
    if is_bool(dtype):
        raise not_implemented(kernel, dtype)


def _promote_limits(operands: list[Any]) -> list[Any]:
    """Promote the operands that are there; a limit may be None."""
    require_array(operands[0], "input", 1)
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
        x, low, high = ctx.unpack()
        needs_x, needs_low, needs_high = ctx.needs_input_grad
        grad_x = grad_low = grad_high = None
        if needs_x:
            grad_x = grad if low is None else Where.apply(Ge.apply(x, low), grad, 0.0)
            grad_x = grad_x if high is None else Where.apply(Le.apply(x, high), grad_x, 0.0)
        if needs_low:
            is_below = Lt.apply(x, low) if high is None else Lt.apply(x, low) & Lt.apply(low, high)
            grad_low = Where.apply(is_below, grad, 0.0)
        if needs_high:
            is_above = Gt.apply(x, high) if low is None else Gt.apply(x, high) | Gt.apply(low, high)
            grad_high = Where.apply(is_above, grad, 0.0)
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


@takes_out
def clamp(input: TensorBase, min: Any = None, max: Any = None) -> Tensor:
    """Return the elements limited to [min, max], of numbers or tensors that broadcast: (*) -> (*).

    Raises:
        RuntimeError: if neither limit is given.
    """
    op, inputs, params = limits(min, max)
    return op.apply(input, *inputs, **params)


def clamp_(input: T, min: Any = None, max: Any = None) -> T:
    """Limit the elements to [min, max], of numbers or tensors that broadcast: (*) -> (*).

    Raises:
        RuntimeError: if neither limit is given.
    """
    op, inputs, params = limits(min, max)
    return write_(op, input, *inputs, **params)


@takes_out
def clamp_min(input: TensorBase, min: Any) -> Tensor:
    """Return the elements, or the limit where they are below it: (*) -> (*)."""
    op, inputs, params = limits(min, None)
    return op.apply(input, *inputs, **params)


def clamp_min_(input: T, min: Any) -> T:
    """Raise the elements below a limit to it: (*) -> (*)."""
    return clamp_(input, min)


@takes_out
def clamp_max(input: TensorBase, max: Any) -> Tensor:
    """Return the elements, or the limit where they are above it: (*) -> (*)."""
    op, inputs, params = limits(None, max)
    return op.apply(input, *inputs, **params)


def clamp_max_(input: T, max: Any) -> T:
    """Lower the elements above a limit to it: (*) -> (*)."""
    return clamp_(input, None, max)


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
