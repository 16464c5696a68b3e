"""Products of matrices of float32 in C; of few rows, of vectors and of other dtypes by BLAS."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.product import Product
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import Tiles, packed
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.sums import LONG

# Rows and columns from which packing pays: a vector is multiplied as fast as it is read.
FEW = 8
# Multiplications of a tile, if possible: some 60 microseconds, to 20 that waking a worker takes.
TILE = 6 << 20
MOST_TILES = 16  # of stacks
# Rows or columns of a tile, if possible: the other matrix is packed for each, and that takes as
# long as eight of them.
LEAST = 112
# Rows and columns that one pass over a panel takes with 512 bits; others fill it, too.
ROWS, COLUMNS = 14, 32
MOST_ROWS = 18 * ROWS  # of a tile: packed, they stay in the second cache

_FLOAT32 = np.dtype(np.float32)


def is_native(a: Array, b: Array) -> bool:
    m, k = a.shape[-2:]
    is_float = a.dtype == b.dtype == _FLOAT32 and a.flags.aligned and b.flags.aligned
    return is_float and m >= FEW and b.shape[-1] >= FEW and 0 < k < 2 * LONG


def _cuts(length: int, unit: int, pieces: int) -> list[tuple[int, int]]:
    """Cut an axis into so many pieces, or fewer, of whole units as near to each other as can be."""
    units = -(-length // unit)
    pieces = min(pieces, units)
    ends = [min(units * i // pieces * unit, length) for i in range(pieces + 1)]
    return list(pairwise(ends))


@lru_cache(maxsize=1024)
def tiles_of(count: int, m: int, k: int, n: int) -> Tiles:
    """Cut stacks by examples, and large products by their longer side: less is packed twice.

    Of a tile the examples, the rows and the columns.
    """
    each = m * k * n
    if each <= TILE:
        step = max(1, TILE // each, -(-count // MOST_TILES))
        return packed((i, min(i + step, count), 0, m, 0, n) for i in range(0, count, step))
    by_rows = m >= n
    length = max(m, n)
    pieces = min(-(-each // TILE), max(2, min(length // LEAST, max(4, length // MOST_ROWS))))
    pieces += pieces % 2  # or one of two threads has nothing to do at the end
    rows = _cuts(m, ROWS, max(pieces if by_rows else 1, -(-m // MOST_ROWS)))
    columns = _cuts(n, COLUMNS, 1 if by_rows else pieces)
    return packed((i, i + 1, *own, *part) for i in range(count) for own in rows for part in columns)


def _stack(x: Array, lead: Shape) -> Array:
    """As at most one stack of matrices, of which one may stand for all."""
    if x.ndim == 2 or (x.ndim == 3 and len(lead) == 1):
        return x
    return np.broadcast_to(x, (*lead, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


def _multiply(a: Array, b: Array, bias: Array | None) -> Array:
    m, k, n = a.shape[-2], a.shape[-1], b.shape[-1]
    lead: Shape = ()
    if a.ndim > 2 or b.ndim > 2:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a, b = _stack(a, lead), _stack(b, lead)
    count = math.prod(lead)
    out = np.empty((*lead, m, n), np.float32)
    _native.product(a, b, bias, out, available(), tiles_of(count, m, k, n))
    return out


def matmul(a: Array, b: Array) -> Array:
    """Product of matrices, or of stacks of them: (*, M, K), (*, K, N) -> (*, M, N)."""
    return _multiply(a, b, None) if is_native(a, b) else NUMPY.product.matmul(a, b)


def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    """Product with the transposed weight, and the bias: (N, A), (B, A), (B) -> (N, B)."""
    if not is_native(x, weight.T):
        return NUMPY.product.linear(x, weight, bias)
    if bias is not None:
        if bias.size != len(weight):  # one for all
            bias = np.broadcast_to(bias, weight.shape[:1])
        bias = np.ascontiguousarray(bias)
    return _multiply(x, weight.T, bias)


PRODUCT = Product(matmul=matmul, linear=linear)
