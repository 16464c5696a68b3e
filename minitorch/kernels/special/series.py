"""How this room's functions are computed: in float64, block by block, from polynomials."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from minitorch.core.layout import laid_out
from minitorch.core.silence import quiet
from minitorch.kernels.arrays import Array

Part = Callable[..., Array]

# Elements per block: the temporaries of a block stay in the L2 cache.
_BLOCK = 1 << 13


def in_double(function: Callable[..., Array]) -> Callable[..., Array]:
    """Have a function of float64 vectors take arrays and numbers of any float dtype and shapes."""

    @wraps(function)
    @quiet
    def wide(*operands: Any) -> Array:
        like = operands[0] if len(operands) == 1 else np.add(*operands)
        flat = [np.ascontiguousarray(np.broadcast_to(x, like.shape)).reshape(-1) for x in operands]
        out = np.empty(like.size, like.dtype)
        for start in range(0, like.size, _BLOCK):  # of which alone there are copies in float64
            block = [x[start : start + _BLOCK].astype(np.float64, copy=False) for x in flat]
            out[start : start + _BLOCK] = function(*block)
        return laid_out(out.reshape(like.shape), like)

    return wide


def power_series(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Sum a power series, the constant first."""
    out = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        out *= x
        out += c
    return out


def in_parts(where: Array, yes: Part, no: Part, *operands: Array) -> Array:
    """Compute ``yes`` of the elements for which a condition holds, ``no`` of the others."""
    count = np.count_nonzero(where)
    if count == where.size:
        return yes(*operands)
    if count == 0:
        return no(*operands)
    out = np.empty(where.shape)
    for mask, function in ((where, yes), (~where, no)):
        out[mask] = function(*[x[mask] for x in operands])
    return out
