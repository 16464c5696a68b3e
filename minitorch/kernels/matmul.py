"""Products of matrices that leave the cores to others: `np.matmul`, large ones in tiles."""

import numpy as np

from minitorch.core import blas
from minitorch.core.threads import is_inside, share, slices
from minitorch.kernels.arrays import Array

# Rows or columns of a tile. BLAS packs the other factor for each tile anew: at 256 that costs 10 %
# of a product of 1024 x 1024 with itself, at 96 it would be 25 %.
STEP = 256
MOST_TILES = 16
# Multiplications that are worth waking somebody for: half a millisecond.
LARGE = 1 << 25


def matmul(a: Array, b: Array, out: Array | None = None) -> Array:
    """Product of matrices, vectors or stacks of either, as `np.matmul`: (*, M, K), (*, K, N).

    BLAS has one thread for it (Note [Held BLAS]), and large products are shared out (Note
    [Tiles]) by rows, which are written without gaps, or by columns where rows are few.
    """
    if a.ndim < 2 or b.ndim < 2:
        if max(a.size, b.size) <= blas.ALONE_BY_VECTOR:
            return np.matmul(a, b, out=out)
        with blas.held:
            return np.matmul(a, b, out=out)
    m, k, n = a.shape[-2], a.shape[-1], b.shape[-1]
    if m * k * n <= (blas.ALONE_BY_VECTOR if m == 1 or n == 1 else blas.ALONE) or is_inside():
        return np.matmul(a, b, out=out)
    by_rows = m >= min(n, 4 * STEP)
    length = m if by_rows else n
    if max(a.size * n, b.size * m) < LARGE or length <= STEP or blas.find() is None:
        with blas.held:
            return np.matmul(a, b, out=out)
    if out is None:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        out = np.empty((*lead, m, n), np.result_type(a, b))
    product = out

    def multiply(part: slice) -> None:
        if by_rows:
            np.matmul(a[..., part, :], b, out=product[..., part, :])
        else:
            np.matmul(a, b[..., part], out=product[..., part])

    share(multiply, slices(length, max(STEP, -(-length // MOST_TILES))))
    return product
