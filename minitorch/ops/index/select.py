"""Picking and writing elements by index arrays and masks: what advanced indexing is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched, refuse_shape_of, reshaped, values_of
from minitorch.autograd.writes.inplace import is_expanded, requires_grad, warn_of_repeats, write_
from minitorch.core.dtypes import checked_number, scalar_name
from minitorch.ops.dims import Shape, wrap_dim
from minitorch.ops.index.batched import batched_index, picked_shape
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batching import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Slices that take everything, int64 arrays and bool masks.
ArrayIndex = tuple[Any, ...]

_ALL = slice(None)


class Index(Op):
    """Elements picked by index arrays or masks, as NumPy picks them: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, index: ArrayIndex) -> Array:
        return in_order(x[index])  # NumPy promises no order in memory

    batched_params = True

    @staticmethod
    def batched(batch: Batch, x: Array, *, index: ArrayIndex) -> Array:
        whole = batched_index(batch, index)
        return np.ascontiguousarray(whole.forth(batch.full(x, 0)[whole.index]))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return IndexGrad.apply(grad, index=ctx.index, shape=ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, index: x[_in_torch(torch, index)])

    @staticmethod
    def reference(x: Array, *, index: ArrayIndex) -> Array:
        return np.array([x.flat[i] for i in _places(x.shape, index).flat], x.dtype).reshape(
            _places(x.shape, index).shape
        )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        a, b = np.array([0, 2, 0]), np.array([[1], [0]])
        yield s(s.real(3, 2), index=(a,))
        yield s(s.real(3), index=(b,))
        yield s(s.real(3, 4), index=(a, np.array([1, 3, 1])))
        yield s(s.real(2, 3, 2), index=(_ALL, a, b % 2))
        yield s(s.real(3, 2, 3), index=(a, _ALL, b))
        yield s(s.real(3, 2), index=(np.array([True, False, True]),))
        yield s(s.real(2, 2, 3), index=(np.array([[True, False], [True, True]]),))
        yield s(s.real(2, 3), index=(_ALL, np.array([-1, -1])))
        yield s(s.real(3, 2), index=(np.array([], np.int64),))


def _in_torch(torch: Any, index: ArrayIndex) -> ArrayIndex:
    return tuple(i if isinstance(i, slice) else torch.from_numpy(i) for i in index)


def _places(shape: Shape, index: ArrayIndex) -> Array:
    """Return where each picked element stands in the order of all."""
    places: Array = np.arange(int(np.prod(shape))).reshape(shape)[index]
    return places


class IndexSelect(Index):
    """:class:`Index` along one dimension, under PyTorch's name."""


class MaskedSelect(Index):
    """:class:`Index` by one mask, under PyTorch's name."""


class IndexGrad(Op):
    """Zeros with ``grad`` added where index arrays point, repeats adding up: (*) -> shape."""

    @staticmethod
    def forward(grad: Array, *, index: ArrayIndex, shape: Shape) -> Array:
        if all(i.dtype.kind == "b" for i in index if isinstance(i, np.ndarray)):
            out = np.zeros(shape, grad.dtype)  # a mask names no element twice
            out[index] = grad
            return out
        return kernels.active().index.add(grad, index, shape)

    batched_params = True

    @staticmethod
    def batched(batch: Batch, grad: Array, *, index: ArrayIndex, shape: Shape) -> Array:
        whole = batched_index(batch, index)
        grads = whole.back(batch.full(grad, 0))
        return kernels.active().index.add(grads, whole.index, batch.sizes + shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Index.apply(grad, index=ctx.index)

    @staticmethod
    def reference(grad: Array, *, index: ArrayIndex, shape: Shape) -> Array:
        out = np.zeros(shape, grad.dtype)
        for place, value in zip(_places(shape, index).flat, grad.flat, strict=True):
            out.flat[place] += value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), index=(np.array([0, 2, 0]),), shape=(3, 2))
        yield s(s.real(2, 3), index=(_ALL, np.array([0, 1, 1])), shape=(2, 4))
        yield s(s.real(2, 2), index=(np.array([True, False, True]),), shape=(3, 2))


class IndexPut(Op):
    """``x`` with ``values`` where index arrays point; added, or in place of what is there.

    (*), (*I) -> (*). Values broadcast.
    """

    @staticmethod
    def forward(x: Array, values: Any, *, index: ArrayIndex, accumulate: bool) -> Array:
        out = np.array(x, order="C")
        if accumulate:
            picked = np.broadcast_to(values, x[index].shape)
            out += kernels.active().index.add(picked.astype(x.dtype), index, x.shape)
        else:
            out[index] = values
        return out

    onto_repeats = True

    @staticmethod
    def into(out: Array, values: Any, *, index: ArrayIndex, accumulate: bool) -> bool:
        if not accumulate:
            out[index] = values
        elif is_expanded(out):
            np.add.at(out, index, values)
        else:
            return False
        return True

    batched_params = True

    @staticmethod
    def batched(
        batch: Batch, x: Array, values: Any, *, index: ArrayIndex, accumulate: bool
    ) -> Array:
        whole = batched_index(batch, index)
        out = np.array(batch.full(x, 0), order="C")
        picked = whole.forth(out[whole.index])
        ndim = picked.ndim - batch.lead
        values = np.broadcast_to(batch.widened(values, ndim, 1), picked.shape)
        values = whole.back(values).astype(x.dtype)
        if accumulate:
            return out + kernels.active().index.add(values, whole.index, out.shape)
        out[whole.index] = values
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        needs_x, needs_values = ctx.needs_input_grad
        grad_x = grad_values = None
        if needs_x:
            grad_x = grad
            if not ctx.accumulate:
                grad_x = IndexPut.apply(grad, 0, index=ctx.index, accumulate=False)
        if needs_values:
            grad_values = Index.apply(grad, index=ctx.index)
        return grad_x, grad_values

    parity = staticmethod(
        lambda torch, x, values, *, index, accumulate: x.clone().index_put_(
            _in_torch(torch, index), torch.as_tensor(values, dtype=x.dtype), accumulate
        )
    )

    @staticmethod
    def reference(x: Array, values: Any, *, index: ArrayIndex, accumulate: bool) -> Array:
        out = x.copy()
        places = _places(x.shape, index)
        for place, value in zip(
            places.flat, np.broadcast_to(values, places.shape).flat, strict=True
        ):
            out.flat[place] = out.flat[place] + value if accumulate else value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        a = np.array([2, 0])
        yield s(s.real(3, 2), s.real(2, 2), index=(a,), accumulate=False)
        yield s(s.real(3, 2), s.real(2), index=(a,), accumulate=False)
        yield s(s.real(3, 2), 1.5, index=(np.array([True, False, True]),), accumulate=False)
        yield s(s.real(3, 2), s.real(3, 2), index=(np.array([2, 0, 2]),), accumulate=True)
        yield s(s.real(3, 4), s.real(2), index=(a, np.array([3, 1])), accumulate=False)


class IndexAdd(IndexPut):
    """:class:`IndexPut` that adds along one dimension, under PyTorch's name."""

    onto_repeats = False


class IndexCopy(IndexPut):
    """:class:`IndexPut` along one dimension, under PyTorch's name."""

    onto_repeats = False


class IndexFill(IndexPut):
    """:class:`IndexPut` of one number along one dimension, under PyTorch's name."""

    number = 1


class MaskedFill(Op):
    """``x`` with a value where the mask holds: (*A), (*M), () -> (*broadcast(A, M))."""

    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(x: Array, mask: Array, value: Any) -> Array:
        if not isinstance(value, np.ndarray):
            value = checked_number(value, x.dtype)
        return in_order(np.where(mask, np.asarray(value, x.dtype), x))

    onto_repeats = True
    number = 2

    @staticmethod
    def into(out: Array, mask: Array, value: Any) -> bool:
        if np.broadcast_shapes(out.shape, mask.shape) != out.shape:
            return False
        if not isinstance(value, np.ndarray):
            value = checked_number(value, out.dtype)
        np.copyto(out, np.asarray(value, out.dtype), where=mask)
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (mask,) = ctx.saved_tensors
        needs_x, _, needs_value = ctx.needs_input_grad
        grad_value = MaskedFill.apply(grad, ~mask, 0) if needs_value else None
        return MaskedFill.apply(grad, mask, 0) if needs_x else None, None, grad_value

    parity = staticmethod(lambda torch, x, mask, value: torch.masked_fill(x, mask, value))
    reference = staticmethod(np.vectorize(lambda x, mask, value: value if mask else x))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.bools(2, 3), 0.5)
        yield s(s.real(2, 3), s.bools(3), -1.0)
        yield s(s.real(3), s.bools(2, 1), 2.0)


class MaskedFillTensor(MaskedFill):
    """:class:`MaskedFill` with a value that may require grad, under PyTorch's name."""

    name = "MaskedFillBackward1"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.bools(2, 3), s.real())
        yield s(s.real(2, 3), s.bools(3), s.real())


def put_(target: Any, index: ArrayIndex, values: Any, *, accumulate: bool) -> Tensor:
    """Write (or add) values where index arrays point.

    Raises:
        RuntimeError: if the values have another dtype or do not broadcast.
    """
    own = target._array
    is_tensor = isinstance(values, TensorBase)
    if is_tensor:
        _check_values(own, index, values._array)
    else:
        values = checked_number(values, own.dtype)
    warn_of_repeats(target, "index_put_")
    index = kept(index, target, values)
    return write_(IndexPut, target, values, index=index, accumulate=accumulate)


def _check_values(own: Array, index: ArrayIndex, values: Array) -> None:
    if values.dtype != own.dtype and values.ndim:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{scalar_name(own)} for the destination and {scalar_name(values)} for the source."
        )
    if values.size != 1:
        picked = picked_shape(own.shape, index)
        lead = len(picked) - values.ndim
        if lead < 0 or any(
            n not in (1, m) for n, m in zip(values.shape, picked[lead:], strict=True)
        ):
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast "
                f"to indexing result of shape {list(picked)}"
            )


def masked_fill(input: TensorBase, mask: TensorBase, value: Any) -> Tensor:
    """Return ``input`` with one value where the mask holds; input and mask broadcast.

    Raises:
        RuntimeError: for a mask that is not bool, or several values.
    """
    op, inputs = masked_fill_call(mask, value)
    return op.apply(input, *inputs)


def masked_fill_call(mask: TensorBase, value: Any) -> tuple[type[Op], tuple[Any, ...]]:
    """Check the arguments of ``masked_fill`` and ``masked_fill_`` and return the call they make."""
    if mask._array.dtype.kind != "b":
        raise RuntimeError(
            "masked_fill_ only supports boolean masks, but got mask with dtype "
            f"{scalar_name(mask._array)}: compare, or convert it with .bool()"
        )
    if not isinstance(value, TensorBase):
        return MaskedFill, (mask, value)
    if value._array.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value._array.ndim} dimension(s)."
        )
    return MaskedFillTensor, (mask, value)


def masked_select(input: Any, mask: Any) -> Tensor:
    """Return the elements where the mask holds, in one dimension; both broadcast.

    Raises:
        RuntimeError: for a mask that is not bool.
    """
    if mask._array.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    if is_batched(mask._array):
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot "
            "support this because for each batch this would return a differently shaped Tensor. "
            "Use where(mask, input, 0) instead."
        )
    shape = np.broadcast_shapes(input._array.shape, mask._array.shape)
    picks = np.broadcast_to(mask._array, shape)
    return MaskedSelect.apply(input.expand(shape), index=kept((picks,), input))


def masked_scatter_(x: Any, mask: Any, source: Any) -> Tensor:
    """Write the elements of ``source``, in order, where the mask holds.

    Raises:
        RuntimeError: for a mask that is not bool, another dtype, or too few elements.
    """
    if mask._array.dtype.kind != "b":
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype "
            f"{scalar_name(mask._array)}: compare, or convert it with .bool()"
        )
    if source._array.dtype != x._array.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got "
            f"{scalar_name(x._array)} and {scalar_name(source._array)}"
        )
    picks = np.broadcast_to(mask._array, x._array.shape)
    count = int(np.count_nonzero(picks))
    if source._array.size < count:
        raise RuntimeError(
            f"Number of elements of source < number of ones in mask: {source._array.size} < {count}"
        )
    return put_(x, (picks,), source.reshape(-1)[:count], accumulate=False)


def kept(index: ArrayIndex, *tensors: Any) -> ArrayIndex:
    """Return index arrays for a call on these tensors: copies, if it will be recorded.

    Those of the user may be written to before backward needs them.
    """
    if not is_grad_enabled() or not any(
        [isinstance(x, TensorBase) and requires_grad(x) for x in tensors]
    ):
        return index
    return tuple([i.copy() if type(i) is np.ndarray else i for i in index])


def _along(x: TensorBase, dim: int, index: TensorBase) -> ArrayIndex:
    """Check positions along a dimension and return them as a whole index."""
    d = wrap_dim(dim, x._array.ndim)
    places, size = index._array, x._array.shape[d]
    if places.dtype.name not in ("int64", "int32"):
        raise IndexError(f"index: Expected dtype int32/int64 for index, got {scalar_name(places)}")
    values = values_of(places)
    outside = (values < 0) | (values >= size)
    if outside.any():
        raise IndexError(
            f"index out of range in self: {values[outside][0]} for dimension {d} with size {size}"
        )
    return (_ALL,) * d + (reshaped(places, (places.size,)),)


def index_add_call(
    x: TensorBase, dim: int, index: TensorBase, source: Any, alpha: float
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_add`` and ``index_add_`` and return the call they make."""
    places = _along(x, dim, index)
    _check_added("index_add_()", x._array, places, source._array)
    values = source if alpha == 1 else source * alpha
    return IndexAdd, (values,), {"index": kept(places, x, source), "accumulate": True}


def _check_added(name: str, x: Array, places: ArrayIndex, source: Array) -> None:
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}: self ({scalar_name(x)}) and source ({scalar_name(source)}) must have the "
            "same scalar type: convert one with .to(dtype)"
        )
    d, count = len(places) - 1, places[-1].size
    own = source.shape[d] if d < source.ndim else 1
    if count != own:
        raise RuntimeError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim): ({own}), "
            f"for dim: {d}"
        )
    if source.shape != (*x.shape[:d], count, *x.shape[d + 1 :]):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {list(x.shape)} source.shape = {list(source.shape)}"
        )


def index_add(
    input: TensorBase, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
) -> Tensor:
    """Return ``input`` with ``alpha * source`` added at positions along a dimension."""
    op, inputs, params = index_add_call(input, dim, index, source, alpha)
    return op.apply(input, *inputs, **params)


def index_copy(input: TensorBase, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
    """Return ``input`` with ``source`` at positions along a dimension.

    Raises:
        RuntimeError: if dtypes or sizes of the other dimensions differ.
        IndexError: if ``source`` has not one slice for each position.
    """
    op, inputs, params = index_copy_call(input, dim, index, source)
    return op.apply(input, *inputs, **params)


def index_copy_call(
    x: TensorBase, dim: int, index: TensorBase, source: TensorBase
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_copy`` and ``index_copy_`` and return the call they make."""
    places = _along(x, dim, index)
    _check_copied("index_copy_()", x._array, places, source._array)
    return IndexCopy, (source,), {"index": kept(places, x, source), "accumulate": False}


def _check_copied(name: str, x: Array, places: ArrayIndex, source: Array) -> None:
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got (self) "
            f"{scalar_name(x)} and (source) {scalar_name(source)}"
        )
    d, count = len(places) - 1, places[-1].size
    if source.ndim not in (0, x.ndim):
        raise IndexError(
            f"{name}: When source and destination are not scalars, their dimensionality must "
            f"match. Source dimensionality ({source.ndim}), destination dimensionality ({x.ndim})"
        )
    own = source.shape[d] if source.ndim else 1
    if source.ndim and source.shape != (*x.shape[:d], own, *x.shape[d + 1 :]):
        raise RuntimeError(
            f"{name}: Source/destination tensor must have same slice shapes. Got "
            f"{list(x.shape)} and {list(source.shape)}, which may differ in dimension {d}"
        )
    if count != own:
        raise IndexError(
            f"{name}: Number of indices ({count}) should be equal to source.size(dim) ({own})"
        )


def index_fill(input: TensorBase, dim: int, index: TensorBase, value: Any) -> Tensor:
    """Return ``input`` with one value at positions along a dimension."""
    op, inputs, params = index_fill_call(input, dim, index, value)
    return op.apply(input, *inputs, **params)


def index_fill_call(
    x: TensorBase, dim: int, index: TensorBase, value: Any
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of ``index_fill`` and ``index_fill_`` and return the call they make."""
    places = kept(_along(x, dim, index), x, value)
    return IndexFill, (value,), {"index": places, "accumulate": False}


def index_select(input: TensorBase, dim: int, index: TensorBase) -> Tensor:
    """Return the positions along a dimension that a 1-d tensor lists.

    Raises:
        IndexError: for an index with more dimensions, or one that points outside.
        RuntimeError: for an index of another dtype, or several positions in a 0-d tensor.
    """
    shape, places = input._array.shape, index._array
    if places.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if places.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"index_select(): Expected dtype int32 or int64 for index, got {scalar_name(places)}"
        )
    if not shape:
        if places.size != 1:
            raise RuntimeError(
                f"index_select(): Index to scalar can have only 1 value, got {places.size} value(s)"
            )
        return index_select(input.reshape(1), 0, index).reshape(())  # type: ignore[attr-defined]
    return IndexSelect.apply(input, index=kept(_along(input, dim, index), input))


def nonzero(input: TensorBase, *, as_tuple: bool = False) -> Any:
    """Return where elements are not zero: a row for each, or a tensor per dimension."""
    refuse_shape_of("nonzero", input._array)
    found = np.nonzero(input._array) if input._array.ndim else np.nonzero(input._array.reshape(1))
    if as_tuple:
        return tuple([input._plain(np.ascontiguousarray(i)) for i in found])
    if input._array.ndim == 0:
        return input._plain(np.empty((found[0].size, 0), np.int64))
    return input._plain(np.stack(found, 1))
