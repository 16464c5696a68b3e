"""Products of elements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.core.dtypes import dtype as DType, is_differentiable, is_half
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, numpy_names, refuse_to_keep, wrap_dims
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out_of_dtype, without_out
from minitorch.ops.reduce.reduced_dims import cast_to, cut_to, keep
from minitorch.ops.reduce.samples import loop
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16, _FLOAT32, _INT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.int64)

_cat = without_out(cat)

# Any: its stub takes no bool for keepdims.
_multiply: Any = np.multiply.reduce


class Prod(Op):
    """Product along one dimension: (*) -> (*) without ``dims``, or with 1 in its place."""

    complex = HOLOMORPHIC
    name = "ProdBackward1"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        kind = x.dtype if is_differentiable(x.dtype) else _INT64
        wide = _FLOAT32 if kind == _FLOAT16 else kind
        return in_order(_multiply(x, dims, wide, keepdims=keepdim)).astype(kind, copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        shape, dims = ctx.input_shapes[0], ctx.dims
        grad = keep(grad, shape, dims, ctx.keepdim)
        if values_of(x._array).all():
            return grad * keep(out, shape, dims, ctx.keepdim) / x
        wide = x.float() if is_half(x._array.dtype) else x
        return grad * _product_of_the_others(wide, dims)

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
        several = s.nonzero(7, 2)
        several[[1, 4], 0] = several[[0, 3, 6], 1] = 0
        yield s(several, dims=(0,), keepdim=False)
        yield s(zeros, dims=(0,), keepdim=False)
        yield s(zeros, dims=(1,), keepdim=True)
        yield s(s.nonzero(), dims=(), keepdim=False)
        yield s(s.real(0, 3), dims=(0,), keepdim=False)
        yield s(s.integers(1, 4, 2, 3), dims=(1,), keepdim=False)


def _product_of_the_others(x: Tensor, dims: Shape) -> Tensor:
    """For each element the product of the others along ``dims``: a quotient might be 0 / 0."""
    (dim,) = dims or (None,)
    if dim is None or x.shape[dim] < 2:
        return x._plain(np.ones(x.shape, x.dtype.numpy))
    # Of pairs, whose products are half as many: those outside a pair, times its other half.
    half, rest = divmod(x.shape[dim], 2)
    left, right, last = x.split([half, half, rest], dim)
    outside = _product_of_the_others(_cat([left * right, last], dim), dims)
    outside, last = outside.split([half, rest], dim)
    return _cat([outside * right, outside * left, last], dim)


class ProdAll(Prod):
    """Product of all elements of one dimension, the whole of a flat tensor: (n) -> ()."""

    name = "ProdBackward0"


@takes_out_of_dtype
@numpy_names
def prod(
    input: TensorBase, dim: int | None = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the product of all elements, or along one dimension; of integers in int64.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    x = cast_to(dtype, input)
    if dim is None:
        refuse_to_keep(keepdim, "prod")
        return cut_to(dtype, ProdAll.apply(x.reshape(-1), dims=(0,), keepdim=False))
    dims = wrap_dims(dim, x._array.ndim)
    return cut_to(dtype, Prod.apply(x, dims=dims, keepdim=keepdim))
