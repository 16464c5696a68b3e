"""A row of cases for each kernel: what every back end is tried on."""

from tests.kernels.cases import (
    attention,
    conv,
    elementwise,
    index,
    loss,
    norm,
    pool,
    product,
    recurrent,
    reduce,
    softmax,
    update,
)
from tests.kernels.check import Row

ROWS: dict[str, Row] = {
    **attention.ROWS,
    **conv.ROWS,
    **pool.ROWS,
    **norm.ROWS,
    **softmax.ROWS,
    **loss.ROWS,
    **index.ROWS,
    **update.ROWS,
    **recurrent.ROWS,
    **product.ROWS,
    **elementwise.ROWS,
    **reduce.ROWS,
}
