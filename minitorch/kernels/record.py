"""The record of structured kernels: what a back end provides, family by family."""

from dataclasses import dataclass

from minitorch.kernels.contract.attention import Attention
from minitorch.kernels.contract.conv import Conv
from minitorch.kernels.contract.elementwise import Elementwise
from minitorch.kernels.contract.index import Index
from minitorch.kernels.contract.loss import Loss
from minitorch.kernels.contract.norm import Norm
from minitorch.kernels.contract.pool import Pool
from minitorch.kernels.contract.product import Product
from minitorch.kernels.contract.recurrent import Recurrent
from minitorch.kernels.contract.reduce import Reduce
from minitorch.kernels.contract.softmax import Softmax
from minitorch.kernels.contract.update import Update


@dataclass(frozen=True, eq=False, repr=False)  # what nobody asks for would cost every import
class Kernels:
    """Functions on arrays that a back end may replace, kernel by kernel or family by family.

    What each takes and gives stands in `contract/`, what all of them promise (purity, strides,
    dtypes, edge cases) in `README.md`.
    """

    name: str
    attention: Attention
    conv: Conv
    pool: Pool
    norm: Norm
    softmax: Softmax
    loss: Loss
    index: Index
    update: Update
    recurrent: Recurrent
    product: Product
    elementwise: Elementwise
    reduce: Reduce
