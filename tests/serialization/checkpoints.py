"""What the tests of checkpoints share."""

import io
from typing import Any

import numpy as np

import minitorch as mt


def there_and_back(obj: Any) -> Any:
    file = io.BytesIO()
    mt.save(obj, file)
    file.seek(0)
    return mt.load(file)


def saved(obj: Any) -> bytes:
    file = io.BytesIO()
    mt.save(obj, file)
    return file.getvalue()


def assert_equal(a: Any, b: Any) -> None:
    """Equal in value and in kind, all the way down."""
    assert type(a) is type(b)
    if isinstance(a, mt.Tensor):
        assert a.dtype is b.dtype and a.shape == b.shape
        assert a.requires_grad == b.requires_grad
        np.testing.assert_array_equal(a.detach()._array, b.detach()._array)
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_equal(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_equal(x, y)
    else:
        assert repr(a) == repr(b)  # also tells -0.0 and nan
