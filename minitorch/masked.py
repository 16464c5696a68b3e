"""``torch.masked``: reductions and normalisations of the elements for which a mask holds.

A mask of bools broadcasts to the input; None takes everything. What is left out counts as what
changes nothing: 0 of a sum, 1 of a product, -inf of a maximum.
"""

from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.core import dtypes
from minitorch.core.dtypes import dtype as DType
from minitorch.ops.dims import wrap_dim, wrap_dims
from minitorch.ops.elementwise.selection import maximum
from minitorch.ops.layers import softmax as softmaxes
from minitorch.ops.out import without_out
from minitorch.ops.reduce import extreme, product, ranks, scan, sums, vector_norm
from minitorch.ops.shape.expand import broadcast_tensors
from minitorch.ops.shape.joining import stack

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]

_sum, _prod = without_out(sums.sum), without_out(product.prod)
_logsumexp = without_out(sums.logsumexp)
_cumsum, _cumprod = without_out(scan.cumsum), without_out(scan.cumprod)
_maximum, _stack = without_out(maximum), without_out(stack)
_softmax, _log_softmax = without_out(softmaxes.softmax), without_out(softmaxes.log_softmax)


def _mask_of(x: Any, mask: Any) -> Any:
    """Return the mask as bools in the shape of the input."""
    if mask._array.ndim > x._array.ndim:
        raise IndexError(
            "_input_mask expected broadcastable mask (got mask dimensionality higher than of the "
            "input)"
        )
    return mask.to(dtypes.bool_).expand(x._array.shape)


def _with(x: Any, mask: Any, instead: Any) -> Any:
    """Return the input with a number where the mask does not hold."""
    return x if mask is None else x.masked_fill(~_mask_of(x, mask), instead)


def _extreme(x: TensorBase, sign: int) -> Any:
    """Return the largest number of a dtype for 1, the smallest for -1."""
    kind = x._array.dtype
    if dtypes.is_float(kind):
        return sign * math.inf
    if dtypes.is_complex(kind):
        raise TypeError(f"there is no order among numbers of dtype {dtypes.from_numpy(kind)}")
    if dtypes.is_bool(kind):
        raise NotImplementedError(f"identity of {'amin' if sign > 0 else 'amax'} on bool input")
    return int(np.iinfo(kind).max if sign > 0 else np.iinfo(kind).min)


def _dtype_of(x: Any, dtype: DType | None, *, widens: builtins.bool = False) -> DType:
    """Return the dtype of a result: sums and products of integers are int64."""
    if dtype is None:
        return x.dtype if dtypes.is_differentiable(x._array.dtype) or not widens else dtypes.int64
    return dtypes.read(dtype)


def sum(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the sum along ``dim``: (*) -> (*) without ``dim``, or with 1 in its place."""
    kind, dims = _dtype_of(input, dtype, widens=True), wrap_dims(dim, input._array.ndim)
    return _sum(_with(input, mask, 0), dims, bool(keepdim), dtype=kind)


def prod(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the product along ``dim``: (*) -> (*) without ``dim``, or with 1 in its place."""
    kind = _dtype_of(input, dtype, widens=True)
    result = _with(input, mask, 1)
    for d in sorted(wrap_dims(dim, input._array.ndim), reverse=True):
        result = _prod(result, d, bool(keepdim))
    return result.to(kind)


def cumsum(
    input: TensorBase, dim: int, *, dtype: DType | None = None, mask: TensorBase | None = None
) -> Tensor:
    """Return the running sum along a dimension: (*) -> (*)."""
    kind = _dtype_of(input, dtype)
    return _cumsum(_with(input, mask, 0), wrap_dim(dim, input._array.ndim), dtype=kind)


def cumprod(
    input: TensorBase, dim: int, *, dtype: DType | None = None, mask: TensorBase | None = None
) -> Tensor:
    """Return the running product along a dimension: (*) -> (*)."""
    kind = _dtype_of(input, dtype)
    return _cumprod(_with(input, mask, 1), wrap_dim(dim, input._array.ndim), dtype=kind)


def amax(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the largest value along ``dim``: (*) -> (*) without ``dim``, or with 1 there."""
    x = _with(input, mask, None if mask is None else _extreme(input, -1))
    result = without_out(extreme.amax)(x, wrap_dims(dim, x._array.ndim), bool(keepdim))
    return result.to(_dtype_of(input, dtype))


def amin(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the least value along ``dim``: (*) -> (*) without ``dim``, or with 1 in its place."""
    x = _with(input, mask, None if mask is None else _extreme(input, 1))
    result = without_out(extreme.amin)(x, wrap_dims(dim, x._array.ndim), bool(keepdim))
    return result.to(_dtype_of(input, dtype))


def argmax(
    input: TensorBase,
    dim: int | None = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the first position of the largest value, in the dtype of the input: (*) -> (*)."""
    x = _with(input, mask, None if mask is None else _extreme(input, -1))
    return without_out(extreme.argmax)(x, dim, bool(keepdim)).to(_dtype_of(input, dtype))


def argmin(
    input: TensorBase,
    dim: int | None = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the first position of the least value, in the dtype of the input: (*) -> (*)."""
    x = _with(input, mask, None if mask is None else _extreme(input, 1))
    return without_out(extreme.argmin)(x, dim, bool(keepdim)).to(_dtype_of(input, dtype))


def _count(x: Any, dim: Any, keepdim: Any, mask: Any) -> Any:
    ones = x.new_ones(x._array.shape, dtype=dtypes.int64)
    return sum(ones, dim, keepdim=keepdim, mask=mask)


def mean(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the mean along ``dim``, NaN of nothing: (*) -> (*) without ``dim``, or with 1 there.

    Raises:
        ValueError: for integers, unless ``dtype`` is a floating-point dtype.
    """
    kind = _dtype_of(input, dtype)
    if not dtypes.is_differentiable(kind.numpy):
        raise ValueError(
            f"mean(): Could not infer output dtype. {'Input' if dtype is None else 'Optional'} "
            f"dtype must be either a floating point or complex dtype. Got: {kind}"
        )
    total = sum(input, dim, keepdim=keepdim, dtype=kind, mask=mask)
    return total / _count(input, dim, keepdim, mask)


def median(
    input: Any,
    dim: int = -1,
    *,
    keepdim: builtins.bool = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the lower median along a dimension: (*) -> (*) without ``dim``, or with 1 there.

    Raises:
        ValueError: for integers of which a mask takes none.
    """
    x = input if input.is_floating_point() else input.float()
    x = _with(x, mask, math.nan)
    values: Tensor = without_out(ranks.nanmedian)(x, wrap_dim(dim, x.dim()), keepdim).values
    if input.is_floating_point():
        return values
    if values.isnan().any():
        raise ValueError(
            "masked median expects no fully masked out rows if dtype is not floating point"
        )
    return values.to(_dtype_of(input, dtype))


def logsumexp(
    input: TensorBase,
    dim: Any = None,
    *,
    keepdim: builtins.bool = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return log(sum(exp(input))) along ``dim``: (*) -> (*) without ``dim``, or with 1 there."""
    x = _with(input, mask, None if mask is None else _extreme(input, -1))
    dims = wrap_dims(dim, x._array.ndim)
    return _logsumexp(x, dims, keepdim).to(_dtype_of(input, dtype))


def logaddexp(
    input: Any,
    other: Any,
    *,
    dtype: DType | None = None,
    input_mask: TensorBase | None = None,
    other_mask: TensorBase | None = None,
) -> Tensor:
    """Return log(exp(input) + exp(other)): (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        NotImplementedError: if neither is floating-point.
    """
    if not (input.is_floating_point() or other.is_floating_point()):
        raise dtypes.not_implemented("logaddexp_cpu", input._array.dtype)
    both = _masked_logits(input, input_mask), _masked_logits(other, other_mask)
    return _logsumexp(_stack(broadcast_tensors(*both)), 0).to(_dtype_of(input, dtype))


def norm(
    input: TensorBase,
    ord: float | None = 2.0,
    dim: Any = None,
    *,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the norm of vectors along ``dim``: (*) -> (*) without ``dim``, or with 1 there."""
    x = _with(input, mask, _extreme(input, 1) if ord == -math.inf else 0)
    kind, dims = _dtype_of(input, dtype), wrap_dims(dim, x._array.ndim)
    return without_out(vector_norm.norm)(x, 2.0 if ord is None else ord, dims, bool(keepdim), kind)


def normalize(
    input: TensorBase,
    ord: float,
    dim: int,
    *,
    eps: float = 1e-12,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the input divided by its :func:`norm` along a dimension, or by ``eps``: (*) -> (*)."""
    length: Any = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    least = length.new_full((), eps)
    return _with(input, mask, 0) / _maximum(length, least)


def softmax(
    input: TensorBase, dim: int, *, dtype: DType | None = None, mask: TensorBase | None = None
) -> Tensor:
    """Return shares along a dimension that sum to 1: (*) -> (*)."""
    return _softmax(_masked_logits(input, mask), dim, dtype=_dtype_of(input, dtype))


def log_softmax(
    input: TensorBase, dim: int, *, dtype: DType | None = None, mask: TensorBase | None = None
) -> Tensor:
    """Return the logarithms of :func:`softmax`: (*) -> (*)."""
    return _log_softmax(_masked_logits(input, mask), dim, dtype=_dtype_of(input, dtype))


def softmin(
    input: Any, dim: int, *, dtype: DType | None = None, mask: TensorBase | None = None
) -> Tensor:
    """Return :func:`softmax` of the negative: (*) -> (*)."""
    x = _with(input, mask, None if mask is None else _extreme(input, 1))
    return _softmax(-x, dim, dtype=_dtype_of(input, dtype))


def _masked_logits(x: TensorBase, mask: Any) -> Any:
    return _with(x, mask, None if mask is None else _extreme(x, -1))


def var(
    input: TensorBase,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    *,
    correction: float | None = None,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the variance along ``dim``: (*) -> (*) without ``dim``, or with 1 in its place.

    Raises:
        AssertionError: for ``unbiased`` and ``correction`` at once.
    """
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 0 if unbiased is False else 1
    kind = _dtype_of(input, dtype)
    is_wide = dtypes.is_differentiable(kind.numpy)
    if not is_wide and dtype is None:
        kind = dtypes.float32
    wide = kind if is_wide else dtypes.float32
    total = sum(input, dim, keepdim=True, dtype=kind, mask=mask)
    rest: Any = input - total / _count(input, dim, True, mask)
    squares = sum(rest * rest.conj(), dim, keepdim=keepdim, dtype=wide, mask=mask)
    count = _count(input, dim, keepdim, mask).to(wide.to_real())
    return (squares / (count - correction).clamp_min(0)).to(kind)


def std(
    input: TensorBase,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    *,
    correction: int | None = None,
    keepdim: builtins.bool | None = False,
    dtype: DType | None = None,
    mask: TensorBase | None = None,
) -> Tensor:
    """Return the root of :func:`var`: (*) -> (*) without ``dim``, or with 1 in its place."""
    return var(
        input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask
    ).sqrt()
