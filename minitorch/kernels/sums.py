"""Sums of floating-point numbers that keep their digits along every axis.

NumPy adds the numbers that lie next to each other in memory pairwise, and all others one after the
other: down the rows of a matrix a float32 sum of ones stops at 2**24, and digits go long before.
Every sum of many floating-point numbers goes through :func:`add_floats` instead, every product of
matrices through :func:`add_products`.
"""

import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape, working_dtype
from minitorch.kernels.matmul import matmul

_add: Any = np.add.reduce  # Any: its stub takes no bool for keepdims

SMALL = 1024  # elements; looking closer at fewer costs more than it gains
STEPS = 256  # so many numbers may be added one after the other
BLOCK = 64  # where there are more, so many are; twice that loses a bit, half costs a few percent
WIDTH = 2048  # elements added at once: rows of two numbers are taken by the thousand
RUN = 64  # numbers next to each other that are worth NumPy's pairwise sum
LONG = 1 << 14  # numbers that BLAS adds up at once
SHORT = 10_000  # elements of an array with rows so short that NumPy's start of each row shows


def add_floats(x: Array, dims: Shape | None = None, keepdims: bool = False) -> Array:
    """Sum along dimensions, counted from the front (None: all); of float16 return float32."""
    dtype = working_dtype(x.dtype)
    if x.size <= SMALL:
        return _add(x, dims, dtype, keepdims=keepdims)
    if dims is None:
        dims = tuple(range(x.ndim))
    count = math.prod([x.shape[d] for d in dims])
    if count <= STEPS:
        if count <= RUN and len(dims) == 1 and x.size > SHORT and x.dtype == dtype:
            return _add_short(x, dims[0], keepdims)
        return _add(x, dims, dtype, keepdims=keepdims)
    if x.flags.c_contiguous and min(dims) == x.ndim - len(dims):
        return _add(x, dims, dtype, keepdims=keepdims)
    inner, run = _inner_run(x, dims)
    if count <= STEPS * run:
        return _add(x, dims, dtype, keepdims=keepdims)
    if run >= RUN:
        part = _add(x, inner, dtype, keepdims=True)
    else:
        part = _add_blocks(x, max(dims, key=x.shape.__getitem__), dtype)
    # So few are left that the digits of float64 cost nothing.
    return add_floats(part.astype(np.float64), dims, keepdims).astype(dtype)


def add_products(a: Array, b: Array) -> Array:
    """Multiply matrices, or batches of them that broadcast, as ``np.matmul`` does.

    Of long rows and columns in blocks: BLAS adds the products of thin ones one after the other.
    """
    if a.size > SMALL or b.size > SMALL:
        a, b = _written_out(a), _written_out(b)
    if a.shape[-1] < 2 * LONG:
        return matmul(a, b)
    if b.ndim == 1:
        return add_products(a, b[:, None])[..., 0]
    if a.ndim == 1:
        return add_products(a[None], b)[..., 0, :]
    count = a.shape[-1] // LONG
    whole = count * LONG
    left = a[..., :whole].reshape(*a.shape[:-1], count, LONG).swapaxes(-2, -3)
    right = b[..., :whole, :].reshape(*b.shape[:-2], count, LONG, b.shape[-1])
    blocks = matmul(left, right)  # (*, count, A, C)
    rest: Array = matmul(a[..., whole:], b[..., whole:, :])
    return add_floats(blocks, (blocks.ndim - 3,)) + rest


def _written_out(x: Array) -> Array:
    """Copy an expanded matrix: NumPy multiplies it in plain loops, whose sums stop at 2**24."""
    return x.copy() if 0 in x.strides[-2:] else x


def _add_short(x: Array, dim: int, keepdims: bool) -> Array:
    """Sum along one short dimension of a large array.

    ``np.add.reduce`` starts anew for each row: einsum takes a quarter of its time for rows of 32.
    """
    axes = list(range(x.ndim))
    out = np.einsum(x, axes, axes[:dim] + axes[dim + 1 :])
    return np.expand_dims(out, dim) if keepdims else out


def _inner_run(x: Array, dims: Shape) -> tuple[Shape, int]:
    """Return which of some dimensions lie innermost in memory, and how many numbers in a row."""
    steps = sorted([(abs(x.strides[d]), d) for d in range(x.ndim) if x.shape[d] > 1])
    expected, run, inner = steps[0][0], 1, []
    for step, d in steps:
        if d not in dims or step != expected or step == 0:
            break
        inner.append(d)
        run *= x.shape[d]
        expected *= x.shape[d]
    return tuple(inner), run


def _add_blocks(x: Array, dim: int, dtype: np.dtype[Any]) -> Array:
    """Sum blocks of a dimension, which stays with their number: (*A, n, *B) -> (*A, m, *B).

    A block is every ``lanes``-th row of a stretch, so that short rows are added many at a time.
    """
    n, step = x.shape[dim], abs(x.strides[dim])
    before, after = x.shape[:dim], x.shape[dim + 1 :]
    if n < 2 * BLOCK:
        return _add(x, dim, dtype, keepdims=True)
    row = math.prod([m for m, s in zip(x.shape, x.strides, strict=True) if abs(s) < step])
    lanes = min(max(WIDTH // row, 1), n // BLOCK)
    stretches = n // (lanes * BLOCK)
    length = n // (lanes * stretches)
    whole, m = lanes * stretches * length, lanes * stretches
    in_front = (slice(None),) * dim
    blocks = x[(*in_front, slice(whole))].reshape(*before, stretches, length, lanes, *after)
    sums: Array = _add(blocks, dim + 1, dtype).reshape(*before, m, *after)
    rest = x[(*in_front, slice(whole, None))]
    return np.concatenate([sums, rest], dim, dtype=dtype) if whole < n else sums
