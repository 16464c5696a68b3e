"""Working memory that the NumPy kernels keep from call to call."""

import threading
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape

_buffers = threading.local()


def scratch(key: str, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """This thread's buffer of that name, uninitialised, grown where needed and never given back.

    Touching fresh memory costs page faults, as much time as the arithmetic of a pooling. The
    content is lost at the next request for the same key, so nothing returned to a caller may
    live here.
    """
    size = dtype.itemsize
    for length in shape:
        size *= length
    buffers: dict[str, Array] = _buffers.__dict__
    buffer = buffers.get(key)
    if buffer is None or buffer.size < size:
        buffer = buffers[key] = np.empty(size, np.uint8)
    return np.ndarray(shape, dtype, buffer)  # 1 us quicker than slice, view and reshape


def held() -> list[Array]:
    """All buffers of this thread, for tests that nothing shares their memory."""
    return list(_buffers.__dict__.values())
