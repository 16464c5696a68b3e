"""Batch normalisation, softmax and the negative log likelihood in NumPy."""

import math
from typing import Any

import numpy as np

from minitorch.kernels.record import Array, Shape, working_dtype

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
    if planes[0].shape[2] == 1:  # a run of one is not worth an inner loop
        rows = planes[0][:, :, 0] if len(planes) == 1 else (planes[0] * planes[1])[:, :, 0]
    else:
        rows = np.einsum(",".join(["ncp"] * len(planes)) + "->nc", *planes)
    sums: Array = np.add.reduce(rows, axis=0, dtype=np.float64).astype(rows.dtype)
    return sums


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    planes = _planes(x, working_dtype(x.dtype))  # (N, C, P)
    count = max(planes.shape[0] * planes.shape[2], 1)
    mean = _channel_sums(planes) / count  # (C,)
    out = planes - mean[:, None]
    variance = _channel_sums(out, out) / count
    invstd = 1 / np.sqrt(variance + variance.dtype.type(eps))
    out *= (invstd if weight is None else invstd * weight)[:, None]
    if bias is not None:
        out += bias[:, None]
    return (
        out.reshape(x.shape).astype(x.dtype, copy=False),
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
    grad_x = np.empty(planes.shape, dtype)
    for part in parts:
        target = np.multiply(grads[part], scale, out=grad_x[part])
        rest = planes[part] - mean
        rest *= slope
        rest += shift
        target += rest
    return (
        grad_x.reshape(x.shape).astype(x.dtype, copy=False),
        grad_weight.astype(x.dtype, copy=False),
        grad_bias.astype(x.dtype, copy=False),
    )


# A row of nothing but -inf has no softmax: NaN, as in PyTorch, without NumPy's warning.
_quiet = np.errstate(invalid="ignore", divide="ignore", over="ignore")


@_quiet
def softmax(x: Array, dim: int) -> Array:
    """Shares exp(x) / sum(exp(x)) along `dim`."""
    if not x.size:
        return x.copy()
    work = np.ascontiguousarray(x, working_dtype(x.dtype))
    out = work - np.maximum.reduce(work, axis=dim, keepdims=True)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=dim, keepdims=True)
    return out.astype(x.dtype, copy=False)


def softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `softmax`: out * (grad - sum(grad * out))."""
    dtype = working_dtype(grad.dtype)
    grad_x = np.multiply(grad, out, dtype=dtype, order="C")
    total = np.add.reduce(grad_x, axis=dim, keepdims=True)
    grad_x -= out * total
    return grad_x.astype(grad.dtype, copy=False)


@_quiet
def log_softmax(x: Array, dim: int) -> Array:
    """Logarithm of `softmax`: x - log(sum(exp(x))) along `dim`."""
    if not x.size:
        return x.copy()
    work = np.ascontiguousarray(x, working_dtype(x.dtype))
    out = work - np.maximum.reduce(work, axis=dim, keepdims=True)
    out -= np.log(np.add.reduce(np.exp(out), axis=dim, keepdims=True))
    return out.astype(x.dtype, copy=False)


def log_softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `log_softmax`: grad - exp(out) * sum(grad)."""
    work = np.ascontiguousarray(grad, working_dtype(grad.dtype))
    grad_x = np.exp(out, dtype=work.dtype, order="C")
    grad_x *= np.add.reduce(work, axis=dim, keepdims=True)
    np.subtract(work, grad_x, out=grad_x)
    return grad_x.astype(grad.dtype, copy=False)


def _places(target: Array, ignore_index: int) -> tuple[Array, Array]:
    """Labels with the ignored ones set to 0, and which samples count."""
    target = np.ascontiguousarray(target)
    is_counted = target != ignore_index
    return np.where(is_counted, target, 0), is_counted


def _at_labels(labels: Array) -> tuple[Any, ...]:
    """Index of each sample's label in (N, K, d1, ...): labels stand on axis 1."""
    if labels.ndim == 1:
        return np.arange(len(labels)), labels
    index: list[Any] = list(np.indices(labels.shape, sparse=True))
    index.insert(1, labels)
    return tuple(index)


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array]:
    """Per sample: -weight[target] * log_probs[target], and weight[target]; 0 where ignored."""
    labels, is_counted = _places(target, ignore_index)
    weights = is_counted.astype(log_probs.dtype)
    if weight is not None:
        weights *= weight[labels]
    losses = -log_probs[_at_labels(labels)]
    # An ignored sample counts 0 even where its log probability is -inf or NaN.
    losses[~is_counted] = 0
    losses *= weights
    return losses, weights


def nll_loss_grad(
    grad: Array, target: Array, weight: Array | None, ignore_index: int, input_shape: Shape
) -> Array:
    """Gradient of the per-sample losses with respect to log_probs."""
    labels, is_counted = _places(target, ignore_index)
    values = np.where(is_counted, -grad, grad.dtype.type(0))
    if weight is not None:
        values *= weight[labels]
    grad_log_probs = np.zeros(input_shape, grad.dtype)
    grad_log_probs[_at_labels(labels)] = values
    return grad_log_probs
