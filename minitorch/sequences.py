"""Tensors of evenly spaced numbers, to PyTorch's last bit."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import Array, dtype as DType, get_default_dtype
from minitorch.creation import AnyDevice, finish, numpy_dtype, plain_number
from minitorch.generator.transforms import fused
from minitorch.ops.out import makes_out
from minitorch.tensor import Tensor


@makes_out
def arange(
    start: Any = 0,
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
    """
    if end is None:
        start, end = 0, start
    named = {"start": start, "end": end, "step": step}
    start, end, step = (plain_number(x, "arange", name) for name, x in named.items())
    if dtype is None:
        exact = all(isinstance(x, int) for x in (start, end, step))
        dtype = dtypes.int64 if exact else get_default_dtype()
    kind = dtypes.read(dtype).numpy
    if kind.kind == "b":
        raise dtypes.not_implemented("arange_cpu", kind)
    if kind == np.int64:
        if step and not int(step):
            raise ValueError(
                f"step must be nonzero: {step} is less than 1, which dtype int64 needs"
            )
        start, end, step = (dtypes.checked_number(x, kind) for x in (start, end, step))
    count = _count(start, end, step)
    if kind.kind != "f":
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
def _float_steps(start: float, step: float, count: int, kind: np.dtype[Any]) -> Array:
    """``start + i * step`` for i below count, as PyTorch rounds it; see Note [Blocks of arange]."""
    wide = np.dtype(np.float32 if kind == np.float16 else np.float64)
    first, stride = wide.type(start), wide.type(step)
    block = 32 // kind.itemsize
    whole = count - count % (2 * block)
    heads = fused(np.arange(0, whole, block).astype(wide), stride, first).astype(kind).astype(wide)
    out = np.empty(count, kind)
    within = np.broadcast_to(np.arange(block).astype(wide), (len(heads), block))
    out[:whole] = fused(within, stride, heads[:, None]).astype(kind).ravel()
    out[whole:] = fused(np.arange(whole, count).astype(wide), stride, first).astype(kind)
    return out


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
    if not hasattr(steps, "__index__"):
        raise TypeError(f"linspace(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, got {steps}")
    kind = numpy_dtype(dtype)
    if any(isinstance(x, Tensor) and x.ndim for x in (start, end)):
        raise RuntimeError("linspace only supports 0-dimensional start and end tensors")
    start, end = (plain_number(x, "linspace", n) for x, n in ((start, "start"), (end, "end")))
    if steps < 2:
        value = dtypes.checked_number(start, kind) if steps else 0
        return finish(np.full(steps, value, kind), requires_grad, device)
    if kind.kind == "b":
        raise dtypes.not_implemented("linspace_cpu", kind)
    wide = kind.type if kind.kind == "f" else np.float64
    low, high = (wide(dtypes.checked_number(x, kind)) for x in (start, end))
    step = (high - low) / wide(steps - 1)
    half = steps // 2
    # From both ends towards the middle, as PyTorch rounds it.
    up, down = np.arange(half).astype(wide), np.arange(steps - half)[::-1].astype(wide)
    if kind == np.float16:
        parts = [low + step * up, high - step * down]
    else:
        parts = [fused(up, step, low), fused(down, -step, high)]
    return finish(np.concatenate(parts).astype(kind, copy=False), requires_grad, device)
