"""Distances and angles between vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_float, is_half, not_implemented, promote_types, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.kernels.matmul import matmul
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import numpy_names
from minitorch.ops.elementwise.comparison import eq
from minitorch.ops.elementwise.selection import where
from minitorch.ops.out import without_out
from minitorch.ops.reduce.vector_norm import norm

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_norm = without_out(norm)

# Differences of coordinates that exist at once.
BLOCK = 1 << 18
# Rows from which PyTorch multiplies matrices to find Euclidean distances.
MANY = 25
MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)


def _blocks(x1: Array, x2: Array) -> list[slice]:
    """Cut the rows of ``x1``, whose differences from all of ``x2`` are looked at together."""
    rows = x1.shape[-2]
    step = max(1, BLOCK * rows // max(x1.size * x2.shape[-2], 1))
    return [slice(i, i + step) for i in range(0, rows, step)]


def _lengths(differences: Array, p: float) -> Array:
    """Norms of vectors, which are overwritten: (*, M) -> (*)."""
    if p == 2:
        return np.sqrt(np.einsum("...m,...m->...", differences, differences))
    sizes = np.abs(differences, out=differences)
    if p == 0:  # NaN is not one difference more
        return np.asarray(np.minimum(np.ceil(sizes), 1).sum(-1))
    if math.isinf(p):
        return np.asarray(sizes.max(-1, initial=0))
    if p == 1:
        return np.asarray(sizes.sum(-1))
    return np.asarray((sizes**p).sum(-1) ** (1 / p))


def _by_products(x1: Array, x2: Array) -> Array:
    """Euclidean distances from |a|² - 2 a · b + |b|², as quick as products of matrices."""
    out = matmul(x1, x2.swapaxes(-1, -2))
    out *= -2
    out += np.einsum("...m,...m->...", x1, x1)[..., :, None]
    out += np.einsum("...m,...m->...", x2, x2)[..., None, :]
    np.maximum(out, 0, out=out)
    return np.sqrt(out, out=out)


class Cdist(Op):
    """The p-norm distance of each row of one matrix from each of another.

    (*, P, M), (*, R, M) -> (*, P, R). ``products``: from products of matrices, if Euclidean.
    """

    name = "CdistBackward0"
    saves = (0, 1)
    saves_outputs = (0,)

    @staticmethod
    def forward(x1: Array, x2: Array, *, p: float, products: bool) -> Array:
        if products:
            return _by_products(x1, x2)
        out = np.empty((*x1.shape[:-1], x2.shape[-2]), x1.dtype)
        for rows in _blocks(x1, x2):
            out[..., rows, :] = _lengths(x1[..., rows, None, :] - x2[..., None, :, :], p)
        return out

    @staticmethod
    def batched(batch: Batch, *arrays: Array, p: float, products: bool) -> Array:
        x1, x2 = (batch.full(x, i) for i, x in enumerate(arrays))
        return Cdist.forward(x1, x2, p=p, products=products)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x1, x2, out = ctx.unpack()
        needs_1, needs_2 = ctx.needs_input_grad
        grad_1 = CdistGrad.apply(grad, x1, x2, out, p=ctx.p) if needs_1 else None
        if not needs_2:
            return grad_1, None
        return grad_1, CdistGrad.apply(grad.mT, x2, x1, out.mT, p=ctx.p)

    @staticmethod
    def parity(torch: Any, x1: Any, x2: Any, *, p: float, products: bool) -> Any:
        return torch.cdist(x1, x2, p, MODES[1 if products else 2])

    @staticmethod
    def reference(x1: Array, x2: Array, *, p: float, products: bool) -> Array:
        out = np.zeros((*x1.shape[:-1], x2.shape[-2]))
        for *lead, i, j in np.ndindex(out.shape):
            sizes = [abs(a - b) for a, b in zip(x1[(*lead, i)], x2[(*lead, j)], strict=True)]
            if math.isinf(p):
                out[(*lead, i, j)] = max(sizes)
            else:
                total = math.fsum(n**p if n else 0 for n in sizes)
                out[(*lead, i, j)] = total ** (1 / p) if p else total
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        rows = s.real(7, 2)
        for p in (2.0, 1.0, 3.0, 1.5, 0.5, 0.0, math.inf):
            yield s(rows[:3], rows[3:], p=p, products=False)
        yield s(s.real(2, 3, 2), s.real(2, 4, 2), p=2.0, products=True)
        yield s(s.real(2, 0, 2), s.real(2, 4, 2), p=2.0, products=False)


class CdistGrad(Op):
    """Gradient of :class:`Cdist` for the rows of ``x1``, 0 from a distance of 0.

    (*, P, R), (*, P, M), (*, R, M), (*, P, R) -> (*, P, M).
    """

    name = "CdistBackwardBackward0"
    saves = (0, 1, 2, 3)

    @staticmethod
    def forward(grad: Array, x1: Array, x2: Array, out: Array, *, p: float) -> Array:
        grad_1 = np.zeros(x1.shape, x1.dtype)
        if p == 0:
            return grad_1
        if 1 < p < math.inf:
            grad = np.where(out == 0, 0, grad / out ** (p - 1))
        for rows in _blocks(x1, x2):
            d = x1[..., rows, None, :] - x2[..., None, :, :]
            g, lengths = grad[..., rows, :], out[..., rows, :]
            if p == 1:
                d = np.sign(d)
            elif math.isinf(p):
                d = np.sign(d) * (np.abs(d) == lengths[..., None])
            elif p < 1:  # each power by itself is infinite
                ratio = np.abs(d) / lengths[..., None]
                d = np.where(d == 0, 0, np.sign(d) * ratio ** (p - 1))
            elif p != 2:
                d = np.sign(d) * np.abs(d) ** (p - 1)
            grad_1[..., rows, :] = np.einsum("...rm,...r->...m", d, g)
        return grad_1

    @staticmethod
    def batched(batch: Batch, *arrays: Array, p: float) -> Array:
        return CdistGrad.forward(*[batch.full(x, i) for i, x in enumerate(arrays)], p=p)

    @staticmethod
    def backward(ctx: Any, v: Tensor) -> Grads:
        # With d the differences and D the distance, the forward sums grad * s over the rows of x2,
        # where s = sign(d) (|d| / D)^(p - 1).
        grad, x1, x2, out = ctx.unpack()
        p, v = ctx.p, v.unsqueeze(-2)
        d, length = x1.unsqueeze(-2) - x2.unsqueeze(-3), out.unsqueeze(-1)
        if p == 0:
            return grad * 0.0, None, None, None
        if p == 1:
            return (v * d.sign()).sum((-1,)), None, None, None
        if math.isinf(p):
            return (v * d.sign() * eq(d.abs(), length)).sum((-1,)), None, None, None
        apart = eq(d, 0).logical_or(eq(length, 0)).logical_not()
        ratio = where(apart, d.abs(), 1.0) / where(apart, length, 1.0)
        slopes = where(apart, d.sign() * ratio ** (p - 1), 0.0)
        along = v * grad.unsqueeze(-1)
        if p == 2:  # the curve goes on through zero
            for_d = along * where(eq(length, 0), 0.0, 1 / length)
        else:
            curve = ratio ** (p - 2) / where(apart, length, 1.0)
            for_d = along * where(apart, (p - 1) * curve, 0.0)
        back = where(eq(out, 0), 0.0, (1 - p) / out)
        for_out = (along * slopes).sum((-1,)) * back
        return (v * slopes).sum((-1,)), for_d.sum((-2,)), -for_d.sum((-3,)), for_out

    @staticmethod
    def reference(grad: Array, x1: Array, x2: Array, out: Array, *, p: float) -> Array:
        grad_1 = np.zeros(x1.shape)
        for *lead, i, j in np.ndindex(grad.shape):
            g, length = grad[(*lead, i, j)], out[(*lead, i, j)]
            for m in range(x1.shape[-1]):
                d = x1[(*lead, i, m)] - x2[(*lead, j, m)]
                if math.isinf(p):
                    slope = np.sign(d) * (abs(d) == length)
                else:
                    slope = np.sign(d) * (abs(d) / length) ** (p - 1) if p else 0.0
                grad_1[(*lead, i, m)] += g * slope
        return grad_1

    @staticmethod
    def samples(s: Sampler) -> Samples:
        x1, x2 = s.real(3, 2), s.real(4, 2) + 5
        for p in (2.0, 1.0, 3.0, 1.5, 0.5, 0.0):
            out = Cdist.forward(x1, x2, p=p, products=False)
            yield s(s.real(3, 4), x1, x2, out, p=p)


@takes_tensors
def cdist(
    x1: Any,
    x2: Any,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """Return the p-norm distance of each row of ``x1`` from each row of ``x2``.

    Shapes: (*, P, M), (*, R, M) -> (*, P, R); the dimensions in front broadcast.

    Args:
        x1: vectors.
        x2: other vectors.
        p: of the norm: 0 counts what differs, inf is the largest difference.
        compute_mode: whether Euclidean distances are found by products of matrices, which is
            quicker and less exact: of more than 25 rows if left out, or
            "use_mm_for_euclid_dist" or "donot_use_mm_for_euclid_dist".

    Raises:
        RuntimeError: for sizes or dtypes that do not fit, or a negative p.
        ValueError: for another mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
    """
    if compute_mode not in MODES:
        raise ValueError(
            f"{compute_mode} is not a valid value for compute_mode: it is one of {', '.join(MODES)}"
        )
    _check_order("cdist", p)
    arrays = a, b = x1._array, x2._array
    for name, x in zip(("X1", "X2"), arrays, strict=True):
        if not is_float(x.dtype):
            raise RuntimeError(
                f"cdist only supports floating-point dtypes, {name} got: {scalar_name(x)}"
            )
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {a.shape[-1]} X2: {b.shape[-1]}"
        )
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(a)} but found {scalar_name(b)}: cdist takes one "
            "dtype"
            " [explain: dtype-mismatch]"
        )
    _refuse_half("cdist", a)
    lead = broadcast_shape(a.shape[:-2], b.shape[:-2])
    first, second = (x.expand(*lead, *x.shape[-2:]) for x in (x1, x2))
    many = max(a.shape[-2], b.shape[-2]) > MANY
    products = p == 2 and (compute_mode == MODES[1] or (compute_mode == MODES[0] and many))
    return Cdist.apply(first, second, p=float(p), products=products)


def pdist(input: TensorBase, p: float = 2) -> Tensor:
    """Return the p-norm distance of each row from each that follows: (N, M) -> (N (N - 1) / 2).

    Args:
        input: vectors.
        p: of the norm: 0 counts what differs, inf is the largest difference.

    Raises:
        RuntimeError: for another number of dimensions, integers, or a negative p.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
    """
    if not isinstance(input, TensorBase):
        raise TypeError(
            f"pdist(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    x = input._array
    if x.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {x.ndim}D")
    if not is_float(x.dtype):
        raise RuntimeError("pdist only supports floating-point dtypes: convert with .float()")
    _check_order("pdist", p)
    _refuse_half("pdist", x)
    rows, columns = (input._plain(i) for i in np.triu_indices(x.shape[0], 1))
    distances = Cdist.apply(input, input, p=float(p), products=False)
    pairs: Tensor = distances[rows, columns]
    return pairs


def _check_order(function: str, p: Any) -> None:
    if not hasattr(p, "__float__"):
        raise TypeError(f"{function}(): argument 'p' must be float, not {type(p).__name__}")
    if p < 0:
        raise RuntimeError(f"{function} only supports non-negative p values, but got {p}")


def _refuse_half(function: str, x: Array) -> None:
    if is_half(x.dtype):
        raise not_implemented(function, x.dtype)


@takes_tensors
@numpy_names
def pairwise_distance(
    x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """Return the p-norm of x1 − x2 + eps along the last dimension: (*, M), (*, M) -> (*).

    Args:
        x1: vectors.
        x2: vectors; both broadcast.
        p: of the norm, negative ones too.
        eps: added to each difference, against slopes without end at zero.
        keepdim: leave the last dimension with size 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
    """
    broadcast_shape(x1._array.shape, x2._array.shape)
    difference = x1 - x2 + eps
    return _norm(difference, p, -1 if difference.ndim else None, keepdim)


@takes_tensors
@numpy_names
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Return the cosine of the angle between vectors along ``dim``: (*, M, *), (*, M, *) -> (*).

    Args:
        x1: vectors.
        x2: vectors; both broadcast.
        dim: along which a vector's numbers stand.
        eps: a shorter vector counts as so long.

    Raises:
        RuntimeError: for integers.
        IndexError: if there is no such dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
    """
    dtype = promote_types(x1.dtype, x2.dtype)
    if not dtype.is_floating_point:
        raise RuntimeError(
            "expected common dtype to be floating point, yet common dtype is "
            f"{scalar_name(np.empty(0, dtype.numpy))}: convert with .float()"
        )
    shape = broadcast_shape(x1._array.shape, x2._array.shape)
    normal = []
    for x in (x1, x2):
        vectors = x.to(dtype).expand(shape)
        length = _norm(vectors, 2, dim, True).clone()
        with no_grad():  # the slope is that of the length itself
            length.clamp_(min=eps)
        normal.append(vectors / length)
    return (normal[0] * normal[1]).sum(dim)
