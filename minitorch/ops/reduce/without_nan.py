"""Sums and means of what is not NaN."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import (
    SCALAR_NAMES,
    dtype as DType,
    is_float,
    read,
    refuse_complex,
    scalar_name,
)
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, numpy_names, wrap_dims
from minitorch.ops.elementwise.finite import isnan
from minitorch.ops.elementwise.selection import where
from minitorch.ops.out import out_rules, takes_out_of_dtype, without_out
from minitorch.ops.reduce.reduced_dims import cast_to, spread
from minitorch.ops.reduce.samples import loop, reductions
from minitorch.ops.reduce.sums import sum, sum_array

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_sum = without_out(sum)
_where = without_out(where)


class Nansum(Op):
    """Sum of what is not NaN along dimensions: (*) -> (*) without ``dims``, or with 1 there."""

    saves = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        total = sum_array(x, dims, keepdim)
        if np.isnan(total).any():  # else there was none
            total = sum_array(np.where(np.isnan(x), x.dtype.type(0), x), dims, keepdim)
        return total

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return _where(isnan(x), 0.0, spread(grad, ctx.input_shapes[0], ctx.dims, ctx.keepdim))

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.nansum(x, dims, keepdim))
    reference = staticmethod(
        lambda x, *, dims, keepdim: loop(
            x, dims, keepdim, lambda v: math.fsum(n for n in v if not math.isnan(n))
        )
    )
    samples = staticmethod(lambda s: reductions(s, s.real))


@takes_out_of_dtype
@numpy_names
@out_rules(floats_by="nansum_cpu")
def nansum(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return :func:`sum` with 0 for NaN: (*) -> (*) without ``dim``, or with 1 in its place."""
    refuse_complex(input, "nansum on CPU does not support complex inputs")
    if not is_float(input._array.dtype):
        return _sum(input, dim, keepdim, dtype=dtype)
    if dtype is not None and not read(dtype).is_floating_point:
        return _sum(_where(isnan(input), 0.0, input), dim, keepdim, dtype=dtype)
    dims = wrap_dims(dim, input._array.ndim)
    return Nansum.apply(cast_to(dtype, input), dims=dims, keepdim=keepdim)


_nansum = without_out(nansum)


@takes_out_of_dtype
@numpy_names
@out_rules(floats_by="nansum_cpu")
def nanmean(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return :func:`mean` of what is not NaN: (*) -> (*) without ``dim``, or with 1 in its place.

    Raises:
        RuntimeError: for integers, and for a ``dtype`` of such.
    """
    if not is_float(input._array.dtype):
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{scalar_name(input._array)}: convert it with .float()"
        )
    if dtype is not None and not read(dtype).is_floating_point:
        raise RuntimeError(
            "nanmean(): could not infer output dtype. Optional dtype must be either a floating "
            f"point or complex dtype. Got: {SCALAR_NAMES[read(dtype)]}"
        )
    count = _sum(isnan(input).logical_not(), dim, keepdim)
    return _nansum(input, dim, keepdim, dtype=dtype) / count
