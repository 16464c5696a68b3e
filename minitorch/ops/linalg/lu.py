"""Gauss's elimination: factors P L U, and what they solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import int32
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_pivots, check_same_dtype, check_solver, check_wide
from minitorch.ops.linalg.solving import by_columns, eye_like, solve_by_triangle
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import (
    linalg_lu,
    linalg_lu_factor,
    linalg_lu_factor_ex,
    lu_unpack as LuUnpack,
)
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Lu(Op):
    """L and U in one matrix, with x = P L U; the rows exchanged, from 1; which pivot is zero, or 0.

    (*, A, B) -> (*, A, B), (*, K), (*), K the smaller of A and B.
    """

    name = "LinalgLuFactorExBackward0"
    saves_outputs = (0, 1)

    @staticmethod
    def forward(x: Array) -> tuple[Array, Array, Array]:
        packed, pivots, info = lapack.factor_lu(lapack.wide(x))
        return lapack.columns(packed, x.dtype), pivots, info

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> Grads:
        packed, pivots = ctx.unpack()
        m, n = ctx.input_shapes[0][-2:]
        k = min(m, n)
        square, grad_square = packed[..., :k, :k], grad[..., :k, :k]
        lower, upper = square.tril(-1) + eye_like(square), square.triu()
        below = lower.mT @ grad_square.tril(-1)
        above = grad_square.triu() @ upper.mT
        if n > m:  # U beyond the square is Lᵀ's solution for what stands there
            beyond = grad[..., m:]
            below = below - beyond @ packed[..., m:].mT
            grad_right = solve_by_triangle(lower.mT, beyond, True, True, True)
        if m > n:  # and L below it is that of U
            beyond = grad[..., n:, :]
            above = above - packed[..., n:, :].mT @ beyond
            grad_under = solve_by_triangle(upper.mT, beyond, False, False)
        inner = solve_by_triangle(lower.mT, below.tril(-1) + above.triu(), True, True, True)
        out = solve_by_triangle(upper.mT, inner, False, False)
        if n > m:
            out = cat([out, grad_right], -1)
        if m > n:
            out = cat([out, grad_under], -2)
        return _permutation(packed, pivots, m) @ out

    @staticmethod
    def parity(torch: Any, x: Any) -> Any:
        return torch.linalg.lu_factor_ex(x)

    @staticmethod
    def reference(x: Array) -> Any:
        *lead, m, n = x.shape
        packed, k = x.copy(), min(m, n)
        pivots = np.zeros((*lead, k), np.int32)
        for at in np.ndindex(*lead):
            a = packed[at]
            for j in range(k):
                best = max(range(j, m), key=lambda i: abs(a[i, j]))
                pivots[(*at, j)] = best + 1
                a[[j, best]] = a[[best, j]]
                for i in range(j + 1, m):
                    a[i, j] /= a[j, j]
                    a[i, j + 1 :] -= a[i, j] * a[j, j + 1 :]
        return packed, pivots, np.zeros(lead, np.int32)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2, 2), (2, 0)):
            yield s(s.real(*shape))


def _permutation(like: Any, pivots: Any, m: int) -> Tensor:
    """Return P of rows exchanged: (*, K) -> (*, A, A)."""
    own = pivots._array

    def permutation(pivots: Array) -> Array:
        order = lapack.row_order(pivots, m)
        p = np.zeros((*order.shape, m), like._array.dtype)
        np.put_along_axis(p.swapaxes(-2, -1), order[..., None], 1, -1)
        return p

    return like._plain(own.made(permutation) if hasattr(own, "made") else permutation(own))


def factor(name: str, a: Any, pivot: bool = True) -> Any:
    """Return what :func:`lu_factor_ex` does, for the function of that name."""
    if a.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(a.shape)} instead"
        )
    if a._array.size:  # of no elements nothing is computed, whatever they are
        check_wide(a, "lu_cpu")
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    return Lu.apply(a)


@takes_out
@takes_tensors
def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> linalg_lu_factor_ex:
    """Return :func:`lu_factor` without complaint of singular matrices, and which pivot is zero.

    Shapes: (*, A, B) -> (*, A, B), (*, K), (*), K the smaller of A and B.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, ``pivot=False``, or a singular matrix
            if ``check_errors`` is given.
    """
    packed, pivots, info = factor("torch.lu_factor", A, pivot)
    if check_errors:
        lapack.refuse("torch.linalg.lu_factor_ex", info, _ZERO_PIVOT, RuntimeError)
    return linalg_lu_factor_ex(packed, pivots, info)


@takes_out
@takes_tensors
def lu_factor(A: Any, *, pivot: bool = True) -> linalg_lu_factor:
    """Return L and U in one matrix, and the rows that were exchanged, counted from 1.

    Shapes: (*, A, B) -> (*, A, B), (*, K), K the smaller of A and B.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, ``pivot=False``, or singular ones.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
    """
    packed, pivots, info = factor("torch.lu_factor", A, pivot)
    lapack.refuse("torch.linalg.lu_factor", info, _ZERO_PIVOT, RuntimeError)
    return linalg_lu_factor(packed, pivots)


_ZERO_PIVOT = (
    "U[{info},{info}] is zero and using it on lu_solve would result in a division by zero. If you "
    "still want to perform the factorization, consider calling linalg.lu(A, pivot) or "
    "linalg.lu_factor_ex(A, pivot)"
)


@takes_out
@takes_tensors
def lu_unpack(
    LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True
) -> LuUnpack:
    """Return the factors P, L and U of what :func:`lu_factor` returned.

    Shapes: (*, A, B), (*, K) -> (*, A, A), (*, A, K), (*, K, B), K the smaller of A and B.

    Args:
        LU_data: L and U in one matrix.
        LU_pivots: the rows that were exchanged.
        unpack_data: with False, L and U have no elements.
        unpack_pivots: with False, P has none.

    Raises:
        RuntimeError: for fewer than two dimensions, or pivots that are not int32 or not of these
            matrices.
    """
    if LU_data.ndim < 2:
        raise RuntimeError(
            "torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: "
            f"{list(LU_data.shape)} instead"
        )
    if unpack_pivots and LU_pivots.dtype != int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype."
            "\nNote: this function is intended to be used with the output produced by "
            "torch.linalg.lu_factor"
        )
    p = lower = upper = LU_data.new_empty(0)
    m, n = LU_data.shape[-2:]
    k = min(m, n)
    if unpack_pivots:
        if LU_pivots.shape != (*LU_data.shape[:-2], k):
            raise RuntimeError(
                f"torch.lu_unpack: LU_pivots of the shape {[*LU_data.shape[:-2], k]} are expected, "
                f"but got {list(LU_pivots.shape)}"
            )
        check_pivots(
            "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.{}"
            "Did you properly pass the result of lu_factor?",
            LU_pivots,
            m,
            ("", ""),
        )
        p = _permutation(LU_data, LU_pivots, m)
    if unpack_data:
        lower = LU_data[..., :k].tril(-1) + eye_like(LU_data, max(m, k))[:, :k]
        upper = LU_data[..., :k, :].triu()
    return LuUnpack(p, lower, upper)


_lu_unpack = without_out(lu_unpack)


@takes_out
@takes_tensors
def lu(A: Any, *, pivot: bool = True) -> linalg_lu:
    """Return P, L and U, of which A is the product: L has ones on its diagonal, P exchanges rows.

    Shapes: (*, A, B) -> (*, A, A), (*, A, K), (*, K, B), K the smaller of A and B.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, or ``pivot=False``.
    """
    packed, pivots, _ = factor("linalg.lu", A, pivot)
    return linalg_lu(*_lu_unpack(packed, pivots))


@takes_out
@takes_tensors
def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """Return X of AX = B by what :func:`lu_factor` returned of A.

    Shapes: (*, A, A), (*, A), (*, A, B) -> (*, A, B).

    Args:
        LU: L and U in one matrix.
        pivots: the rows that were exchanged.
        B: the right sides.
        left: with False, X of XA = B.
        adjoint: take A transposed.

    Raises:
        RuntimeError: for shapes that do not fit, or pivots that are not int32, or no rows of A.
    """
    check_same_dtype("linalg.lu_solve", LU, B)
    if pivots.dtype != int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    check_solver("linalg.lu_solve", LU, B, left)
    if LU.shape[-1] != pivots.shape[-1]:
        raise RuntimeError(
            "linalg.lu_solve: Number of pivots per batch should be same as the dimension of the "
            "matrix"
        )
    if LU.shape[:-2] != pivots.shape[:-1]:
        raise RuntimeError(
            "linalg.lu_solve: Batch dimensions of LU and pivots should match, got "
            f"{list(LU.shape[:-2])} and {list(pivots.shape[:-1])}"
        )
    check_wide(LU, "lu_solve_cpu")
    check_pivots(
        "Pivots given to lu_solve must all be {}. Did you properly pass the result of lu_factor?",
        pivots,
        LU.shape[-1],
        ("greater or equal to 1", "smaller or equal to LU.size(-2)"),
    )
    p = _permutation(LU, pivots, LU.shape[-1])
    if not left:
        B = B.mT
    if adjoint == left:  # (P L U)ᵀ X = B
        half = solve_by_triangle(LU.mT, B, False)
        out = p @ solve_by_triangle(LU.mT, half, True, True, True)
    else:
        half = solve_by_triangle(LU, p.mT @ B, False, True, True)
        out = solve_by_triangle(LU, half, True)
    out = by_columns(out)
    return out if left else out.mT
