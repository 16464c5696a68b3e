"""Attention of float32 in C, head by head; of other dtypes as in NumPy."""

from typing import Any

import numpy as np

from minitorch.core.layout import prototype
from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.attention import Attention
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import Tiles, slices
from minitorch.kernels.numpy import NUMPY

# Multiplications of a tile, if possible: some 60 microseconds, to 20 that waking a worker takes.
TILE = 1 << 21

_FLOAT32, _BOOL = np.dtype(np.float32), np.dtype(np.bool_)


def is_native(query: Array, key: Array, value: Array, mask: Array | None) -> bool:
    arrays = (query, key, value) if mask is None else (query, key, value, mask)
    floats = arrays if mask is None or mask.dtype != _BOOL else arrays[:3]
    are_floats = all([x.dtype == _FLOAT32 for x in floats])
    return are_floats and all([x.size > 0 and x.flags.aligned for x in arrays])


def _tiles(query: Array, key: Array, value: Array) -> Tiles:
    """Cut the heads of all examples."""
    n, h, queries, e = query.shape
    each = queries * key.shape[2] * (e + value.shape[3])
    return slices(n * h, max(1, TILE // each))


def _given(query: Array, key: Array, value: Array, mask: Array | None) -> tuple[Any, ...]:
    return query, key, value, int(mask is not None and mask.dtype != _BOOL), mask


def _like(x: Array, width: int) -> Array:
    """Uninitialised memory of matrices (N, H, *, width), laid out as those in ``x``."""
    return np.empty_like(prototype(x), shape=(*x.shape[:3], width))


def attention(
    query: Array, key: Array, value: Array, mask: Array | None, causal: bool, scale: float
) -> tuple[Array, Array]:
    """Means of values, weighted by the softmax of scores, and the logarithms of the sums."""
    if not is_native(query, key, value, mask):
        return NUMPY.attention.forward(query, key, value, mask, causal, scale)
    given = (*_given(query, key, value, mask), causal, scale)
    out, logsumexp = _like(query, value.shape[3]), np.empty(query.shape[:3], np.float32)
    tiles = _tiles(query, key, value)
    _native.attention(*given, out, logsumexp, available(), tiles)
    return out, logsumexp


def attention_grad(
    grad: Array,
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None,
    logsumexp: Array,
    causal: bool,
    scale: float,
) -> tuple[Array, Array, Array]:
    """Gradients for queries, keys and values, from scores that are computed again."""
    if not is_native(query, key, value, mask) or not is_native(grad, query, key, None):
        options = (logsumexp, causal, scale)
        return NUMPY.attention.grad(grad, query, key, value, mask, *options)
    given = (*_given(query, key, value, mask), causal, scale, grad)
    given = (*given, np.ascontiguousarray(logsumexp, np.float32))
    grad_q, grad_k, grad_v = (_like(x, x.shape[3]) for x in (query, key, value))
    tiles = _tiles(query, key, value)
    _native.attention_grad(*given, grad_q, grad_k, grad_v, available(), tiles)
    return grad_q, grad_k, grad_v


ATTENTION = Attention(forward=attention, grad=attention_grad)
