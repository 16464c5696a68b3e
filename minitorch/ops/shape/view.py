"""Views: tensors that show another's memory under other sizes and strides.

Their forward returns an array that shares its input's memory; ``Op`` does the rest of what makes a
view (Note [Views and in-place]). Dimensions in ops are counted from the front.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import Example
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.dtypes import scalar_name
from minitorch.ops.batches import along_dims, last_dims
from minitorch.ops.dims import Shape, infer_shape, numpy_names, sizes_of, wrap_dim, wrap_dims
from minitorch.ops.elementwise.copies import contiguous

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class View(ViewOp):
    """The same elements in the same order under another shape: (*) -> shape."""

    @staticmethod
    def forward(x: Array, *, shape: Shape) -> Array:
        return x.reshape(shape)

    @staticmethod
    def batched(batch: Batch, x: Array, *, shape: Shape) -> Array:
        return x.reshape(batch.sizes + shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.reshape(ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, shape: torch.reshape(x, shape))
    reference = staticmethod(lambda x, *, shape: np.array(list(x.flat), x.dtype).reshape(shape))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), shape=(3, 2))
        yield s(s.real(2, 3, 4), shape=(6, 1, 4))
        yield s(s.real(), shape=(1, 1))
        yield s(s.real(1), shape=())
        yield s(s.real(0, 3), shape=(3, 0, 2))


class UnsafeView(View):
    """As :class:`View`, of a fresh copy that nobody else sees: so the result counts as no view."""

    is_view = False


class Alias(ViewOp):
    """The tensor itself as a view: (*) -> (*)."""

    @staticmethod
    def forward(x: Array) -> Array:
        return x[...]

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad

    parity = staticmethod(lambda torch, x: x[...])
    reference = staticmethod(np.copy)
    samples = staticmethod(lambda s: s.unary(s.real))


class Transpose(ViewOp):
    """Two dimensions swapped: (*, A, *, B, *) -> (*, B, *, A, *)."""

    @staticmethod
    def forward(x: Array, *, dim0: int, dim1: int) -> Array:
        return x.swapaxes(dim0, dim1)

    @staticmethod
    def batched(batch: Batch, x: Array, *, dim0: int, dim1: int) -> Array:
        return x.swapaxes(batch.dim(dim0, x), batch.dim(dim1, x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.transpose(ctx.dim0, ctx.dim1)

    parity = staticmethod(lambda torch, x, *, dim0, dim1: torch.transpose(x, dim0, dim1))

    @staticmethod
    def reference(x: Array, *, dim0: int, dim1: int) -> Array:
        order = list(range(x.ndim))
        order[dim0], order[dim1] = dim1, dim0
        return _permuted(x, order)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim0=0, dim1=1)
        yield s(s.real(2, 3, 4), dim0=2, dim1=0)
        yield s(s.real(0, 3), dim0=1, dim1=0)


def _permuted(x: Array, order: Any) -> Array:
    out = np.empty([x.shape[d] for d in order], x.dtype)
    for index in np.ndindex(x.shape):
        out[tuple(index[d] for d in order)] = x[index]
    return out


class T(ViewOp):
    """Matrix transposed: (A, B) -> (B, A)."""

    @staticmethod
    def forward(x: Array) -> Array:
        return x.T

    @staticmethod
    def batched(batch: Batch, x: Array) -> Array:
        return x.swapaxes(-2, -1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.t()

    parity = staticmethod(lambda torch, x: torch.t(x))
    reference = staticmethod(lambda x: _permuted(x, [1, 0]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3))
        yield s(s.real(0, 3))


class Permute(ViewOp):
    """Dimensions in another order: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, dims: Shape) -> Array:
        return x.transpose(dims)

    @staticmethod
    def batched(batch: Batch, x: Array, *, dims: Shape) -> Array:
        return x.transpose((*range(batch.lead), *batch.dims(dims, x)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        back = [0] * len(ctx.dims)
        for i, d in enumerate(ctx.dims):
            back[d] = i
        return grad.permute(back)

    parity = staticmethod(lambda torch, x, *, dims: torch.permute(x, dims))
    reference = staticmethod(lambda x, *, dims: _permuted(x, dims))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3, 4), dims=(2, 0, 1))
        yield s(s.real(2, 3), dims=(0, 1))
        yield s(s.real(), dims=())


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


class Expand(ViewOp):
    """Broadcast without a copy, dimensions of size 1 (and new ones) repeated: (*) -> size."""

    @staticmethod
    def forward(x: Array, *, size: Shape) -> Array:
        if x.shape == size:
            return x[...]
        if not x.flags.c_contiguous:
            return np.broadcast_to(x, size)
        # As the general case, but ten times as fast, and it may be written to.
        lead = len(size) - x.ndim
        steps = [0 if n == 1 else s for n, s in zip(x.shape, x.strides, strict=True)]
        return np.ndarray(size, x.dtype, x, 0, (0,) * lead + tuple(steps))

    @staticmethod
    def batched(batch: Batch, x: Array, *, size: Shape) -> Array:
        return Expand.forward(batch.widened(x, len(size)), size=batch.sizes + size)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad  # the engine sums what was repeated

    parity = staticmethod(lambda torch, x, *, size: x.expand(size))

    @staticmethod
    def reference(x: Array, *, size: Shape) -> Array:
        out = np.empty(size, x.dtype)
        for index in np.ndindex(size):
            own = index[len(size) - x.ndim :]
            out[index] = x[tuple(0 if n == 1 else i for i, n in zip(own, x.shape, strict=True))]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1), size=(2, 3))
        yield s(s.real(3), size=(2, 3))
        yield s(s.real(), size=(2, 2))
        yield s(s.real(2, 3), size=(2, 3))
        yield s(s.real(1, 3), size=(0, 3))


def view(input: TensorBase, *shape: Any) -> Tensor:
    """Return the elements under another shape, in the same memory; -1 is inferred.

    Raises:
        RuntimeError: if the number of elements differs, or strides do not allow it without a copy.
    """
    array = input._array
    size = infer_shape(sizes_of(shape), array.size)
    if not _is_viewable(array, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return View.apply(input, shape=size)


def _is_viewable(array: Array, shape: Shape) -> bool:
    """Whether an array can take on a shape without a copy."""
    if isinstance(array, Example):
        lead = array.payload.shape[: len(array.levels)]
        return _is_viewable(array.payload, lead + shape)
    if array.flags.c_contiguous or array.size == 0:
        return True
    return np.may_share_memory(array, array.reshape(shape))


def reshape(input: TensorBase, *shape: Any) -> Tensor:
    """Return the elements under another shape: a view where possible, else a copy; -1 is inferred.

    Raises:
        RuntimeError: if the number of elements differs.
    """
    array = input._array
    size = infer_shape(sizes_of(shape), array.size)
    if _is_viewable(array, size):
        return View.apply(input, shape=size)
    return UnsafeView.apply(contiguous(input), shape=size)


def flatten(input: TensorBase, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the tensor with dimensions start_dim to end_dim made one.

    Raises:
        RuntimeError: if end_dim comes before start_dim.
    """
    shape = input._array.shape
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError(
            "flatten() has invalid args: start_dim cannot come after end_dim, got "
            f"{start_dim} and {end_dim}"
        )
    if start == end and shape:
        return input  # type: ignore[return-value]
    return reshape(input, (*shape[:start], -1, *shape[end + 1 :]))


def unflatten(input: TensorBase, dim: int, sizes: Any) -> Tensor:
    """Return the tensor with one dimension split into several; one of ``sizes`` may be -1.

    Raises:
        RuntimeError: if they do not multiply to the dimension's size.
    """
    shape = input._array.shape
    d = wrap_dim(dim, len(shape))
    try:
        inner = infer_shape(sizes_of((sizes,)), shape[d])
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} "
            f"({shape[d]}) in the input tensor"
        ) from None
    return view(input, (*shape[:d], *inner, *shape[d + 1 :]))


def ravel(input: TensorBase) -> Tensor:
    """Return the elements in one dimension; a view where possible."""
    return reshape(input, -1)


def transpose(input: TensorBase, dim0: int, dim1: int) -> Tensor:
    """Return a view with two dimensions swapped."""
    ndim = input._array.ndim
    d0, d1 = wrap_dim(dim0, ndim), wrap_dim(dim1, ndim)
    return Transpose.apply(input, dim0=d0, dim1=d1) if ndim else Alias.apply(input)


def t(input: TensorBase) -> Tensor:
    """Return a matrix transposed; tensors with fewer dimensions as they are.

    Raises:
        RuntimeError: for more than two dimensions.
    """
    ndim = input._array.ndim
    if ndim == 2:
        return T.apply(input)
    if ndim > 2:
        raise RuntimeError(
            f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D: use "
            ".transpose(dim0, dim1) or .mT"
        )
    return Alias.apply(input)


def reverse_dims(input: TensorBase) -> Tensor:
    """Return what ``x.T`` is: dimensions in reverse order, meant for matrices."""
    ndim = input._array.ndim
    if ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is "
            "deprecated. Use `x.mT` to transpose batches of matrices or `x.permute(...)`.",
            UserWarning,
            stacklevel=3,
        )
    return Permute.apply(input, dims=tuple(range(ndim - 1, -1, -1)))


def matrix_transpose(input: TensorBase) -> Tensor:
    """Return what ``x.mT`` is: the last two dimensions swapped.

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    ndim = input._array.ndim
    if ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {ndim}-D tensor."
        )
    return Transpose.apply(input, dim0=ndim - 2, dim1=ndim - 1)


def permute(input: TensorBase, *dims: Any) -> Tensor:
    """Return a view with all dimensions in the order given.

    Raises:
        RuntimeError: if not each dimension is named once.
    """
    order = sizes_of(dims)
    ndim = input._array.ndim
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal "
            f"to len(dims) = {len(order)}"
        )
    wrapped = tuple([wrap_dim(d, ndim) for d in order])
    if len(set(wrapped)) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed. Got {list(order)}.")
    return Permute.apply(input, dims=wrapped)


def movedim(input: TensorBase, source: Any, destination: Any) -> Tensor:
    """Return a view with dimensions ``source`` (an int or several) moved to ``destination``."""
    ndim = input._array.ndim
    sources = wrap_dims(source, ndim)
    places = wrap_dims(destination, ndim)
    if len(sources) != len(places):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source "
            f"({list(sources)} dims) should contain the same number of dims as destination "
            f"({list(places)} dims)"
        )
    order = [d for d in range(ndim) if d not in sources]
    for place, d in sorted(zip(places, sources, strict=True)):
        order.insert(place, d)
    return Permute.apply(input, dims=tuple(order))


@numpy_names
def squeeze(input: TensorBase, dim: Any = None) -> Tensor:
    """Return a view without the dimensions of size 1: all, or those of ``dim`` that have it."""
    shape = input._array.shape
    if dim is None:
        return Squeeze.apply(input, dims=tuple([i for i, n in enumerate(shape) if n == 1]))
    if isinstance(dim, tuple | list):
        several = wrap_dims(dim, len(shape)) if dim else ()
        return SqueezeDims.apply(input, dims=tuple([d for d in several if shape[d] == 1]))
    d = wrap_dim(dim, len(shape))
    return SqueezeDim.apply(input, dims=(d,) if shape and shape[d] == 1 else ())


@numpy_names
def unsqueeze(input: TensorBase, dim: int) -> Tensor:
    """Return a view with a dimension of size 1 more, before ``dim``."""
    return Unsqueeze.apply(input, dim=wrap_dim(dim, input._array.ndim + 1))


def expand(input: TensorBase, *size: Any) -> Tensor:
    """Return a view with dimensions of size 1 repeated, and new ones in front; -1 keeps a size.

    Raises:
        RuntimeError: if another dimension would have to change.
    """
    return Expand.apply(input, size=expanded_size(input._array, sizes_of(size)))


def expanded_size(array: Array, sizes: Shape) -> Shape:
    """Return ``sizes`` with each -1 replaced by the array's size, or raise what expand raises."""
    shape = array.shape
    lead = len(sizes) - len(shape)
    if lead < 0:
        name = scalar_name(array)
        raise RuntimeError(
            f"expand(torch.{name}Tensor{{{list(shape)}}}, size={list(sizes)}): the number of sizes "
            f"provided ({len(sizes)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({len(shape)})"
        )
    target = list(sizes)
    for i, n in enumerate(sizes):
        own = shape[i - lead] if i >= lead else 1
        if n == own:
            continue
        if n == -1 and i >= lead:
            target[i] = own
        elif n == -1:
            raise RuntimeError(
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                f"dimension {i}"
            )
        elif own != 1 or n < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({own}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(sizes)}.  "
                f"Tensor sizes: {list(shape)}"
            )
    return tuple(target)


def broadcast_to(input: TensorBase, size: Any) -> Tensor:
    """Return :func:`expand` to ``size``."""
    return expand(input, size)
