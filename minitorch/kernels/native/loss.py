"""The negative log likelihood of float32 in C; of other dtypes, and CTC, as in NumPy."""

import dataclasses
import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY

FLOAT, LONG = np.dtype(np.float32), np.dtype(np.int64)
REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str
) -> Array:
    """Per sample -weight[target] * log_probs[target], 0 where ignored; or their sum or mean."""
    if _is_native(log_probs, target, weight, log_probs.shape):
        given = _given(log_probs.shape, ignore_index, reduction, target, weight)
        out = np.empty(target.shape if reduction == "none" else (), FLOAT)
        try:
            _native.nll(*given, np.ascontiguousarray(log_probs), out)
            return out
        except ValueError:  # a label is no class: NumPy's kernel says which
            pass
    return NUMPY.loss.nll(log_probs, target, weight, ignore_index, reduction)


def nll_loss_grad(
    grad: Array,
    target: Array,
    weight: Array | None,
    ignore_index: int,
    reduction: str,
    input_shape: Shape,
) -> Array:
    """Gradient of :func:`nll_loss` with respect to log_probs."""
    if not _is_native(grad, target, weight, input_shape):
        return NUMPY.loss.nll_grad(grad, target, weight, ignore_index, reduction, input_shape)
    grad_log_probs = np.zeros(input_shape, FLOAT)
    given = _given(input_shape, ignore_index, reduction, target, weight)
    _native.nll_grad(*given, np.ascontiguousarray(grad), grad_log_probs)
    return grad_log_probs


def _is_native(values: Array, target: Array, weight: Array | None, shape: Shape) -> bool:
    floats = values.dtype == FLOAT and (weight is None or weight.dtype == FLOAT)
    return floats and target.dtype == LONG and 0 not in shape


def _given(
    shape: Shape, ignore_index: int, reduction: str, target: Array, weight: Array | None
) -> tuple[Any, ...]:
    """How the C is told of labels: N, K and what comes after; the rest."""
    target = np.ascontiguousarray(target)
    weight = None if weight is None else np.ascontiguousarray(weight)
    inner = math.prod(shape[2:])
    return shape[0], shape[1], inner, ignore_index, REDUCTIONS[reduction], target, weight


LOSS = dataclasses.replace(NUMPY.loss, nll=nll_loss, nll_grad=nll_loss_grad)
