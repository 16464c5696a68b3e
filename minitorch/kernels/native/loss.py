"""The negative log likelihood of float32 in C; of other dtypes, and CTC, as in NumPy."""

import dataclasses
import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY

FLOAT, LONG = np.dtype(np.float32), np.dtype(np.int64)


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array]:
    """Per sample: -weight[target] * log_probs[target], and weight[target]; 0 where ignored."""
    if not _is_native(log_probs, target, weight, log_probs.shape):
        return NUMPY.loss.nll(log_probs, target, weight, ignore_index)
    losses, weights = np.empty(target.shape, FLOAT), np.empty(target.shape, FLOAT)
    arrays = _contiguous(log_probs, target, weight)
    _native.nll(*_sizes(log_probs.shape), ignore_index, *arrays, losses, weights)
    return losses, weights


def nll_loss_grad(
    grad: Array, target: Array, weight: Array | None, ignore_index: int, input_shape: Shape
) -> Array:
    """Gradient of the per-sample losses with respect to log_probs."""
    if not _is_native(grad, target, weight, input_shape):
        return NUMPY.loss.nll_grad(grad, target, weight, ignore_index, input_shape)
    grad_log_probs = np.zeros(input_shape, FLOAT)
    arrays = _contiguous(grad, target, weight)
    _native.nll_grad(*_sizes(input_shape), ignore_index, *arrays, grad_log_probs)
    return grad_log_probs


def _is_native(values: Array, target: Array, weight: Array | None, shape: Shape) -> bool:
    floats = values.dtype is FLOAT and (weight is None or weight.dtype is FLOAT)
    return floats and target.dtype is LONG and 0 not in shape


def _contiguous(*arrays: Array | None) -> list[Any]:
    return [None if a is None else np.ascontiguousarray(a) for a in arrays]


def _sizes(shape: Shape) -> Shape:
    """N, K and what comes after."""
    return shape[0], shape[1], math.prod(shape[2:])


LOSS = dataclasses.replace(NUMPY.loss, nll=nll_loss, nll_grad=nll_loss_grad)
