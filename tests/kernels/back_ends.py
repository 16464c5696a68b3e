"""The back ends that every test of a kernel runs on, beside the reference."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.kernels import NATIVE, NUMPY, Kernels, native

BACK_ENDS: list[Kernels] = [NUMPY, *([NATIVE] if NATIVE is not None else [])]

# Those this processor has, the best one first; it is the one in use.
INSTRUCTION_SETS: list[str] = [] if NATIVE is None else native._native.instruction_sets()


def dtype_of(record: Kernels) -> Any:
    """A dtype that a back end computes in itself: what is compiled is float32."""
    return np.float32 if record is NATIVE else np.float64


@contextmanager
def compiled_for(instruction_set: str) -> Iterator[None]:
    """Use the compiled kernels for another instruction set."""
    before = native._native.instruction_set()
    native._native.use(instruction_set)
    try:
        yield
    finally:
        native._native.use(before)
