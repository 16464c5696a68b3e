"""Reductions by arithmetic: sums, means, products, variances, norms and running sums.

Ops take ``dims``, dimensions counted from the front, in a tuple; functions take PyTorch's ``dim``.
"""

from __future__ import annotations

import itertools
import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.core.dtypes import dtype as DType, scalar_name
from minitorch.ops.batches import along_dim, along_dims
from minitorch.ops.dims import Shape, kept_shape, numpy_names, wrap_dim, wrap_dims
from minitorch.ops.elementwise.selection import where
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16, _FLOAT32, _INT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.int64)

# Any: their stubs take no bool for keepdims.
_add: Any = np.add.reduce
_multiply: Any = np.multiply.reduce
_maximum: Any = np.maximum.reduce


def spread(grad: Tensor, shape: Shape, dims: Shape, keepdim: bool) -> Tensor:
    """Give a reduction's gradient back to all that was reduced, as a view that repeats it."""
    if not keepdim and len(dims) < len(shape):
        grad = grad.reshape(kept_shape(shape, dims))
    return grad.expand(shape)


def keep(x: Tensor, shape: Shape, dims: Shape, keepdim: bool) -> Tensor:
    """Bring a reduction's result back to the input's number of dimensions."""
    return x if keepdim else x.reshape(kept_shape(shape, dims))


def loop(x: Array, dims: Shape | None, keepdim: bool, of: Callable[[list[Any]], Any]) -> Array:
    """Reduce in plain loops: the reference of this family, ``of`` a list of numbers."""
    dims = tuple(range(x.ndim)) if dims is None else dims
    kept = [range(1) if i in dims else range(n) for i, n in enumerate(x.shape)]
    reduced = [range(n) if i in dims else range(1) for i, n in enumerate(x.shape)]
    values = []
    for at in itertools.product(*kept):
        members = [
            x[tuple(a + b for a, b in zip(at, within, strict=True))].item()
            for within in itertools.product(*reduced)
        ]
        values.append(of(members))
    shape = tuple(len(k) for i, k in enumerate(kept) if keepdim or i not in dims)
    return np.array(values).reshape(shape)


def _sum(x: Array, dims: Shape | None, keepdim: bool) -> Array:
    """Sum, integers in int64 and float16 by way of float32."""
    kind = x.dtype
    if kind == _FLOAT16:
        return in_order(_add_floats(x, dims, keepdim)).astype(_FLOAT16)
    if kind.kind != "f":
        return in_order(_add(x, dims, _INT64, keepdims=keepdim))
    return in_order(_add_floats(x, dims, keepdim))


def _add_floats(x: Array, dims: Shape | None, keepdim: bool) -> Array:
    """Sum floating-point numbers, float16 in float32."""
    if x.dtype == _FLOAT16:
        return _add(x, dims, _FLOAT32, keepdims=keepdim)
    if x.size > 10_000 and dims is not None and len(dims) == 1 and x.shape[dims[0]] <= 64:
        return _add_short(x, dims[0], keepdim)
    return _add(x, dims, keepdims=keepdim)


def _add_short(x: Array, dim: int, keepdim: bool) -> Array:
    """Sum along one short dimension of a large array.

    ``np.add.reduce`` starts anew for each row: einsum takes a quarter of its time for rows of 32.
    """
    axes = list(range(x.ndim))
    out = np.einsum(x, axes, axes[:dim] + axes[dim + 1 :])
    return np.expand_dims(out, dim) if keepdim else out


class Sum(Op):
    """Sum of all elements: (*) -> ()."""

    @staticmethod
    def forward(x: Array) -> Array:
        return _sum(x, None, False)

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return _sum(x, batch.inner(x), False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.expand(ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x: torch.sum(x))
    reference = staticmethod(lambda x: loop(x, None, False, math.fsum))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.real)
        yield s(s.integers(0, 5, 2, 3))
        yield s(s.bools(2, 3))


class SumDim(Op):
    """Sum along dimensions: (*) -> (*) without ``dims``, or with 1 in their place."""

    name = "SumBackward1"

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return _sum(x, dims, keepdim)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return spread(grad, ctx.input_shapes[0], ctx.dims, ctx.keepdim)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.sum(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, math.fsum))
    samples = staticmethod(lambda s: reductions(s, s.real))


def reductions(s: Sampler, draw: Any, *, empty: bool = True) -> Samples:
    """Calls that every reduction with ``dims`` and ``keepdim`` must stand."""
    yield s(draw(2, 3), dims=(0,), keepdim=False)
    yield s(draw(2, 3), dims=(1,), keepdim=True)
    yield s(draw(2, 3, 4), dims=(0, 2), keepdim=False)
    yield s(draw(2, 3, 4), dims=(2, 1), keepdim=True)
    yield s(draw(3, 2), dims=(0, 1), keepdim=False)
    yield s(draw(3, 1, 2).T, dims=(0, 1), keepdim=True)
    yield s(draw(), dims=(), keepdim=False)
    if empty:
        yield s(draw(0, 3), dims=(0,), keepdim=False)
    yield s(draw(0, 3), dims=(1,), keepdim=False)


def _mean(x: Array, dims: Shape | None, keepdim: bool) -> Array:
    total = _add_floats(x, dims, keepdim)
    count = x.size if dims is None else math.prod([x.shape[d] for d in dims])
    mean = in_order(total / total.dtype.type(count))
    return mean.astype(_FLOAT16) if x.dtype == _FLOAT16 else mean


class Mean(Op):
    """Mean of all elements: (*) -> ()."""

    @staticmethod
    def forward(x: Array) -> Array:
        return _mean(x, None, False)

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return _mean(x, batch.inner(x), False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        return (grad / math.prod(shape)).expand(shape)

    parity = staticmethod(lambda torch, x: torch.mean(x))
    reference = staticmethod(lambda x: loop(x, None, False, _mean_of))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3))
        yield s(s.real())
        yield s(s.real(4, 3).T)


class MeanDim(Op):
    """Mean along dimensions: (*) -> (*) without ``dims``, or with 1 in their place."""

    name = "MeanBackward1"

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return _mean(x, dims, keepdim)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        grad = grad / math.prod([shape[d] for d in ctx.dims])
        return spread(grad, shape, ctx.dims, ctx.keepdim)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.mean(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, _mean_of))
    samples = staticmethod(lambda s: reductions(s, s.real, empty=False))


def _mean_of(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else math.nan


def _var(x: Array, dims: Shape, keepdim: bool, correction: float) -> Array:
    wide = x.astype(_FLOAT32) if x.dtype == _FLOAT16 else x
    rest = wide - _mean(wide, dims, True)
    freedom = max(math.prod([x.shape[d] for d in dims]) - correction, 0)
    return in_order(_add_floats(rest * rest, dims, keepdim) / wide.dtype.type(freedom))


def _spread_of(numbers: list[float], correction: float) -> float:
    freedom = len(numbers) - correction
    mean = _mean_of(numbers)
    return math.fsum((n - mean) ** 2 for n in numbers) / freedom if freedom > 0 else math.nan


class Var(Op):
    """Variance along dimensions, divided by count - correction: (*) -> (*) as :class:`SumDim`."""

    saves = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool, correction: float) -> Array:
        return _var(x, dims, keepdim, correction).astype(x.dtype, copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return _var_grad(ctx, grad, x)

    parity = staticmethod(
        lambda torch, x, *, dims, keepdim, correction: torch.var(
            x, dims, correction=correction, keepdim=keepdim
        )
    )
    reference = staticmethod(
        lambda x, *, dims, keepdim, correction: loop(
            x, dims, keepdim, lambda numbers: _spread_of(numbers, correction)
        )
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dims=(0,), keepdim=False, correction=1)
        yield s(s.distinct(2, 3), dims=(1,), keepdim=True, correction=0)
        yield s(s.distinct(2, 3, 4), dims=(0, 2), keepdim=False, correction=1.5)
        yield s(s.distinct(3, 2, 2).T, dims=(0, 1, 2), keepdim=True, correction=1)


def _var_grad(ctx: Any, grad: Tensor, x: Tensor) -> Tensor:
    shape, dims = ctx.input_shapes[0], ctx.dims
    freedom = max(math.prod([shape[d] for d in dims]) - ctx.correction, 0)
    scale = 2 / freedom if freedom else math.inf
    rest = x - mean(x, dims, True) if dims else x - x
    return keep(grad, shape, dims, ctx.keepdim) * scale * rest


class Std(Var):
    """Standard deviation, the root of :class:`Var`: (*) -> (*). Its slope at 0 is taken as 0."""

    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool, correction: float) -> Array:
        return np.sqrt(_var(x, dims, keepdim, correction)).astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.saved_tensors
        return _var_grad(ctx, where(out == 0, 0.0, grad / (2 * out)), x)

    parity = staticmethod(
        lambda torch, x, *, dims, keepdim, correction: torch.std(
            x, dims, correction=correction, keepdim=keepdim
        )
    )
    reference = staticmethod(
        lambda x, *, dims, keepdim, correction: loop(
            x, dims, keepdim, lambda numbers: math.sqrt(_spread_of(numbers, correction))
        )
    )


class Prod(Op):
    """Product along one dimension: (*) -> (*) without ``dims``, or with 1 in its place."""

    name = "ProdBackward1"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        kind = x.dtype if x.dtype.kind == "f" else _INT64
        wide = _FLOAT32 if kind == _FLOAT16 else kind
        return in_order(_multiply(x, dims, wide, keepdims=keepdim)).astype(kind, copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.saved_tensors
        shape, dims = ctx.input_shapes[0], ctx.dims
        grad = keep(grad, shape, dims, ctx.keepdim)
        if values_of(x._array).all():
            return grad * keep(out, shape, dims, ctx.keepdim) / x
        return grad * _product_of_the_others(x, dims)

    parity = staticmethod(
        lambda torch, x, *, dims, keepdim: torch.prod(x, dims[0], keepdim) if dims else x.prod()
    )
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, math.prod))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        zeros = s.nonzero(3, 4)
        zeros[0, 1] = zeros[1, 1] = zeros[2, 3] = 0
        yield s(s.nonzero(2, 3), dims=(0,), keepdim=False)
        yield s(s.nonzero(2, 3), dims=(1,), keepdim=True)
        yield s(zeros, dims=(0,), keepdim=False)
        yield s(zeros, dims=(1,), keepdim=True)
        yield s(s.nonzero(), dims=(), keepdim=False)
        yield s(s.real(0, 3), dims=(0,), keepdim=False)
        yield s(s.integers(1, 4, 2, 3), dims=(1,), keepdim=False)


def _product_of_the_others(x: Tensor, dims: Shape) -> Tensor:
    """For each element the product of the others along ``dims``: a quotient might be 0 / 0."""
    if not dims:
        return x * 0 + 1
    (dim,) = dims
    last = x.transpose(dim, -1)
    own = x._plain(np.eye(last.shape[-1], dtype=bool))
    others = where(own, 1.0, last.unsqueeze(-2)).prod(-1)  # (*, n, n) -> (*, n)
    return others.transpose(dim, -1)


class ProdAll(Prod):
    """Product of all elements of one dimension, the whole of a flat tensor: (n) -> ()."""

    name = "ProdBackward0"


class CumSum(Op):
    """Running sum along a dimension: (*) -> (*)."""

    name = "CumsumBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        if x.ndim == 0:
            return np.array(x, x.dtype if x.dtype.kind == "f" else _INT64)
        kind = x.dtype if x.dtype.kind == "f" else _INT64
        wide = _FLOAT32 if kind == _FLOAT16 else kind
        return in_order(np.add.accumulate(x, dim, wide)).astype(kind, copy=False)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.flip(ctx.dim).cumsum(ctx.dim).flip(ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.cumsum(x, dim))

    @staticmethod
    def reference(x: Array, *, dim: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index and index[dim] > 0:
                before = (*index[:dim], index[dim] - 1, *index[dim + 1 :])
                out[index] = out[index] + out[before]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim=0)
        yield s(s.real(2, 3, 2), dim=1)
        yield s(s.real(), dim=0)
        yield s(s.real(0, 3), dim=1)
        yield s(s.integers(0, 5, 4), dim=0)


class LogSumExp(Op):
    """Logarithm of the sum of exponentials along dimensions: (*) -> (*) as :class:`SumDim`."""

    name = "LogsumexpBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        wide = x.astype(_FLOAT32) if x.dtype == _FLOAT16 else x
        top = _maximum(wide, dims, keepdims=True, initial=-np.inf)
        top = np.where(np.isfinite(top), top, 0).astype(wide.dtype)  # inf - inf is nothing
        out = np.log(_add(np.exp(wide - top), dims, keepdims=True)) + top
        out = in_order(out).astype(x.dtype, copy=False)
        return out if keepdim else out.reshape(_without(out.shape, dims))

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.saved_tensors
        shape, dims, keepdim = ctx.input_shapes[0], ctx.dims, ctx.keepdim
        return keep(grad, shape, dims, keepdim) * (x - keep(out, shape, dims, keepdim)).exp()

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.logsumexp(x, dims, keepdim))
    reference = staticmethod(
        lambda x, *, dims, keepdim: loop(
            x,
            dims,
            keepdim,
            lambda v: math.log(math.fsum(map(math.exp, v))) if v else -math.inf,
        )
    )
    samples = staticmethod(lambda s: reductions(s, s.real, empty=False))


def _without(shape: Shape, dims: Shape) -> Shape:
    return tuple([n for i, n in enumerate(shape) if i not in dims])


@numpy_names
def sum(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the sum along ``dim`` (an int, several, or None for all); of integers in int64.

    Args:
        input: what to sum.
        dim: the dimensions to reduce.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first.
    """
    x: Any = input if dtype is None else input.to(dtype)  # type: ignore[attr-defined]
    if dim is None and not keepdim:
        return Sum.apply(x)
    return SumDim.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)


@numpy_names
def mean(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the mean along ``dim`` (an int, several, or None for all).

    Raises:
        RuntimeError: for integers, unless ``dtype`` names a floating-point dtype to convert to.
    """
    x: Any = input if dtype is None else input.to(dtype)  # type: ignore[attr-defined]
    if x._array.dtype.kind != "f":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or "
            f"complex dtype. Got: {scalar_name(x._array)}. Use mean(dtype=minitorch.float32) or "
            ".float()."
        )
    if dim is None and not keepdim:
        return Mean.apply(x)
    return MeanDim.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)


@numpy_names
def var(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the variance along ``dim`` (an int, several, or None for all).

    Args:
        input: a floating-point tensor.
        dim: the dimensions to reduce; a bool here is ``unbiased`` of the whole, as in PyTorch.
        unbiased: divide by count - 1, else by count.
        keepdim: leave the reduced dimensions with size 1.
        correction: divide by count - correction; instead of ``unbiased``.
    """
    return Var.apply(input, **_deviation("var", input, dim, unbiased, keepdim, correction))


@numpy_names
def std(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the standard deviation along ``dim``; arguments as of :func:`var`."""
    return Std.apply(input, **_deviation("std", input, dim, unbiased, keepdim, correction))


def _deviation(
    name: str, x: TensorBase, dim: Any, unbiased: bool, keepdim: bool, correction: float | None
) -> dict[str, Any]:
    if x._array.dtype.kind != "f":
        raise RuntimeError(
            "std and var only support floating point and complex dtypes, got "
            f"{scalar_name(x._array)}: convert with .float() first"
        )
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased else 0
    dims = wrap_dims(dim, x._array.ndim)
    if math.prod([x._array.shape[d] for d in dims]) <= correction:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
            "reduction factor (input numel divided by output numel).",
            UserWarning,
            stacklevel=4,
        )
    return {"dims": dims, "keepdim": keepdim, "correction": correction}


def var_mean(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return variance and mean along ``dim``; arguments as of :func:`var`."""
    variance = var(input, dim, unbiased, keepdim, correction=correction)
    return variance, mean(input, None if isinstance(dim, bool) else dim, keepdim)


def std_mean(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return standard deviation and mean along ``dim``; arguments as of :func:`var`."""
    deviation = std(input, dim, unbiased, keepdim, correction=correction)
    return deviation, mean(input, None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def prod(
    input: TensorBase, dim: int | None = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the product of all elements, or along one dimension; of integers in int64."""
    x: Any = input if dtype is None else input.to(dtype)  # type: ignore[attr-defined]
    if dim is None:
        return ProdAll.apply(x.reshape(-1), dims=(0,), keepdim=False)
    return Prod.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)


@numpy_names
def cumsum(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the running sum along a dimension; of integers in int64."""
    x: Any = input if dtype is None else input.to(dtype)  # type: ignore[attr-defined]
    return CumSum.apply(x, dim=wrap_dim(dim, x._array.ndim))


def logsumexp(input: TensorBase, dim: Any, keepdim: bool = False) -> Tensor:
    """Return log(sum(exp(input))) along ``dim``, an int or several, without overflow."""
    x: Any = input
    if x._array.dtype.kind != "f":
        x = x.float()
    return LogSumExp.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)
