"""Sums of floating-point numbers that keep their digits along every axis.

NumPy adds the numbers that lie next to each other in memory pairwise, and all others one after the
other: down the rows of a matrix a float32 sum of ones stops at 2**24, and digits go long before.
Every sum of many floating-point numbers goes through :func:`add_floats` instead, every product of
matrices through :func:`add_products`.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.storage import parts_of
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


class Blocks(NamedTuple):
    """A dimension cut up, so that short rows are added many at a time.

    A block is every ``lanes``-th row of a stretch.
    """

    dim: int
    shape: Shape  # (*A, stretches, length, lanes, *B)
    sums: Shape  # (*A, stretches * lanes, *B)
    cut: tuple[slice, ...]  # the rows that fill blocks
    rest: tuple[slice, ...] | None  # the rows that do not


class Plan(NamedTuple):
    """How to sum an array, worked out once per set of shape, strides and dimensions."""

    whole: bool  # NumPy's own sum keeps the digits
    short: bool = False  # ... and einsum, which does too, is quicker
    inner: Shape = ()  # sum these first: they lie next to each other in memory
    blocks: Blocks | None = None  # or first these


def add_floats(x: Array, dims: Shape | None = None, keepdims: bool = False) -> Array:
    """Sum along dimensions, counted from the front (None: all); of float16 return float32."""
    dtype = working_dtype(x.dtype)
    if x.size <= SMALL:
        return _add(x, dims, dtype, keepdims=keepdims)
    if x.dtype.kind == "c":  # part by part
        parts = parts_of(x)
        along = tuple(range(x.ndim)) if dims is None else dims
        return np.ascontiguousarray(add_floats(parts, along, keepdims)).view(dtype)[..., 0]
    plan = make_plan(x.shape, x.strides, x.flags.c_contiguous, dims)
    if plan.whole:
        if plan.short and dims is not None and x.dtype == dtype:
            return _add_short(x, dims[0], keepdims)
        return _add(x, dims, dtype, keepdims=keepdims)
    if plan.blocks is not None:
        part = _add_blocks(x, plan.blocks, dtype)
    else:
        part = _add(x, plan.inner, dtype, keepdims=True)
    # So few are left that the digits of float64 cost nothing.
    return add_floats(part.astype(np.float64), dims, keepdims).astype(dtype)


@lru_cache(maxsize=1024)
def make_plan(shape: Shape, strides: Shape, is_contiguous: bool, dims: Shape | None) -> Plan:
    """Decide what to add up first, so that nothing is added to a sum of very many."""
    if dims is None:
        dims = tuple(range(len(shape)))
    count = math.prod([shape[d] for d in dims])
    if count <= STEPS:
        is_short = count <= RUN and len(dims) == 1 and math.prod(shape) > SHORT
        return Plan(whole=True, short=is_short)
    inner, run = _inner_run(shape, strides, dims)
    if count <= STEPS * run or (is_contiguous and min(dims) == len(shape) - len(dims)):
        return Plan(whole=True)
    longest = max(dims, key=shape.__getitem__)
    if run >= RUN or shape[longest] < 2 * BLOCK:
        return Plan(whole=False, inner=inner if run >= RUN else (longest,))
    return Plan(whole=False, blocks=_cut_up(shape, strides, longest))


def _cut_up(shape: Shape, strides: Shape, dim: int) -> Blocks:
    n, step = shape[dim], abs(strides[dim])
    before, after = shape[:dim], shape[dim + 1 :]
    row = math.prod([m for m, s in zip(shape, strides, strict=True) if abs(s) < step])
    lanes = min(max(WIDTH // row, 1), n // BLOCK)
    stretches = n // (lanes * BLOCK)
    length = n // (lanes * stretches)
    whole = lanes * stretches * length
    in_front = (slice(None),) * dim
    return Blocks(
        dim,
        shape=(*before, stretches, length, lanes, *after),
        sums=(*before, stretches * lanes, *after),
        cut=(*in_front, slice(whole)),
        rest=(*in_front, slice(whole, None)) if whole < n else None,
    )


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


def _inner_run(shape: Shape, strides: Shape, dims: Shape) -> tuple[Shape, int]:
    """Return which of some dimensions lie innermost in memory, and how many numbers in a row."""
    steps = sorted([(abs(strides[d]), d) for d in range(len(shape)) if shape[d] > 1])
    expected, run, inner = steps[0][0], 1, []
    for step, d in steps:
        if d not in dims or step != expected or step == 0:
            break
        inner.append(d)
        run *= shape[d]
        expected *= shape[d]
    return tuple(inner), run


def _add_blocks(x: Array, blocks: Blocks, dtype: np.dtype[Any]) -> Array:
    """Sum blocks of a dimension, which stays with their number: (*A, n, *B) -> (*A, m, *B)."""
    sums: Array = _add(x[blocks.cut].reshape(blocks.shape), blocks.dim + 1, dtype)
    sums = sums.reshape(blocks.sums)
    if blocks.rest is None:
        return sums
    return np.concatenate([sums, x[blocks.rest]], blocks.dim, dtype=dtype)
