"""The largest singular values, found in the image of a few random vectors (Halko et al. 2009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.ops.arguments import takes_tensors
from minitorch.ops.linalg import qr, svd
from minitorch.ops.out import without_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# Without ``out``.
_qr, _svd = without_out(qr.qr), without_out(svd.svd)


@takes_tensors
def svd_lowrank(
    A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return U, S and V, of which U diag(S) Vᵀ is nearly A - M: of the q largest values.

    Shapes: (*, A, B) -> (*, A, q), (*, q), (*, B, q).

    Args:
        A: the matrices.
        q: how many vectors are drawn, some more than the rank.
        niter: how often they are multiplied by A and Aᵀ, which turns them to the largest values.
        M: what is subtracted first, broadcast; usually a mean.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.svd_lowrank.html, whose numbers
        these are from the same seed.
    """
    a = A if M is None else A - M
    is_wide = a.shape[-2] < a.shape[-1]
    a = a.mT if is_wide else a
    start = a.new_empty(a.shape[-1], 6 if q is None else q).normal_()
    basis = _qr(a @ start).Q
    for _ in range(2 if niter is None else niter):
        basis = _qr(a @ _qr(a.mT @ basis).Q).Q
    u, s, vh = _svd(basis.mT @ a, full_matrices=False)
    u, v = basis @ u, vh.mT
    return (v, s, u) if is_wide else (u, s, v)


@takes_tensors
def pca_lowrank(
    A: Any, q: int | None = None, center: bool = True, niter: int = 2
) -> tuple[Tensor, Tensor, Tensor]:
    """Return :func:`svd_lowrank` of rows around their mean: V holds the principal directions.

    Shapes: (*, A, B) -> (*, A, q), (*, q), (*, B, q).

    Args:
        A: the matrices, an example in each row.
        q: how many values; without it 6, or as many as there are.
        center: subtract the mean of the rows.
        niter: as :func:`svd_lowrank` has it.

    Raises:
        ValueError: for more values than there are, or a negative number.
    """
    most = min(A.shape[-2:])
    q = min(6, most) if q is None else q
    if not 0 <= q <= most:
        raise ValueError(
            f"q(={q}) must be non-negative integer and not greater than min(m, n)={most}"
        )
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(-2, True) if center else A, q, niter)
