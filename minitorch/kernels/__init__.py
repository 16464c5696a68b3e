"""Structured kernels: pure functions on arrays behind one replaceable record.

`active()` is the record in use, `active().conv.forward` a kernel; `using(kernels)` switches the
record for a block, per thread and task. At first it is `NATIVE`, which is None where nothing is
compiled: then it is `NUMPY`. ``MINITORCH_KERNELS=numpy`` or ``native`` in the environment insists.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from minitorch.core.errors import missing_attribute
from minitorch.kernels.arrays import (
    Array,
    Pair,
    Shape,
    Sizes,
    conv_output_size,
    conv_output_sizes,
    pool_output_size,
    pool_output_sizes,
    working_dtype,
)
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.record import Kernels

if TYPE_CHECKING:
    from minitorch.kernels.native import NATIVE as NATIVE

__all__ = [
    "NATIVE",
    "NUMPY",
    "Array",
    "Kernels",
    "Pair",
    "Shape",
    "Sizes",
    "active",
    "conv_output_size",
    "conv_output_sizes",
    "pool_output_size",
    "pool_output_sizes",
    "reference_of",
    "using",
    "working_dtype",
]


def _from_environment() -> Kernels:
    name = os.environ.get("MINITORCH_KERNELS") or None  # an empty one is none
    if name == "numpy":
        return NUMPY
    if name not in (None, "native"):
        raise ValueError(f"MINITORCH_KERNELS must be 'native' or 'numpy', but it is {name!r}")
    found: Kernels | None = sys.modules[__name__].NATIVE
    if found is None and name is None:
        return NUMPY
    if found is None:
        from minitorch.kernels.native import why_not

        raise ImportError(
            "MINITORCH_KERNELS is 'native', but the kernels in C are not there to be loaded. Unset "
            "it, or install a C compiler (GCC 12, Clang 12 or newer) and minitorch again, from its "
            "source: python -m pip install --force-reinstall --no-deps ."
        ) from why_not
    return found


def __getattr__(name: str) -> Any:
    """Load `NATIVE` when it is asked for; where `NUMPY` is wanted nothing of it is imported."""
    if name == "NATIVE":
        from minitorch.kernels.native import NATIVE

        return NATIVE
    raise missing_attribute(__name__, name)


_at_first = _from_environment()
_active: ContextVar[Kernels] = ContextVar("minitorch_kernels", default=_at_first)

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


def reference_of(family: str, kernel: str) -> Callable[..., Any]:
    """Return a kernel's reference, the oracle of an op's tests; loaded when it is called."""

    def reference(*args: Any, **params: Any) -> Any:
        from minitorch.kernels.reference import REFERENCE

        return getattr(getattr(REFERENCE, family), kernel)(*args, **params)

    return reference
