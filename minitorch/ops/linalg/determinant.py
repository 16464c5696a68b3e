"""Determinants, and their logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import finfo
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.elementwise.selection import where
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_not_low, check_square, check_wide
from minitorch.ops.linalg.solving import Solve, eye_like
from minitorch.ops.linalg.svd import Svd
from minitorch.ops.out import takes_out
from minitorch.ops.results import linalg_slogdet

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _matrices(s: Sampler) -> Samples:
    yield s(s.real(3, 3) + np.diag([3.0, 2.0, -2.0]))
    yield s(s.real(2, 2, 2) + 3 * np.eye(2))
    yield s(s.real(0, 0))
    yield s(s.real(0, 2, 2))


def _expanded(x: Array) -> float:
    """Laplace's expansion along the first row."""
    if not len(x):
        return 1.0
    minors = [np.delete(x[1:], j, 1) for j in range(len(x))]
    return sum((-1) ** j * x[0, j] * _expanded(minor) for j, minor in enumerate(minors))


def _plain(x: Array) -> Array:
    return np.array([_expanded(x[at]) for at in np.ndindex(x.shape[:-2])]).reshape(x.shape[:-2])


class Det(Op):
    """Determinants: (*, A, A) -> (*)."""

    complex = HOLOMORPHIC
    name = "LinalgDetBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.asarray(lapack.call(np.linalg.det, lapack.wide(x)), x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        """Multiply by the inverse and the determinant, or where there is none, by cofactors."""
        x, out = ctx.unpack()
        near_zero = out.abs() < 100 * finfo(x._array.dtype).eps
        if not lapack.examples(near_zero).any():
            return _over(x, grad * out)
        near_zero = near_zero[..., None, None]
        usual = _over(where(near_zero, eye_like(x), x), grad * out)
        return where(
            near_zero, _cofactors(where(near_zero, x, eye_like(x))) * grad[..., None, None], usual
        )

    parity = staticmethod(lambda torch, x: torch.linalg.det(x))
    reference = staticmethod(_plain)
    samples = staticmethod(_matrices)


def _over(x: Any, scale: Any) -> Tensor:
    """Return the inverse of the transposed matrices, times a number of each."""
    return Solve.apply(x.mT, eye_like(x) * scale[..., None, None], triangle="")[0]


def _cofactors(x: Any) -> Tensor:
    """Return the gradients of determinants from singular values, of which some may be zero."""
    u, s, vh = Svd.apply(x, full=False)
    others = where(eye_like(x).bool(), 1.0, s.unsqueeze(-2)).prod(-1)  # products of all others
    sign = (Det.apply(u) * Det.apply(vh))[..., None]
    return (u * (others * sign).unsqueeze(-2)) @ vh


class Slogdet(Op):
    """Signs of determinants, and logarithms of their sizes: (*, A, A) -> (*), (*)."""

    name = "LinalgSlogdetBackward0"
    saves = (0,)

    @staticmethod
    def forward(x: Array) -> tuple[Array, Array]:
        sign, size = lapack.call(np.linalg.slogdet, lapack.wide(x))
        return np.asarray(sign, x.dtype), np.asarray(size, x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, _: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return _over(x, grad)

    parity = staticmethod(lambda torch, x: torch.linalg.slogdet(x))

    @staticmethod
    def reference(x: Array) -> Any:
        det = _plain(x)
        return np.sign(det), np.log(np.abs(det))

    samples = staticmethod(_matrices)


@takes_out
@takes_tensors
def det(A: Any) -> Tensor:
    """Return determinants: (*, A, A) -> (*).

    Raises:
        RuntimeError: for what is not square, or integers.
    """
    check_square("linalg.det", A)
    check_float("linalg.det", A)
    check_wide(A, "lu_cpu", takes_complex=True)
    return Det.apply(A)


@takes_out
@takes_tensors
def slogdet(A: Any) -> linalg_slogdet:
    """Return the signs of determinants, and the logarithms of their absolute values.

    Shapes: (*, A, A) -> (*), (*).

    Raises:
        RuntimeError: for what is not square, or integers.
    """
    check_square("linalg.slogdet", A)
    check_not_low("linalg.slogdet", A)
    return linalg_slogdet(*Slogdet.apply(A))


@takes_tensors
def logdet(input: Any) -> Tensor:
    """Return logarithms of determinants, NaN of negative ones: (*, A, A) -> (*).

    Raises:
        RuntimeError: for what is not square, or integers.
    """
    check_square("logdet", input)
    check_not_low("logdet", input)
    sign, size = Slogdet.apply(input)
    return where(sign == -1, float("nan"), size)
