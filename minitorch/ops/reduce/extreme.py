"""Extremes: largest and smallest values, and where they are."""

from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool
from minitorch.ops import return_types
from minitorch.ops.batches import along_dim, along_dims
from minitorch.ops.dims import Shape, numpy_names, read_int, refuse_to_keep, wrap_dims
from minitorch.ops.elementwise.comparison import eq
from minitorch.ops.elementwise.finite import isnan
from minitorch.ops.elementwise.logical import logical_and, logical_or
from minitorch.ops.elementwise.selection import maximum, minimum, where
from minitorch.ops.index.gather import Scatter, zeros
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.reduce.reduced_dims import keep
from minitorch.ops.reduce.samples import loop, reductions

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Any: their stubs take no bool for keepdims.
_largest: Any = np.maximum.reduce
_smallest: Any = np.minimum.reduce


class MaxDim(Op):
    """Largest value along a dimension and its first position: (*) -> (*), (*), as a sum's shape."""

    name = "MaxBackward0"
    saves_outputs = (1,)
    saved_as = {"indices": "result1"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        return _extreme(_largest, np.argmax, x, dim, keepdim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        return _to_position(ctx, grad)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.max(x, dim, keepdim))
    reference = staticmethod(
        lambda x, *, dim, keepdim: (
            loop(x, (dim,) if x.ndim else (), keepdim, builtins.max),
            loop(x, (dim,) if x.ndim else (), keepdim, lambda v: v.index(builtins.max(v))),
        )
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dim=0, keepdim=False)
        yield s(s.distinct(2, 3, 4), dim=1, keepdim=True)
        yield s(s.distinct(), dim=0, keepdim=False)
        yield s(s.integers(0, 3, 4, 5), dim=1, keepdim=False)
        yield s(s.real(0, 3), dim=1, keepdim=False)


class MinDim(MaxDim):
    """Smallest value along a dimension and its first position: as :class:`MaxDim`."""

    name = "MinBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        return _extreme(_smallest, np.argmin, x, dim, keepdim)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.min(x, dim, keepdim))
    reference = staticmethod(
        lambda x, *, dim, keepdim: (
            loop(x, (dim,) if x.ndim else (), keepdim, builtins.min),
            loop(x, (dim,) if x.ndim else (), keepdim, lambda v: v.index(builtins.min(v))),
        )
    )


def _extreme(values: Any, positions: Any, x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    return in_order(values(x, dim, keepdims=keepdim)), positions(x, dim, keepdims=keepdim)


def _to_position(ctx: Any, grad: Tensor) -> Tensor:
    """Give the gradient to the one position that was chosen along a dimension."""
    (index,) = ctx.unpack()
    shape = ctx.input_shapes[0]
    if not shape:
        return grad
    if not ctx.keepdim:
        grad, index = grad.unsqueeze(ctx.dim), index.unsqueeze(ctx.dim)
    return Scatter.apply(zeros(grad, shape), index, grad, dim=ctx.dim)


class Amax(Op):
    """Largest value along dimensions; ties share the gradient: (*) -> (*) as a sum."""

    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return in_order(_largest(x, dims, keepdims=keepdim))

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        shape, dims, keepdim = ctx.input_shapes[0], ctx.dims, ctx.keepdim
        tied = eq(x, keep(out, shape, dims, keepdim))
        return keep(grad, shape, dims, keepdim) * tied / tied.sum(dims, True)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.amax(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, builtins.max))
    samples = staticmethod(lambda s: reductions(s, s.distinct, empty=False))


@takes_out
@numpy_names
@out_rules(casts="none")
def amax(input: TensorBase, dim: Any = (), keepdim: bool = False) -> Tensor:
    """Return the largest value along ``dim``, an int, several, or () for all.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return Amax.apply(input, dims=_nonempty("amax", input, dim), keepdim=keepdim)


class Amin(Amax):
    """Smallest value along dimensions; ties share the gradient: (*) -> (*) as a sum."""

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return in_order(_smallest(x, dims, keepdims=keepdim))

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.amin(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, builtins.min))


@takes_out
@numpy_names
@out_rules(casts="none")
def amin(input: TensorBase, dim: Any = (), keepdim: bool = False) -> Tensor:
    """Return the smallest value along ``dim``, an int, several, or () for all.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return Amin.apply(input, dims=_nonempty("amin", input, dim), keepdim=keepdim)


class Max(Amax):
    """:class:`Amax` of everything; where the result is NaN, all NaN share the gradient."""

    name = "MaxBackward1"

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        tied = logical_or(eq(x, out), logical_and(isnan(x), isnan(out)))
        return where(tied, grad / tied.sum(), 0.0)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dims=(0, 1), keepdim=False)
        yield s(s.distinct(4, 1, 2).T, dims=(0, 1, 2), keepdim=False)
        yield s(s.distinct(), dims=(), keepdim=False)


@overload
def max(
    input: TensorBase,
    dim: TensorBase | None = None,
    *,
    other: TensorBase | None = None,
    out: Any = None,
) -> Tensor: ...
@overload
def max(
    input: TensorBase, dim: int, keepdim: bool = False, *, out: Any = None
) -> return_types.max: ...
@overload
def max(
    input: TensorBase, *, axis: int, keepdims: bool = False, out: Any = None
) -> return_types.max: ...
@takes_out
@numpy_names
def max(input: TensorBase, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the largest element; with ``dim`` largest values and positions; of two the larger.

    Shapes: (*) -> (); with ``dim`` (*) -> (*), (*) without it, or with 1 in its place.

    Args:
        input: what to look through.
        dim: one dimension, for ``(values, indices)`` along it; or a second tensor.
        keepdim: leave the dimension with size 1.
        other: the second tensor by keyword.

    Raises:
        TypeError: for a dimension and a second tensor.
        RuntimeError: for no elements at all.
        IndexError: for a dimension of size 0.
    """
    if other is not None or isinstance(dim, TensorBase):
        return maximum(input, _second("max", input, dim, other))
    if dim is None:
        refuse_to_keep(keepdim, "max")
        return Max.apply(input, dims=_nonempty("max", input, None), keepdim=False)
    (d,) = _nonempty("max", input, _single("max", dim)) or (0,)
    return return_types.max(*MaxDim.apply(input, dim=d, keepdim=keepdim))


class Min(Max):
    """:class:`Amin` of everything; where the result is NaN, all NaN share the gradient."""

    name = "MinBackward1"
    forward = staticmethod(Amin.forward)
    parity = staticmethod(Amin.parity)
    reference = staticmethod(Amin.reference)


@overload
def min(
    input: TensorBase,
    dim: TensorBase | None = None,
    *,
    other: TensorBase | None = None,
    out: Any = None,
) -> Tensor: ...
@overload
def min(
    input: TensorBase, dim: int, keepdim: bool = False, *, out: Any = None
) -> return_types.min: ...
@overload
def min(
    input: TensorBase, *, axis: int, keepdims: bool = False, out: Any = None
) -> return_types.min: ...
@takes_out
@numpy_names
def min(input: TensorBase, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the smallest element, or as :func:`max` smallest values and positions, or of two.

    Shapes: (*) -> (); with ``dim`` (*) -> (*), (*) without it, or with 1 in its place.
    """
    if other is not None or isinstance(dim, TensorBase):
        return minimum(input, _second("min", input, dim, other))
    if dim is None:
        refuse_to_keep(keepdim, "min")
        return Min.apply(input, dims=_nonempty("min", input, None), keepdim=False)
    (d,) = _nonempty("min", input, _single("min", dim)) or (0,)
    return return_types.min(*MinDim.apply(input, dim=d, keepdim=keepdim))


@takes_out
@numpy_names
def aminmax(
    input: TensorBase, *, dim: int | None = None, keepdim: bool = False
) -> return_types.aminmax:
    """Return the smallest and the largest value, along ``dim`` or of all; ties share the gradient.

    Shapes: (*) -> (*), (*) without ``dim``, or with 1 in its place.

    Raises:
        RuntimeError: for no elements at all.
        IndexError: for a dimension of size 0.
    """
    if dim is None and input._array.size == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
            "identity."
        )
    params = {"dims": _nonempty("aminmax", input, dim), "keepdim": keepdim}
    return return_types.aminmax(Amin.apply(input, **params), Amax.apply(input, **params))


class ArgMax(Op):
    """First position of the largest value along one dimension, or of all: (*) -> (*), int64."""

    differentiable = False

    @staticmethod
    def forward(x: Array, *, dim: int | None, keepdim: bool) -> Array:
        return np.asarray(np.argmax(x, dim, keepdims=keepdim))

    @classmethod
    def batched(cls, batch: Batch, x: Array, *, dim: int | None, keepdim: bool) -> Any:
        if dim is not None:
            return along_dim(cls, batch, x, dim=dim, keepdim=keepdim)
        if keepdim:
            return NotImplemented
        flat = x.reshape(*batch.sizes, math.prod(x.shape[batch.lead :]))
        return cls.forward(flat, dim=batch.lead, keepdim=False)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.argmax(x, dim, keepdim))
    reference = staticmethod(
        lambda x, *, dim, keepdim: loop(x, _one(dim), keepdim, lambda v: v.index(builtins.max(v)))
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dim=0, keepdim=False)
        yield s(s.distinct(2, 3), dim=1, keepdim=True)
        yield s(s.distinct(2, 3), dim=None, keepdim=False)
        yield s(s.integers(0, 3, 4, 5), dim=1, keepdim=False)
        yield s(s.real(0, 3), dim=1, keepdim=False)


@takes_out
@numpy_names
@out_rules(casts="none")
def argmax(input: TensorBase, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the first position of the largest value, along ``dim`` or in the flattened tensor.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return ArgMax.apply(input, dim=_arg_dim("argmax", input, dim), keepdim=keepdim)


class ArgMin(ArgMax):
    """First position of the smallest value along one dimension, or of all: (*) -> (*), int64."""

    @staticmethod
    def forward(x: Array, *, dim: int | None, keepdim: bool) -> Array:
        return np.asarray(np.argmin(x, dim, keepdims=keepdim))

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.argmin(x, dim, keepdim))
    reference = staticmethod(
        lambda x, *, dim, keepdim: loop(x, _one(dim), keepdim, lambda v: v.index(builtins.min(v)))
    )


@takes_out
@numpy_names
@out_rules(casts="none")
def argmin(input: TensorBase, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the first position of the smallest value, along ``dim`` or in the flattened tensor.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return ArgMin.apply(input, dim=_arg_dim("argmin", input, dim), keepdim=keepdim)


def _second(name: str, first: Any, dim: Any, other: Any) -> Any:
    """Return the second tensor, by position or by keyword."""
    if not isinstance(first, TensorBase):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got "
            f"{type(first).__name__} for input: it takes a Tensor"
        )
    if dim is None or other is None:
        return dim if other is None else other
    raise TypeError(
        f"{name}() received an invalid combination of arguments - got dim and other: it takes a "
        "dimension, or a second tensor"
    )


def _one(dim: int | None) -> Shape | None:
    return None if dim is None else (dim,)


def _single(name: str, dim: Any) -> int:
    if isinstance(dim, tuple | list):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got dim={dim!r}: it takes "
            f"one dimension; a{name}() takes several"
        )
    return read_int(dim, "dim")


def _nonempty(name: str, x: TensorBase, dim: Any, error: type[Exception] = RuntimeError) -> Shape:
    """Read ``dim``, where what is reduced must not be empty: then there is no extreme."""
    shape = x._array.shape
    dims = wrap_dims(dim, len(shape))
    if x._array.size == 0:
        if dim is None or dim == ():
            raise error(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
                "Specify the reduction dim with the 'dim' argument."
            )
        for d in dims:
            if shape[d] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")
    return dims


def _arg_dim(name: str, x: TensorBase, dim: int | None) -> int | None:
    if is_bool(x._array.dtype):
        raise RuntimeError(f"{name}(): does not support bool input: convert it with .int() first")
    dims = _nonempty(name, x, None if dim is None else read_int(dim, "dim"), IndexError)
    return dims[0] if dim is not None and dims else None
