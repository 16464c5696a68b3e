"""GELU in blocks beside its formula, number by number."""

import math

import numpy as np
import pytest

from minitorch.kernels.numpy import gelu
from minitorch.ops.elementwise.gelu import Gelu, GeluTanh

TOLERANCE = {np.float16: 1e-3, np.float32: 5e-7, np.float64: 1e-15}
FORMS = {"none": Gelu.scalar, "tanh": GeluTanh.scalar}


def slope(function, v):
    """Five-point difference."""
    near, far = ((function(v + h) - function(v - h)) / (2 * h) for h in (1e-3, 2e-3))
    return (4 * near - far) / 3


@pytest.mark.parametrize("approximate", FORMS)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_values_and_slopes(dtype, approximate):
    x = np.linspace(-12, 12, gelu.BLOCK + 5).astype(dtype)[::-1]
    ones = np.ones_like(x)
    out, grad = gelu.gelu(x, approximate), gelu.gelu_grad(ones, x, approximate)
    assert out.dtype == grad.dtype == dtype
    some = slice(0, None, 7)
    expected = [FORMS[approximate](v) for v in x[some].tolist()]
    bound = TOLERANCE[dtype]
    np.testing.assert_allclose(out[some].astype(np.float64), expected, rtol=bound, atol=bound)
    slopes = [slope(FORMS[approximate], v) for v in x[some].tolist()]
    bound = max(3 * bound, 1e-10)
    np.testing.assert_allclose(grad[some].astype(np.float64), slopes, rtol=bound, atol=bound)


@pytest.mark.parametrize("approximate", FORMS)
def test_a_huge_number_passes_whole_or_not_at_all(approximate):
    x = np.array([3e38, -3e38, math.nan], np.float32)
    np.testing.assert_array_equal(gelu.gelu(x, approximate), [x[0], 0, math.nan])
    slopes = gelu.gelu_grad(np.ones_like(x), x, approximate)
    np.testing.assert_array_equal(slopes, [1, 0, math.nan])
