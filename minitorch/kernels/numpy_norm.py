"""Batch normalisation, softmax and the negative log likelihood in NumPy."""

from typing import Any

import numpy as np

from minitorch.kernels.record import Array, Shape, working_dtype


def _per_channel(values: Array, x: Array) -> Array:
    """Channel values shaped to broadcast against x: (C,) -> (C, 1, ...)."""
    return values.reshape(-1, *(1,) * (x.ndim - 2))


def _other_axes(x: Array) -> tuple[int, ...]:
    """All axes but the channels'."""
    return (0, *range(2, x.ndim))


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    axes = _other_axes(x)
    work = np.ascontiguousarray(x, working_dtype(x.dtype))
    count = max(x.size // max(x.shape[1], 1), 1)
    mean = np.add.reduce(work, axis=axes) / count  # (C,)
    out = work - _per_channel(mean, x)
    variance = np.add.reduce(out * out, axis=axes) / count  # (C,)
    invstd = 1 / np.sqrt(variance + variance.dtype.type(eps))
    out *= _per_channel(invstd if weight is None else invstd * weight, x)
    if bias is not None:
        out += _per_channel(bias, x)
    return (
        out.astype(x.dtype, copy=False),
        mean.astype(x.dtype, copy=False),
        invstd.astype(x.dtype, copy=False),
    )


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    axes = _other_axes(x)
    dtype = working_dtype(x.dtype)
    grad, x = np.ascontiguousarray(grad, dtype), np.ascontiguousarray(x)
    mean, invstd = mean.astype(dtype, copy=False), invstd.astype(dtype, copy=False)
    count = max(x.size // max(x.shape[1], 1), 1)
    normal = x - _per_channel(mean, x)
    normal *= _per_channel(invstd, x)
    grad_bias = np.add.reduce(grad, axis=axes)  # (C,)
    grad_weight = np.add.reduce(grad * normal, axis=axes)  # (C,)
    normal *= _per_channel(grad_weight / count, x)
    grad_x = grad - _per_channel(grad_bias / count, x)
    grad_x -= normal
    grad_x *= _per_channel(invstd if weight is None else invstd * weight, x)
    out_dtype = x.dtype
    return (
        grad_x.astype(out_dtype, copy=False),
        grad_weight.astype(out_dtype, copy=False),
        grad_bias.astype(out_dtype, copy=False),
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
