"""Orthogonal factors, and Householder's reflections, of which LAPACK makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.dims import wrap_dim
from minitorch.ops.elementwise.constant import zeroed
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_matrix, check_wide
from minitorch.ops.linalg.solving import by_columns, eye_like, solve_by_triangle
from minitorch.ops.out import takes_out
from minitorch.ops.results import geqrf as Geqrf, linalg_qr
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Qr(Op):
    """Q with orthonormal columns and upper R of x = Q R: (*, A, B) -> (*, A, K), (*, K, B).

    K is the smaller of A and B; of ``mode`` "complete" it is A, and of "r" there is no Q.
    """

    name = "LinalgQrBackward0"
    saves_outputs = (0, 1)
    materializes = False

    @staticmethod
    def forward(x: Array, *, mode: Any) -> tuple[Array, Array]:
        if mode == "r":
            r = lapack.call(np.linalg.qr, lapack.wide(x), mode)
            return np.empty(0, x.dtype), lapack.columns(r, x.dtype)
        q, r = lapack.call(np.linalg.qr, lapack.wide(x), mode)
        return lapack.columns(q, x.dtype), lapack.columns(r, x.dtype)

    @staticmethod
    def batched(batch: Batch, x: Array, *, mode: str) -> Any:
        return NotImplemented if mode == "r" else Qr.forward(x, mode=mode)

    @staticmethod
    def backward(ctx: Any, grad_q: Any, grad_r: Any) -> Grads:
        q, r = ctx.unpack()
        m, n = ctx.input_shapes[0][-2:]
        if ctx.mode == "r":
            raise RuntimeError(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. "
                "Please use linalg.qr(A, mode='reduced') if you are going to require gradients."
            )
        if ctx.mode == "complete" and m > n:
            raise RuntimeError(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols"
            )
        if grad_q is None and grad_r is None:
            return None
        if m >= n:
            return _grad_of_tall(q, r, grad_q, grad_r)
        # The columns beyond are Q times theirs in R.
        left, right = r[..., :m], r[..., m:]
        if grad_r is None:
            grad_x = _grad_of_tall(q, left, grad_q, None)
            return cat([grad_x, grad_x.new_zeros(right.shape)], -1)
        grad_left, grad_right = grad_r[..., :m], grad_r[..., m:]
        beyond = q @ right @ grad_right.mT
        grad_q = beyond if grad_q is None else grad_q + beyond
        return cat([_grad_of_tall(q, left, grad_q, grad_left), q @ grad_right], -1)

    parity = staticmethod(lambda torch, x, *, mode: torch.linalg.qr(x, mode))

    @staticmethod
    def reference(x: Array, *, mode: str) -> Any:
        """By reflections, one for each column."""
        *lead, m, n = x.shape
        k = min(m, n)
        q, r = np.zeros((*lead, m, m)), x.copy()
        for at in np.ndindex(*lead):
            q[at] = np.eye(m)
            for j in range(min(m - 1, n)):
                v = np.zeros(m)
                v[j:] = r[at][j:, j]
                v[j] += np.copysign(np.linalg.norm(v), v[j])
                turn = np.eye(m) - 2 * np.outer(v, v) / (v @ v)
                r[at], q[at] = turn @ r[at], q[at] @ turn
        return (q, np.triu(r)) if mode == "complete" else (q[..., :k], np.triu(r[..., :k, :]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2), (0, 2, 2)):
            yield s(s.real(*shape), mode="reduced")
        yield s(s.real(2, 3), mode="complete")


class Householder(Op):
    """R with the vectors of reflections below it, and their factors.

    (*, A, B) -> (*, A, B), (*, K). K is the smaller of A and B.
    """

    name = "NotImplemented"

    @staticmethod
    def forward(x: Array) -> tuple[Array, Array]:
        h, tau = lapack.call(np.linalg.qr, lapack.wide(x), "raw")
        return lapack.columns(h.swapaxes(-2, -1), x.dtype), np.asarray(tau, x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Grads:
        raise NotImplementedError("the derivative for 'geqrf' is not implemented.")

    parity = staticmethod(lambda torch, x: torch.geqrf(x))

    @staticmethod
    def reference(x: Array) -> Any:
        *lead, m, n = x.shape
        h, tau = x.copy(), np.zeros((*lead, min(m, n)))
        for *at, j in np.ndindex(tau.shape):
            a = h[tuple(at)]
            if j == m - 1:
                continue  # nothing is below it
            length = -np.copysign(np.linalg.norm(a[j:, j]), a[j, j])
            v = np.append(1, a[j + 1 :, j] / (a[j, j] - length))
            tau[(*at, j)] = (length - a[j, j]) / length
            a[j:] -= tau[(*at, j)] * np.outer(v, v @ a[j:]) * (np.arange(n) >= j)
            a[j + 1 :, j] = v[1:]
        return h, tau

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 3, 2), (2, 4), (0, 2), (0, 2, 2)):
            yield s(s.real(*shape))


def _grad_of_tall(q: Any, r: Any, grad_q: Any, grad_r: Any) -> Any:
    inner: Any = 0 if grad_r is None else grad_r @ r.mT
    if grad_q is not None:
        inner = inner - q.mT @ grad_q
    inner = inner.triu()
    inner = inner + inner.triu(1).mT  # as if the lower triangle were the same
    total = q @ inner if grad_q is None else grad_q + q @ inner
    return solve_by_triangle(r.mT, total, False, False)


@takes_out
@takes_tensors
def qr(A: Any, mode: str = "reduced") -> linalg_qr:
    """Return Q with orthonormal columns and the upper triangle R, of which A is the product.

    Shapes: (*, A, B) -> (*, A, K), (*, K, B), K the smaller of A and B; "complete" makes Q square,
        "r" leaves it away.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, or another mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html
    """
    check_matrix("linalg.qr", A)
    check_float("linalg.qr", A, "geqrf_cpu")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', "
            "or 'complete'"
        )
    return linalg_qr(*Qr.apply(A, mode=mode))


@takes_out
@takes_tensors
def geqrf(input: Any) -> Geqrf:
    """Return R with Householder's vectors below its diagonal, and their factors: LAPACK's geqrf.

    Shapes: (*, A, B) -> (*, A, B), (*, K), K the smaller of A and B.

    Raises:
        RuntimeError: for fewer than two dimensions.
        NotImplementedError: in a walk back, as in PyTorch: there is no derivative.
    """
    if input.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    check_wide(input, "geqrf_cpu")
    return Geqrf(*Householder.apply(input))


@takes_out
@takes_tensors
def householder_product(input: Any, tau: Any) -> Tensor:
    """Return the first columns of a product of reflections, as :func:`geqrf` has them.

    Shapes: (*, A, B), (*, K) -> (*, A, B), K at most B, and B at most A.

    Raises:
        RuntimeError: for sizes that do not fit.
    """
    name = "torch.linalg.householder_product"
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    wrap_dim(-1, tau.ndim, of_scalars=False)
    *lead, m, n = input.shape
    if m < n:
        raise RuntimeError(
            f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]"
        )
    if n < tau.shape[-1]:
        raise RuntimeError(
            f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]"
        )
    if input.ndim - tau.ndim != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal "
            f"to {tau.ndim} and input.ndim is equal to {input.ndim}"
        )
    if list(tau.shape[:-1]) != lead:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got "
            f"{list(tau.shape[:-1])}"
        )
    if tau.dtype != input.dtype:
        raise RuntimeError(
            f"{name}: tau dtype {tau.dtype} does not match input dtype {input.dtype}"
        )
    check_wide(input, "orgqr_cpu")
    unit = zeroed(input) + eye_like(input, m)[:, :n]
    return by_columns(_reflect(input, tau, unit))


def _reflect(a: Any, tau: Any, other: Any, transposed: bool = False) -> Any:
    """Multiply from the left by the product Q of the reflections in the columns of ``a``.

    With V these columns and D their factors Q is 1 - V T Vᵀ, where T = (1 + D U)⁻¹ D for the
    triangle U above the diagonal of VᵀV, and in Qᵀ that below (Joffrain et al. 2006): all
    reflections at once.
    """
    k = tau.shape[-1]
    v = a[..., :k].tril(-1) + eye_like(a, a.shape[-2])[:, :k]
    d = tau.unsqueeze(-1)
    inner = d * (v.mT @ v)
    return other - v @ solve_by_triangle(inner, d * (v.mT @ other), not transposed, True, True)


@takes_out
@takes_tensors
def ormqr(
    input: Any, input2: Any, input3: Any, left: bool = True, transpose: bool = False
) -> Tensor:
    """Multiply by the Q that is a product of reflections, as :func:`geqrf` has them.

    Shapes: (*, A, K), (*, K), (*, A, B) -> (*, A, B); (*, B, A) on both sides without ``left``.

    Raises:
        RuntimeError: for sizes that do not fit.
    """
    _check_ormqr(input, input2, input3, left)
    if left:
        return by_columns(_reflect(input, input2, input3, transpose))
    return by_columns(_reflect(input, input2, input3.mT, not transpose).mT)


def _check_ormqr(a: Any, tau: Any, other: Any, left: bool) -> None:
    for name, x in (("input", a), ("other", other)):
        if x.ndim < 2:
            raise RuntimeError(f"torch.ormqr: {name} must have at least 2 dimensions.")
    side = -2 if left else -1
    wrap_dim(-1, tau.ndim, of_scalars=False)
    if other.shape[side] < tau.shape[-1]:
        raise RuntimeError(
            f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]"
        )
    if other.shape[side] != a.shape[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if tau.shape[-1] != min(other.shape[side], a.shape[-1]):
        raise RuntimeError(
            f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])"
        )
    for name, x, ndim, relation in (
        ("tau", tau, a.ndim - 1, "one dimension less than"),
        ("other", other, a.ndim, "the same number of dimensions as"),
    ):
        if x.ndim != ndim:
            raise RuntimeError(
                f"torch.ormqr: Expected {name} to have {relation} input, but got "
                f"{name}.ndim equal to {x.ndim} and input.ndim is equal to {a.ndim}"
            )
    for name, lead in (("tau", tau.shape[:-1]), ("other", other.shape[:-2])):
        if lead != a.shape[:-2]:
            raise RuntimeError(
                f"torch.ormqr: Expected batch dimensions of {name} to be equal to "
                f"input.shape[:-2], but got {list(lead)}"
            )
    for name, x in (("tau", tau), ("other", other)):
        if x.dtype != a.dtype:
            raise RuntimeError(
                f"torch.ormqr: Expected input and {name} to have the same dtype, but input has "
                f"dtype {a.dtype} and {name} has dtype {x.dtype}"
            )
    check_wide(a, "ormqr_cpu")
