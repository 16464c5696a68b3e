"""Running sums, products, extremes: each element with those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC, LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.autograd.writes.inplace import overwrite_
from minitorch.core.dtypes import (
    dtype as DType,
    from_numpy,
    is_bool,
    is_differentiable,
    is_float,
    not_implemented,
    read,
)
from minitorch.ops import return_types
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.index.gather import ScatterAdd, zeros
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, takes_out_of_dtype, without_out
from minitorch.ops.reduce.reduced_dims import cast_to, cut_to
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_cat = without_out(cat)

_FLOAT16, _FLOAT32, _INT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.int64)

# What running sums are kept in, as in PyTorch.
_WIDER: dict[np.dtype[Any], np.dtype[Any]] = {_FLOAT16: _FLOAT32, _FLOAT32: np.dtype(np.float64)}


class CumSum(LinearMap):
    """Running sum along a dimension: (*) -> (*)."""

    complex = LINEAR
    name = "CumsumBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        kind: np.dtype[Any] = x.dtype if is_differentiable(x.dtype) else _INT64
        sums = np.array(x, _WIDER.get(kind, kind), order="C")
        if x.ndim:
            np.add.accumulate(sums, dim, out=sums)
        return sums.astype(kind, copy=False)

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


@takes_out_of_dtype
@numpy_names
def cumsum(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the running sum along a dimension; of integers in int64.

    Shapes: (*) -> (*).

    Raises:
        NotImplementedError: for ``dtype=bool``.
    """
    return _running(CumSum, input, dim, dtype)


def _running(op: type[Op], input: TensorBase, dim: int, dtype: DType | None) -> Tensor:
    x = cast_to(dtype, input)
    dim = wrap_dim(dim, x._array.ndim)
    if dtype is not None and is_bool(x._array.dtype) and x._array.ndim and x._array.size:
        raise not_implemented(f"{op.__name__.lower()}_out_cpu", x._array.dtype)
    return cut_to(dtype, op.apply(x, dim=dim))


_cumsum = without_out(cumsum)


@numpy_names
def cumsum_(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Running sum along a dimension, (*) -> (*), written into ``input``, which is returned.

    Raises:
        RuntimeError: for another dtype than that of ``input``.
    """
    own = _own_dtype(input, dtype)
    return overwrite_("cumsum_", input, lambda x: _cumsum(x, dim, dtype=own))


def _own_dtype(x: TensorBase, dtype: DType | None) -> DType:
    own = from_numpy(x._array.dtype)
    if dtype is not None and read(dtype) is not own:
        raise RuntimeError(
            f"Bad in-place call: input tensor dtype {own} and output tensor "
            f"dtype {read(dtype)} should match"
        )
    return own


class CumProd(Op):
    """Running product along a dimension: (*) -> (*)."""

    complex = HOLOMORPHIC
    name = "CumprodBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        kind: np.dtype[Any] = x.dtype if is_differentiable(x.dtype) else _INT64
        products = np.array(x, _WIDER.get(kind, kind), order="C")
        if x.ndim:
            np.multiply.accumulate(products, dim, out=products)
        return products.astype(kind, copy=False)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        shape = ctx.input_shapes[0]
        if not shape or shape[ctx.dim] == 1:
            return grad
        if values_of(x._array).all():
            return _sum_of_the_rest(grad * out, ctx.dim) / x
        return _with_zeros(grad, x, ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.cumprod(x, dim))

    @staticmethod
    def reference(x: Array, *, dim: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index and index[dim] > 0:
                before = (*index[:dim], index[dim] - 1, *index[dim + 1 :])
                out[index] = out[index] * out[before]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        zeros = s.nonzero(3, 4)
        zeros[0, 1] = zeros[1, 1] = zeros[1, 3] = zeros[2, 0] = 0
        yield s(s.nonzero(2, 3), dim=0)
        yield s(s.nonzero(2, 3, 2), dim=1)
        yield s(zeros, dim=1)
        yield s(s.nonzero(), dim=0)
        yield s(s.real(0, 3), dim=1)
        yield s(s.integers(1, 5, 4), dim=0)


def _sum_of_the_rest(x: Any, dim: int) -> Tensor:
    """Return for each element the sum of it and those behind it."""
    result: Tensor = x.flip(dim).cumsum(dim).flip(dim)
    return result


def _with_zeros(grad: Any, x: Any, dim: int) -> Tensor:
    """The gradient where quotients might be 0 / 0: position by position, each left out of products.

    It is written in products alone, so that its own gradients are right, too.
    """
    parts = []
    before: Any = None  # the product of all positions in front
    for k in range(x.shape[dim]):
        here, rest = x.narrow(dim, k, 1), x.narrow(dim, k + 1, x.shape[dim] - k - 1)
        behind = _cat([here * 0 + 1, rest], dim).cumprod(dim)
        total = (grad.narrow(dim, k, x.shape[dim] - k) * behind).sum(dim, True)
        parts.append(total if before is None else total * before)
        before = here if before is None else before * here
    return _cat(parts, dim) if parts else grad * x


@takes_out_of_dtype
@numpy_names
def cumprod(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the running product along a dimension; of integers in int64.

    Shapes: (*) -> (*).

    Raises:
        NotImplementedError: for ``dtype=bool``.
    """
    return _running(CumProd, input, dim, dtype)


_cumprod = without_out(cumprod)


@numpy_names
def cumprod_(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Running product along a dimension, (*) -> (*), written into ``input``, which is returned.

    Raises:
        RuntimeError: for another dtype than that of ``input``.
    """
    own = _own_dtype(input, dtype)
    return overwrite_("cumprod_", input, lambda x: _cumprod(x, dim, dtype=own))


class CumMax(Op):
    """Largest value so far along a dimension, and its last position: (*) -> (*), (*)."""

    name = "CummaxBackward0"
    saves_outputs = (1,)
    saved_as = {"indices": "result1"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, dim: int) -> tuple[Array, Array]:
        return _extremes_so_far(np.maximum, x, dim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (index,) = ctx.unpack()
        shape = ctx.input_shapes[0]
        if not shape:
            return grad
        return ScatterAdd.apply(zeros(grad, shape), index, grad, dim=ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.cummax(x, dim))

    @classmethod
    def reference(cls, x: Array, *, dim: int) -> tuple[Array, Array]:
        places = np.zeros(x.shape, np.int64)
        for at in np.ndindex(x.shape):
            if not at:
                break
            line = [x[(*at[:dim], i, *at[dim + 1 :])] for i in range(at[dim] + 1)]
            extreme = max(line) if cls is CumMax else min(line)
            places[at] = max(i for i, value in enumerate(line) if value == extreme)
        return (np.take_along_axis(x, places, dim) if x.ndim else x), places

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dim=0)
        yield s(s.distinct(2, 5, 2), dim=1)
        yield s(s.integers(0, 4, 3, 6), dim=1)
        yield s(s.distinct(), dim=0)
        yield s(s.real(0, 3), dim=1)


class CumMin(CumMax):
    """Smallest value so far along a dimension, and its last position: (*) -> (*), (*)."""

    name = "CumminBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int) -> tuple[Array, Array]:
        return _extremes_so_far(np.minimum, x, dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.cummin(x, dim))


def _extremes_so_far(of: np.ufunc, x: Array, dim: int) -> tuple[Array, Array]:
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    values = in_order(of.accumulate(x, dim))
    is_new = x == values
    if is_float(x.dtype):
        is_new |= np.isnan(x)
    positions = np.arange(x.shape[dim]).reshape([-1 if d == dim else 1 for d in range(x.ndim)])
    return values, in_order(np.maximum.accumulate(np.where(is_new, positions, 0), dim))


@takes_out
@numpy_names
def cummax(input: TensorBase, dim: int) -> return_types.cummax:
    """Return the largest value so far along a dimension, and its last position: (*) -> (*), (*)."""
    return return_types.cummax(*CumMax.apply(input, dim=wrap_dim(dim, input._array.ndim)))


@takes_out
@numpy_names
def cummin(input: TensorBase, dim: int) -> return_types.cummin:
    """Return the least value so far along a dimension, and its last position: (*) -> (*), (*)."""
    return return_types.cummin(*CumMin.apply(input, dim=wrap_dim(dim, input._array.ndim)))


class LogCumSumExp(Op):
    """Logarithm of the running sum of exponentials along a dimension: (*) -> (*)."""

    name = "LogcumsumexpBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        wide = np.array(x, _WIDER.get(x.dtype, x.dtype), order="C")
        if x.ndim:
            np.logaddexp.accumulate(wide, dim, out=wide)
        return wide.astype(x.dtype, copy=False)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        if not ctx.input_shapes[0]:
            return grad
        return LogCumSumExpGrad.apply(grad, x, out, dim=ctx.dim, back=True)

    parity = staticmethod(lambda torch, x, *, dim: torch.logcumsumexp(x, dim))

    @staticmethod
    def reference(x: Array, *, dim: int) -> Array:
        return np.log(CumSum.reference(np.exp(x), dim=dim))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim=0)
        yield s(s.real(2, 3, 2), dim=1)
        yield s(s.real(), dim=0)
        yield s(s.real(0, 3), dim=1)


class LogCumSumExpGrad(Op):
    """Sums of v weighted by exp(x[k] - out[i]), out the :class:`LogCumSumExp` of x: (*) -> (*).

    Going back, for each k of v[i] at i >= k, which is a gradient; or for each i of v[k] at k <= i,
    which is a tangent. Each is the gradient of the other.
    """

    saves = (0, 1, 2)
    saves_outputs = (0,)

    @staticmethod
    def forward(v: Array, x: Array, out: Array, *, dim: int, back: bool) -> Array:
        own = np.exp(x - out)
        sums = np.moveaxis(np.array(v if back else v * own, order="C"), dim, 0)
        kept = np.moveaxis(np.exp(-np.diff(out, axis=dim)), dim, 0)  # never more than 1
        if back:
            for k in range(len(kept) - 1, -1, -1):
                sums[k] += kept[k] * sums[k + 1]
        else:
            for i in range(len(kept)):
                sums[i + 1] += kept[i] * sums[i]
        total = in_order(np.moveaxis(sums, 0, dim))
        return total * own if back else total

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        v, x, out, sums = ctx.unpack()
        grad_v = LogCumSumExpGrad.apply(grad, x, out, dim=ctx.dim, back=not ctx.back)
        of_x, of_out = (grad * sums, v * grad_v) if ctx.back else (v * grad_v, grad * sums)
        return grad_v, of_x, -of_out

    @staticmethod
    def reference(v: Array, x: Array, out: Array, *, dim: int, back: bool) -> Array:
        total = np.zeros(x.shape)
        for at in np.ndindex(x.shape):
            for i in range(at[dim], x.shape[dim]):
                there = (*at[:dim], i, *at[dim + 1 :])
                to, of = (at, there) if back else (there, at)
                total[to] += v[of] * np.exp(x[at] - out[there])
        return total

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for back in (True, False):
            x = s.real(2, 3)
            yield s(s.real(2, 3), x, np.logaddexp.accumulate(x, 1), dim=1, back=back)
            x = s.real(3, 2)
            yield s(s.real(3, 2), x, np.logaddexp.accumulate(x, 0), dim=0, back=back)


@takes_out
@numpy_names
def logcumsumexp(input: TensorBase, dim: int) -> Tensor:
    """Return log(cumsum(exp(input))) along a dimension, without overflow: (*) -> (*).

    Raises:
        NotImplementedError: for integers.
    """
    dim = wrap_dim(dim, input._array.ndim)
    if not is_float(input._array.dtype):
        raise not_implemented("logcumsumexp_out_cpu", input._array.dtype)
    return LogCumSumExp.apply(input, dim=dim)
