"""The complementary error function, scaled and inverted, and what statistics makes of it."""

from __future__ import annotations

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.series import in_double, in_parts, power_series

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
    return power_series(1 - 7.5 / (size + 3.75), tables.SCALED_ERFC) / (1 + 2 * size)


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
    """The normal quantile of p up to exp(-2)."""
    r = np.sqrt(-2 * np.log(p))
    return in_parts(r < 8, _rest_near, _rest_far, r) - r


def _rest_near(r: Array) -> Array:
    return power_series(np.clip((1 / r - 0.125) * (16 / 3) - 1, -1, 1), tables.QUANTILE_NEAR)


def _rest_far(r: Array) -> Array:
    return power_series(np.clip((1 / r - 0.025) * 20 - 1, -1, 1), tables.QUANTILE_FAR)


def _quantile_middle(y: Array) -> Array:
    """The normal quantile of 1/2 + y, y within 3/8."""
    return y * power_series(y * y * (128 / 9) - 1, tables.QUANTILE)


@in_double
def ndtri(p: Array) -> Array:
    """The inverse of the normal distribution function."""

    def tail(p: Array) -> Array:
        return np.copysign(_quantile_tail(np.minimum(p, 1 - p)), p - 0.5)

    out = in_parts(np.abs(p - 0.5) <= 0.37, lambda p: _quantile_middle(p - 0.5), tail, p)
    out[p == 0], out[p == 1] = -math.inf, math.inf
    out[(p < 0) | (p > 1)] = math.nan
    return out


@in_double
def erfinv(y: Array) -> Array:
    """The inverse of the error function, which is the quantile of (1 + y) / 2 over √2."""

    def tail(y: Array) -> Array:
        return np.copysign(_quantile_tail((1 - np.abs(y)) / 2), y)

    size = np.abs(y)
    out = in_parts(size <= 0.74, lambda y: _quantile_middle(y / 2), tail, y) * _SQRT_HALF
    ends = size == 1
    out[ends] = np.copysign(math.inf, y[ends])
    return out
