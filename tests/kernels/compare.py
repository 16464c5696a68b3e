"""Run one kernel of the NumPy back end beside the reference, on arrays it must not write."""

from typing import Any

import numpy as np

from minitorch.kernels import NUMPY
from minitorch.kernels.reference import REFERENCE

LAYOUTS = ("contiguous", "transposed", "strided", "reversed", "offset")
DTYPES = (np.float16, np.float32, np.float64)

# Relative to the largest value: float16 and float32 are rounded once or many times, by kernel.
TOLERANCE = {2: 2e-3, 4: 1e-5, 8: 1e-12}


def lay_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same values in other strides, read-only, so that a kernel that writes them fails."""
    if layout == "transposed":
        array = np.array(array.T, order="C").T
    elif layout == "strided":
        wide = np.zeros((*array.shape[:-1], array.shape[-1] * 2), array.dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    elif layout == "reversed":
        array = np.array(array[::-1])[::-1]
    elif layout == "offset":
        wide = np.zeros((array.shape[0] + 1, *array.shape[1:]), array.dtype)
        wide[1:] = array
        array = wide[1:]
    else:
        array = array.copy()
    array.flags.writeable = False
    return array


def normal(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> np.ndarray:
    """Reproducible normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def check_close(got: Any, expected: Any, tolerance: float | None = None) -> None:
    """Compare results, tuples included: shape, dtype, values (NaN equals NaN)."""
    if isinstance(expected, tuple):
        assert isinstance(got, tuple) and len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            check_close(g, e, tolerance)
        return
    assert got.shape == expected.shape
    if expected.dtype.kind in "iu":
        np.testing.assert_array_equal(got, expected)
        return
    assert got.dtype == expected.dtype
    finite = expected[np.isfinite(expected)]
    largest = float(np.abs(finite).max()) if finite.size else 1.0
    limit = tolerance or TOLERANCE[expected.itemsize]
    np.testing.assert_allclose(got, expected, rtol=limit, atol=limit * largest)


def check(name: str, *arguments: Any, layout: str = "contiguous") -> Any:
    """Compare kernel `name` with the reference and return the NumPy result."""
    laid_out = [lay_out(a, layout) if isinstance(a, np.ndarray) else a for a in arguments]
    got = getattr(NUMPY, name)(*laid_out)
    check_close(got, getattr(REFERENCE, name)(*laid_out))
    for array in got if isinstance(got, tuple) else (got,):
        assert array.flags.c_contiguous and array.flags.writeable and array.base is not laid_out[0]
    return got
