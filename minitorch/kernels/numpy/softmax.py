"""Softmax and its logarithm in NumPy."""

import numpy as np

from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.softmax import Softmax
from minitorch.kernels.sums import add_floats

# A row of nothing but -inf has no softmax: NaN, as in PyTorch, without NumPy's warning.
_quiet = np.errstate(invalid="ignore", divide="ignore", over="ignore")


def _sums(x: Array, dim: int) -> Array:
    return add_floats(x, (dim % x.ndim,), True)


@_quiet
def softmax(x: Array, dim: int) -> Array:
    """Shares exp(x) / sum(exp(x)) along `dim`."""
    if not x.size:
        return x.copy()
    work = np.ascontiguousarray(x, working_dtype(x.dtype))
    out = work - np.maximum.reduce(work, axis=dim, keepdims=True)
    np.exp(out, out=out)
    out /= _sums(out, dim)
    return out.astype(x.dtype, copy=False)


def softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `softmax`: out * (grad - sum(grad * out))."""
    dtype = working_dtype(grad.dtype)
    grad_x = np.multiply(grad, out, dtype=dtype, order="C")
    total = _sums(grad_x, dim)
    grad_x -= out * total
    return grad_x.astype(grad.dtype, copy=False)


@_quiet
def log_softmax(x: Array, dim: int) -> Array:
    """Logarithm of `softmax`: x - log(sum(exp(x))) along `dim`."""
    if not x.size:
        return x.copy()
    work = np.ascontiguousarray(x, working_dtype(x.dtype))
    out = work - np.maximum.reduce(work, axis=dim, keepdims=True)
    out -= np.log(_sums(np.exp(out), dim))
    return out.astype(x.dtype, copy=False)


def log_softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `log_softmax`: grad - exp(out) * sum(grad)."""
    work = np.ascontiguousarray(grad, working_dtype(grad.dtype))
    grad_x = np.exp(out, dtype=work.dtype, order="C")
    grad_x *= _sums(work, dim)
    np.subtract(work, grad_x, out=grad_x)
    return grad_x.astype(grad.dtype, copy=False)


SOFTMAX = Softmax(forward=softmax, grad=softmax_grad, log=log_softmax, log_grad=log_softmax_grad)
