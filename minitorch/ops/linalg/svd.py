"""Singular values, and what is made of them: pseudoinverses, ranks, condition numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_matrix
from minitorch.ops.linalg.solving import eye_like
from minitorch.ops.out import takes_out
from minitorch.ops.results import linalg_svd

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Svd(Op):
    """U, S and V of x = U diag(S) V: (*, A, B) -> (*, A, K), (*, K), (*, K, B).

    K is the smaller of A and B; ``full`` makes U and V square.
    """

    name = "LinalgSvdBackward0"
    saves_outputs = (0, 1, 2)
    materializes = False

    @staticmethod
    def forward(x: Array, *, full: bool) -> tuple[Array, ...]:
        u, s, vh = _decompose(x, full)
        return lapack.columns(u, x.dtype), s.astype(x.dtype), lapack.columns(vh, x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad_u: Any, grad_s: Any, grad_vh: Any) -> Grads:
        u, s, vh = ctx.unpack()
        k = s._array.shape[-1]
        (m, n) = ctx.input_shapes[0][-2:]
        u, vh = u[..., :k], vh[..., :k, :]
        if grad_u is None and grad_vh is None:
            return None if grad_s is None else (u * grad_s.unsqueeze(-2)) @ vh
        squares = s * s
        gaps = squares.unsqueeze(-2) - squares.unsqueeze(-1) + eye_like(squares)
        inner = 0 if grad_s is None else grad_s.unsqueeze(-1) * eye_like(grad_s)
        if grad_u is not None:
            grad_u = grad_u[..., :k]
            inner = inner + _skew(u.mT @ grad_u) / gaps * s.unsqueeze(-2)
        if grad_vh is not None:
            grad_vh = grad_vh[..., :k, :]
            inner = inner + s.unsqueeze(-1) * (_skew(vh @ grad_vh.mT) / gaps)
        if m > k and grad_u is not None:  # what of grad_u is across the columns of u
            outer = grad_u / s.unsqueeze(-2)
            return (u @ inner + outer - u @ (u.mT @ outer)) @ vh
        if n > k and grad_vh is not None:
            outer = grad_vh / s.unsqueeze(-1)
            return u @ (inner @ vh + outer - (outer @ vh.mT) @ vh)
        return u @ inner @ vh

    @staticmethod
    def reference(x: Array, *, full: bool) -> Any:
        return np.linalg.svd(x, full)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2), (2, 0, 3)):
            yield s(s.real(*shape), full=False)
        yield s(s.real(2, 2), full=True)


def _skew(x: Any) -> Any:
    return x - x.mT


class Svdvals(Op):
    """S of :class:`Svd`, in less than half of the time: (*, A, B) -> (*, K)."""

    name = "LinalgSvdBackward0"
    saves = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.asarray(_decompose(x, False, False), x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        u, _, vh = Svd.apply(*ctx.unpack(), full=False)
        return (u * grad.unsqueeze(-2)) @ vh

    parity = staticmethod(lambda torch, x: torch.linalg.svdvals(x))

    @staticmethod
    def reference(x: Array) -> Array:
        return np.linalg.svd(x)[1]

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2), (2, 0, 3)):
            yield s(s.real(*shape))


def _decompose(x: Array, *how: bool) -> Any:
    return lapack.decompose("linalg.svd", "singular values", np.linalg.svd, x, *how)


@takes_out
@takes_tensors
def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> linalg_svd:
    """Return the singular value decomposition A = U diag(S) Vh, the largest values first.

    Shapes: (*, A, B) -> (*, A, A), (*, K), (*, B, B), K the smaller of A and B; without
        ``full_matrices`` (*, A, K), (*, K), (*, K, B).

    Raises:
        RuntimeError: for fewer than two dimensions, integers, or a ``driver``, which is CUDA's.
        LinAlgError: for NaN or infinity.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html. Gradients exist
        where all values differ, and with ``full_matrices`` ignore the columns that are added.
    """
    _check(A, driver)
    return linalg_svd(*Svd.apply(A, full=full_matrices))


@takes_out
@takes_tensors
def svdvals(A: Any, *, driver: str | None = None) -> Tensor:
    """Return singular values, the largest first: (*, A, B) -> (*, K), K the smaller of A and B.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, or a ``driver``, which is CUDA's.
        LinAlgError: for NaN or infinity.
    """
    _check(A, driver)
    if A.requires_grad and is_grad_enabled():  # the gradient takes all three
        return Svd.apply(A, full=False)[1]
    return Svdvals.apply(A)


def _check(x: Any, driver: str | None) -> None:
    check_matrix("linalg.svd", x)
    check_float("linalg.svd", x, "linalg_svd_cpu")
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
            "cuSOLVER backend."
        )
