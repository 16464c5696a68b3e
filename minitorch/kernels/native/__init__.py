"""The compiled back end: float32 in C, everything else as in NumPy.

`NATIVE` is None where the extension is not compiled, and `why_not` says why.
"""

import dataclasses

from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.record import Kernels

__all__ = ["NATIVE", "_native", "why_not"]

why_not: ImportError | None = None


def _record() -> Kernels:
    from minitorch.kernels.native.attention import ATTENTION
    from minitorch.kernels.native.conv import CONV
    from minitorch.kernels.native.elementwise import ELEMENTWISE
    from minitorch.kernels.native.index import INDEX
    from minitorch.kernels.native.loss import LOSS
    from minitorch.kernels.native.norm import NORM
    from minitorch.kernels.native.pool import POOL
    from minitorch.kernels.native.product import PRODUCT
    from minitorch.kernels.native.recurrent import RECURRENT
    from minitorch.kernels.native.reduce import REDUCE
    from minitorch.kernels.native.softmax import SOFTMAX
    from minitorch.kernels.native.update import UPDATE

    return dataclasses.replace(
        NUMPY,
        name="native",
        attention=ATTENTION,
        conv=CONV,
        pool=POOL,
        norm=NORM,
        softmax=SOFTMAX,
        index=INDEX,
        loss=LOSS,
        update=UPDATE,
        elementwise=ELEMENTWISE,
        reduce=REDUCE,
        recurrent=RECURRENT,
        product=PRODUCT,
    )


NATIVE: Kernels | None = None
try:
    import minitorch.kernels.native._native as _native
except ImportError as error:  # no compiler was there, or it was that of another machine
    why_not = error
else:
    NATIVE = _record()
