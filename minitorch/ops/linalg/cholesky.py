"""Cholesky's factors of positive definite matrices, and what they solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.elementwise.constant import instead
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_old_solver, check_square, check_wide
from minitorch.ops.linalg.solving import (
    NO_INVERSE,
    Solve,
    eye_like,
    solve_by_triangle,
)
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import linalg_cholesky_ex

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Cholesky(Op):
    """Lower L with L Lᵀ = x, of which the lower triangle counts; and which minor is not positive.

    (*, A, A) -> (*, A, A), (*). With ``upper`` the same of the upper triangle. Where there is no L
    it is NaN, and else the minor is 0.
    """

    name = "LinalgCholeskyExBackward0"
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, upper: bool) -> tuple[Array, Array]:
        lower = lapack.wide(x.swapaxes(-2, -1) if upper else x)
        info = np.zeros(x.shape[:-2], np.int32)
        try:
            out = lapack.call(np.linalg.cholesky, lower)
        except np.linalg.LinAlgError:
            failed = lapack.refused(np.linalg.cholesky, lower)
            spared = lapack.replaced(lower, failed, np.eye(x.shape[-1]))
            out = lapack.call(np.linalg.cholesky, spared)
            for at in map(tuple, np.argwhere(failed)):
                info[at] = _first_minor(lower[at])
        # NaN is not positive either, nor what infinity leaves, but OpenBLAS does not say so.
        bad = ~np.isfinite(np.tril(lower, -1)).all(-1) | np.isnan(np.einsum("...ii->...i", out))
        info = np.where(info, info, lapack.first(bad))
        if info.any():
            out = lapack.replaced(out, info > 0, np.tril(np.full(x.shape[-2:], np.nan)))
        return lapack.columns(out.swapaxes(-2, -1) if upper else out, x.dtype), info

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> Grads:
        (out,) = ctx.unpack()
        if ctx.upper:
            out, grad = out.mT, grad.mT
        phi = (out.mT @ grad).tril()
        phi = phi - 0.5 * phi * eye_like(phi)
        half = solve_by_triangle(out.mT, phi, True)
        half = solve_by_triangle(out, half, False, False)
        return 0.5 * (half + half.mT)

    parity = staticmethod(lambda torch, x, *, upper: torch.linalg.cholesky_ex(x, upper=upper))

    @staticmethod
    def reference(x: Array, *, upper: bool) -> Any:
        out = np.zeros_like(x)
        for at in np.ndindex(x.shape[:-2]):
            a, low = x[at], out[at]
            for i, j in np.ndindex(a.shape):
                if j < i:
                    low[i, j] = (a[i, j] - low[i, :j] @ low[j, :j]) / low[j, j]
                elif i == j:
                    low[i, i] = np.sqrt(a[i, i] - low[i, :i] @ low[i, :i])
        return np.swapaxes(out, -2, -1) if upper else out, np.zeros(x.shape[:-2], np.int32)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((1, 1), (0, 0), (0, 1, 1), (2, 1, 1)):
            yield s(s.positive(*shape), upper=False)
        yield s(s.positive(1, 1), upper=True)


def _first_minor(x: Array) -> int:
    """Return the order of the first leading minor that is not positive: none after it is."""
    good, bad = 0, len(x)
    while bad - good > 1:
        order = (good + bad) // 2
        try:
            np.linalg.cholesky(x[:order, :order])
            good = order
        except np.linalg.LinAlgError:
            bad = order
    return bad


NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the "
    "leading minor of order {info} is not positive-definite)."
)


@takes_out
@takes_tensors
def cholesky_ex(
    input: Any, *, upper: bool = False, check_errors: bool = False
) -> linalg_cholesky_ex:
    """Return Cholesky's factors, and ``info``: 0, or the order of a minor that is not positive.

    Shapes: (*, A, A) -> (*, A, A), (*).

    Args:
        input: symmetric matrices, of which one triangle is looked at.
        upper: return the upper factor.
        check_errors: raise an error for a matrix that is not positive definite.

    Raises:
        RuntimeError: for what is not square, or integers.
        LinAlgError: as ``check_errors`` asks.
    """
    check_square("linalg.cholesky", input)
    check_float("linalg.cholesky", input, "cholesky_cpu")
    out, info = Cholesky.apply(input, upper=upper)
    if check_errors:
        lapack.refuse("linalg.cholesky", info, NOT_POSITIVE)
    return linalg_cholesky_ex(out, info)


_cholesky_ex = without_out(cholesky_ex)


@takes_out
@takes_tensors
def cholesky(input: Any, *, upper: bool = False) -> Tensor:
    """Return Cholesky's factors, L with L Lᵀ = input: (*, A, A) -> (*, A, A).

    Raises:
        RuntimeError: for what is not square, or integers.
        LinAlgError: for a matrix that is not positive definite.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
    """
    return _cholesky_ex(input, upper=upper, check_errors=True).L


@takes_out
@takes_tensors
def cholesky_solve(input: Any, input2: Any, upper: bool = False) -> Tensor:
    """Return X of AX = B by the Cholesky factor of A: (*, A, B), (*, A, A) -> (*, A, B).

    Args:
        input: the right sides B.
        input2: the factors.
        upper: whether they are the upper ones.

    Raises:
        RuntimeError: for shapes that do not fit.
    """
    _check_solve(input, input2)
    lower = input2.mT if upper else input2
    lower = instead(lower, lower.tril())  # gradients are of a whole matrix, as PyTorch's
    half = Solve.apply(lower, input, triangle="lower")[0]
    return Solve.apply(lower.mT, half, triangle="upper")[0]


_cholesky_solve = without_out(cholesky_solve)


def _check_solve(b: Any, a: Any) -> None:
    for name, x in (("b", b), ("u", a)):
        if x.ndim < 2:
            raise RuntimeError(
                f"{name} should have at least 2 dimensions, but has {x.ndim} dimensions instead"
            )
    check_old_solver("cholesky_solve", a, b)
    check_wide(b, "cholesky_solve_cpu")


@takes_out
@takes_tensors
def cholesky_inverse(input: Any, upper: bool = False) -> Tensor:
    """Return the inverses of matrices by their Cholesky factors: (*, A, A) -> (*, A, A).

    Raises:
        RuntimeError: for what is not square.
        LinAlgError: for a factor with a zero on its diagonal.
    """
    check_square("cholesky_inverse", input)
    check_wide(input, "cholesky_inverse_out_cpu")
    zeros = lapack.examples(input.diagonal(0, -2, -1)) == 0
    lapack.refuse("cholesky_inverse", lapack.first(zeros), NO_INVERSE)
    return _cholesky_solve(eye_like(input).expand(input.shape), input, upper)
