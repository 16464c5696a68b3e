"""What NumPy's LAPACK computes, and what it leaves out, on arrays (*, A, B).

It computes float32 in float64. Its BLAS is held to one thread (Note [Held BLAS]): beside another
program two that spin take a hundred times as long.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.blas import held
from minitorch.core.dtypes import Array
from minitorch.core.errors import LinAlgError
from minitorch.kernels.sums import add_products

_FLOAT16 = np.dtype(np.float16)
BLOCK = 64  # rows of a triangle that are solved at once
PANEL = 32  # columns that are factored one by one, before the rest is multiplied by all of them


def examples(x: Any) -> Array:
    """Return the array of a tensor, of one that vmap has batched that of all examples.

    An array is returned as it is.
    """
    array = getattr(x, "_array", x)
    return getattr(array, "payload", array)


def call(function: Callable[..., Any], *args: Any) -> Any:
    """Call one of NumPy's functions of matrices."""
    with held:
        return function(*args)


def columns(x: Array, dtype: Any) -> Array:
    """Return matrices with the elements of a column beside each other, as LAPACK leaves them."""
    return np.asarray(x, dtype).swapaxes(-2, -1).copy().swapaxes(-2, -1)


def wide(x: Array) -> Array:
    """Return an array of at least float32: LAPACK knows no float16."""
    return x.astype(np.float32) if x.dtype == _FLOAT16 else x


def refused(function: Callable[..., Any], x: Array, *args: Any) -> Array:
    """Return which matrices of a batch NumPy refuses, one by one, as it refused the whole: (*)."""
    found = np.zeros(x.shape[:-2], bool)
    for at in np.ndindex(found.shape):
        try:
            function(x[at], *args)
        except np.linalg.LinAlgError:
            found[at] = True
    return found


def refuse(name: str, info: Any, says: str, error: type[Exception] = LinAlgError) -> None:
    """Raise PyTorch's error for the first matrix of a batch whose ``info`` is not 0.

    Args:
        name: the function, for the message.
        info: of each matrix, a tensor or an array.
        says: what to say of it, with ``{info}`` in it.
        error: its class.
    """
    found = examples(info)
    if not found.any():
        return
    at = int(found.reshape(-1).nonzero()[0][0])
    which = f"(Batch element {at}): " if found.ndim else ""
    raise error(f"{name}: {which}" + says.format(info=int(found.reshape(-1)[at]))) from None


def decompose(name: str, values: str, function: Callable[..., Any], x: Array, *args: Any) -> Any:
    """Call a function of NumPy that finds values step by step, or raise PyTorch's error.

    What is not finite is not tried: LAPACK takes it for a matrix with some finite values, says that
    it does not converge, or never returns.

    Args:
        name: PyTorch's function, for the message.
        values: what is looked for, for the message.
        function: NumPy's function.
        x: the matrices.
        args: what else it takes.

    Raises:
        LinAlgError: for NaN and infinity, and where it does not converge.
    """
    wider = wide(x)
    says = "The algorithm failed to converge because the input matrix "
    refuse(name, ~np.isfinite(wider).all((-2, -1)), says + "contained non-finite values.")
    try:
        return call(function, wider, *args)
    except np.linalg.LinAlgError:
        failed = refused(function, wider, *args)
    refuse(name, failed, says + f"is ill-conditioned or has too many repeated {values}.")


def replaced(x: Array, which: Array, by: Any) -> Array:
    """Return a batch with other matrices in the place of some: (*, A, B), (*), (A, B)."""
    return np.where(which[..., None, None], by, x)


def first(found: Array) -> Array:
    """Return which is the first that is true, counted from 1, or 0: (*, A) -> (*)."""
    which = np.concatenate([np.zeros((*found.shape[:-1], 1), bool), found], -1).argmax(-1)
    return np.asarray(which, np.int32)


def solve(a: Array, b: Array, triangle: str = "") -> Array:
    """Return X of AX = B: (*, A, A), (*, A, B) -> (*, A, B).

    Of an "upper" or "lower" triangle there are zeros beside it. One with a zero on its diagonal
    gives infinities and NaN in the rows that it makes them of, and in no others.

    Raises:
        numpy.linalg.LinAlgError: for a singular A that is not known to be a triangle.
    """
    if not triangle:
        return call(np.linalg.solve, a, b)
    try:
        out = _by_blocks(a, b, triangle)
        if np.isfinite(out).all():
            return out
    except np.linalg.LinAlgError:
        pass
    return _by_rows(a, b, triangle)


def _by_blocks(a: Array, b: Array, triangle: str) -> Array:
    """Solve a triangle block by block.

    In a block nothing is left to eliminate below an upper triangle: it is substituted backwards,
    which keeps the digits of a triangle however ill-conditioned; and a lower one is turned around.
    """
    n = a.shape[-1]
    step = -1 if triangle == "lower" else 1
    if n <= BLOCK:
        turned = call(np.linalg.solve, a[..., ::step, ::step], b[..., ::step, :])
        return turned[..., ::step, :]
    out = _room(a, b)
    for start in range(0, n, BLOCK)[::-step]:
        block = slice(start, start + BLOCK)
        done = slice(0, start) if triangle == "lower" else slice(start + BLOCK, n)
        right = b[..., block, :] - add_products(a[..., block, done], out[..., done, :])
        out[..., block, :] = _by_blocks(a[..., block, block], right, triangle)
    return out


def _by_rows(a: Array, b: Array, triangle: str) -> Array:
    """Solve a triangle row by row: LAPACK's steps hand an infinity on to rows that are without."""
    out = _room(a, b)
    every = range(a.shape[-1])
    for i in every if triangle == "lower" else reversed(every):
        done = slice(0, i) if triangle == "lower" else slice(i + 1, None)
        known = add_products(a[..., i : i + 1, done], out[..., done, :])[..., 0, :]
        out[..., i, :] = (b[..., i, :] - known) / a[..., i, i, None]
    return out


def _room(a: Array, b: Array) -> Array:
    """Return memory for X of AX = B."""
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return np.empty((*lead, *b.shape[-2:]), b.dtype)


def factor_lu(x: Array) -> tuple[Array, Array, Array]:
    """Factor P L U = x with the largest pivots: (*, A, B) -> (*, A, B), (*, K), (*).

    Returns:
        L below the diagonal and U above it; the rows exchanged, counted from 1; and which pivot,
        counted from 1, is the first that is zero, or 0. K is the smaller of A and B.
    """
    *lead, m, n = x.shape
    k = min(m, n)
    if not x.size:
        return x.copy(), np.zeros((*lead, k), np.int32), np.zeros(lead, np.int32)
    lu = np.array(x, order="C").reshape(math.prod(lead), m, n)
    pivots = np.empty((len(lu), k), np.int32)
    every = np.arange(len(lu))
    for start in range(0, k, PANEL):
        stop = min(start + PANEL, k)
        for j in range(start, stop):
            column = lu[:, j:, j]
            row = j + np.abs(column).argmax(1)
            pivots[:, j] = row + 1
            lu[every, row], lu[every, j] = lu[every, j], lu[every, row]
            pivot = lu[:, j, j]
            lu[:, j + 1 :, j] /= np.where(pivot == 0, 1, pivot)[:, None]
            lu[:, j + 1 :, j + 1 : stop] -= lu[:, j + 1 :, j, None] * lu[:, j, None, j + 1 : stop]
        for j in range(start, stop - 1):  # U to the right of the panel, row after row
            lu[:, j + 1 : stop, stop:] -= lu[:, j + 1 : stop, j, None] * lu[:, j, None, stop:]
        lu[:, stop:, stop:] -= add_products(lu[:, stop:, start:stop], lu[:, start:stop, stop:])
    info = first(np.einsum("nii->ni", lu[:, :k, :k]) == 0)
    return lu.reshape(x.shape), pivots.reshape(*lead, k), info.reshape(lead)


def row_order(pivots: Array, m: int) -> Array:
    """Return where each row came from, of rows exchanged one after the other: (*, K) -> (*, A)."""
    flat = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = np.broadcast_to(np.arange(m), (len(flat), m)).copy()
    every = np.arange(len(flat))
    for j in range(flat.shape[-1]):
        other = flat[:, j] - 1
        order[every, other], order[every, j] = order[every, j], order[every, other]
    return order.reshape(*pivots.shape[:-1], m)
