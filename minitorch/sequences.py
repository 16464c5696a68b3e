"""Tensors of evenly spaced numbers, to PyTorch's last bit."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.core import dtypes
from minitorch.core.dtypes import Array, dtype as DType, get_default_dtype
from minitorch.core.silence import quiet
from minitorch.creation import AnyDevice, finish, numpy_dtype, plain_number
from minitorch.generator.transforms import fused
from minitorch.ops.out import makes_out
from minitorch.ops.spacing import evenly_spaced
from minitorch.tensor import Tensor


@makes_out
def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return start, start + step, ... below end: int64 where all are ints, else the default dtype.

    Shapes: () -> (ceil((end - start) / step),).

    Raises:
        RuntimeError: if step is zero or leads away from end.
        TypeError: without an end.
    """
    if end is None:
        start, end = 0, start
    elif start is None:
        start = 0
    named = {"start": start, "end": end, "step": step}
    start, end, step = (plain_number(x, "arange", name) for name, x in named.items())
    if dtype is None:
        exact = all(isinstance(x, int) for x in (start, end, step))
        for x in (start, end, step):
            dtypes.checked_number(x, np.dtype(np.float64))
        dtype = dtypes.int64 if exact else get_default_dtype()
    kind = dtypes.read(dtype).numpy
    if dtypes.is_bool(kind) or dtypes.is_complex(kind):
        raise dtypes.not_implemented("arange_cpu", kind)
    if kind == np.int64:
        if step and not int(step):
            raise ValueError(
                f"step must be nonzero: {step} is less than 1, which dtype int64 needs"
            )
        start, end, step = (dtypes.checked_number(x, kind) for x in (start, end, step))
    count = _count(start, end, step)
    if not dtypes.is_float(kind):
        array = np.arange(count, dtype=np.int64) * int(step) + int(start)
        return finish(array.astype(kind, copy=False), requires_grad, device)
    return finish(_float_steps(start, step, count, kind), requires_grad, device)


def _count(start: Any, end: Any, step: Any) -> int:
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end < start) if step > 0 else (end > start):
        raise RuntimeError(
            "upper bound and lower bound inconsistent with step sign: "
            f"start {start}, end {end}, step {step}"
        )
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        return -((start - end) // step)
    size = (end - start) / step
    if not size < 2**63:
        raise RuntimeError(f"invalid size, possible overflow? {start} -> {end} by {step}")
    return math.ceil(size)


# Note [Blocks of arange]
# PyTorch works arange out in blocks of 32 bytes: the first element of a block is rounded to the
# dtype, the others are counted from there. What is left after whole pairs of blocks is counted from
# the start. So the last bit of an element depends on where in a block it stands. Source: its AVX2
# kernels, which are the ones that run on AVX-512, too.
@quiet
def _float_steps(start: float, step: float, count: int, kind: np.dtype[Any]) -> Array:
    """``start + i * step`` for i below count, as PyTorch rounds it; see Note [Blocks of arange]."""
    wide = np.dtype(np.float32 if dtypes.is_half(kind) else np.float64)
    first, stride = wide.type(start), wide.type(step)
    block = 32 // kind.itemsize
    whole = count - count % (2 * block)
    heads = fused(np.arange(0, whole, block).astype(wide), stride, first).astype(kind).astype(wide)
    out = np.empty(count, kind)
    within = np.broadcast_to(np.arange(block).astype(wide), (len(heads), block))
    out[:whole] = fused(within, stride, heads[:, None]).astype(kind).ravel()
    out[whole:] = fused(np.arange(whole, count).astype(wide), stride, first).astype(kind)
    return out


def _kind(start: Any, end: Any, dtype: DType | None) -> np.dtype[Any]:
    """Return the dtype asked for, else the default one, of complex numbers if an end is one."""
    if dtype is None and isinstance(start + end, complex):
        return dtypes.complex_dtype()
    return numpy_dtype(dtype)


def _ends(name: str, start: Any, end: Any, steps: int) -> tuple[Any, Any]:
    """Check what is common to linspace and logspace, and return the ends as numbers."""
    if not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, got {steps}")
    for x in (start, end):
        if isinstance(x, Tensor) and x.ndim:
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got one with "
                f"{x.ndim} dimension(s)"
            )
    return plain_number(start, name, "start"), plain_number(end, name, "end")


@makes_out
def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ``steps`` numbers from start to end, both included: () -> (steps,).

    Raises:
        RuntimeError: if ``steps`` is negative.
    """
    start, end = _ends("linspace", start, end, steps)
    kind = _kind(start, end, dtype)
    if steps > 1 and dtypes.is_bool(kind):
        raise dtypes.not_implemented("linspace_cpu", kind)
    return finish(evenly_spaced(start, end, steps, kind), requires_grad, device)


@makes_out
def logspace(
    start: Any,
    end: Any,
    steps: int = 100,
    base: float = 10.0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ``steps`` powers of ``base``, whose exponents are those of linspace: () -> (steps,).

    Raises:
        RuntimeError: if ``steps`` is negative.
    """
    start, end = _ends("logspace", start, end, steps)
    kind = _kind(start, end, dtype)
    if dtypes.is_bool(kind) and steps > 1:
        raise dtypes.not_implemented("logspace_cpu", kind)
    if steps < 2:
        powers = np.full(steps, float(base) ** start)
    else:
        wide = kind if dtypes.is_differentiable(kind) else np.dtype(np.float64)
        wide = np.dtype(np.float32) if dtypes.is_half(kind) else wide
        if not dtypes.is_differentiable(kind):
            start, end = int(start), int(end)
        powers = np.power(wide.type(base), evenly_spaced(start, end, steps, wide))
    return finish(powers.astype(kind), requires_grad, device)


@makes_out
def range(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return start, start + step, ... up to end, which is included: () -> (count,).

    Raises:
        RuntimeError: if step is zero or leads away from end.
    """
    warn_user(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
    )
    if end is None:
        start, end = 0, start
    start, end, step = (plain_number(x, "range", "end") for x in (start, end, step))
    kind = numpy_dtype(dtype)
    _count(start, end, step)
    count = int((end - start) / step) + 1
    array = np.arange(count) * float(step) + float(start)
    return finish(array.astype(kind), requires_grad, device)
