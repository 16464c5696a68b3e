"""Normalisation, channel by channel, row by row, group by group."""

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
        invstds[c] = 1 / math.sqrt(variance + eps) if variance or eps else 0.0
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


def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every row by its own mean and biased variance; scale and shift the columns."""
    out, mean, invstd = group_norm(x, weight, bias, 1, eps)
    return out, mean[:, 0].copy(), invstd[:, 0].copy()


def layer_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `layer_norm` with respect to x, weight and bias."""
    return group_norm_grad(grad, x, weight, mean[:, None], invstd[:, None])


def rms_norm(x: Array, weight: Array | None, eps: float) -> tuple[Array, Array]:
    """Divide every row by the root of its mean square, and scale the columns."""
    scale = np.ones(x.shape[1]) if weight is None else weight.astype(np.float64)
    out, invrms = np.zeros(x.shape), np.zeros(len(x))
    for m in range(len(x)):
        row = x[m].astype(np.float64)
        invrms[m] = 1 / math.sqrt(math.fsum((row**2).tolist()) / max(row.size, 1) + eps)
        out[m] = row * invrms[m] * scale
    return out.astype(x.dtype), invrms.astype(x.dtype)


def rms_norm_grad(
    grad: Array, x: Array, weight: Array | None, invrms: Array
) -> tuple[Array, Array]:
    """Gradients of `rms_norm` with respect to x and weight."""
    scale = np.ones(x.shape[1]) if weight is None else weight.astype(np.float64)
    grad_x, grad_weight = np.zeros(x.shape), np.zeros(x.shape[1])
    for m in range(len(x)):
        g = grad[m].astype(np.float64)
        normal = x[m].astype(np.float64) * float(invrms[m])
        grad_weight += g * normal
        g = g * scale
        seen = math.fsum((g * normal).tolist()) / max(g.size, 1)
        grad_x[m] = float(invrms[m]) * (g - normal * seen)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype)


def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every group of channels of an image by its own mean and biased variance."""
    out = np.zeros(x.shape)
    means, invstds = np.zeros((2, len(x), groups))
    size = x.shape[1] // groups
    for n, g in np.ndindex(len(x), groups):
        values = x[n, g * size : (g + 1) * size].astype(np.float64)
        count = max(values.size, 1)
        means[n, g] = math.fsum(values.ravel().tolist()) / count
        values -= means[n, g]
        invstds[n, g] = 1 / math.sqrt(math.fsum((values**2).ravel().tolist()) / count + eps)
        for i in range(size):
            c = g * size + i
            scale = 1.0 if weight is None else float(weight[c])
            shift = 0.0 if bias is None else float(bias[c])
            out[n, c] = values[i] * invstds[n, g] * scale + shift
    return out.astype(x.dtype), means.astype(x.dtype), invstds.astype(x.dtype)


def group_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `group_norm` with respect to x, weight and bias."""
    grad_x = np.zeros(x.shape)
    grad_weight, grad_bias = np.zeros((2, x.shape[1]))
    groups = mean.shape[1]
    size = x.shape[1] // groups
    for n, g in np.ndindex(len(x), groups):
        own = slice(g * size, (g + 1) * size)
        scale = np.ones(size) if weight is None else weight[own].astype(np.float64)
        scaled = grad[n, own].astype(np.float64)
        normal = (x[n, own].astype(np.float64) - float(mean[n, g])) * float(invstd[n, g])
        for i in range(size):
            grad_bias[g * size + i] += math.fsum(scaled[i].ravel().tolist())
            grad_weight[g * size + i] += math.fsum((scaled[i] * normal[i]).ravel().tolist())
            scaled[i] *= scale[i]
        count = max(scaled.size, 1)
        total = math.fsum(scaled.ravel().tolist()) / count
        seen = math.fsum((scaled * normal).ravel().tolist()) / count
        grad_x[n, own] = float(invstd[n, g]) * (scaled - total - normal * seen)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias.astype(x.dtype)


NORM = Norm(
    batch=batch_norm,
    batch_grad=batch_norm_grad,
    layer=layer_norm,
    layer_grad=layer_norm_grad,
    rms=rms_norm,
    rms_grad=rms_norm_grad,
    group=group_norm,
    group_grad=group_norm_grad,
)
