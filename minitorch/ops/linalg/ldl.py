"""Factors L D Lᵀ of symmetric matrices that need not be positive, by Bunch and Kaufman's pivots.

There are no gradients, as in PyTorch. NumPy has no such factors: they take a step for each row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import is_integer, scalar_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import (
    check_float,
    check_old_solver,
    check_pivots,
    check_square,
    check_wide,
)
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import linalg_ldl_factor, linalg_ldl_factor_ex

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_ALPHA = (1 + math.sqrt(17)) / 8  # which bounds the growth of elements best


class Ldl(Op):
    """L and D of lower triangles in one matrix, rows exchanged, which block of D is zero, or 0.

    (*, A, A) -> (*, A, A), (*, A), (*).
    """

    name = "NotImplemented"

    @staticmethod
    def forward(x: Array) -> tuple[Array, Array, Array]:
        packed = np.array(lapack.wide(x))
        pivots = np.zeros(x.shape[:-1], np.int32)
        info = np.zeros(x.shape[:-2], np.int32)
        for at in np.ndindex(info.shape):
            info[at] = _factor(packed[at], pivots[at])
        return lapack.columns(np.tril(packed), x.dtype), pivots, info

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> Grads:
        raise RuntimeError("derivative for aten::linalg_ldl_factor_ex is not implemented")

    @staticmethod
    def parity(torch: Any, x: Any) -> Any:
        return torch.linalg.ldl_factor_ex(x)

    @staticmethod
    def reference(x: Array) -> Any:
        """Without exchanges, of which matrices with a strong diagonal need none."""
        packed = np.tril(x)
        for at in np.ndindex(x.shape[:-2]):
            a = packed[at]
            for j in range(len(a)):
                column = a[j + 1 :, j].copy()
                a[j + 1 :, j] /= a[j, j]
                a[j + 1 :, j + 1 :] -= np.tril(np.outer(column, a[j + 1 :, j]))
        rows = np.arange(1, x.shape[-1] + 1, dtype=np.int32)
        return packed, np.broadcast_to(rows, x.shape[:-1]), np.zeros(x.shape[:-2], np.int32)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 2, 2), (0, 2, 2), (0, 0)):
            yield s(s.real(*shape) + 5 * np.eye(shape[-1]))


class LdlSolve(Op):
    """X of AX = B, by L, D and the rows exchanged: (*, A, A), (*, A), (*, A, B) -> (*, A, B)."""

    name = "NotImplemented"

    @staticmethod
    def forward(packed: Array, pivots: Array, b: Array) -> Array:
        n, count = b.shape[-2:]
        lead = np.broadcast_shapes(packed.shape[:-2], b.shape[:-2])
        factors = np.broadcast_to(lapack.wide(packed), (*lead, n, n))
        rows = np.broadcast_to(pivots, (*lead, n))
        out = np.broadcast_to(lapack.wide(b), (*lead, n, count)).copy()
        for at in np.ndindex(lead):
            _solve(factors[at], rows[at].tolist(), out[at])
        return lapack.columns(out, b.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError("derivative for aten::linalg_ldl_solve is not implemented")

    parity = staticmethod(lambda torch, *args: torch.linalg.ldl_solve(*args))

    @staticmethod
    def reference(packed: Array, pivots: Array, b: Array) -> Array:
        lower = np.tril(packed, -1) + np.eye(packed.shape[-1])
        diagonal = packed * np.eye(packed.shape[-1])
        return np.linalg.solve(lower @ diagonal @ lower.swapaxes(-2, -1), b)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape, columns in (((3, 3), 2), ((2, 2, 2), 1), ((0, 2, 2), 1), ((2, 2), 0)):
            rows = np.broadcast_to(np.arange(1, shape[-1] + 1, dtype=np.int32), shape[:-1])
            yield s(s.real(*shape) + 5 * np.eye(shape[-1]), rows, s.real(*shape[:-1], columns))


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
    packed, pivots, info = Ldl.apply(input)
    if check_errors:
        lapack.refuse(
            name, info, "Block {info} of D is zero: the matrix is singular.", RuntimeError
        )
    return linalg_ldl_factor_ex(packed, pivots, info)


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
    scaled = _divided(column.T, a[k:rest, k:rest]).T
    a[rest:, rest:] -= scaled @ column.T  # also above the diagonal, where nobody looks
    a[rest:, k:rest] = scaled


def _divided(x: Array, block: Array) -> Array:
    """Divide rows by a block of D: (1, B), or (2, B) of one whose corner is what is large."""
    if len(block) == 1:
        return x / block
    corner = block[1, 0]
    (first, second), (up, down) = np.diagonal(block) / corner, x / corner
    scale = first * second - 1
    return np.stack([(second * up - down) / scale, (first * down - up) / scale])


@takes_out
@takes_tensors
def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: bool = False) -> Tensor:
    """Return X of AX = B by what :func:`ldl_factor` returned of A.

    Shapes: (*, A, A), (*, A), (*, A, B) -> (*, A, B).

    Raises:
        RuntimeError: for shapes that do not fit, different dtypes, or rows that there are not.
    """
    name = "torch.linalg.ldl_solve"
    check_square(name, LD)
    if B.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected B to have at least 2 dimensions, but it has {B.ndim} dimensions "
            "instead"
        )
    check_old_solver(name, LD, B)
    if pivots.shape != LD.shape[:-1]:
        raise RuntimeError(
            f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with "
            f"shape {list(pivots.shape)} instead"
        )
    if not is_integer(pivots._array.dtype):
        raise RuntimeError(
            f"{name}: Expected pivots to be integers. Got {scalar_name(pivots._array)}"
        )
    check_float(name, B, "ldl_solve_kernel_cpu")
    check_pivots(
        "Pivots given to ldl_solve must all satisfy |pivot| {}. Did you properly pass the result "
        "of ldl_factor?",
        pivots.abs(),
        LD.shape[-1],
        (">= 1", "<= LD.size(-2)"),
    )
    return LdlSolve.apply(LD, pivots, B)


def _solve(a: Array, pivots: list[int], x: Array) -> None:
    """Solve for one matrix in place: L and D block by block, then Lᵀ from the last to the first."""
    blocks, k = [], 0
    while k < len(a):
        step = 1 if pivots[k] > 0 or k + 1 == len(a) else 2
        blocks.append((k, k + step, abs(pivots[k]) - 1))
        k += step
    for k, rest, row in blocks:
        x[[rest - 1, row]] = x[[row, rest - 1]]
        x[rest:] -= a[rest:, k:rest] @ x[k:rest]
        x[k:rest] = _divided(x[k:rest], a[k:rest, k:rest])
    for k, rest, row in reversed(blocks):
        x[k:rest] -= a[rest:, k:rest].T @ x[rest:]
        x[[rest - 1, row]] = x[[row, rest - 1]]
