"""The error function, which NumPy lacks, beside the standard library's."""

import math

import numpy as np
import pytest

from minitorch.kernels import error_function

POINTS = np.concatenate(
    [
        np.linspace(-7, 7, 4001),
        np.geomspace(1e-300, 1, 501),
        [0.0, 0.4999999, 0.5, 0.5000001, 3.9, 4.0, 5.93, 100.0, np.inf],
    ]
)


@pytest.mark.parametrize(
    ("dtype", "rtol"), [(np.float64, 1e-15), (np.float32, 5e-7), (np.float16, 1e-3)]
)
def test_erf(dtype, rtol):
    x = POINTS.astype(dtype)
    expected = [math.erf(v) for v in x.tolist()]
    out = error_function.erf(x)
    assert out.dtype == dtype
    assert np.abs(out).max() == 1
    tiny = float(np.finfo(dtype).tiny)
    np.testing.assert_allclose(out.astype(np.float64), expected, rtol=rtol, atol=tiny)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_erf_at_the_ends(dtype):
    out = error_function.erf(np.array([np.nan, np.inf, -np.inf, -0.0], dtype))
    np.testing.assert_array_equal(out, [np.nan, 1, -1, 0])
    assert np.signbit(out[3])


def test_erf_takes_any_shape_and_leaves_it_alone():
    x = np.arange(-20.0, 20.0).reshape(5, 8).T[::2] / 7
    before = x.copy()
    np.testing.assert_allclose(error_function.erf(x), np.vectorize(math.erf)(x), rtol=1e-15)
    np.testing.assert_array_equal(x, before)
    assert error_function.erf(np.array(0.3)).shape == ()
    assert error_function.erf(np.zeros((0, 3))).shape == (0, 3)
    long = np.linspace(-2, 2, 3 * error_function._BLOCK + 5)
    np.testing.assert_allclose(error_function.erf(long), np.vectorize(math.erf)(long), rtol=1e-15)
