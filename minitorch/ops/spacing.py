"""Evenly spaced numbers, to PyTorch's last bit: what ``linspace`` and edges of bins are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.dtypes import Array, checked_number, is_complex, is_float, is_half
from minitorch.generator.transforms import fused


def evenly_spaced(start: Any, end: Any, steps: int, kind: np.dtype[Any]) -> Array:
    """Return ``steps`` numbers from start to end, both included: (steps,)."""
    if is_complex(kind):
        if steps < 2:
            return np.full(steps, start if steps else 0, kind)
        step = (kind.type(end) - kind.type(start)) / (steps - 1)
        half = steps // 2
        up, down = np.arange(half), np.arange(steps - half)[::-1]
        return np.concatenate([kind.type(start) + step * up, kind.type(end) - step * down]).astype(
            kind
        )
    if steps < 2:
        return np.full(steps, checked_number(start, kind) if steps else 0, kind)
    wide = kind.type if is_float(kind) else np.float64
    low, high = (wide(checked_number(x, kind)) for x in (start, end))
    step = (high - low) / wide(steps - 1)
    half = steps // 2
    # From both ends towards the middle, as PyTorch rounds it.
    up, down = np.arange(half).astype(wide), np.arange(steps - half)[::-1].astype(wide)
    if is_half(kind):
        parts = [low + step * up, high - step * down]
    else:
        parts = [fused(up, step, low), fused(down, -step, high)]
    return np.concatenate(parts).astype(kind, copy=False)
