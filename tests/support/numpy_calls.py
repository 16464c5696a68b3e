"""Calls in NumPy's words on tensors and on arrays."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt


def each(table: str) -> list[str]:
    """Return the calls of a table."""
    return [call for line in table.strip().splitlines() for call in line.split(" ;; ")]


def parts(found: Any) -> list[Any]:
    """Return the results of a call, or its result."""
    return list(found) if isinstance(found, tuple | list) else [found]


def assert_alike(call: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Require the same shapes and values, kinds of dtypes, or an error on both sides."""
    try:
        expected = parts(eval(call, theirs))
    except Exception:
        with pytest.raises((ValueError, IndexError, TypeError)):
            eval(call, ours)
        return
    found = parts(eval(call, ours))
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        array = x.detach().numpy() if isinstance(x, mt.Tensor) else np.asarray(x)
        assert array.shape == np.shape(y) and array.dtype.kind == np.asarray(y).dtype.kind
        np.testing.assert_allclose(array, y, rtol=1e-6, atol=1e-7)
