"""Factors L D Lᵀ of symmetric matrices that need not be positive, by Bunch and Kaufman's pivots.

There are no gradients, as in PyTorch. NumPy has no such factors: they take a step for each row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_square, check_wide
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import linalg_ldl_factor, linalg_ldl_factor_ex

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_ALPHA = (1 + math.sqrt(17)) / 8  # which bounds the growth of elements best


@takes_out
@takes_tensors
def ldl_factor_ex(
    input: Any, *, hermitian: bool = False, check_errors: bool = False
) -> linalg_ldl_factor_ex:
    """Return L and D in one matrix, rows exchanged, and which block of D is zero, or 0.

    Shapes: (*, A, A) -> (*, A, A), (*, A), (*).

    Args:
        input: symmetric matrices, of which the lower triangle is looked at.
        hermitian: makes no difference to real numbers.
        check_errors: raise an error for a block that is zero.

    Raises:
        RuntimeError: for what is not square, or integers.
    """
    name = "torch.linalg.ldl_factor_ex"
    check_square(name, input)
    check_float(name, input)
    if input._array.size:
        check_wide(input, "ldl_factor_kernel_cpu")
    packed = np.tril(input._array)
    pivots = np.zeros(input.shape[:-1], np.int32)
    info = np.zeros(input.shape[:-2], np.int32)
    for at in np.ndindex(info.shape):
        info[at] = _factor(packed[at], pivots[at])
    if check_errors and info.any():
        raise RuntimeError(f"{name}: a block of D is zero, the matrix is singular")
    return linalg_ldl_factor_ex(
        input._plain(lapack.columns(packed, packed.dtype)),
        input._plain(pivots),
        input._plain(info),
    )


_ldl_factor_ex = without_out(ldl_factor_ex)


@takes_out
@takes_tensors
def ldl_factor(input: Any, *, hermitian: bool = False) -> linalg_ldl_factor:
    """Return L and D in one matrix, and the rows exchanged: (*, A, A) -> (*, A, A), (*, A).

    Raises:
        RuntimeError: as :func:`ldl_factor_ex` with ``check_errors``.
    """
    packed, pivots, _ = _ldl_factor_ex(input, hermitian=hermitian, check_errors=True)
    return linalg_ldl_factor(packed, pivots)


def _factor(a: Array, pivots: Array) -> int:
    """Factor a lower triangle in place; return which block is zero, from 1, or 0."""
    info, k = 0, 0
    while k < len(a):
        row, step, is_zero = _choose(a, k)
        if is_zero:
            info = info or k + 1
        else:
            _exchange(a, k, row, step)
            _eliminate(a, k, step)
        pivots[k : k + step] = row + 1 if step == 1 else -(row + 1)
        k += step
    return info


def _choose(a: Array, k: int) -> tuple[int, int, bool]:
    """Which row to put first, how many rows the block has, and whether its column is zero."""
    own = abs(a[k, k])
    below = np.abs(a[k + 1 :, k])
    most = below.max(initial=0)
    if max(own, most) == 0 or math.isnan(own):
        return k, 1, True
    if own >= _ALPHA * most:
        return k, 1, False
    row = k + 1 + int(below.argmax())
    others = max(np.abs(a[row, k:row]).max(), np.abs(a[row + 1 :, row]).max(initial=0))
    if own >= _ALPHA * most * (most / others):
        return k, 1, False
    return row, 1 if abs(a[row, row]) >= _ALPHA * others else 2, False


def _exchange(a: Array, k: int, row: int, step: int) -> None:
    """Exchange two rows and columns of what is left, in its lower triangle."""
    last = k + step - 1
    if row == last:
        return
    for x, y in (
        (a[row + 1 :, last], a[row + 1 :, row]),
        (a[last + 1 : row, last], a[row, last + 1 : row]),
        (a[last : last + 1, last], a[row : row + 1, row]),
        (a[last : last + 1, k:last], a[row : row + 1, k:last]),
    ):
        x[...], y[...] = y.copy(), x.copy()


def _eliminate(a: Array, k: int, step: int) -> None:
    """Divide columns by their block of D, and subtract what they make of the rest."""
    rest = k + step
    column = a[rest:, k:rest].copy()
    block = np.tril(a[k:rest, k:rest]) + np.tril(a[k:rest, k:rest], -1).T
    scaled = column / block if step == 1 else np.linalg.solve(block, column.T).T
    a[rest:, rest:] -= np.tril(scaled @ column.T)
    a[rest:, k:rest] = scaled


@takes_out
@takes_tensors
def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: bool = False) -> Tensor:
    """Return X of AX = B by what :func:`ldl_factor` returned of A.

    Shapes: (*, A, A), (*, A), (*, A, B) -> (*, A, B).

    Raises:
        RuntimeError: for shapes that do not fit, or different dtypes.
    """
    _check_solve(LD, pivots, B)
    lead = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    n, count = B.shape[-2:]
    packed = np.broadcast_to(LD._array, (*lead, n, n))
    rows = np.broadcast_to(pivots._array, (*lead, n))
    out = np.broadcast_to(B._array, (*lead, n, count)).copy()
    for at in np.ndindex(lead):
        _solve(packed[at], rows[at].tolist(), out[at])
    return B._plain(lapack.columns(out, out.dtype))


def _check_solve(packed: Any, pivots: Any, b: Any) -> None:
    name = "torch.linalg.ldl_solve"
    check_square(name, packed, "LD")
    if b.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected B to have at least 2 dimensions, but it has {b.ndim} dimensions "
            "instead"
        )
    if b.shape[-2] != packed.shape[-1] or pivots.shape != packed.shape[:-1]:
        raise RuntimeError(
            f"{name}: shapes {list(packed.shape)}, {list(pivots.shape)} and {list(b.shape)} do not "
            "fit: LD.shape[:-1] and pivots.shape are the same, and B has as many rows"
        )
    if b.dtype != packed.dtype:
        raise RuntimeError(f"{name}: LD dtype {packed.dtype} does not match b dtype {b.dtype}")
    check_wide(b, "ldl_solve_kernel_cpu")


def _solve(a: Array, pivots: list[int], x: Array) -> None:
    """Solve for one matrix in place: L and D block by block, then Lᵀ from the last to the first."""
    blocks, k = [], 0
    while k < len(a):
        step = 1 if pivots[k] > 0 else 2
        blocks.append((k, k + step, abs(pivots[k]) - 1))
        k += step
    for k, rest, row in blocks:
        x[[rest - 1, row]] = x[[row, rest - 1]]
        x[rest:] -= a[rest:, k:rest] @ x[k:rest]
        block = np.tril(a[k:rest, k:rest]) + np.tril(a[k:rest, k:rest], -1).T
        x[k:rest] = x[k:rest] / block if rest == k + 1 else np.linalg.solve(block, x[k:rest])
    for k, rest, row in reversed(blocks):
        x[k:rest] -= a[rest:, k:rest].T @ x[rest:]
        x[[rest - 1, row]] = x[[row, rest - 1]]
