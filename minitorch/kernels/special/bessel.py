"""Bessel functions of order 0 and 1, plain and modified.

Near 0 they are a series of x², after what is singular there is taken off; far from it waves or
powers whose factors are a series of 1/x; https://dlmf.nist.gov/10.
"""

from __future__ import annotations

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.series import chebyshev, in_double

Table = tuple[float, ...]

_TWO_OVER_PI = 2 / math.pi


def _scaled_i(size: Array, near: Table, far: Table, order: int) -> Array:
    """exp(-x) I(x) of x >= 0."""
    low = np.minimum(size, 8.0)
    below = chebyshev(low / 4 - 1, near)
    if order:
        below = below * low
    high = np.maximum(size, 8.0)
    return np.where(size <= 8, below, chebyshev(16 / high - 1, far) / np.sqrt(high))


@in_double
def i0e(x: Array) -> Array:
    """exp(-|x|) I0(x)."""
    return _scaled_i(np.abs(x), tables.I0_NEAR, tables.I0_FAR, 0)


@in_double
def i0(x: Array) -> Array:
    """Modified, first kind, order 0."""
    return _grown(_scaled_i(np.abs(x), tables.I0_NEAR, tables.I0_FAR, 0), np.abs(x))


@in_double
def i1e(x: Array) -> Array:
    """exp(-|x|) I1(x)."""
    return np.copysign(_scaled_i(np.abs(x), tables.I1_NEAR, tables.I1_FAR, 1), x)


@in_double
def i1(x: Array) -> Array:
    """Modified, first kind, order 1."""
    size = np.abs(x)
    return np.copysign(_grown(_scaled_i(size, tables.I1_NEAR, tables.I1_FAR, 1), size), x)


def _grown(scaled: Array, size: Array) -> Array:
    """Times exp(size), of which halves do not overflow before the product does."""
    half = np.exp(size / 2)
    return np.where(np.isinf(size), math.inf, scaled * half * half)


def _k(x: Array, order: int, scale: bool) -> Array:
    """Modified, second kind, on request times exp(x): infinite at 0, NaN below."""
    near, far = (tables.K0_NEAR, tables.K0_FAR) if order == 0 else (tables.K1_NEAR, tables.K1_FAR)
    low = np.where(x <= 2, x, 2.0)
    log, smooth = np.log(low / 2), chebyshev(np.clip(low * low / 2 - 1, -1, 1), near)
    grown = np.exp(low)
    if order == 0:
        below = smooth - log * _scaled_i(low, tables.I0_NEAR, tables.I0_FAR, 0) * grown
    else:
        scaled = _scaled_i(low, tables.I1_NEAR, tables.I1_FAR, 1)
        below = smooth * low + log * scaled * grown + 1 / low
    high = np.maximum(x, 2.0)
    above = chebyshev(4 / high - 1, far) / np.sqrt(high)
    if scale:
        below = below * grown
    else:
        above = above * np.exp(-high)
    out = np.where(x <= 2, below, above)
    return np.where(x == 0, math.inf, np.where(x < 0, math.nan, out))


@in_double
def k0(x: Array) -> Array:
    """Modified, second kind, order 0."""
    return _k(x, 0, False)


@in_double
def k1(x: Array) -> Array:
    """Modified, second kind, order 1."""
    return _k(x, 1, False)


@in_double
def scaled_k0(x: Array) -> Array:
    """exp(x) K0(x)."""
    return _k(x, 0, True)


@in_double
def scaled_k1(x: Array) -> Array:
    """exp(x) K1(x)."""
    return _k(x, 1, True)


def _waves(x: Array, order: int) -> tuple[Array, Array]:
    """J and Y of x >= 8, as cosine and sine of x - π/4 or x - 3π/4."""
    cosine, sine = (
        (tables.WAVE0_COSINE, tables.WAVE0_SINE)
        if order == 0
        else (tables.WAVE1_COSINE, tables.WAVE1_SINE)
    )
    t = 128 / (x * x) - 1
    p, q = chebyshev(t, cosine), chebyshev(t, sine) / x
    # Of the phase only x is inexact: cos(x - π/4) = (cos x + sin x) / √2, and so on.
    cos_x, sin_x = np.cos(x), np.sin(x)
    if order == 0:
        cos_phase, sin_phase = cos_x + sin_x, sin_x - cos_x
    else:
        cos_phase, sin_phase = sin_x - cos_x, -sin_x - cos_x
    scale = np.sqrt(1 / (math.pi * x))
    return scale * (p * cos_phase - q * sin_phase), scale * (p * sin_phase + q * cos_phase)


def _j_near(x: Array, order: int) -> Array:
    series = chebyshev(x * x / 32 - 1, tables.J1_NEAR if order else tables.J0_NEAR)
    return series * x if order else np.where(x == 0, 1.0, series)


def _j(x: Array, order: int) -> Array:
    size = np.abs(x)
    out = np.where(size >= 8, 0.0, _j_near(np.minimum(size, 8.0), order))
    far = (size >= 8) & np.isfinite(size)
    out[far] = _waves(size[far], order)[0]
    return np.copysign(1.0, x) * out if order else out


def _y(x: Array, order: int) -> Array:
    """-infinity at 0, NaN below."""
    low = np.minimum(x, 8.0)
    smooth = chebyshev(low * low / 32 - 1, tables.Y1_NEAR if order else tables.Y0_NEAR)
    singular = np.log(low / 2) * _j_near(low, order)
    if order:
        smooth, singular = smooth * low, singular - 1 / low
    out = smooth + _TWO_OVER_PI * singular
    far = (x >= 8) & np.isfinite(x)
    out[far] = _waves(x[far], order)[1]
    out = np.where(np.isposinf(x), 0.0, out)
    return np.where(x == 0, -math.inf, np.where(x < 0, math.nan, out))


@in_double
def j0(x: Array) -> Array:
    """First kind, order 0."""
    return _j(x, 0)


@in_double
def j1(x: Array) -> Array:
    """First kind, order 1."""
    return _j(x, 1)


@in_double
def y0(x: Array) -> Array:
    """Second kind, order 0."""
    return _y(x, 0)


@in_double
def y1(x: Array) -> Array:
    """Second kind, order 1."""
    return _y(x, 1)


@in_double
def spherical_j0(x: Array) -> Array:
    """sin(x) / x, 1 at 0 and 0 at infinity."""
    return np.where(np.isinf(x), 0.0, np.where(x == 0, 1.0, np.sin(x) / x))


@in_double
def airy_ai(x: Array) -> Array:
    """Airy's function Ai; https://dlmf.nist.gov/9."""
    size = np.maximum(np.abs(x), 2.0)
    zeta = size * np.sqrt(size) * (2 / 3)
    root = math.sqrt(math.pi) * np.sqrt(np.sqrt(size))
    decay = chebyshev(np.clip(4 / zeta - 1, -1, 1), tables.AIRY_DECAY) * np.exp(-zeta) / (2 * root)
    out = np.where(
        x < 0, _near(x / 4.5 + 1, tables.AIRY_NEAR), _near(x / 1.1 - 1, tables.AIRY_MIDDLE)
    )
    out = np.where(x > 2.1, decay, out)
    t = np.clip(648 / (zeta * zeta) - 1, -1, 1)
    p, q = chebyshev(t, tables.AIRY_COSINE), chebyshev(t, tables.AIRY_SINE) / zeta
    cos_z, sin_z = np.cos(zeta) * math.sqrt(0.5), np.sin(zeta) * math.sqrt(0.5)
    wave = (p * (cos_z + sin_z) + q * (sin_z - cos_z)) / root
    out = np.where(x < -8.99, wave, out)
    return np.where(np.isposinf(x), 0.0, np.where(np.isneginf(x), math.nan, out))


def _near(t: Array, table: Table) -> Array:
    return chebyshev(np.clip(t, -1, 1), table)


# By PyTorch's names: those that have no derivative there.
FUNCTIONS = {
    "airy_ai": airy_ai,
    "bessel_j0": j0,
    "bessel_j1": j1,
    "bessel_y0": y0,
    "bessel_y1": y1,
    "modified_bessel_i0": i0,
    "modified_bessel_i1": i1,
    "modified_bessel_k0": k0,
    "modified_bessel_k1": k1,
    "scaled_modified_bessel_k0": scaled_k0,
    "scaled_modified_bessel_k1": scaled_k1,
    "spherical_bessel_j0": spherical_j0,
}
