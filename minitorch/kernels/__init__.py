"""Structured kernels: pure functions on arrays behind one replaceable record.

`active()` is the record in use; `using(kernels)` switches it for a block, per thread and task.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from minitorch.kernels.numpy_kernels import NUMPY
from minitorch.kernels.record import (
    Array,
    Kernels,
    Pair,
    Shape,
    conv_output_size,
    pool_output_size,
)

__all__ = [
    "NUMPY",
    "Array",
    "Kernels",
    "Pair",
    "Shape",
    "active",
    "conv_output_size",
    "pool_output_size",
    "using",
]

_active: ContextVar[Kernels] = ContextVar("minitorch_kernels", default=NUMPY)

active = _active.get
"""Return the `Kernels` in use in this thread; bound to the C method because ops call it often."""


@contextmanager
def using(kernels: Kernels) -> Iterator[Kernels]:
    """Switch to another back end for a block: enter `using` with its record."""
    token = _active.set(kernels)
    try:
        yield kernels
    finally:
        _active.reset(token)
