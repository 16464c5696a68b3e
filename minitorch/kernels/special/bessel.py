"""Bessel functions of order 0 and 1, plain and modified.

Near 0 they are a series of x², after what is singular there is taken off; far from it waves or
powers whose factors are a series of 1/x; https://dlmf.nist.gov/10.
"""

from __future__ import annotations

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.special import tables
from minitorch.kernels.special.series import in_double, in_parts, power_series

Table = tuple[float, ...]

_TWO_OVER_PI = 2 / math.pi


def _scaled_i(size: Array, near: Table, far: Table, order: int) -> Array:
    """exp(-x) I(x) of x >= 0."""

    def below(x: Array) -> Array:
        out = power_series(x / 4 - 1, near)
        return out * x if order else np.where(x == 0, 1.0, out)

    def above(x: Array) -> Array:
        return power_series(16 / x - 1, far) / np.sqrt(x)

    return in_parts(size <= 8, below, above, size)


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

    def below(x: Array) -> Array:
        log, smooth, grown = np.log(x / 2), power_series(x * x / 2 - 1, near), np.exp(x)
        if order == 0:
            out = smooth - log * _scaled_i(x, tables.I0_NEAR, tables.I0_FAR, 0) * grown
        else:
            scaled = _scaled_i(x, tables.I1_NEAR, tables.I1_FAR, 1)
            out = smooth * x + log * scaled * grown + 1 / x
        return out * grown if scale else out

    def above(x: Array) -> Array:
        out = power_series(4 / x - 1, far) / np.sqrt(x)
        return out if scale else out * np.exp(-x)

    out = in_parts(np.abs(x) <= 2, below, above, x)
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
    p, q = power_series(t, cosine), power_series(t, sine) / x
    # Of the phase only x is inexact: cos(x - π/4) = (cos x + sin x) / √2, and so on.
    cos_x, sin_x = np.cos(x), np.sin(x)
    if order == 0:
        cos_phase, sin_phase = cos_x + sin_x, sin_x - cos_x
    else:
        cos_phase, sin_phase = sin_x - cos_x, -sin_x - cos_x
    scale = np.sqrt(1 / (math.pi * x))
    return scale * (p * cos_phase - q * sin_phase), scale * (p * sin_phase + q * cos_phase)


def _j_near(x: Array, order: int) -> Array:
    series = power_series(x * x / 32 - 1, tables.J1_NEAR if order else tables.J0_NEAR)
    return series * x if order else np.where(x == 0, 1.0, series)


def _j(x: Array, order: int) -> Array:
    size = np.abs(x)
    out = in_parts(size < 8, lambda x: _j_near(x, order), lambda x: _waves(x, order)[0], size)
    out = np.where(np.isinf(x), 0.0, out)
    return np.copysign(1.0, x) * out if order else out


def _y(x: Array, order: int) -> Array:
    """-infinity at 0, NaN below."""
    out = in_parts(x < 8, lambda x: _y_near(x, order), lambda x: _waves(x, order)[1], x)
    out = np.where(np.isposinf(x), 0.0, out)
    return np.where(x == 0, -math.inf, np.where(x < 0, math.nan, out))


def _y_near(x: Array, order: int) -> Array:
    smooth = power_series(x * x / 32 - 1, tables.Y1_NEAR if order else tables.Y0_NEAR)
    singular = np.log(x / 2) * _j_near(x, order)
    if order:
        smooth, singular = smooth * x, singular - 1 / x
    return smooth + _TWO_OVER_PI * singular


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
    out = in_parts(x < 0, _airy_below, _airy_above, x)
    return np.where(np.isposinf(x), 0.0, np.where(np.isneginf(x), math.nan, out))


def _airy_below(x: Array) -> Array:
    def near(x: Array) -> Array:
        return power_series(x / 2.25 + 1, tables.AIRY_NEAR)

    def further(x: Array) -> Array:
        return power_series(x / 2.25 + 3, tables.AIRY_FAR)

    return in_parts(x > -4.5, near, lambda x: in_parts(x > -8.99, further, _airy_waves, x), x)


def _airy_above(x: Array) -> Array:
    return in_parts(
        x <= 2.1, lambda x: power_series(x / 1.1 - 1, tables.AIRY_MIDDLE), _airy_decay, x
    )


def _airy_scales(size: Array) -> tuple[Array, Array]:
    """2/3 x^3/2 and sqrt(pi) x^1/4."""
    root = np.sqrt(size)
    return size * root * (2 / 3), math.sqrt(math.pi) * np.sqrt(root)


def _airy_decay(x: Array) -> Array:
    zeta, root = _airy_scales(x)
    return power_series(4 / zeta - 1, tables.AIRY_DECAY) * np.exp(-zeta) / (2 * root)


def _airy_waves(x: Array) -> Array:
    zeta, root = _airy_scales(-x)
    t = 648 / (zeta * zeta) - 1
    p, q = power_series(t, tables.AIRY_COSINE), power_series(t, tables.AIRY_SINE) / zeta
    cos_z, sin_z = np.cos(zeta) * math.sqrt(0.5), np.sin(zeta) * math.sqrt(0.5)
    return (p * (cos_z + sin_z) + q * (sin_z - cos_z)) / root


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
