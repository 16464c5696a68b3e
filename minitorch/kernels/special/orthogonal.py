"""Orthogonal polynomials of degree n, by their recurrences; https://dlmf.nist.gov/18.9."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special.series import in_double

# From (k, x, the polynomials of degree k - 1 and k - 2) to that of degree k.
Step = Callable[[int, Array, Array, Array], Array]
Polynomial = Callable[[Array, Array], Array]  # of x and n

_MANY = 40  # from this degree on cosines are as good as a Chebyshev polynomial's recurrence


def _recurrence(x: Array, n: Array, first: Array, step: Step) -> Array:
    """The polynomial of degree n: 1, ``first``, and so on; 0 for n < 0 and what is no degree."""
    n = np.where(np.isfinite(n), np.trunc(n), -1)
    before, last = np.ones_like(x), first
    out = np.where(n == 0, before, np.where(n >= 1, last, 0.0))
    for k in range(2, int(np.max(n, initial=0)) + 1):
        going = (n >= k) & ~np.isnan(last)
        if not going.any():
            break
        before, last = last, step(k, x, last, before)
        out = np.where(n >= k, last, out)
    return out


def _chebyshev(
    first: Callable[[Array], Array], wave: Polynomial, mirrored: Polynomial
) -> Polynomial:
    """Twice x times the last less the one before; or ``wave`` (angle, n) within [-1, 1].

    At -x the polynomial is (-1)^n times ``mirrored`` at x, whose angle is the more exact one.
    """

    def waves(x: Array, n: Array) -> Array:
        angle = np.maximum(np.arccos(np.abs(x)), 1e-150)  # of sines' quotients, no 0 over 0
        turned = np.where(n % 2 == 0, 1, -1) * mirrored(angle, n)
        return np.where(x < 0, turned, wave(angle, n))

    def of(x: Array, n: Array) -> Array:
        inside = (n > _MANY) & np.isfinite(n) & (np.abs(x) <= 1)
        degree = np.where(inside, 0, n)
        out = _recurrence(x, degree, first(x), lambda k, x, last, before: 2 * x * last - before)
        if inside.any():
            out[inside] = waves(x[inside], np.trunc(n[inside]))
        return out

    return of


def _wave_t(angle: Array, n: Array) -> Array:
    return np.cos(n * angle)


def _wave_u(angle: Array, n: Array) -> Array:
    return np.sin((n + 1) * angle) / np.sin(angle)


def _wave_v(angle: Array, n: Array) -> Array:
    return np.cos((n + 0.5) * angle) / np.cos(angle / 2)


def _wave_w(angle: Array, n: Array) -> Array:
    return np.sin((n + 0.5) * angle) / np.sin(angle / 2)


_t = _chebyshev(lambda x: x, _wave_t, _wave_t)
_u = _chebyshev(lambda x: 2 * x, _wave_u, _wave_u)
_v = _chebyshev(lambda x: 2 * x - 1, _wave_v, _wave_w)
_w = _chebyshev(lambda x: 2 * x + 1, _wave_w, _wave_v)


def _legendre(x: Array, n: Array) -> Array:
    return _recurrence(x, n, x, lambda k, x, p, q: ((2 * k - 1) * x * p - (k - 1) * q) / k)


def _laguerre(x: Array, n: Array) -> Array:
    return _recurrence(x, n, 1 - x, lambda k, x, p, q: ((2 * k - 1 - x) * p - (k - 1) * q) / k)


def _hermite_h(x: Array, n: Array) -> Array:
    return _recurrence(x, n, 2 * x, lambda k, x, p, q: 2 * x * p - 2 * (k - 1) * q)


def _hermite_he(x: Array, n: Array) -> Array:
    return _recurrence(x, n, x, lambda k, x, p, q: x * p - (k - 1) * q)


def _shifted(of: Polynomial) -> Polynomial:
    return lambda x, n: of(2 * x - 1, n)


# By PyTorch's names.
POLYNOMIALS = {
    "chebyshev_polynomial_t": in_double(_t),
    "chebyshev_polynomial_u": in_double(_u),
    "chebyshev_polynomial_v": in_double(_v),
    "chebyshev_polynomial_w": in_double(_w),
    "hermite_polynomial_h": in_double(_hermite_h),
    "hermite_polynomial_he": in_double(_hermite_he),
    "laguerre_polynomial_l": in_double(_laguerre),
    "legendre_polynomial_p": in_double(_legendre),
    "shifted_chebyshev_polynomial_t": in_double(_shifted(_t)),
    "shifted_chebyshev_polynomial_u": in_double(_shifted(_u)),
    "shifted_chebyshev_polynomial_v": in_double(_shifted(_v)),
    "shifted_chebyshev_polynomial_w": in_double(_shifted(_w)),
}
