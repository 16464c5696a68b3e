"""GELU and its gradient, block by block: x · Φ(x), or with a logistic function instead of Φ.

Both functions ask one place for the share Φ(x) of x that passes and for its slope, so that the
gradient costs one exponential like the value.
"""

import math
from collections.abc import Callable

import numpy as np

from minitorch.core.layout import laid_out
from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.elementwise import CUBE, SCALE
from minitorch.kernels.error_function import erf, polynomial

# Elements handled at once (Note [Tiles]): with fewer, two threads are slower than one; of more, the
# four temporaries would not stay in the L2 cache.
BLOCK = 1 << 17

# Φ(-x) = exp(-x²/2) · P(x) / Q(x) for x ≥ 0, coefficients of the highest power first: fitted for
# the least error of x · Φ(-x) (1e-8) by reweighted least squares; 1.2e-7 with rounding.
_TAIL_P = (-1.39579220e-03, 4.20735019e-01, 2.22828249e00, 5.82539045e00)
_TAIL_Q = (1.0, 5.98849804e00, 1.37525851e01, 1.16507725e01)
_DENSITY = 1 / math.sqrt(2 * math.pi)


def _normal(x: Array) -> tuple[Array, Array]:
    """The distribution function Φ and its slope, the density."""
    if x.dtype == np.float64:
        below = erf(x * math.sqrt(0.5))
        below += 1
        below *= 0.5
        return below, np.exp(x * x * -0.5) * _DENSITY
    size = np.minimum(np.abs(x), np.float32(15))  # from where on the density is 0
    bell = size * size
    bell *= np.float32(-0.5)
    np.exp(bell, bell)
    tail = polynomial(size, _TAIL_P)
    tail /= polynomial(size, _TAIL_Q)
    tail *= bell
    np.subtract(np.float32(0.5), tail, out=tail)
    bits = tail.view(np.int32)  # copysign, in half the time
    bits |= x.view(np.int32) & np.int32(-(1 << 31))
    tail += np.float32(0.5)
    bell *= np.float32(_DENSITY)
    return tail, bell


def _logistic(x: Array) -> tuple[Array, Array]:
    """The approximation 1 / (1 + exp(-z)), z = SCALE · (x + CUBE · x³), and its slope."""
    kind = x.dtype.type
    x = np.clip(x, kind(-10), kind(10))  # beyond, the slope would be zero times infinity
    square = x * x
    part = square * kind(SCALE * CUBE / 2)
    part += kind(SCALE / 2)
    part *= x
    np.tanh(part, part)  # 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2
    square *= kind(1.5 * SCALE * CUBE)
    square += kind(SCALE / 2)
    slope = part * part
    np.subtract(kind(1), slope, out=slope)
    slope *= square
    slope *= kind(0.5)
    part += kind(1)
    part *= kind(0.5)
    return part, slope


def _blockwise(fill: Callable[[Array, slice], None], x: Array) -> Array:
    """Have the elements of an array like x filled, a block at a time."""
    out = np.empty(x.shape, x.dtype)
    flat = out.reshape(-1)
    share(lambda part: fill(flat, part), slices(x.size, BLOCK), products=False)
    return out


def gelu(x: Array, approximate: str) -> Array:
    """X · Φ(x), or its approximation by "tanh": (*) -> (*)."""
    if not x.flags.c_contiguous:
        return laid_out(gelu(np.ascontiguousarray(x), approximate), x)
    shares = _logistic if approximate == "tanh" else _normal
    flat = x.astype(working_dtype(x.dtype), copy=False).reshape(-1)

    def fill(out: Array, part: slice) -> None:
        passed, _ = shares(flat[part])
        np.multiply(flat[part], passed, out=out[part], casting="same_kind")

    return _blockwise(fill, x)


def gelu_grad(grad: Array, x: Array, approximate: str) -> Array:
    """Gradient of :func:`gelu`, grad · (Φ(x) + x · Φ'(x)): (*), (*) -> (*)."""
    if grad.shape != x.shape:
        grad, x = np.broadcast_arrays(grad, x)
    if not (grad.flags.c_contiguous and x.flags.c_contiguous):
        grads, values = np.ascontiguousarray(grad), np.ascontiguousarray(x)
        return laid_out(gelu_grad(grads, values, approximate), grad)
    shares = _logistic if approximate == "tanh" else _normal
    dtype = working_dtype(x.dtype)
    flat, grads = (a.astype(dtype, copy=False).reshape(-1) for a in (x, grad))

    def fill(out: Array, part: slice) -> None:
        passed, slope = shares(flat[part])
        slope *= flat[part]
        slope += passed
        np.multiply(slope, grads[part], out=out[part], casting="same_kind")

    return _blockwise(fill, x)
