"""The complementary error function, scaled and inverted, and what statistics makes of it."""

from __future__ import annotations

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.series import chebyshev, in_double

_SQRT2, _SQRT_HALF = math.sqrt(2), math.sqrt(0.5)
_LARGEST = 40.0  # beyond it exp(-x²) is 0, and exp(x²) infinite


def _exp_of_square(x: Array, sign: float) -> Array:
    """exp(±x²), of which x² is not rounded: it is the square of a short number, and a rest."""
    x = np.clip(x, -_LARGEST, _LARGEST)
    short = np.trunc(x * 16) / 16
    rest = (x - short) * (x + short)
    return np.exp(sign * (short * short)) * np.exp(sign * rest)


def _scaled(size: Array) -> Array:
    """exp(x²) erfc(x) of x >= 0.

    M. M. Shepherd, J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in
    0 <= x < ∞", Mathematics of Computation 36 (1981).
    """
    return chebyshev(1 - 7.5 / (size + 3.75), tables.SCALED_ERFC) / (1 + 2 * size)


def _complement(x: Array) -> Array:
    size = np.abs(x)
    tail = _exp_of_square(size, -1) * _scaled(size)
    return np.where(x < 0, 2 - tail, tail)


erfc = in_double(_complement)


@in_double
def erfcx(x: Array) -> Array:
    """exp(x²) erfc(x)."""
    scaled = _scaled(np.abs(x))
    return np.where(x < 0, 2 * _exp_of_square(x, 1) - scaled, scaled)


@in_double
def log_ndtr(x: Array) -> Array:
    """Logarithm of the normal distribution function."""
    scaled = _scaled(np.abs(x) * _SQRT_HALF) / 2
    body = np.log1p(-_complement(x * _SQRT_HALF) / 2)
    return np.where(x < -1, np.log(scaled) - x * x / 2, body)


def _quantile_tail(p: Array) -> Array:
    """The normal quantile of p up to 1/8."""
    r = np.sqrt(-2 * np.log(p))
    z = 1 / r
    near = chebyshev(np.clip((z - 0.125) * (16 / 3) - 1, -1, 1), tables.QUANTILE_NEAR)
    far = chebyshev(np.clip((z - 0.025) * 20 - 1, -1, 1), tables.QUANTILE_FAR)
    return np.where(r < 8, near, far) - r


def _quantile_middle(y: Array) -> Array:
    """The normal quantile of 1/2 + y, y within 3/8."""
    return y * chebyshev(np.clip(y * y * (128 / 9) - 1, -1, 1), tables.QUANTILE)


@in_double
def ndtri(p: Array) -> Array:
    """The inverse of the normal distribution function."""
    tail = _quantile_tail(np.minimum(p, 1 - p))
    out = np.where(
        np.abs(p - 0.5) <= 0.37, _quantile_middle(p - 0.5), np.where(p < 0.5, tail, -tail)
    )
    out[p == 0], out[p == 1] = -math.inf, math.inf
    out[(p < 0) | (p > 1)] = math.nan
    return out


@in_double
def erfinv(y: Array) -> Array:
    """The inverse of the error function, which is the quantile of (1 + y) / 2 over √2."""
    size = np.abs(y)
    tail = np.copysign(_quantile_tail((1 - size) / 2), y)
    out = np.where(size <= 0.74, _quantile_middle(y / 2), tail) * _SQRT_HALF
    ends = size == 1
    out[ends] = np.copysign(math.inf, y[ends])
    return out
