"""Systems of linear equations, and inverses, which solve them for the unit vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import (
    check_float,
    check_not_low,
    check_same_dtype,
    check_solver,
    check_square,
    check_wide,
)
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import linalg_inv_ex, linalg_solve_ex

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


# What a triangle is when it is transposed.
_OTHER = {"": "", "upper": "lower", "lower": "upper"}


class Solve(Op):
    """X of AX = B, and which pivot of A is zero or 0: (*, A, A), (*, A, B) -> (*, A, B), (*).

    Where there is no X it is NaN. Of A it may be known that it is an "upper" or "lower"
    ``triangle``, which gives an X with infinities, and no pivots.
    """

    complex = HOLOMORPHIC
    name = "LinalgSolveExBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(a: Array, b: Array, *, triangle: str) -> tuple[Array, Array]:
        x, y = lapack.wide(a), lapack.wide(b)
        try:
            out = lapack.solve(x, y, triangle)
            info = np.zeros(x.shape[:-2], np.int32)
        except np.linalg.LinAlgError:
            singular = lapack.refused(np.linalg.inv, x)
            first = lapack.factor_lu(x)[2]
            info = np.where(singular, np.where(first > 0, first, x.shape[-1]), 0).astype(np.int32)
            out = lapack.solve(lapack.replaced(x, singular, np.eye(x.shape[-1])), y, triangle)
            out = lapack.replaced(out, singular, np.nan)
        return lapack.columns(out, a.dtype), info

    @staticmethod
    def batched(batch: Batch, a: Array, b: Array, *, triangle: str) -> Any:
        ndim = max([x.ndim - batch.lead * h for x, h in zip((a, b), batch.has, strict=True)])
        a, b, own = batch.widened(a, ndim, 0), batch.widened(b, ndim, 1), a
        out, info = Solve.forward(a, b, triangle=triangle)
        lead = own.shape[: batch.lead] if batch.has[0] else (1,) * batch.lead
        rest = own.shape[batch.lead * batch.has[0] : -2]
        info = info.reshape(*lead, *rest)  # of A alone, whatever B has
        return out, np.broadcast_to(info, (*out.shape[: batch.lead], *rest)).copy()

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> Grads:
        a, out = ctx.unpack()
        grad_b = Solve.apply(a.mT, grad, triangle=_OTHER[ctx.triangle])[0]
        return -grad_b @ out.mT if ctx.needs_input_grad[0] else None, grad_b

    parity = staticmethod(lambda torch, a, b, *, triangle: torch.linalg.solve_ex(a, b))

    @staticmethod
    def reference(a: Array, b: Array, *, triangle: str) -> Any:
        """By way of the adjugate: one determinant for each element."""
        a_lead = a.shape[:-2]
        lead = np.broadcast_shapes(a_lead, b.shape[:-2])
        a = np.broadcast_to(a, lead + a.shape[-2:])
        b = np.broadcast_to(b, lead + b.shape[-2:])
        out = np.zeros(b.shape)
        for *at, i, j in np.ndindex(b.shape):
            replaced = a[tuple(at)].copy()
            replaced[:, i] = b[(*at, slice(None), j)]
            out[(*at, i, j)] = np.linalg.det(replaced) / np.linalg.det(a[tuple(at)])
        return out, np.zeros(a_lead, np.int32)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        def matrix(*shape: int) -> Array:
            return s.real(*shape) + 3 * np.eye(shape[-1])

        yield s(matrix(3, 3), s.real(3, 2), triangle="")
        yield s(matrix(2, 3, 3), s.real(3, 1), triangle="")
        yield s(matrix(3, 3), s.real(2, 3, 2), triangle="")
        yield s(matrix(2, 1, 2, 2), s.real(3, 2, 2), triangle="")
        yield s(matrix(0, 2, 2), s.real(0, 2, 1), triangle="")
        yield s(s.real(0, 0), s.real(0, 2), triangle="")


class Inverse(Op):
    """Inverses, NaN where there is none, and which pivot is zero or 0: (*, A, A) -> (*, A, A), (*).

    They solve a system of equations for the unit vectors, but the rule has the inverse already.
    """

    complex = HOLOMORPHIC
    name = "LinalgInvExBackward0"
    saves_outputs = (0,)

    @staticmethod
    def forward(a: Array) -> tuple[Array, Array]:
        return Solve.forward(a, np.eye(a.shape[-1], dtype=a.dtype), triangle="")

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> Grads:
        (inverse,) = ctx.unpack()
        return -(inverse.mT @ grad @ inverse.mT)

    parity = staticmethod(lambda torch, a: torch.linalg.inv_ex(a))

    @staticmethod
    def reference(a: Array) -> Any:
        return np.linalg.inv(a), np.zeros(a.shape[:-2], np.int32)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 2, 2), (0, 2, 2), (0, 0)):
            yield s(s.real(*shape) + 3 * np.eye(shape[-1]))


_SINGULAR = "The solver failed because the input matrix is singular."
NO_INVERSE = (
    "The diagonal element {info} is zero, the inversion could not be completed because the input "
    "matrix is singular."
)


@takes_out
@takes_tensors
def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> linalg_solve_ex:
    """Return X of AX = B without complaint of a singular A, and ``info``: 0 if there is an X.

    Shapes: (*, A, A), (*, A, B) or (*, A) -> the same as the second, broadcast; (*).

    Args:
        A: the matrices.
        B: the right sides: matrices, or vectors, if they have one dimension or the shape of A
            without the last.
        left: with False, X of XA = B.
        check_errors: raise an error for a singular A.

    Raises:
        RuntimeError: for shapes that do not fit, different dtypes, or integers.
        LinAlgError: as ``check_errors`` asks.
    """
    check_float("linalg.solve", A)
    check_same_dtype("linalg.solve", A, B)
    check_square("linalg.solve", A)
    is_vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    columns = B.unsqueeze(-1) if is_vector else B
    if is_vector and not left:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for "
            "left=False"
        )
    check_solver("linalg.solve", A, columns, left)
    check_wide(A, "lu_cpu", takes_complex=True)
    if left:
        result, info = Solve.apply(A, columns, triangle="")
    else:
        result, info = Solve.apply(A.mT, columns.mT, triangle="")
        result = result.mT
    if check_errors:
        lapack.refuse("torch.linalg.solve", info, _SINGULAR)
    if is_vector:
        result = result.squeeze(-1) if A.ndim == 2 else by_columns(result.squeeze(-1))
    return linalg_solve_ex(result, info)


_solve_ex = without_out(solve_ex)


@takes_out
@takes_tensors
def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:
    """Return X of AX = B; with ``left=False`` of XA = B.

    Shapes: (*, A, A), (*, A, B) or (*, A) -> the same as the second, broadcast.

    Raises:
        RuntimeError: for shapes that do not fit, different dtypes, or integers.
        LinAlgError: for a matrix that is singular.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html
    """
    return _solve_ex(A, B, left=left, check_errors=True).result


@takes_out
@takes_tensors
def inv_ex(A: Any, *, check_errors: bool = False) -> linalg_inv_ex:
    """Return inverses without complaint of singular matrices, and ``info``, 0 where there is one.

    Shapes: (*, A, A) -> (*, A, A), (*).

    Raises:
        RuntimeError: for what is not square, or integers.
        LinAlgError: for a matrix that is singular, if ``check_errors`` is given.
    """
    check_square("linalg.inv", A)
    check_not_low("linalg.inv", A)
    inverse, info = Inverse.apply(A)
    if check_errors:
        lapack.refuse("linalg.inv", info, NO_INVERSE)
    return linalg_inv_ex(inverse, info)


_inv_ex = without_out(inv_ex)


@takes_out
@takes_tensors
def inv(A: Any) -> Tensor:
    """Return inverses: (*, A, A) -> (*, A, A).

    Raises:
        RuntimeError: for what is not square, or integers.
        LinAlgError: for a matrix that is singular.
    """
    return _inv_ex(A, check_errors=True).inverse


def by_columns(x: Any) -> Tensor:
    """Return matrices that lie in memory column by column, as what LAPACK returns."""
    return x.mT.contiguous().mT


def eye_like(x: Any, size: int = -1) -> Tensor:
    """Return the unit matrix for a batch, of its last size if none is given: (A, A)."""
    return x._plain(np.eye(x._array.shape[-1] if size < 0 else size, dtype=x._array.dtype))


@takes_out
@takes_tensors
def solve_triangular(
    A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """Return X of AX = B (or XA = B), where only one triangle of A is looked at.

    Shapes: (*, A, A), (*, A, B) -> (*, A, B).

    Args:
        A: the matrices.
        B: the right sides.
        upper: whether it is the upper triangle.
        left: with False, X of XA = B.
        unitriangular: take the diagonal for ones.

    Raises:
        RuntimeError: for shapes that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
    """
    check_solver("linalg.solve_triangular", A, B, left)
    check_wide(A, "triangular_solve_cpu", takes_complex=True)
    return by_columns(solve_by_triangle(A, B.to(A.dtype), upper, left, unitriangular))


def solve_by_triangle(
    a: Any, b: Any, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """Do what :func:`solve_triangular` does, unchecked."""
    if not left:
        return solve_by_triangle(a.mT, b.mT, not upper, True, unitriangular).mT
    if unitriangular:
        a = (a.triu(1) if upper else a.tril(-1)) + eye_like(a)
    else:
        a = a.triu() if upper else a.tril()
    return Solve.apply(a, b, triangle="upper" if upper else "lower")[0]


@takes_out
@takes_tensors
def tensorinv(input: Any, ind: int = 2) -> Tensor:
    """Return what undoes :func:`minitorch.tensordot` with a tensor: (*A, *B) -> (*B, *A).

    Args:
        input: a tensor whose first ``ind`` sizes have the product of the others.
        ind: how many dimensions are summed over on the way back.

    Raises:
        RuntimeError: for sizes of which that is not so, or ``ind`` below 1.
        LinAlgError: if there is no inverse.
    """
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = input.shape[:ind], input.shape[ind:]
    if first.numel() != last.numel():
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {last.numel()} != {first.numel()}"
        )
    return inv(input.reshape(first.numel(), last.numel())).reshape(*last, *first)


@takes_out
@takes_tensors
def tensorsolve(A: Any, B: Any, dims: Any = None) -> Tensor:
    """Return X of tensordot(A, X) = B: (*B, *X), (*B) -> (*X).

    Args:
        A: a tensor.
        B: the right side.
        dims: dimensions of A that are moved to its end first.

    Raises:
        RuntimeError: for sizes that do not fit.
        LinAlgError: if there is no or more than one X.
    """
    a = A if dims is None else A.movedim(tuple(dims), tuple(range(-len(dims), 0)))
    shape = a.shape[B.ndim :]
    if shape.numel() != B.numel():
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {shape.numel()} != {B.numel()}"
        )
    return solve(a.reshape(B.numel(), B.numel()), B.flatten()).reshape(shape)
