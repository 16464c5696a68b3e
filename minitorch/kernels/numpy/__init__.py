"""The NumPy back end."""

from minitorch.kernels.numpy.attention import ATTENTION
from minitorch.kernels.numpy.conv import CONV
from minitorch.kernels.numpy.elementwise import ELEMENTWISE
from minitorch.kernels.numpy.index import INDEX
from minitorch.kernels.numpy.loss import LOSS
from minitorch.kernels.numpy.norm import NORM
from minitorch.kernels.numpy.pool import POOL
from minitorch.kernels.numpy.product import PRODUCT
from minitorch.kernels.numpy.recurrent import RECURRENT
from minitorch.kernels.numpy.reduce import REDUCE
from minitorch.kernels.numpy.softmax import SOFTMAX
from minitorch.kernels.numpy.update import UPDATE
from minitorch.kernels.record import Kernels

__all__ = ["NUMPY"]

NUMPY = Kernels(
    name="numpy",
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
