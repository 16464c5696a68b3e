"""Views with dimensions of size 1 less, or more: ``squeeze`` and ``unsqueeze``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import rearrange_
from minitorch.autograd.writes.views import ViewOp
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, dims_of, numpy_names, wrap_dim, wrap_dims

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Squeeze(ViewOp):
    """Without the dimensions ``dims``, which have size 1: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, dims: Shape) -> Array:
        return x.squeeze(dims)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.reshape(ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, dims: torch.squeeze(x, dims))
    reference = staticmethod(lambda x, *, dims: _with_shape(x, np.delete(x.shape, dims)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(1, 3, 1), dims=(0, 2))
        yield s(s.real(3, 1), dims=(1,))
        yield s(s.real(2), dims=())


class SqueezeDim(Squeeze):
    """:class:`Squeeze` of one dimension, under PyTorch's name for it."""

    name = "SqueezeBackward1"


class SqueezeDims(Squeeze):
    """:class:`Squeeze` of several dimensions, under PyTorch's name for it."""

    name = "SqueezeBackward2"


def _with_shape(x: Array, shape: Any) -> Array:
    return np.array(list(x.flat), x.dtype).reshape(tuple(int(n) for n in shape))


@numpy_names
def squeeze(input: TensorBase, *dims: Any, dim: Any = None) -> Tensor:
    """Return a view without dimensions of size 1: (*, 1, *) -> (*).

    Args:
        input: any tensor.
        dims: dimensions that go if they have size 1, as ints or as one tuple; without any, all.
        dim: the same by keyword.
    """
    dim = dims_of(dims, dim)
    shape = input._array.shape
    if dim is None:
        return Squeeze.apply(input, dims=tuple([i for i, n in enumerate(shape) if n == 1]))
    if isinstance(dim, tuple | list):
        several = wrap_dims(dim, len(shape)) if dim else ()
        return SqueezeDims.apply(input, dims=tuple([d for d in several if shape[d] == 1]))
    d = wrap_dim(dim, len(shape))
    return SqueezeDim.apply(input, dims=(d,) if shape and shape[d] == 1 else ())


@numpy_names
def squeeze_(input: TensorBase, *dims: Any, dim: Any = None) -> Tensor:
    """Take dimensions of size 1 from the tensor itself, as :func:`squeeze`: (*, 1, *) -> (*)."""
    return rearrange_("squeeze_", input, lambda x: squeeze(x, *dims, dim=dim))


class Unsqueeze(ViewOp):
    """With a dimension of size 1 more: (*) -> (*, 1, *)."""

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        return x.reshape((*x.shape[:dim], 1, *x.shape[dim:]))

    @staticmethod
    def batched(batch: Batch, x: Array, *, dim: int) -> Array:
        return Unsqueeze.forward(x, dim=dim + batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.squeeze(ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.unsqueeze(x, dim))
    reference = staticmethod(lambda x, *, dim: _with_shape(x, [*x.shape[:dim], 1, *x.shape[dim:]]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim=0)
        yield s(s.real(2, 3).T, dim=1)
        yield s(s.real(2, 3).T, dim=2)
        yield s(s.real(), dim=0)


@numpy_names
def unsqueeze(input: TensorBase, dim: int) -> Tensor:
    """Return a view with a dimension of size 1 more, before ``dim``: (*) -> (*, 1, *)."""
    return Unsqueeze.apply(input, dim=wrap_dim(dim, input._array.ndim + 1))


@numpy_names
def unsqueeze_(input: TensorBase, dim: int) -> Tensor:
    """Give the tensor itself a dimension of size 1 more, before ``dim``: (*) -> (*, 1, *)."""
    return rearrange_("unsqueeze_", input, lambda x: unsqueeze(x, dim))
