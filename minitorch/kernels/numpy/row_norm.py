"""Normalisation of rows in NumPy."""

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy.scratch import scratch

# Elements handled at once (Note [Tiles]): temporaries stay in the cache, and sums of columns are
# added up in few steps.
CHUNK = 1 << 16

# Numbers of a row that BLAS adds up at once, of 10,000 on it would do so on two threads.
RUN = 4096


def _parts(rows: Array) -> list[slice]:
    return slices(len(rows), max(1, CHUNK // max(rows.shape[1], 1)))


def _outer(a: Array, b: Array, out: Array) -> Array:
    """Fill out with a_m * b_d: as a product of matrices in a third of the time of broadcasting.

    They have two rows, the second of zeros: BLAS is not asked for products of vectors.
    """
    left, right = np.zeros((2, a.size), a.dtype), np.zeros((2, b.size), b.dtype)
    left[0], right[0] = a, b
    return matmul(left.T, right, out=out)


def _dots(x: Array, y: Array) -> Array:
    """Sums along rows of products: (M, D), (M, D) or (D) -> (M)."""
    length = x.shape[1]
    if length <= RUN:
        return np.vecdot(x, y)
    total = np.zeros(len(x))
    for first in range(0, length, RUN):
        total += np.vecdot(x[:, first : first + RUN], y[..., first : first + RUN])
    return total.astype(x.dtype)


def _sum_parts(sums: Array) -> Array:
    if len(sums) == 1:
        return sums[0].copy()  # a view would keep what is behind it
    total: Array = np.add.reduce(sums, 0, np.float64).astype(sums.dtype)
    return total


def _normalised(
    x: Array, weight: Array | None, bias: Array | None, eps: float, centred: bool
) -> tuple[Array, Array, Array]:
    """Rows divided by their spread around their mean, or around zero: out, mean, 1 / spread."""
    dtype = working_dtype(x.dtype)
    rows = np.ascontiguousarray(x, dtype)  # (M, D)
    count = max(rows.shape[1], 1)
    out, mean, inverse = np.empty(x.shape, dtype), np.zeros(len(x), dtype), np.empty(len(x), dtype)
    ones = np.ones(x.shape[1], dtype)
    scale = ones if weight is None else weight.astype(dtype, copy=False)
    shift = None if bias is None else bias.astype(dtype, copy=False)

    def normalise(part: slice) -> None:
        moved, target = rows[part], out[part]
        if centred:
            mean[part] = _dots(moved, ones) / count
            means = _outer(mean[part], ones, target)
            moved = np.subtract(moved, means, out=scratch("norm.moved", target.shape, dtype))
        squares = _dots(moved, moved) / count
        inverse[part] = 1 / np.sqrt(squares + dtype.type(eps))
        _outer(inverse[part], scale, target)
        target *= moved
        if shift is not None:
            target += shift

    share(normalise, _parts(rows))
    return (
        out.astype(x.dtype, copy=False),
        mean.astype(x.dtype, copy=False),
        inverse.astype(x.dtype, copy=False),
    )


def _normalised_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array | None, inverse: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `_normalised` with respect to x, weight and bias.

    With d = x - mean, s the inverse spread and u = weight * grad, row by row
    grad_x = s * u - d * s^3 * mean(u * d) - s * mean(u), the last only where rows are centred.
    """
    dtype = working_dtype(x.dtype)
    grads, rows = np.ascontiguousarray(grad, dtype), np.ascontiguousarray(x, dtype)  # (M, D)
    inverse = inverse.astype(dtype, copy=False)
    mean = None if mean is None else mean.astype(dtype, copy=False)
    count = max(rows.shape[1], 1)
    parts = _parts(rows)
    grad_x = np.empty(x.shape, dtype)
    grad_weight, grad_bias = np.zeros((2, len(parts), x.shape[1]), dtype)
    ones = np.ones(x.shape[1], dtype)
    scale = ones if weight is None else weight.astype(dtype, copy=False)

    def carry_back(i: int) -> None:
        part = parts[i]
        g, moved, target, s = grads[part], rows[part], grad_x[part], inverse[part]
        if mean is not None:
            means = _outer(mean[part], ones, target)
            moved = np.subtract(moved, means, out=scratch("norm.moved", g.shape, dtype))
        rest = np.multiply(g, moved, out=scratch("norm.rest", g.shape, dtype))
        grad_weight[i] = matmul(s, rest)
        slope = s * s * s * _dots(rest, scale) / count
        _outer(slope, ones, rest)
        rest *= moved
        if mean is not None:
            grad_bias[i] = matmul(np.ones(len(g), dtype), g)
            rest += _outer(s * _dots(g, scale) / count, ones, moved)
        _outer(s, scale, target)
        target *= g
        target -= rest

    share(carry_back, range(len(parts)))
    return (
        grad_x.astype(x.dtype, copy=False),
        _sum_parts(grad_weight).astype(x.dtype, copy=False),
        _sum_parts(grad_bias).astype(x.dtype, copy=False),
    )


def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every row by its own mean and biased variance; scale and shift the columns."""
    return _normalised(x, weight, bias, eps, centred=True)


def layer_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `layer_norm` with respect to x, weight and bias."""
    return _normalised_grad(grad, x, weight, mean, invstd)


def rms_norm(x: Array, weight: Array | None, eps: float) -> tuple[Array, Array]:
    """Divide every row by the root of its mean square, and scale the columns."""
    out, _, invrms = _normalised(x, weight, None, eps, centred=False)
    return out, invrms


def rms_norm_grad(
    grad: Array, x: Array, weight: Array | None, invrms: Array
) -> tuple[Array, Array]:
    """Gradients of `rms_norm` with respect to x and weight."""
    grad_x, grad_weight, _ = _normalised_grad(grad, x, weight, None, invrms)
    return grad_x, grad_weight
