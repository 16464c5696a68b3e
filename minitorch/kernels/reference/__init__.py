"""Every kernel as plain loops: slow, obvious, the oracle that the fast ones are tested against.

Sums run in Python floats (float64) and are rounded once to the input's dtype.
"""

from minitorch.kernels.record import Kernels
from minitorch.kernels.reference.attention import ATTENTION
from minitorch.kernels.reference.conv import CONV
from minitorch.kernels.reference.elementwise import ELEMENTWISE
from minitorch.kernels.reference.index import INDEX
from minitorch.kernels.reference.loss import LOSS
from minitorch.kernels.reference.norm import NORM
from minitorch.kernels.reference.pool import POOL
from minitorch.kernels.reference.product import PRODUCT
from minitorch.kernels.reference.recurrent import RECURRENT
from minitorch.kernels.reference.reduce import REDUCE
from minitorch.kernels.reference.softmax import SOFTMAX
from minitorch.kernels.reference.update import UPDATE

__all__ = ["REFERENCE"]

REFERENCE = Kernels(
    name="reference",
    attention=ATTENTION,
    conv=CONV,
    pool=POOL,
    norm=NORM,
    softmax=SOFTMAX,
    loss=LOSS,
    index=INDEX,
    update=UPDATE,
    recurrent=RECURRENT,
    product=PRODUCT,
    elementwise=ELEMENTWISE,
    reduce=REDUCE,
)
