"""Sums, means, and logarithms of sums of exponentials.

Ops take ``dims``, dimensions counted from the front, in a tuple; functions take PyTorch's ``dim``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import (
    dtype as DType,
    is_complex,
    is_differentiable,
    is_float,
    scalar_name,
)
from minitorch.kernels import active
from minitorch.kernels.sums import SMALL, add_floats
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, numpy_names, wrap_dims
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, takes_out_of_dtype
from minitorch.ops.reduce.reduced_dims import cast_to, cut_to, keep, spread
from minitorch.ops.reduce.samples import loop, reductions

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16, _FLOAT32, _INT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.int64)

# Any: their stubs take no bool for keepdims.
_add: Any = np.add.reduce
_maximum: Any = np.maximum.reduce


def sum_array(x: Array, dims: Shape | None, keepdim: bool) -> Array:
    """Sum, integers in int64 and float16 by way of float32."""
    kind = x.dtype
    if not is_differentiable(kind):
        return in_order(_add(x, dims, _INT64, keepdims=keepdim))
    add = active().reduce.sum if x.size > SMALL else add_floats
    total = in_order(add(x, dims, keepdim))
    return total.astype(_FLOAT16) if kind == _FLOAT16 else total


class Sum(LinearMap):
    """Sum of all elements: (*) -> ()."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array) -> Array:
        return sum_array(x, None, False)

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return sum_array(x, batch.inner(x), False)

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


class SumDim(LinearMap):
    """Sum along dimensions: (*) -> (*) without ``dims``, or with 1 in their place."""

    complex = LINEAR
    name = "SumBackward1"

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return sum_array(x, dims, keepdim)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return spread(grad, ctx.input_shapes[0], ctx.dims, ctx.keepdim)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.sum(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, math.fsum))
    samples = staticmethod(lambda s: reductions(s, s.real))


@takes_out_of_dtype
@numpy_names
def sum(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the sum along ``dim`` (an int, several, or None for all); of integers in int64.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Args:
        input: what to sum.
        dim: the dimensions to reduce.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first, and add in it.
    """
    x = cast_to(dtype, input)
    if dim is None and not keepdim:
        return cut_to(dtype, Sum.apply(x))
    dims = wrap_dims(dim, x._array.ndim)
    return cut_to(dtype, SumDim.apply(x, dims=dims, keepdim=keepdim))


def mean_array(x: Array, dims: Shape | None, keepdim: bool) -> Array:
    """Mean, float16 by way of float32."""
    total = add_floats(x, dims, keepdim)
    count = x.size if dims is None else math.prod([x.shape[d] for d in dims])
    mean = in_order(total / total.dtype.type(count))
    return mean.astype(_FLOAT16) if x.dtype == _FLOAT16 else mean


def _count(sizes: Sequence[int]) -> int:
    """Return what gradients of a mean are divided by; where nobody gets one, they stay finite."""
    return max(math.prod(sizes), 1)


class Mean(LinearMap):
    """Mean of all elements: (*) -> ()."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array) -> Array:
        return mean_array(x, None, False)

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return mean_array(x, batch.inner(x), False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        return (grad / _count(shape)).expand(shape)

    parity = staticmethod(lambda torch, x: torch.mean(x))
    reference = staticmethod(lambda x: loop(x, None, False, mean_of))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3))
        yield s(s.real())
        yield s(s.real(4, 3).T)


class MeanDim(LinearMap):
    """Mean along dimensions: (*) -> (*) without ``dims``, or with 1 in their place."""

    complex = LINEAR
    name = "MeanBackward1"

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return mean_array(x, dims, keepdim)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        grad = grad / _count([shape[d] for d in ctx.dims])
        return spread(grad, shape, ctx.dims, ctx.keepdim)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.mean(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, mean_of))
    samples = staticmethod(lambda s: reductions(s, s.real, empty=False))


def mean_of(numbers: list[float]) -> float:
    """Mean of Python's numbers, for references."""
    return math.fsum(numbers) / len(numbers) if numbers else math.nan


@takes_out
@numpy_names
def mean(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the mean along ``dim`` (an int, several, or None for all).

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Raises:
        RuntimeError: for integers, unless ``dtype`` names a floating-point dtype to convert to.
    """
    x = cast_to(dtype, input)
    if not is_differentiable(x._array.dtype):
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or "
            f"complex dtype. Got: {scalar_name(x._array)}. Use mean(dtype=minitorch.float32) or "
            ".float()."
            " [explain: mean-of-integers]"
        )
    if dim is None and not keepdim:
        return Mean.apply(x)
    return MeanDim.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)


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
        out = np.log(add_floats(np.exp(wide - top), dims, True)) + top
        out = in_order(out).astype(x.dtype, copy=False)
        return out if keepdim else out.reshape(_without(out.shape, dims))

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
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


@takes_out
@numpy_names
def logsumexp(input: TensorBase, dim: Any, keepdim: bool = False) -> Tensor:
    """Return log(sum(exp(input))) along ``dim``, an int or several, without overflow.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    x: Any = input
    if is_complex(x._array.dtype):
        # What is at least the largest, and there of no numbers, too.
        top = LogSumExp.apply(x.real.detach(), dims=wrap_dims(dim, x._array.ndim), keepdim=True)
        top = top.masked_fill(~top.isfinite(), 0)
        total = (x - top).exp().sum(dim, keepdim).log()
        return total + (top if keepdim else top.reshape(total.shape))
    if not is_float(x._array.dtype):
        x = x.float()
    return LogSumExp.apply(x, dims=wrap_dims(dim, x._array.ndim), keepdim=keepdim)
