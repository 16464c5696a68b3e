"""Variances and standard deviations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_complex, is_differentiable, scalar_name
from minitorch.kernels.sums import add_floats
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, numpy_names, wrap_dims
from minitorch.ops.elementwise.selection import where
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce.reduced_dims import keep
from minitorch.ops.reduce.samples import loop
from minitorch.ops.reduce.sums import MeanDim, mean, mean_array, mean_of
from minitorch.ops.reduce.vector_norm import vector_norm

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16, _FLOAT32 = np.dtype(np.float16), np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)

# Between these no square of a float32 was too large for it, or rounded to few digits.
_LEAST, _MOST = 1e-30, np.finfo(np.float32).max


def _variance(x: Array, dims: Shape, keepdim: bool, correction: float) -> Array:
    wide = x.astype(_FLOAT32) if x.dtype == _FLOAT16 else x
    out = _mean_square(wide, dims, keepdim, correction)
    if out.dtype == _FLOAT32 and out.size and not (out.min() >= _LEAST and out.max() <= _MOST):
        # The root of it may be a float32 nevertheless: PyTorch adds up in float64.
        out = _mean_square(x.astype(_FLOAT64), dims, keepdim, correction)
    return out


def _mean_square(wide: Array, dims: Shape, keepdim: bool, correction: float) -> Array:
    rest = wide - mean_array(wide, dims, True)
    freedom = max(math.prod([wide.shape[d] for d in dims]) - correction, 0)
    return in_order(add_floats(rest * rest, dims, keepdim) / wide.dtype.type(freedom))


def _spread_of(numbers: list[float], correction: float) -> float:
    freedom = len(numbers) - correction
    mean = mean_of(numbers)
    return math.fsum((n - mean) ** 2 for n in numbers) / freedom if freedom > 0 else math.nan


class Var(Op):
    """Variance along dimensions, divided by count - correction: (*) -> (*) as :class:`SumDim`."""

    saves = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool, correction: float) -> Array:
        return _variance(x, dims, keepdim, correction).astype(x.dtype, copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
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
    rest = x - MeanDim.apply(x, dims=dims, keepdim=True) if dims else x - x
    return keep(grad, shape, dims, ctx.keepdim) * scale * rest


@takes_out
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

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Args:
        input: a floating-point tensor.
        dim: the dimensions to reduce; a bool here is ``unbiased`` of the whole, as in PyTorch.
        unbiased: divide by count - 1, else by count.
        keepdim: leave the reduced dimensions with size 1.
        correction: divide by count - correction; instead of ``unbiased``.
    """
    given = _deviation("var", input, dim, unbiased, keepdim, correction)
    return _of_parts(input, given) if is_complex(input._array.dtype) else Var.apply(input, **given)


class Std(Var):
    """Standard deviation, the root of :class:`Var`: (*) -> (*). Its slope at 0 is taken as 0."""

    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool, correction: float) -> Array:
        return np.sqrt(_variance(x, dims, keepdim, correction)).astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
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


@takes_out
@numpy_names
def std(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the standard deviation along ``dim``; arguments as of :func:`var`.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    given = _deviation("std", input, dim, unbiased, keepdim, correction)
    if is_complex(input._array.dtype):
        dims, keepdim = given["dims"], given["keepdim"]
        freedom = max(math.prod([input._array.shape[d] for d in dims]) - given["correction"], 0)
        rest = input - MeanDim.apply(input, dims=dims, keepdim=True)
        return without_out(vector_norm)(rest, 2, dims, keepdim) / math.sqrt(freedom)
    return Std.apply(input, **given)


def _of_parts(x: Any, given: dict[str, Any]) -> Tensor:
    """The variance of complex numbers: that of real and of imaginary parts together."""
    return Var.apply(x.real, **given) + Var.apply(x.imag, **given)


def _deviation(
    name: str, x: TensorBase, dim: Any, unbiased: bool, keepdim: bool, correction: float | None
) -> dict[str, Any]:
    if not is_differentiable(x._array.dtype):
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
        warn_user(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
            "reduction factor (input numel divided by output numel).",
        )
    return {"dims": dims, "keepdim": keepdim, "correction": correction}


# Without ``out``.
_mean, _var, _std = without_out(mean), without_out(var), without_out(std)


@numpy_names
def var_mean(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return variance and mean along ``dim``; arguments as of :func:`var`.

    Shapes: (*) -> (*), (*) without ``dim``, or with 1 in its place.
    """
    variance = _var(input, dim, unbiased, keepdim, correction=correction)
    return variance, _mean(input, None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def std_mean(
    input: TensorBase,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return standard deviation and mean along ``dim``; arguments as of :func:`var`.

    Shapes: (*) -> (*), (*) without ``dim``, or with 1 in its place.
    """
    deviation = _std(input, dim, unbiased, keepdim, correction=correction)
    return deviation, _mean(input, None if isinstance(dim, bool) else dim, keepdim)
