"""Softmax and its logarithm, row by row."""

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.softmax import Softmax


def _rows(x: Array, dim: int) -> Array:
    """The array as float64 rows along `dim`, copied: (*, K)."""
    moved = np.moveaxis(x.astype(np.float64), dim, -1)
    return moved.reshape(-1, x.shape[dim]) if x.size else moved.reshape(0, x.shape[dim])


def _unrows(rows: Array, like: Array, dim: int) -> Array:
    """Rows back to the shape and dtype of `like`."""
    shape = np.moveaxis(like, dim, -1).shape
    return np.ascontiguousarray(np.moveaxis(rows.reshape(shape), -1, dim)).astype(like.dtype)


def softmax(x: Array, dim: int) -> Array:
    """Shares exp(x) / sum(exp(x)) along `dim`."""
    rows = _rows(x, dim)
    for row in rows:
        largest = max(row, default=0.0)
        exponentials = [math.exp(v - largest) for v in row]
        row[:] = [e / math.fsum(exponentials) for e in exponentials]
    return _unrows(rows, x, dim)


def softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `softmax`: out * (grad - sum(grad * out))."""
    rows, out_rows = _rows(grad, dim), _rows(out, dim)
    for g, y in zip(rows, out_rows, strict=True):
        g[:] = y * (g - math.fsum(g * y))
    return _unrows(rows, grad, dim)


def log_softmax(x: Array, dim: int) -> Array:
    """Logarithm of `softmax`: x - log(sum(exp(x))) along `dim`."""
    rows = _rows(x, dim)
    for row in rows:
        largest = max(row, default=0.0)
        row -= largest + math.log(math.fsum(math.exp(v - largest) for v in row) or 1.0)
    return _unrows(rows, x, dim)


def log_softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `log_softmax`: grad - exp(out) * sum(grad)."""
    rows, out_rows = _rows(grad, dim), _rows(out, dim)
    for g, y in zip(rows, out_rows, strict=True):
        g -= np.exp(y) * math.fsum(g)
    return _unrows(rows, grad, dim)


SOFTMAX = Softmax(forward=softmax, grad=softmax_grad, log=log_softmax, log_grad=log_softmax_grad)
