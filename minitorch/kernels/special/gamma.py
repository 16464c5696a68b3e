"""The gamma function's logarithm and its derivatives, and Hurwitz's zeta function."""

from __future__ import annotations

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.series import in_double, in_parts, power_series

# Bernoulli's numbers B2, B4, ...
BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
    -174611 / 330, 854513 / 138, -236364091 / 2730,
)  # fmt: skip
_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI[:10], 1))
_DIGAMMA = tuple(b / (2 * k) for k, b in enumerate(BERNOULLI[:10], 1))
_HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def stirling_rest(x: Array) -> Array:
    """What Stirling's formula lacks of log gamma(x), from x = 8 on; https://dlmf.nist.gov/5.11."""
    inverse = 1 / x
    return inverse * power_series(inverse * inverse, _STIRLING)


def log_gamma_above_zero(x: Array) -> Array:
    """Log gamma(x) of x >= 0, exact relative to its size also near its zeros, 1 and 2."""
    return in_parts(x < 8, _log_gamma_below_8, _stirling, x)


def _stirling(x: Array) -> Array:
    return (x - 0.5) * (np.log(x) - 1) - 0.5 + (_HALF_LOG_2PI + stirling_rest(x))


def _log_gamma_below_8(u: Array) -> Array:
    above = np.ones_like(u)  # gamma(x) = gamma(u) * above / below
    for _ in range(6):
        down = u >= 2.5
        if not down.any():
            break
        u = np.where(down, u - 1, u)
        above = np.where(down, above * u, above)
    below = np.where(u < 0.5, u * (u + 1), np.where(u < 1.5, u, 1.0))
    u = np.where(u < 0.5, u, np.where(u < 1.5, u - 1, u - 2))  # less 2, in steps without rounding
    return np.log(above) - np.log(below) + u * power_series(2 * u, tables.LOG_GAMMA)


def log_gamma_of_one_and(a: Array) -> Array:
    """Log gamma(1 + a) of a >= 0, exact relative to its size also for tiny a."""
    near = np.minimum(a, 0.5)
    small = near * power_series(2 * near, tables.LOG_GAMMA) - np.log1p(near)
    return np.where(a <= 0.5, small, log_gamma_above_zero(np.where(a <= 0.5, 1.0, a + 1)))


def _sine_of_pi(x: Array) -> Array:
    """sin(πx), up to the sign: exactly 0 at integers."""
    return np.sin(math.pi * (x - np.rint(x)))


@in_double
def lgamma(x: Array) -> Array:
    """Logarithm of the absolute value of the gamma function."""
    size = np.abs(x)
    out = log_gamma_above_zero(size)
    below = x < 0
    if below.any():
        sine = np.abs(_sine_of_pi(size))
        # The logarithms apart: of tiny numbers the product is 0.
        out = np.where(below, math.log(math.pi) - np.log(size) - np.log(sine) - out, out)
    out[np.isinf(x)] = math.inf
    return out


@in_double
def digamma(x: Array) -> Array:
    """Derivative of log gamma: -+infinity at ±0, NaN at negative integers."""
    u = np.where(x <= 0, 1 - x, x)
    out = np.zeros_like(u)
    for _ in range(10):
        low = u < 10
        if not low.any():
            break
        out = np.where(low, out - 1 / u, out)
        u = np.where(low, u + 1, u)
    inverse = 1 / u
    square = inverse * inverse
    out += np.log(u) - inverse / 2 - square * power_series(square, _DIGAMMA)
    below = x < 0
    if below.any():
        part = x - np.trunc(x)
        slope = np.where(part == 0, math.nan, math.pi / np.tan(math.pi * part))
        out = np.where(below, out - slope, out)
    out[np.isposinf(x)] = math.inf
    zero = x == 0
    out[zero] = np.copysign(math.inf, -x[zero])
    return out


def zeta_above_zero(s: Array, q: Array) -> Array:
    """Sum (q + k)^-s over k = 0, 1, ... of q > 0, s > 1, by Euler's and Maclaurin's formula."""
    out = np.zeros_like(q)
    for k in range(10):
        out += (q + k) ** -s
    a = q + 10
    power = a**-s
    out += a * power / (s - 1) + power / 2
    factor, square = s * power / a, 1 / (a * a)
    for k, b in enumerate(BERNOULLI, 1):
        out += factor * (b / math.factorial(2 * k))
        factor = factor * (s + (2 * k - 1)) * (s + 2 * k) * square
    return out


def _zeta(s: Array, q: Array) -> Array:
    """The same of any q: for integer s those of its terms that are negative are summed apart."""
    part, rest = q - np.floor(q), np.ceil(q) - q  # each exact where it is small
    below = (q < 0) & (rest > 0)
    out = zeta_above_zero(s, np.where(below, part, np.where(q > 0, q, 1)))
    if below.any():
        sign = np.where(s % 2 == 0, 1.0, -1.0)
        first, end = np.where(below, rest, 1), np.where(below, 1 - q, 1)
        mirrored = zeta_above_zero(s, first) - zeta_above_zero(s, end)
        out = np.where(below, np.where(s == np.rint(s), out + sign * mirrored, math.nan), out)
    out = np.where((q <= 0) & ~below, math.inf, out)
    out = np.where((np.isposinf(q) & (s > 1)) | (np.isposinf(s) & (q > 0)), q**-s, out)
    return np.where(s == 1, math.inf, np.where((s < 1) | np.isnan(q), math.nan, out))


zeta = in_double(_zeta)


def polygamma(x: Array, n: int) -> Array:
    """The n-th derivative of digamma."""
    if n == 0:
        return digamma(x)
    sign, factor = (1.0 if n % 2 else -1.0), math.gamma(n + 1) if n < 170 else math.inf

    @in_double
    def derivative(x: Array) -> Array:
        return sign * factor * _zeta(np.full_like(x, n + 1.0), x)

    return derivative(x)
