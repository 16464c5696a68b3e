"""Pseudoinverses, ranks, and least squares, in which singular values near zero do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import finfo, refuse_complex, scalar_name
from minitorch.kernels.sums import add_products
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.selection import maximum
from minitorch.ops.linalg import lapack, svd
from minitorch.ops.linalg.checks import check_matrix, check_square
from minitorch.ops.linalg.eigen import Eigvalsh
from minitorch.ops.linalg.solving import by_columns
from minitorch.ops.linalg.svd import Svd
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.results import linalg_lstsq

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_svdvals = without_out(svd.svdvals)


class Pinv(Op):
    """Moore and Penrose's inverses: (*, A, B) -> (*, B, A).

    Singular values up to ``atol``, or up to ``rtol`` times the largest, count as zero. Of
    ``hermitian`` matrices the lower triangle is looked at.
    """

    name = "LinalgPinvBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, atol: Any, rtol: Any, hermitian: bool) -> Array:
        if not x.size:
            return np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
        if hermitian:
            x = np.tril(x) + np.tril(x, -1).swapaxes(-2, -1)
        u, s, vh = Svd.forward(x, full=False)
        limit = np.maximum(atol, np.asarray(rtol) * s[..., 0])
        inverse = np.where(s > limit[..., None], 1 / s, 0)
        out = add_products(vh.swapaxes(-2, -1) * inverse[..., None, :], u.swapaxes(-2, -1))
        return np.ascontiguousarray(out, x.dtype)

    @classmethod
    def batched(cls, batch: Any, x: Array, *, atol: Any, rtol: Any, hermitian: bool) -> Any:
        if np.ndim(atol) or np.ndim(rtol):
            return NotImplemented
        return cls.forward(x, atol=atol, rtol=rtol, hermitian=hermitian)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        """Golub and Pereyra's derivative; what is left of x beside its image goes on both sides."""
        x, p = ctx.unpack()
        out = -(p.mT @ grad @ p.mT)
        left = grad.mT @ p @ p.mT  # (A, A)
        right = p.mT @ p @ grad.mT  # (A, B)
        return out + (left - x @ (p @ left)) + (right - (right @ p) @ x)

    parity = staticmethod(lambda torch, x, **params: torch.linalg.pinv(x, **params))

    @staticmethod
    def reference(x: Array, *, atol: float, rtol: float, hermitian: bool) -> Array:
        return np.linalg.pinv(x, rtol)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2), (0, 2, 2)):
            yield s(s.real(*shape), atol=0.0, rtol=1e-10, hermitian=False)


def _tolerances(x: Any, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Return below which singular values count as zero: absolutely, and of the largest."""
    if rtol is None:
        eps = finfo(x._array.dtype).eps * max(x._array.shape[-2:])
        if atol is None:
            rtol = float(eps)
        elif isinstance(atol, TensorBase):
            rtol = (cast("Tensor", atol) <= 0) * float(eps)
        else:
            rtol = 0.0 if atol > 0 else float(eps)
    return 0.0 if atol is None else atol, rtol


@takes_out
@takes_tensors
def pinv(
    input: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """Return Moore and Penrose's pseudoinverses: (*, A, B) -> (*, B, A).

    Args:
        input: the matrices.
        rcond: an old name of ``rtol``.
        hermitian: whether they are symmetric; of these the lower triangle is looked at.
        atol: singular values up to this number count as zero.
        rtol: singular values up to this part of the largest do. It is the larger of A and B times
            what the dtype can tell from one, or 0 if there is an ``atol``.

    Raises:
        RuntimeError: for fewer than two dimensions, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html
    """
    refuse_complex(input, "linalg.pinv: of complex matrices it is left out")
    if input.ndim < 2 or scalar_name(input._array) not in ("Float", "Double"):
        raise RuntimeError(
            f"linalg.pinv({scalar_name(input._array)}{{{list(input.shape)}}}): expected a tensor "
            "with 2 or more dimensions of float, double, cfloat or cdouble types"
        )
    atol, rtol = _tolerances(input, atol, rcond if rtol is None else rtol)
    if hermitian:
        check_square("linalg.eigh", input)
    atol, rtol = [x._array if isinstance(x, TensorBase) else x for x in (atol, rtol)]
    return Pinv.apply(input, atol=atol, rtol=rtol, hermitian=hermitian)


_pinv = without_out(pinv)


@takes_out
@takes_tensors
def matrix_rank(
    input: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """Return how many singular values are not near zero: (*, A, B) -> (*), int64.

    Args:
        input: the matrices.
        tol: an old name of ``atol``, beside which ``rtol`` is 0.
        hermitian: whether they are symmetric; of these the lower triangle is looked at.
        atol: as :func:`pinv` has it.
        rtol: as :func:`pinv` has it.

    Raises:
        RuntimeError: for fewer than two dimensions, or integers.
    """
    check_matrix("torch.linalg.matrix_rank", input, "input")
    refuse_complex(input, "linalg.matrix_rank: of complex matrices it is left out")
    if scalar_name(input._array) not in ("Float", "Double"):
        raise RuntimeError("This function doesn't handle types other than float and double")
    if tol is not None:
        atol, rtol = tol, 0.0
    atol, rtol = _tolerances(input, atol, rtol)
    if hermitian:
        check_square("linalg.eigh", input)
        sizes = Eigvalsh.apply(input, lower=True).abs()
    else:
        sizes = _svdvals(input)
    if not sizes.shape[-1]:
        return sizes.sum(-1).long()
    limit = maximum(
        *[
            input.new_tensor(x) if not isinstance(x, TensorBase) else x
            for x in (atol, sizes.amax(-1) * rtol)
        ]
    )
    return (sizes > limit.unsqueeze(-1)).sum(-1)


@takes_out
@takes_tensors
def lstsq(A: Any, B: Any, rcond: float | None = None, *, driver: str | None = None) -> linalg_lstsq:
    """Return the X for which AX - B is the shortest; of several the shortest X.

    Shapes: (*, A, B), (*, A, C) or (*, A) -> solution (*, B, C) or (*, B), residuals (*, C), rank
        (*), singular values (*, K).

    Args:
        A: the matrices.
        B: the right sides.
        rcond: singular values up to this part of the largest count as zero.
        driver: "gelsy", "gels", "gelsd" or "gelss"; all come to the same here. Residuals are
            there with the last three alone, if A has more rows than columns and full rank; there is
            no rank with "gels", and there are singular values with the last two alone.

    Raises:
        RuntimeError: for shapes that do not fit, different dtypes, integers, or another driver.
        LinAlgError: with "gels" for a matrix that has not full rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lstsq.html
    """
    driver = _check_lstsq(A, B, driver)
    is_vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    right = B.unsqueeze(-1) if is_vector else B
    m, n = A.shape[-2:]
    if rcond is None:
        rcond = float(finfo(A._array.dtype).eps) * max(m, n)
    solution = by_columns(_pinv(A, rtol=rcond) @ right)
    sizes = _svdvals(A.detach())
    if driver == "gels" and sizes.shape[-1]:
        limit = float(np.finfo(np.float64).eps) * max(m, n)  # which is as small as zeros come out
        lapack.refuse(
            "torch.linalg.lstsq",
            lapack.first(lapack.examples(sizes < limit * sizes[..., :1])),
            _NOT_FULL,
        )
    rank = (sizes > rcond * sizes[..., :1]).sum(-1)
    residuals = solution.flatten()[:0]  # none, of what has gradients
    if (
        m > n
        and driver != "gelsy"
        and (driver == "gels" or bool((lapack.examples(rank) == n).all()))
    ):
        residuals = (A @ solution - right).square().sum(-2)
    return linalg_lstsq(
        solution.squeeze(-1) if is_vector else solution,
        residuals,
        rank.new_empty(0) if driver == "gels" else rank,
        sizes if driver in ("gelsd", "gelss") else A.new_empty(0),
    )


_NOT_FULL = (
    "The least squares solution could not be computed because the input matrix does not have full "
    "rank (error code: {info})."
)


def _check_lstsq(a: Any, b: Any, driver: str | None) -> str:
    name = "torch.linalg.lstsq"
    if a.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if b.ndim < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype "
            f"{scalar_name(a._array)} and other's dtype {scalar_name(b._array)}"
        )
    gap = a.ndim - b.ndim
    if not 0 <= gap <= 1:
        raise RuntimeError(
            f"{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - "
            "other.dim()) <= 1"
        )
    is_vector = b.ndim == 1 or (gap == 1 and b.shape == a.shape[:-1])
    side = -1 if is_vector else -2
    if b.ndim < -side or a.shape[-2] != b.shape[side]:
        raise RuntimeError(f"{name}: input.size(-2) should match other.size({side})")
    refuse_complex(a, f"{name}: of complex matrices it is left out")
    if scalar_name(a._array) not in ("Float", "Double"):
        raise RuntimeError("This function doesn't handle types other than float and double")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        )
    return driver or "gelsy"
