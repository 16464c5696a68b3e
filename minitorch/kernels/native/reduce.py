"""Sums of float32 over batches, as gradients of biases are, in C; all others as in NumPy."""

import math

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.reduce import Reduce
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import numbered
from minitorch.kernels.numpy import NUMPY

FLOAT = np.dtype(np.float32)
LEAST = 1 << 14  # elements from which on this is quicker than NumPy
TILE = 1 << 18  # elements that are worth a thread's while: 15 microseconds
FEW = 1 << 11  # elements of which columns of any kind are as quick as NumPy's
MANY = 128  # rows; of fewer what is read is little beside the totals
NARROW = 16  # columns of a matrix, and numbers next to each other, that fill vectors
WIDE = 4096  # columns; of more the totals would not stay in the cache


def add(x: Array, dims: Shape | None, keepdims: bool) -> Array:
    """Sum along dimensions, counted from the front (None: all)."""
    if dims and _is_tile(x, len(dims)) and dims == tuple(range(len(dims))):
        kept_sizes = x.shape[len(dims) :]
        columns = math.prod(kept_sizes)
        sizes = (1,) * len(dims) + kept_sizes if keepdims else kept_sizes
        return _channel_sums(x, x.size // columns, columns, 1, sizes)
    kept = _channels(x, dims)
    if dims is None or kept is None:
        return NUMPY.reduce.sum(x, dims, keepdims)
    n, channels, length = (math.prod(x.shape[d] for d in part) for part in kept)
    sizes = tuple(
        [1 if d in dims else size for d, size in enumerate(x.shape) if keepdims or d not in dims]
    )
    return _channel_sums(x, n, channels, length, sizes)


def _channel_sums(x: Array, n: int, channels: int, length: int, sizes: Shape) -> Array:
    """Sum (N, channels, length) over the first and the last dimensions, to an array of `sizes`."""
    # What a tile adds up is little beside what it reads.
    step = max(TILE // (channels * length), -(-32 // length))
    totals = np.zeros((-(-n // step), channels))
    tiles = numbered(n, step)
    _native.channel_sums(n, channels, length, x, len(totals), totals, available(), tiles)
    out = np.empty(sizes, FLOAT)
    out.reshape(-1)[:] = np.add.reduce(totals)
    return out


def _is_tile(x: Array, first: int) -> bool:
    """Whether the columns that the first dimensions leave are summed best at once."""
    if not 0 < x.size <= TILE or first == x.ndim or x.dtype != FLOAT:
        return False
    is_suited = x.size <= FEW or _are_suited(x.size, math.prod(x.shape[first:]))
    return is_suited and x.flags.c_contiguous


def _are_suited(size: int, columns: int) -> bool:
    return NARROW <= columns <= WIDE and size >= MANY * columns


def _channels(x: Array, dims: Shape | None) -> tuple[range, range, range] | None:
    """The dimensions before, of and after the channels, if what is kept lies together like them."""
    if x.size < LEAST or x.dtype != FLOAT or not x.flags.c_contiguous:
        return None
    if dims is None or 0 not in dims:
        return None
    kept = [d for d in range(x.ndim) if d not in dims]
    if not kept or kept[-1] - kept[0] >= len(kept):
        return None
    parts = range(kept[0]), range(kept[0], kept[-1] + 1), range(kept[-1] + 1, x.ndim)
    length = math.prod(x.shape[d] for d in parts[2])
    if length > 1:
        return parts if length >= NARROW else None
    return parts if _are_suited(x.size, math.prod(x.shape[d] for d in parts[1])) else None


REDUCE = Reduce(sum=add)
