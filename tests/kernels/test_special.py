"""The functions of ``kernels/special``: beside mpmath, and by the identities they must keep."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.core.silence import silence
from minitorch.kernels.special import bessel, error, gamma, incomplete_gamma, orthogonal

random = np.random.default_rng(0)
WIDE = 10.0 ** random.uniform(-8, 2, 60)
POSITIVE = np.concatenate([random.uniform(0, 20, 60), WIDE])
ALL = np.concatenate([POSITIVE, -POSITIVE])
INNER = random.uniform(-1, 1, 80)
SHARES = np.concatenate([random.uniform(0, 1, 60), 10.0 ** random.uniform(-15, -1, 30)])


def _quantile(mp: Any, p: Any) -> Any:
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def _log_normal(mp: Any, x: Any) -> Any:
    return mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


# name: (function, the same of mpmath, points, relative error)
CASES: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any], Any, float]] = {
    "airy_ai": (bessel.airy_ai, lambda mp, x: mp.airyai(x), random.uniform(-2, 15, 80), 2e-14),
    "digamma": (gamma.digamma, lambda mp, x: mp.digamma(x), POSITIVE, 1e-14),
    "erfc": (error.erfc, lambda mp, x: mp.erfc(x), ALL[np.abs(ALL) < 26], 2e-15),
    "erfcx": (
        error.erfcx,
        lambda mp, x: mp.exp(x * x) * mp.erfc(x),
        ALL[ALL > -26],
        2e-15,
    ),
    "erfinv": (error.erfinv, lambda mp, y: mp.erfinv(y), INNER, 1e-15),
    "i0": (bessel.i0, lambda mp, x: mp.besseli(0, x), ALL, 2e-15),
    "i1": (bessel.i1, lambda mp, x: mp.besseli(1, x), ALL, 2e-15),
    "k0": (bessel.k0, lambda mp, x: mp.besselk(0, x), POSITIVE, 2e-15),
    "k1": (bessel.k1, lambda mp, x: mp.besselk(1, x), POSITIVE, 2e-15),
    "lgamma": (gamma.lgamma, lambda mp, x: mp.log(abs(mp.gamma(x))), POSITIVE, 1e-15),
    "lgamma next to 0": (
        gamma.lgamma,
        lambda mp, x: mp.log(abs(mp.gamma(x))),
        -(10.0 ** random.uniform(-300, -1, 40)),
        1e-15,
    ),
    "log_ndtr": (error.log_ndtr, _log_normal, ALL[ALL < 6], 1e-14),
    "ndtri": (error.ndtri, _quantile, SHARES, 1e-15),
    "polygamma": (lambda x: gamma.polygamma(x, 2), lambda mp, x: mp.psi(2, x), POSITIVE, 2e-15),
    "polygamma below 0": (
        lambda x: gamma.polygamma(x, 3),
        lambda mp, x: mp.psi(3, x),
        np.concatenate([random.uniform(-9, 0, 40), -(10.0 ** random.uniform(-60, -1, 20))]),
        2e-15,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_against_mpmath(name: str) -> None:
    mp: Any = pytest.importorskip("mpmath")
    function, oracle, points, rtol = CASES[name]
    with mp.workdps(40):
        expected = [float(oracle(mp, mp.mpf(float(x)))) for x in points]
    np.testing.assert_allclose(function(points), expected, rtol=rtol)
    single = points.astype(np.float32)
    assert function(single).dtype == np.float32
    with silence():
        rounded = function(single.astype(np.float64)).astype(np.float32)
    np.testing.assert_array_equal(function(single), rounded)


@pytest.mark.parametrize("spread", [0.05, 0.5, 2.0, 40.0])
def test_incomplete_gamma_against_mpmath(spread: float) -> None:
    mp: Any = pytest.importorskip("mpmath")
    a = np.concatenate([random.uniform(0.01, 30, 30), 10.0 ** random.uniform(2, 3.5, 15)])
    x = a * np.exp(random.uniform(-spread, spread, a.size))
    with mp.workdps(30):
        pairs = [(mp.mpf(float(u)), mp.mpf(float(v))) for u, v in zip(a, x, strict=True)]
        lower = [float(mp.gammainc(u, 0, v, regularized=True)) for u, v in pairs]
        upper = [float(mp.gammainc(u, v, mp.inf, regularized=True)) for u, v in pairs]
    np.testing.assert_allclose(incomplete_gamma.igamma(a, x), lower, rtol=3e-13, atol=1e-300)
    np.testing.assert_allclose(incomplete_gamma.igammac(a, x), upper, rtol=3e-13, atol=1e-300)


def test_the_tables_are_what_they_say() -> None:
    pytest.importorskip("mpmath")
    from tests.support import chebyshev_tables

    assert chebyshev_tables.written() == chebyshev_tables.FILE.read_text(encoding="utf-8")


def test_against_the_standard_library() -> None:
    points = [x for x in ALL.tolist() if abs(x) < 26]
    np.testing.assert_allclose(error.erfc(np.array(points)), [*map(math.erfc, points)], rtol=1e-14)
    np.testing.assert_allclose(
        gamma.lgamma(POSITIVE), [*map(math.lgamma, POSITIVE.tolist())], rtol=1e-13, atol=1e-15
    )


numbers = st.floats(0.01, 60.0)


@given(x=numbers)
def test_wronskians(x: float) -> None:
    """https://dlmf.nist.gov/10.5, https://dlmf.nist.gov/10.28."""
    v = np.array([x])
    plain = bessel.j1(v) * bessel.y0(v) - bessel.j0(v) * bessel.y1(v)
    np.testing.assert_allclose(plain * v, 2 / math.pi, rtol=2e-14)
    modified = bessel.i0e(v) * bessel.scaled_k1(v) + bessel.i1e(v) * bessel.scaled_k0(v)
    np.testing.assert_allclose(modified * v, 1, rtol=1e-14)


@given(s=st.floats(1.1, 40), q=numbers)
def test_steps(s: float, q: float) -> None:
    """What each function gains from q to q + 1."""
    v, w = np.array([q]), np.array([q]) + 1
    power, exponent = np.array([s]), q**-s
    step = gamma.zeta(power, v) - gamma.zeta(power, w)
    scale = gamma.zeta(power, v)[0]
    np.testing.assert_allclose(step / scale, exponent / scale, atol=1e-14)
    np.testing.assert_allclose(gamma.digamma(w) - gamma.digamma(v), 1 / v, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(gamma.lgamma(w) - gamma.lgamma(v), np.log(v), rtol=1e-13, atol=1e-13)


@given(a=st.floats(0.01, 2000), share=st.floats(0.2, 3))
def test_both_incomplete_gammas_are_one(a: float, share: float) -> None:
    u, x = np.array([a]), np.array([a * share])
    total = incomplete_gamma.igamma(u, x) + incomplete_gamma.igammac(u, x)
    np.testing.assert_allclose(total, 1, rtol=1e-13)


INF, NAN = math.inf, math.nan
ENDS = [
    (error.erfc, [INF, -INF, NAN], [0, 2, NAN]),
    (error.erfcx, [INF, -INF, NAN], [0, INF, NAN]),
    (error.erfinv, [1, -1, 1.5, 0.0, -0.0], [INF, -INF, NAN, 0.0, -0.0]),
    (error.ndtri, [0, 1, -0.1, 1.1, NAN], [-INF, INF, NAN, NAN, NAN]),
    (error.log_ndtr, [-INF, INF, NAN], [-INF, -0.0, NAN]),
    (gamma.lgamma, [0, -1, INF, -INF, NAN, 1, 2], [INF, INF, INF, INF, NAN, 0, 0]),
    (gamma.digamma, [0.0, -0.0, -3, INF, NAN], [-INF, INF, NAN, INF, NAN]),
    (bessel.i0, [0, INF, -INF, NAN], [1, INF, INF, NAN]),
    (bessel.i1, [-0.0, INF, -INF, NAN], [-0.0, INF, -INF, NAN]),
    (bessel.j0, [0, INF, -INF, NAN], [1, 0, 0, NAN]),
    (bessel.j1, [0, INF, NAN], [0, 0, NAN]),
    (bessel.y0, [0, -1, INF, NAN], [-INF, NAN, 0, NAN]),
    (bessel.y1, [0, -1, INF, NAN], [-INF, NAN, 0, NAN]),
    (bessel.k0, [0, -1, INF, NAN], [INF, NAN, 0, NAN]),
    (bessel.scaled_k1, [0, -1, NAN], [INF, NAN, NAN]),
    (bessel.spherical_j0, [0, INF, NAN], [1, 0, NAN]),
    (bessel.airy_ai, [INF, NAN, 200], [0, NAN, 0]),
]


@pytest.mark.parametrize(("function", "points", "expected"), ENDS)
def test_at_the_ends(function: Any, points: Any, expected: Any) -> None:
    for dtype in (np.float64, np.float32):
        out = function(np.array(points, dtype))
        np.testing.assert_array_equal(out, np.array(expected, dtype))
        np.testing.assert_array_equal(
            np.signbit(out[out == 0]), [math.copysign(1, x) < 0 for x in expected if x == 0]
        )


def test_zeta_at_the_ends() -> None:
    s = np.array([2.0, 2.0, 3.0, 2.5, 1.0, INF, INF, INF])
    q = np.array([-INF, -3.0, INF, -0.5, NAN, 0.5, 1.0, 2.0])
    np.testing.assert_array_equal(gamma.zeta(s, q), [INF, INF, 0, NAN, INF, INF, 1, 0])


def test_incomplete_gamma_at_the_ends() -> None:
    a = np.array([0.0, 0.0, 1.0, 1.0, INF, INF, -1.0, 1.0, NAN, 2.0, 5e-324])
    x = np.array([1.0, 0.0, 0.0, INF, 1.0, INF, 1.0, -1.0, 1.0, 1e300, 1.0])
    lower = [1, NAN, 0, 1, 0, NAN, NAN, NAN, NAN, 1, 1]
    np.testing.assert_array_equal(incomplete_gamma.igamma(a, x), lower)
    np.testing.assert_array_equal(incomplete_gamma.igammac(a, x), 1 - np.array(lower))


def test_polynomials_at_the_ends() -> None:
    x = np.array([0.5, 0.5, 1.0, -1.0, NAN, 0.5, 3.0, 3.0])
    n = np.array([-1.0, 2.7, 60.0, 3.0, 2.0, INF, INF, NAN])
    with silence():
        out = orthogonal.POLYNOMIALS["chebyshev_polynomial_t"](x, n)
    np.testing.assert_allclose(out, [0, -0.5, 1, -1, NAN, 0, 0, 0], rtol=1e-14)


@pytest.mark.parametrize("kind", "tuvw")
def test_chebyshev_polynomials_of_many_degrees(kind: str) -> None:
    """Cosines beside the recurrence, which are as exact next to -1; at the ends of any degree."""
    of = orthogonal.POLYNOMIALS[f"chebyshev_polynomial_{kind}"]
    near = 1 - 10.0 ** random.uniform(-15, -1, 40)
    x = np.concatenate([random.uniform(-1, 1, 40), near, -near])
    n = np.full_like(x, 60.0)
    steps = of(x, n - 20), of(x, n - 21)
    for _ in range(20):
        steps = 2 * x * steps[0] - steps[1], steps[0]
    np.testing.assert_allclose(of(x, n), steps[0], rtol=1e-11, atol=1e-11)
    ends = {"t": [1, 1], "u": [1e9 + 1, 1e9 + 1], "v": [1, 2e9 + 1], "w": [2e9 + 1, 1]}
    np.testing.assert_allclose(of(np.array([1.0, -1.0]), np.full(2, 1e9)), ends[kind], rtol=1e-12)


def test_shapes_and_strides() -> None:
    x = np.arange(1.0, 25.0).reshape(4, 6).T[::2] / 7
    before = x.copy()
    np.testing.assert_array_equal(gamma.lgamma(x), gamma.lgamma(x.copy()))
    np.testing.assert_array_equal(x, before)
    assert gamma.zeta(np.ones((3, 1)) * 2, np.ones(4)).shape == (3, 4)
    assert error.erfc(np.array(0.3)).shape == ()
    assert error.erfc(np.zeros((0, 3))).shape == (0, 3)
