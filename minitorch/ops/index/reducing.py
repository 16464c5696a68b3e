"""Reductions of what lands on the same place: ``scatter_reduce`` and ``index_reduce``."""

from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.core.dtypes import is_bool, is_complex, is_float, not_implemented, scalar_name
from minitorch.core.strided import contiguous_format
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.elementwise.selection import where
from minitorch.ops.in_place import in_place_of
from minitorch.ops.index.along import check_bounds, with_dim
from minitorch.ops.index.gather import checked_index, checked_src, combine_at, fitted
from minitorch.ops.out import takes_out
from minitorch.ops.shape.narrow import PartGrad

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_OF = {"prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


class ScatterCombine(Op):
    """``base`` multiplied by, or the extreme of it and, src[i][j] at [index[i][j]][j] for dim 0.

    (*), (*I), (*S) -> (*). Extremes that are equal share the gradient. Sums and means are made of
    :class:`~minitorch.ops.index.gather.ScatterAdd`.
    """

    name = "ScatterReduceBackward0"
    saves = (0, 1, 2)
    saves_outputs = (0,)

    @staticmethod
    def forward(base: Array, index: Array, src: Array, *, dim: int, reduce: str) -> Array:
        out = np.array(base, order="C")
        combine_at(_OF[reduce], out, index, fitted(src, index.shape), dim)
        return out

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        base, index, src, out = ctx.unpack()
        whole, dim = src.shape, ctx.dim
        src = src[tuple([slice(n) for n in index.shape])]
        of = _product_grads if ctx.reduce == "prod" else _extreme_grads
        grad_base, grad_src = of(grad, base, index, src, out, dim)
        if grad_src.shape != whole:
            corner = tuple([slice(n) for n in index.shape])
            grad_src = PartGrad.apply(grad_src, index=corner, shape=whole)
        return grad_base, None, grad_src

    parity = staticmethod(
        lambda torch, x, index, src, *, dim, reduce: torch.scatter_reduce(
            x, dim, index, src, reduce
        )
    )

    @staticmethod
    def reference(base: Array, index: Array, src: Array, *, dim: int, reduce: str) -> Array:
        of: Any = {"prod": lambda a, b: a * b, "amax": builtins.max, "amin": builtins.min}[reduce]
        out = base.copy()
        for at in np.ndindex(index.shape):
            to = (*at[:dim], index[at], *at[dim + 1 :])
            out[to] = of(out[to], src[at])
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        x = 3 * s.distinct(9, 2)
        for reduce in ("prod", "amax", "amin"):
            yield s(x[:3], s.integers(0, 3, 4, 2), x[3:7], dim=0, reduce=reduce)
            yield s(x[:2], s.integers(0, 2, 2, 2), x[2:4], dim=1, reduce=reduce)
        zeros = x[3:7].copy()
        zeros[1] = 0
        yield s(x[:3], s.integers(0, 3, 4, 2), zeros, dim=0, reduce="prod")


def _product_grads(grad: Any, base: Any, index: Any, src: Any, out: Any, dim: int) -> Any:
    """The product of the others: a quotient, where it is not 0 / 0."""

    def product(x: Any, by: Any) -> Any:
        return ScatterCombine.apply(x, index, by, dim=dim, reduce="prod")

    nonzero = base.masked_fill(base == 0, 1)
    grad_base = grad * product(nonzero, src) / nonzero
    is_zero = src == 0
    zeros = base.new_zeros(base.shape).scatter_add(dim, index, is_zero.to(base.dtype))
    count = zeros.gather(dim, index)
    if values_of((count > 1)._array).any() and grad.requires_grad:
        raise RuntimeError(
            "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are "
            "scattered to the same position in self"
        )
    alone = is_zero & (count == 1)
    others = (grad * product(base, src.masked_fill(alone, 1))).gather(dim, index)
    quotient = (grad * out).gather(dim, index) / src.masked_fill(is_zero, 1)
    return grad_base, where(alone, others, quotient)


def _extreme_grads(grad: Any, base: Any, index: Any, src: Any, out: Any, dim: int) -> Any:
    base_is_it = (base == out).to(grad.dtype)
    src_is_it = (src == out.gather(dim, index)).to(grad.dtype)
    share = grad / base_is_it.scatter_add(dim, index, src_is_it)
    return base_is_it * share, src_is_it * share.gather(dim, index)


@takes_out
@numpy_names
def scatter_reduce(
    input: TensorBase,
    dim: int,
    index: TensorBase,
    src: TensorBase,
    reduce: str,
    *,
    include_self: bool = True,
) -> Tensor:
    """Return ``input`` with what ``src`` has for each place along a dimension reduced into it.

    Shapes: (*), (*I), (*S) -> (*).

    Args:
        input: any tensor.
        dim: the dimension.
        index: positions along it.
        src: a tensor at least as large as the index.
        reduce: "sum", "prod", "mean", "amax" or "amin".
        include_self: whether what is in ``input`` counts, where something comes to it.

    Raises:
        RuntimeError: for another word, or if the index does not fit, or ``src`` has another dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}."
        )
    d, index = checked_index("scatter", input, dim, index)
    values = checked_src(input, index, src, d)
    x, places = with_dim(input), with_dim(index)
    out = _reduced(x, d, places, values, reduce, include_self)
    return out.reshape(input._array.shape)


def _reduced(x: Any, d: int, index: Any, src: Any, reduce: str, include_self: bool) -> Any:
    if index._array.size == 0:
        return x.clone(memory_format=contiguous_format)
    base = x if include_self else x.scatter(d, index, _identity(reduce, x._array.dtype))
    if reduce not in ("sum", "mean"):
        return ScatterCombine.apply(base, index, src, dim=d, reduce=reduce)
    total = base.scatter_add(d, index, src)
    if reduce == "sum":
        return total
    count = x.new_ones(x.shape) if include_self else x.new_ones(x.shape).scatter(d, index, 0)
    count = count.scatter_add(d, index, src.new_ones(index.shape))
    rounding = None if is_float(x._array.dtype) else "floor"
    return total.div(count, rounding_mode=rounding)


def _identity(reduce: str, kind: np.dtype[Any]) -> Any:
    """Return what changes nothing."""
    if reduce in ("sum", "mean", "prod"):
        return int(reduce == "prod")
    if is_float(kind):
        return -math.inf if reduce == "amax" else math.inf
    if is_bool(kind):
        return reduce == "amin"
    if is_complex(kind):
        raise not_implemented("scatter_reduce", kind)
    return int(np.iinfo(kind).min if reduce == "amax" else np.iinfo(kind).max)


scatter_reduce_ = in_place_of(scatter_reduce)


@takes_out
@numpy_names
def index_reduce(
    input: TensorBase,
    dim: int,
    index: TensorBase,
    source: TensorBase,
    reduce: str,
    *,
    include_self: bool = True,
) -> Tensor:
    """Return ``input`` with slices of ``source`` reduced into it at positions along a dimension.

    Shapes: (*, A, *), (I,), (*, I, *) -> (*, A, *).

    Args:
        input: any tensor.
        dim: the dimension.
        index: a position along it for each slice of ``source``.
        source: the slices, in the dtype of ``input``.
        reduce: "prod", "mean", "amax" or "amin".
        include_self: whether what is in ``input`` counts, where something comes to it.

    Raises:
        RuntimeError: for another word, dtype or shape.
        IndexError: for positions outside.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_reduce_.html
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got "
            f"{reduce}."
        )
    x, own = input._array, index._array
    d, places = wrap_dim(dim, x.ndim), with_dim(index)
    _check_slices(x, d, own, source._array)
    check_bounds(own, x.shape[d] if x.ndim else 1, d, IndexError, "index out of range in self: ")
    values = with_dim(source)
    whole = places.reshape([-1 if i == d else 1 for i in range(values._array.ndim)])
    wide = whole.expand(values._array.shape)
    out = _reduced(with_dim(input), d, wide, values, reduce, include_self)
    return out.reshape(x.shape)


def _check_slices(x: Array, d: int, index: Array, source: Array) -> None:
    if index.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"index_reduce(): Expected dtype int32/int64 for index, got {scalar_name(index)}"
        )
    if index.ndim > 1:
        raise IndexError(
            f"index_reduce(): Index is supposed to be a vector, but got dim: {index.ndim} with "
            f"type: {scalar_name(index)} and size: {list(index.shape)}"
        )
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"index_reduce(): self ({scalar_name(x)}) and source ({scalar_name(source)}) must have "
            "the same scalar type: convert one with .to(dtype)"
        )
    count = source.shape[d] if source.ndim else 1
    if count != index.size:
        raise RuntimeError(
            f"index_reduce(): Number of indices ({index.size}) should be equal to "
            f"source.size(dim): ({count}), for dim: {d}"
        )
    if source.shape != ((*x.shape[:d], count, *x.shape[d + 1 :]) if x.ndim else ()):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {list(x.shape)} source.shape = {list(source.shape)}"
        )


index_reduce_ = in_place_of(index_reduce)
