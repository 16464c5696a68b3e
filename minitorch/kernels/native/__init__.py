"""The compiled back end: float32 in C, everything else as in NumPy.

`NATIVE` is None where the extension was not compiled.
"""

import dataclasses

from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.record import Kernels

__all__ = ["NATIVE"]


def _record() -> Kernels | None:
    try:
        from minitorch.kernels.native.conv import CONV
        from minitorch.kernels.native.index import INDEX
        from minitorch.kernels.native.pool import POOL
        from minitorch.kernels.native.update import UPDATE
    except ImportError:  # no compiler was there
        return None
    return dataclasses.replace(
        NUMPY, name="native", conv=CONV, pool=POOL, update=UPDATE, index=INDEX
    )


NATIVE = _record()
