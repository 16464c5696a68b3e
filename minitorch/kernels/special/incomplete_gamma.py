"""The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.error import erfc
from minitorch.kernels.special.gamma import log_gamma_of_one_and, stirling_rest
from minitorch.kernels.special.series import in_double, power_series

_EPS = 2.0**-53
_MOST_STEPS = 5000  # enough for a up to 10**5; larger ones are Temme's, but far from x
_LARGE = 200.0


def _power(a: Array, x: Array) -> Array:
    """x^a exp(-x) / gamma(a + 1), of a > 0, x > 0."""
    small = np.where(a < 8, a, 1.0)
    # x^a must not be infinite where exp(-x) is 0.
    plain = np.minimum(x, 1e30) ** small * np.exp(-x - log_gamma_of_one_and(small))
    large = np.maximum(a, 8.0)
    off = (x - large) / large
    log = np.where(off < -0.5, np.log(x / large), np.log1p(off))  # off is next to -1 for small x
    exponent = -large * (off - log) - stirling_rest(large)
    return np.where(a < 8, plain, np.exp(exponent) / np.sqrt(2 * math.pi * large))


def _series(a: Array, x: Array) -> Array:
    """P by its power series, of x not much above a; https://dlmf.nist.gov/8.7.E1."""
    term = np.ones_like(x)
    total, k = term.copy(), 0
    while k < _MOST_STEPS and (term > total * _EPS).any():
        k += 1
        term *= x / (a + k)
        total += term
    return total * _power(a, x)


def _small_complement(a: Array, x: Array) -> Array:
    """Q of small x, where P is next to 1; https://dlmf.nist.gov/8.7.E3."""
    term, total = np.ones_like(x), np.zeros_like(x)
    for k in range(1, 30):
        term = term * (-x / k)
        total += term / (a + k)
    share = a * np.log(x) - log_gamma_of_one_and(a)
    return -np.expm1(share) - np.exp(share) * a * total


def _fraction(a: Array, x: Array) -> Array:
    """Q by its continued fraction, of x above a, by Lentz's method; https://dlmf.nist.gov/8.9.E2."""
    b = x + 1 - a
    c = np.full_like(x, 1e300)
    d = 1 / b
    total, k = d.copy(), 0
    change = np.full_like(x, math.inf)
    while k < _MOST_STEPS and (np.abs(change - 1) > 2 * _EPS).any():
        k += 1
        step = k * (a - k)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        change = c * d
        total *= change
    return total * a * _power(a, x)


def _temme(a: Array, x: Array, sign: float) -> Array:
    """P (sign -1) or Q (sign 1) of large a, x within a third of it; see ``TEMME``."""
    off = (x - a) / a
    half_square = off - np.log1p(off)
    eta = np.copysign(np.sqrt(2 * half_square), off)
    near = np.abs(off) < 1e-3  # where the difference has lost digits
    eta = np.where(near, off * power_series(off, _ETA), eta)
    total = np.zeros_like(x)
    for row in tables.TEMME[::-1]:
        total = total / a + power_series(eta, row)
    rest = np.exp(-a * eta * eta / 2) / np.sqrt(2 * math.pi * a) * total
    return erfc(sign * eta * np.sqrt(a / 2)) / 2 + sign * rest


# eta / mu for small mu: the square root of 2 (mu - log(1 + mu)) / mu².
_ETA = (1.0, -1 / 3, 7 / 36, -73 / 540, 1331 / 12960)


def _by_regions(a: Array, x: Array, *, upper: bool) -> Array:
    out = np.full_like(x, math.nan)

    def fill(where: Array, function: Callable[[Array, Array], Array], gives_upper: bool) -> None:
        if where.any():
            found = function(a[where], x[where])
            out[where] = found if gives_upper == upper else 1 - found

    inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    temme = inside & (a >= _LARGE) & (np.abs(x - a) < 0.3 * a)
    rest = inside & ~temme
    small = rest & (x <= 1.1)
    by_p = np.where(x < 0.5, a * np.log(np.maximum(x, 1e-300)) > -0.4, a < 1.1 * x)
    complement = small & by_p & upper
    fraction = rest & (x > 1.1) & (x > a)
    fill(temme, lambda a, x: _temme(a, x, 1.0 if upper else -1.0), upper)
    fill(complement, _small_complement, True)
    fill(fraction, _fraction, True)
    fill(rest & ~complement & ~fraction, _series, False)
    _fill_edges(out, a, x, 1.0 if upper else 0.0)
    return np.clip(out, 0, 1)  # where rounding led out of it


def _fill_edges(out: Array, a: Array, x: Array, at_zero: float) -> None:
    """What is 0 or 1 at the ends of a and x; NaN where both are there."""
    valid = (a >= 0) & (x >= 0)
    out[valid & (x == 0) & (a > 0)] = at_zero
    out[valid & np.isposinf(a) & np.isfinite(x)] = at_zero
    out[valid & (a == 0) & (x > 0)] = 1 - at_zero
    out[valid & np.isposinf(x) & np.isfinite(a)] = 1 - at_zero


@in_double
def igamma(a: Array, x: Array) -> Array:
    """P(a, x), the lower one."""
    return _by_regions(a, x, upper=False)


@in_double
def igammac(a: Array, x: Array) -> Array:
    """Q(a, x), the upper one."""
    return _by_regions(a, x, upper=True)
