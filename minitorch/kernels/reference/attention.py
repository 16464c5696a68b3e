"""Attention, query by query."""

import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.attention import Attention


def _scores(
    query: Array, key: Array, mask: Array | None, causal: bool, scale: float, at: Any
) -> Array:
    """Return what one query, at (n, h, l), says to each key: (S,)."""
    n, h, i = at
    scores = np.array([scale * math.fsum(query[n, h, i] * k) for k in key[n, h]])
    if mask is not None and mask.dtype == bool:
        scores[~mask[n, h, i]] = -math.inf
    elif mask is not None:
        scores += mask[n, h, i]
    if causal:
        scores[i + 1 :] = -math.inf
    return scores


def attention(
    query: Array, key: Array, value: Array, mask: Array | None, causal: bool, scale: float
) -> tuple[Array, Array]:
    """Means of values, weighted by the softmax of scores, and the logarithms of the sums."""
    q, k, v = (x.astype(np.float64) for x in (query, key, value))
    out = np.zeros((*q.shape[:3], v.shape[3]))
    logsumexp = np.full(q.shape[:3], math.inf)
    for at in np.ndindex(logsumexp.shape):
        scores = _scores(q, k, mask, causal, scale, at)
        largest = max(scores, default=-math.inf)
        if largest == -math.inf:
            continue
        exponentials = np.exp(scores - largest)
        total = math.fsum(exponentials)
        logsumexp[at] = largest + math.log(total)
        out[at] = exponentials @ v[at[:2]] / total
    return out.astype(query.dtype), logsumexp.astype(working_dtype(query.dtype))


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
    """Gradients for queries, keys and values, from the weights exp(score - logsumexp)."""
    g, q, k, v = (x.astype(np.float64) for x in (grad, query, key, value))
    grad_q, grad_k, grad_v = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
    for at in np.ndindex(q.shape[:3]):
        head = at[:2]
        weights = np.exp(_scores(q, k, mask, causal, scale, at) - logsumexp[at])
        grad_v[head] += weights[:, None] * g[at]
        slopes = v[head] @ g[at]  # for the weights
        slopes = weights * (slopes - math.fsum(weights * slopes)) * scale  # for the scores
        grad_q[at] = slopes @ k[head]
        grad_k[head] += slopes[:, None] * q[at]
    return grad_q.astype(query.dtype), grad_k.astype(key.dtype), grad_v.astype(value.dtype)


ATTENTION = Attention(forward=attention, grad=attention_grad)
