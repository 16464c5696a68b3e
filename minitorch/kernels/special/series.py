"""How this room's functions are computed: in float64, block by block, from Chebyshev series."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from minitorch.core.layout import laid_out
from minitorch.core.silence import quiet
from minitorch.kernels.arrays import Array

# Elements per block: the temporaries of a block stay in the L2 cache.
_BLOCK = 1 << 13


def in_double(function: Callable[..., Array]) -> Callable[..., Array]:
    """Have a function of float64 vectors take arrays and numbers of any float dtype and shapes."""

    @wraps(function)
    @quiet
    def wide(*operands: Any) -> Array:
        like = operands[0] if len(operands) == 1 else np.add(*operands)
        flat = [_flat(x, like.shape) for x in operands]
        out = np.empty(like.size)
        for start in range(0, like.size, _BLOCK):
            out[start : start + _BLOCK] = function(*[x[start : start + _BLOCK] for x in flat])
        return laid_out(out.reshape(like.shape).astype(like.dtype, copy=False), like)

    return wide


def _flat(x: Any, shape: tuple[int, ...]) -> Array:
    return np.ascontiguousarray(np.broadcast_to(x, shape), np.float64).reshape(-1)


def chebyshev(t: Array, coefficients: tuple[float, ...]) -> Array:
    """Sum a Chebyshev series at t in [-1, 1], by Clenshaw's rule."""
    twice = t + t
    last = np.zeros_like(t)
    before = last
    for c in coefficients[:0:-1]:
        last, before = twice * last - before + c, last
    return t * last - before + coefficients[0]


def power_series(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Sum a power series, the constant first."""
    out = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        out *= x
        out += c
    return out
