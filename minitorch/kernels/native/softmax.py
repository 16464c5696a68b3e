"""Softmax along the last dim of float32 in C; along others, and of other dtypes, as in NumPy."""

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.softmax import Softmax
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import slices
from minitorch.kernels.numpy import NUMPY

FLOAT = np.dtype(np.float32)
TILE = 1 << 16  # elements of rows that are worth a call


def is_native(x: Array, dim: int) -> bool:
    return x.dtype == FLOAT and x.size > 0 and dim in (-1, x.ndim - 1)


def _forward(x: Array, is_log: bool) -> Array:
    x, length = np.ascontiguousarray(x), x.shape[-1]
    count, out = x.size // length, np.empty(x.shape, FLOAT)
    tiles = slices(count, max(1, TILE // length))
    _native.softmax(count, length, is_log, x, out, available(), tiles)
    return out


def _grad(grad: Array, out: Array, is_log: bool) -> Array:
    grad, out, length = np.ascontiguousarray(grad), np.ascontiguousarray(out, FLOAT), out.shape[-1]
    count, grad_x = out.size // length, np.empty(out.shape, FLOAT)
    tiles = slices(count, max(1, TILE // length))
    _native.softmax_grad(count, length, is_log, grad, out, grad_x, available(), tiles)
    return grad_x


def softmax(x: Array, dim: int) -> Array:
    """Shares exp(x) / sum(exp(x)) along `dim`."""
    return _forward(x, False) if is_native(x, dim) else NUMPY.softmax.forward(x, dim)


def softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `softmax`: out * (grad - sum(grad * out))."""
    return _grad(grad, out, False) if is_native(grad, dim) else NUMPY.softmax.grad(grad, out, dim)


def log_softmax(x: Array, dim: int) -> Array:
    """Logarithm of `softmax`: x - log(sum(exp(x))) along `dim`."""
    return _forward(x, True) if is_native(x, dim) else NUMPY.softmax.log(x, dim)


def log_softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `log_softmax`: grad - exp(out) * sum(grad)."""
    return (
        _grad(grad, out, True) if is_native(grad, dim) else NUMPY.softmax.log_grad(grad, out, dim)
    )


SOFTMAX = Softmax(forward=softmax, grad=softmax_grad, log=log_softmax, log_grad=log_softmax_grad)
