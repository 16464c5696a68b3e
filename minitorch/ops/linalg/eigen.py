"""Eigenvalues and eigenvectors of symmetric matrices; those of others are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_square, check_wide
from minitorch.ops.linalg.solving import eye_like
from minitorch.ops.out import takes_out
from minitorch.ops.results import linalg_eigh

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Eigh(Op):
    """Eigenvalues in order, and eigenvectors as columns: (*, A, A) -> (*, A), (*, A, A).

    Of the matrices one triangle is looked at.
    """

    name = "LinalgEighBackward0"
    saves_outputs = (0, 1)
    materializes = False

    @staticmethod
    def forward(x: Array, *, lower: bool) -> tuple[Array, Array]:
        values, vectors = _decompose(np.linalg.eigh, x, lower)
        return values.astype(x.dtype), lapack.columns(vectors, x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad_values: Any, grad_vectors: Any) -> Grads:
        values, vectors = ctx.unpack()
        if grad_vectors is None:
            return (
                None if grad_values is None else (vectors * grad_values.unsqueeze(-2)) @ vectors.mT
            )
        gaps = values.unsqueeze(-2) - values.unsqueeze(-1) + eye_like(values)
        turn = (
            vectors.mT @ grad_vectors
        )  # a turn, as vectors stay orthonormal: half of it is enough
        inner = 0.5 * (turn - turn.mT) / gaps
        if grad_values is not None:
            inner = inner + grad_values.unsqueeze(-1) * eye_like(grad_values)
        return vectors @ inner @ vectors.mT

    @staticmethod
    def reference(x: Array, *, lower: bool) -> Any:
        return np.linalg.eigh(x, "L" if lower else "U")

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((1, 1), (0, 0), (0, 1, 1), (2, 1, 1)):
            yield s(s.positive(*shape), lower=True)
        yield s(s.positive(1, 1), lower=False)


class Eigvalsh(Op):
    """The values of :class:`Eigh`, in less than half of the time: (*, A, A) -> (*, A)."""

    name = "LinalgEighBackward0"
    saves = (0,)

    @staticmethod
    def forward(x: Array, *, lower: bool) -> Array:
        return np.asarray(_decompose(np.linalg.eigvalsh, x, lower), x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        vectors = Eigh.apply(*ctx.unpack(), lower=ctx.lower)[1]
        return (vectors * grad.unsqueeze(-2)) @ vectors.mT

    @staticmethod
    def reference(x: Array, *, lower: bool) -> Array:
        return np.linalg.eigh(x, "L" if lower else "U")[0]

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from Eigh.samples(s)


def _decompose(function: Callable[..., Any], x: Array, lower: bool) -> Any:
    read = np.tril(x) if lower else np.triu(x)
    return lapack.decompose("linalg.eigh", "eigenvalues", function, read, "L" if lower else "U")


def _read(name: str, x: Any, triangle: str) -> bool:
    check_square(name, x)
    if str(triangle).upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {triangle}")
    check_wide(x, "linalg_eigh_cpu")
    return triangle.upper() == "L"


@takes_out
@takes_tensors
def eigh(input: Any, UPLO: str = "L") -> linalg_eigh:
    """Return the eigenvalues of symmetric matrices in order, and their eigenvectors as columns.

    Shapes: (*, A, A) -> (*, A), (*, A, A).

    Args:
        input: the matrices.
        UPLO: "L" or "U", the triangle that is looked at.

    Raises:
        RuntimeError: for what is not square, or another ``UPLO``.
        LinAlgError: for NaN or infinity.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigh.html. Gradients of the
        vectors exist where all values differ.
    """
    return linalg_eigh(*Eigh.apply(input, lower=_read("linalg.eigh", input, UPLO)))


@takes_out
@takes_tensors
def eigvalsh(input: Any, UPLO: str = "L") -> Tensor:
    """Return the eigenvalues of symmetric matrices in order: (*, A, A) -> (*, A).

    Raises:
        RuntimeError: for what is not square, or another ``UPLO`` than "L" or "U".
        LinAlgError: for NaN or infinity.
    """
    lower = _read("linalg.eigh", input, UPLO)
    if input.requires_grad and is_grad_enabled():  # the gradient takes the vectors
        return Eigh.apply(input, lower=lower)[0]
    return Eigvalsh.apply(input, lower=lower)


def eig(input: Any, *, out: Any = None) -> NoReturn:
    """Refuse: eigenvectors of a matrix that is not symmetric are left out.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "linalg.eig: eigenvectors of matrices that are not symmetric are left out. For symmetric "
        "matrices there is linalg.eigh."
    )


def eigvals(input: Any, *, out: Any = None) -> NoReturn:
    """Refuse: eigenvalues of a matrix that is not symmetric are left out.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "linalg.eigvals: eigenvalues of matrices that are not symmetric are left out. For "
        "symmetric matrices there is linalg.eigvalsh."
    )
