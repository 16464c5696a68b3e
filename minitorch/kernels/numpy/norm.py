"""Batch normalisation in NumPy."""

import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.norm import Norm

# Places of a plane that einsum adds at once, most of them one after the other.
RUN = 4096

# Elements that the gradient of batch normalisation handles at once, so that its two temporaries
# stay in the cache: 28 ms instead of 40 at (128, 64, 32, 32).
CHUNK = 1 << 16


def _planes(x: Array, dtype: np.dtype[Any]) -> Array:
    """Contiguous input with everything after the channels merged: (N, C, ...) -> (N, C, P)."""
    return np.ascontiguousarray(x, dtype).reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _channel_sums(*planes: Array) -> Array:
    """Sums over images and places of one array or the product of two: (N, C, P) -> (C,).

    `einsum` needs no temporary for the product; float64 over the images keeps a mean far from
    zero exact enough to be taken off.
    """
    _, c, p = planes[0].shape
    sums: Array = np.zeros(c)
    for first in range(0, p, RUN):
        runs = [x[:, :, first : first + RUN] for x in planes]
        if p == 1:  # a run of one is not worth an inner loop
            rows = runs[0][:, :, 0] if len(planes) == 1 else (runs[0] * runs[1])[:, :, 0]
        else:
            rows = np.einsum(",".join(["ncp"] * len(planes)) + "->nc", *runs)
        sums += np.add.reduce(rows, axis=0, dtype=np.float64)
    return sums.astype(planes[0].dtype)


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    planes = _planes(x, working_dtype(x.dtype))  # (N, C, P)
    count = max(planes.shape[0] * planes.shape[2], 1)
    mean = _channel_sums(planes) / count  # (C,)
    out = np.empty(x.shape, planes.dtype)
    normal = np.subtract(planes, mean[:, None], out=out.reshape(planes.shape))
    variance = _channel_sums(normal, normal) / count
    invstd = 1 / np.sqrt(variance + variance.dtype.type(eps))
    normal *= (invstd if weight is None else invstd * weight)[:, None]
    if bias is not None:
        normal += bias[:, None]
    return (
        out.astype(x.dtype, copy=False),
        mean.astype(x.dtype, copy=False),
        invstd.astype(x.dtype, copy=False),
    )


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias.

    With d = x - mean and M places per channel:
    grad_x = weight * invstd * (grad - sum(grad) / M - d * invstd^2 * sum(grad * d) / M).
    """
    dtype = working_dtype(x.dtype)
    grads, planes = _planes(grad, dtype), _planes(x, dtype)  # (N, C, P)
    mean, invstd = (a.astype(dtype, copy=False)[:, None] for a in (mean, invstd))  # (C, 1)
    count = max(planes.shape[0] * planes.shape[2], 1)
    step = max(1, CHUNK // max(planes[:1].size, 1))
    parts = [slice(first, first + step) for first in range(0, len(planes), step)]
    grad_bias, products = _channel_sums(grads), np.zeros(planes.shape[1], dtype)
    for part in parts:
        products += _channel_sums(grads[part], planes[part] - mean)
    grad_weight = products * invstd[:, 0]
    scale = invstd if weight is None else invstd * weight[:, None]
    slope = -scale * invstd * grad_weight[:, None] / count
    shift = -scale * grad_bias[:, None] / count
    grad_x = np.empty(x.shape, dtype)
    targets = grad_x.reshape(planes.shape)
    for part in parts:
        target = np.multiply(grads[part], scale, out=targets[part])
        rest = planes[part] - mean
        rest *= slope
        rest += shift
        target += rest
    return (
        grad_x.astype(x.dtype, copy=False),
        grad_weight.astype(x.dtype, copy=False),
        grad_bias.astype(x.dtype, copy=False),
    )


NORM = Norm(batch=batch_norm, batch_grad=batch_norm_grad)
