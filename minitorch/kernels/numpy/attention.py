"""Attention in NumPy: block by block, so that the scores of all queries never exist at once."""

from typing import Any

import numpy as np

from minitorch.core.layout import prototype
from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.attention import Attention
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy.scratch import scratch

# Scores handled at once (Note [Tiles]): 256 KB in float32, so that they stay in the cache from the
# product that makes them to the one that uses them up.
BLOCK = 1 << 16

# Numbers of a row that einsum adds one after the other, in lanes.
RUN = 4096

Tile = tuple[slice, slice]  # of examples and heads


def _tiles(shape: tuple[int, ...], keys: int) -> tuple[list[Tile], list[slice]]:
    """Cut (N, H, L, ...) into tiles, and the queries of each into blocks."""
    n, h, queries = shape[:3]
    matrices = max(1, BLOCK // max(queries * keys, 1))  # of scores, that make a block
    if matrices >= h:
        tiles = [(part, slice(0, h)) for part in slices(n, matrices // max(h, 1))]
    else:
        heads = slices(h, matrices)
        tiles = [(slice(i, i + 1), part) for i in range(n) for part in heads]
    return tiles, slices(queries, max(1, BLOCK // max(keys, 1)))


def _scores(
    query: Array, key: Array, mask: Array | None, rows: slice, causal: bool, scale: float
) -> tuple[Array, Array]:
    """Scores of a block of queries, in a buffer, and those queries times ``scale``.

    Causal ones are of as many keys as the last of the queries sees.
    """
    keys = min(rows.stop, key.shape[2]) if causal else key.shape[2]
    query = query[:, :, rows] * query.dtype.type(scale)
    scores = scratch("attention scores", (*query.shape[:3], keys), query.dtype)
    matmul(query, key[:, :, :keys].swapaxes(2, 3), scores)
    if mask is not None:
        part = mask[:, :, rows, :keys]
        if part.dtype == bool:
            np.copyto(scores, -np.inf, where=~part)
        else:
            scores += part
    if causal:  # all of them see what comes before
        later = np.arange(rows.start, keys) > np.arange(rows.start, rows.stop)[:, None]
        np.copyto(scores[..., rows.start :], -np.inf, where=later)
    return scores, query


def _row_sums(x: Array) -> Array:
    """(N, H, L, S) -> (N, H, L, 1); einsum needs a quarter of the time, but adds one by one."""
    if x.shape[3] > RUN:
        return x.sum(-1, keepdims=True)
    return np.einsum("nhls->nhl", x)[..., None]


def _cut(x: Array, tile: Tile, dtype: np.dtype[Any]) -> Array:
    return x[tile].astype(dtype, copy=False)


def _add_product(total: Array, a: Array, b: Array, is_first: bool) -> None:
    if is_first:
        matmul(a, b, total)
    else:
        total += matmul(a, b)


def _like(x: Array, width: int, dtype: np.dtype[Any]) -> Array:
    """Uninitialised memory of matrices (N, H, *, width), laid out as those in ``x``."""
    return np.empty_like(prototype(x), dtype, shape=(*x.shape[:3], width))


def attention(
    query: Array, key: Array, value: Array, mask: Array | None, causal: bool, scale: float
) -> tuple[Array, Array]:
    """Means of values, weighted by the softmax of scores, and the logarithms of the sums."""
    dtype = working_dtype(query.dtype)
    out = _like(query, value.shape[3], query.dtype)
    logsumexp = np.empty(query.shape[:3], dtype)
    tiles, blocks = _tiles(query.shape, key.shape[2])

    def attend(tile: Tile) -> None:
        q, k, v = (_cut(x, tile, dtype) for x in (query, key, value))
        seen = None if mask is None else mask[tile]
        for rows in blocks:
            weights, _ = _scores(q, k, seen, rows, causal, scale)
            largest = weights.max(-1, keepdims=True, initial=-np.inf)
            nowhere = largest == -np.inf
            largest[nowhere] = 0
            weights -= largest
            np.exp(weights, weights)
            total = _row_sums(weights)
            total[nowhere] = 1
            means = matmul(weights, v[:, :, : weights.shape[3]])
            np.divide(means, total, out=out[tile][:, :, rows], casting="same_kind")
            largest[nowhere] = np.inf
            largest += np.log(total, total)
            logsumexp[tile][:, :, rows] = largest[..., 0]

    with np.errstate(invalid="ignore", over="ignore"):
        share(attend, tiles)
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
    dtype = working_dtype(query.dtype)
    grad_q, grad_k, grad_v = (_like(x, x.shape[3], x.dtype) for x in (query, key, value))
    tiles, blocks = _tiles(query.shape, key.shape[2])

    def differentiate(tile: Tile) -> None:
        g, q, k, v = (_cut(x, tile, dtype) for x in (grad, query, key, value))
        seen = None if mask is None else mask[tile]
        for_k, for_v = (_cut(x, tile, dtype) for x in (grad_k, grad_v))
        if causal or not blocks:  # nobody sees what comes after the last query
            for_k[:, :, query.shape[2] :], for_v[:, :, query.shape[2] :] = 0, 0
        for rows in reversed(blocks):  # the last sees the most keys
            weights, scaled = _scores(q, k, seen, rows, causal, scale)
            weights -= logsumexp[tile][:, :, rows, None]
            np.exp(weights, weights)
            keys = slice(0, weights.shape[3])
            _add_product(
                for_v[:, :, keys], weights.swapaxes(2, 3), g[:, :, rows], rows is blocks[-1]
            )
            slopes = scratch("attention slopes", weights.shape, dtype)
            matmul(g[:, :, rows], v[:, :, keys].swapaxes(2, 3), slopes)
            slopes -= np.einsum("nhls,nhls->nhl", weights, slopes)[..., None]
            slopes *= weights
            for_q = matmul(slopes, k[:, :, keys])
            for_q *= for_q.dtype.type(scale)
            grad_q[tile][:, :, rows] = for_q
            _add_product(for_k[:, :, keys], slopes.swapaxes(2, 3), scaled, rows is blocks[-1])
        if for_k.dtype != grad_k.dtype:
            grad_k[tile], grad_v[tile] = for_k, for_v

    with np.errstate(invalid="ignore", over="ignore"):
        share(differentiate, tiles)
    return grad_q, grad_k, grad_v


ATTENTION = Attention(forward=attention, grad=attention_grad)
