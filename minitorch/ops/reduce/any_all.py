"""Truth of the whole or along dimensions: nothing differentiable."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, dims_of, numpy_names, wrap_dims
from minitorch.ops.elementwise.comparison import ne
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.reduce.samples import loop
from minitorch.ops.reduce.sums import SumDim

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Any: their stubs take no bool for keepdims.
_or: Any = np.logical_or.reduce
_and: Any = np.logical_and.reduce


class Any_(Op):
    """Whether some element along dimensions is nonzero: (*) -> (*) as a sum."""

    complex = LINEAR
    differentiable = False

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return _like_pytorch(x, _or(x, dims, keepdims=keepdim))

    batched = classmethod(along_dims)

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.any(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, builtins.any))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.bools(2, 3), dims=(0,), keepdim=False)
        yield s(s.bools(2, 3, 4), dims=(0, 2), keepdim=True)
        yield s(s.integers(0, 2, 4), dims=(0,), keepdim=False)
        yield s(s.bools(0, 3), dims=(0,), keepdim=False)


@takes_out
@numpy_names
@out_rules(dtypes=("Bool", "Byte"))
def any(input: TensorBase, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Return whether some element is nonzero, along ``dim``: an int, several, None for all.

    Of () it tells of each element.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return Any_.apply(input, dims=_dims(dim, input._array.ndim), keepdim=keepdim)


class All(Any_):
    """Whether all elements along dimensions are nonzero: (*) -> (*) as a sum."""

    @staticmethod
    def forward(x: Array, *, dims: Shape, keepdim: bool) -> Array:
        return _like_pytorch(x, _and(x, dims, keepdims=keepdim))

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.all(x, dims, keepdim))
    reference = staticmethod(lambda x, *, dims, keepdim: loop(x, dims, keepdim, builtins.all))


@takes_out
@numpy_names
@out_rules(dtypes=("Bool", "Byte"))
def all(input: TensorBase, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Return whether all elements are nonzero, along ``dim``: an int, several, None for all.

    Of () it tells of each element.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    return All.apply(input, dims=_dims(dim, input._array.ndim), keepdim=keepdim)


def _dims(dim: Any, ndim: int) -> Shape:
    """Read ``dim``; here () is no dimension, not all of them."""
    return () if dim == () or dim == [] else wrap_dims(dim, ndim)


def _like_pytorch(x: Array, truth: Any) -> Array:
    """Truth values; of uint8, which once stood for bool, in uint8."""
    return in_order(np.asarray(truth, np.uint8 if x.dtype == np.uint8 else np.bool_))


@numpy_names
def count_nonzero(input: TensorBase, *dims: Any, dim: Any = None) -> Tensor:
    """Return how many elements are nonzero, along dimensions: as ints, as one tuple, or ``dim``.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.
    """
    wrapped = wrap_dims(dims_of(dims, dim), input._array.ndim)
    return SumDim.apply(ne(input, 0), dims=wrapped, keepdim=False)
