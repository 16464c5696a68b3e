"""Batch normalisation, channel by channel."""

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.norm import Norm


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    out = np.zeros(x.shape)
    channels = x.shape[1]
    means, invstds = np.zeros(channels), np.zeros(channels)
    for c in range(channels):
        values = x[:, c].ravel().tolist()
        count = max(len(values), 1)
        means[c] = math.fsum(values) / count
        variance = math.fsum((v - means[c]) ** 2 for v in values) / count
        invstds[c] = 1 / math.sqrt(variance + eps)
        scale = 1.0 if weight is None else float(weight[c])
        shift = 0.0 if bias is None else float(bias[c])
        out[:, c] = (x[:, c].astype(np.float64) - means[c]) * invstds[c] * scale + shift
    return out.astype(x.dtype), means.astype(x.dtype), invstds.astype(x.dtype)


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    channels = x.shape[1]
    grad_x = np.zeros(x.shape)
    grad_weight, grad_bias = np.zeros(channels), np.zeros(channels)
    for c in range(channels):
        g = grad[:, c].astype(np.float64)
        normal = (x[:, c].astype(np.float64) - float(mean[c])) * float(invstd[c])
        count = max(g.size, 1)
        grad_bias[c] = math.fsum(g.ravel().tolist())
        grad_weight[c] = math.fsum((g * normal).ravel().tolist())
        scale = (1.0 if weight is None else float(weight[c])) * float(invstd[c])
        grad_x[:, c] = scale * (g - grad_bias[c] / count - normal * grad_weight[c] / count)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias.astype(x.dtype)


NORM = Norm(batch=batch_norm, batch_grad=batch_norm_grad)
