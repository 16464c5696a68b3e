"""Functions of matrices as the root has them: older, with other words than ``linalg``'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.ops import results
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import numpy_names, read_int
from minitorch.ops.linalg import (
    arranged,
    cholesky as choleskys,
    determinant,
    lapack,
    lu as lus,
    pseudoinverse,
    qr as qrs,
    solving,
    svd as svds,
)
from minitorch.ops.linalg.checks import check_old_solver, check_wide
from minitorch.ops.out import out_rules, takes_out, without_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# Without ``out``.
_det, _slogdet = without_out(determinant.det), without_out(determinant.slogdet)
_inv, _lu_solve = without_out(solving.inv), without_out(lus.lu_solve)
_householder_product = without_out(qrs.householder_product)
_svd, _svdvals, _qr = without_out(svds.svd), without_out(svds.svdvals), without_out(qrs.qr)
_pinv, _cholesky_ex = without_out(pseudoinverse.pinv), without_out(choleskys.cholesky_ex)


@takes_tensors
def det(input: Any) -> Tensor:
    """Return determinants: (*, A, A) -> (*). See :func:`minitorch.linalg.det`."""
    return _det(input)


@takes_out
@takes_tensors
def slogdet(input: Any) -> results.slogdet:
    """Return signs of determinants, and logarithms of their sizes: (*, A, A) -> (*), (*)."""
    return results.slogdet(*_slogdet(input))


@takes_out
@takes_tensors
def inverse(input: Any) -> Tensor:
    """Return inverses: (*, A, A) -> (*, A, A). See :func:`minitorch.linalg.inv`."""
    return _inv(input)


@takes_tensors
def pinverse(input: Any, rcond: float = 1e-15) -> Tensor:
    """Return pseudoinverses: (*, A, B) -> (*, B, A). See :func:`minitorch.linalg.pinv`."""
    return _pinv(input, rcond)


@takes_out
@takes_tensors
def cholesky(input: Any, upper: bool = False) -> Tensor:
    """Return Cholesky's factors: (*, A, A) -> (*, A, A). See :func:`minitorch.linalg.cholesky`."""
    out, info = _cholesky_ex(input, upper=upper)
    lapack.refuse("cholesky", info, choleskys.NOT_POSITIVE)
    return out


@takes_out
@takes_tensors
def qr(input: Any, some: bool = True) -> results.qr:
    """Return orthogonal and triangular factors: (*, A, B) -> (*, A, K), (*, K, B).

    K is the smaller of A and B, or without ``some`` A. See :func:`minitorch.linalg.qr`.
    """
    return results.qr(*_qr(input, "reduced" if some else "complete"))


@takes_out
@takes_tensors
def orgqr(input: Any, input2: Any) -> Tensor:
    """Return a product of reflections: (*, A, B), (*, K) -> (*, A, B).

    See :func:`minitorch.linalg.householder_product`.
    """
    return _householder_product(input, input2)


@takes_out
@takes_tensors
def svd(input: Any, some: bool = True, compute_uv: bool = True) -> results.svd:
    """Return U, S and V of input = U diag(S) Vᵀ: (*, A, B) -> (*, A, K), (*, K), (*, B, K).

    Args:
        input: the matrices; K is the smaller of A and B.
        some: with False, U and V are square.
        compute_uv: with False, they are zeros, and square.

    Raises:
        RuntimeError: for fewer than two dimensions, or integers.
    """
    if not compute_uv:
        m, n = input.shape[-2:]
        lead = input.shape[:-2]
        values = _svdvals(input)
        return results.svd(input.new_zeros(*lead, m, m), values, input.new_zeros(*lead, n, n))
    u, s, vh = _svd(input, not some)
    return results.svd(u, s, vh.mT)


@takes_out
@numpy_names
def cross(input: Any, other: Any, dim: int | None = None) -> Tensor:
    """Return the vectors across two, by default along the first dimension of three.

    Shapes: (*, 3), (*, 3) -> (*, 3). See :func:`minitorch.linalg.cross`.

    Raises:
        RuntimeError: as there, and if no dimension has three elements.
    """
    if dim is None:
        sizes = list(input.shape)
        if 3 not in sizes:
            raise RuntimeError("no dimension of size 3 in input")
        dim = sizes.index(3)
    return arranged.cross_along(input, other, dim)


@takes_tensors
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """Return powers of each element, the highest first: (A) -> (A, N).

    Args:
        x: a vector.
        N: how many powers; without it A.
        increasing: the lowest first.

    Raises:
        RuntimeError: for other numbers of dimensions, or a negative ``N``.
    """
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = len(x) if N is None else read_int(N, "N")
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    powers = np.arange(count)
    return x.unsqueeze(-1) ** x._plain(powers if increasing else powers[::-1].copy())


@takes_out
@takes_tensors
def lu_solve(input: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """Return X of AX = input by the factors of A: (*, A, B), (*, A, A), (*, A) -> (*, A, B).

    See :func:`minitorch.linalg.lu_solve`.
    """
    return _lu_solve(LU_data, LU_pivots, input)


@takes_out
@takes_tensors
@out_rules(casts="all")
def lu(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """Return L and U in one matrix, and the rows exchanged: (*, A, B) -> (*, A, B), (*, K).

    With ``get_infos`` also which pivot is zero, or 0. See :func:`minitorch.linalg.lu_factor_ex`.
    """
    packed, pivots, info = lus.factor("torch.lu_factor", A, pivot)
    if get_infos:
        return results.linalg_lu_factor_ex(packed, pivots, info)
    return packed, pivots


@takes_out
@takes_tensors
def triangular_solve(
    input: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> results.triangular_solve:
    """Return X of AX = input for a triangle A, and A: (*, A, B), (*, A, A) -> (*, A, B), (*, A, A).

    Args:
        input: the right sides.
        A: the matrices.
        upper: which of their triangles is looked at.
        transpose: take it transposed.
        unitriangular: take its diagonal for ones.

    Raises:
        RuntimeError: for shapes that do not fit.
    """
    for name, x in (("b", input), ("A", A)):
        if x.ndim < 2:
            raise RuntimeError(
                f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it "
                f"has {x.ndim} dimensions instead"
            )
    check_old_solver("triangular_solve", A, input)
    check_wide(A, "triangular_solve_cpu")
    m = A.shape[-1]
    a, is_upper = (A.mT, not upper) if transpose else (A, upper)
    solution = solving.by_columns(
        solving.solve_by_triangle(a, input, is_upper, True, unitriangular)
    )
    lead = solution.shape[:-2]
    return results.triangular_solve(solution, solving.by_columns(A.expand(*lead, m, m).clone()))
