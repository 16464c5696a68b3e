"""Advanced indexing: elements picked, written and added by index arrays and masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import requires_grad, warn_of_repeats, write_
from minitorch.core.dtypes import checked_number, is_bool, scalar_name
from minitorch.core.layout import copied, is_expanded, laid_out
from minitorch.ops.dims import Shape
from minitorch.ops.index.batched import batched_index, picked_shape, plain_index
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Slices that take everything, int64 arrays and bool masks.
ArrayIndex = tuple[Any, ...]

_ALL = slice(None)


class Index(LinearMap):
    """Elements picked by index arrays or masks, as NumPy picks them: (*) -> (*)."""

    complex = LINEAR
    in_own_dtype = True

    @staticmethod
    def forward(x: Array, *, index: ArrayIndex) -> Array:
        out = x[index]  # NumPy promises no order in memory
        return in_order(out) if x.flags.c_contiguous else laid_out(out, _steps_of(x, index, out))

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


def _steps_of(x: Array, index: ArrayIndex, out: Array) -> Array:
    """Return ``x`` seen in the shape of what was picked, without steps along what was picked."""
    steps: list[int] = []
    places = []
    dim = 0
    for item in index:
        if isinstance(item, slice):
            steps.append(x.strides[dim])
            dim += 1
        else:
            places.append(len(steps))
            dim += item.ndim if is_bool(item.dtype) else 1
    steps += x.strides[dim:]
    place = places[0] if len(set(places)) == 1 else 0  # in front where slices stand between
    steps[place:place] = [0] * (out.ndim - len(steps))
    return np.lib.stride_tricks.as_strided(x, out.shape, steps, writeable=False)


def _in_torch(torch: Any, index: ArrayIndex) -> ArrayIndex:
    return tuple(i if isinstance(i, slice) else torch.from_numpy(i) for i in index)


def _places(shape: Shape, index: ArrayIndex) -> Array:
    """Return where each picked element stands in the order of all."""
    places: Array = np.arange(int(np.prod(shape))).reshape(shape)[index]
    return places


class IndexGrad(LinearMap):
    """Zeros with ``grad`` added where index arrays point, repeats adding up: (*) -> shape."""

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, *, index: ArrayIndex, shape: Shape) -> Array:
        if _are_masks(index):
            out = np.zeros(shape, grad.dtype)
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


def _are_masks(index: ArrayIndex) -> bool:
    """Whether no element can be named twice."""
    return all(is_bool(i.dtype) for i in index if isinstance(i, np.ndarray))


class IndexPut(Op):
    """``x`` with ``values`` where index arrays point; added, or in place of what is there.

    (*), (*I) -> (*). Values broadcast.
    """

    complex = LINEAR

    @staticmethod
    def forward(x: Array, values: Any, *, index: ArrayIndex, accumulate: bool) -> Array:
        out = copied(x)
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
            op = Index if ctx.accumulate or _are_masks(ctx.index) else IndexPutGrad
            grad_values = op.apply(grad, index=ctx.index)
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


class MaskPut(IndexPut):
    """:class:`IndexPut` of one number by masks, which may be an element of the tensor itself."""

    name = IndexPut.name
    read_first = 1


class IndexPutGrad(Op):
    """:class:`Index`, but 0 for values that a later one replaced in :class:`IndexPut`: (*) -> (*).

    PyTorch says of this gradient that it is incorrect where places are named twice: it gives a
    share to each of the values.
    """

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, *, index: ArrayIndex) -> Array:
        return in_order(of_winners(grad, plain_index(index)))

    batched_params = True

    @staticmethod
    def batched(batch: Batch, grad: Array, *, index: ArrayIndex) -> Array:
        whole = batched_index(batch, index)
        return np.ascontiguousarray(whole.forth(of_winners(batch.full(grad, 0), whole.index)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        base = grad.new_zeros(ctx.input_shapes[0])
        return IndexPut.apply(base, grad, index=ctx.index, accumulate=False)

    @staticmethod
    def reference(grad: Array, *, index: ArrayIndex) -> Array:
        places = _places(grad.shape, index)
        last = {place: i for i, place in enumerate(places.flat)}
        return np.array(
            [grad.flat[p] if last[p] == i else 0 for i, p in enumerate(places.flat)], grad.dtype
        ).reshape(places.shape)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        a, b = np.array([0, 2, 0]), np.array([[1], [-1]])
        yield s(s.real(3, 2), index=(a,))
        yield s(s.real(2, 3, 2), index=(_ALL, a, b % 2))
        yield s(s.real(2, 3, 2), index=(b, _ALL, a % 2))
        yield s(s.real(3, 3), index=(np.array([True, False, True]), np.array([1, 1])))
        yield s(s.real(3, 2), index=(np.array([], np.int64),))


def of_winners(x: Array, index: ArrayIndex) -> Array:
    """Return ``x[index]`` with zeros where a later position names the same place.

    Each item of the index is of one dimension. Those that are taken whole decide nothing.
    """
    picked = x[index]
    sizes = [1 if isinstance(i, slice) else n for i, n in zip(index, x.shape, strict=False)]
    last = np.empty(sizes + [1] * (x.ndim - len(sizes)), np.intp)
    shape = last[index].shape
    order = np.arange(math.prod(shape)).reshape(shape)
    last[index] = order
    return np.where(last[index] == order, picked, picked.dtype.type(0))


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
    is_fill = is_tensor and values._array.size == 1 and not accumulate and _are_masks(index)
    index = kept(index, target, values)
    op = MaskPut if is_fill else IndexPut
    return write_(op, target, values, index=index, accumulate=accumulate)


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


def kept(index: ArrayIndex, *tensors: Any) -> ArrayIndex:
    """Return index arrays for a call on these tensors: copies, if it will be recorded.

    Those of the user may be written to before backward needs them.
    """
    if not is_grad_enabled() or not any(
        [isinstance(x, TensorBase) and requires_grad(x) for x in tensors]
    ):
        return index
    return tuple([i.copy() if type(i) is np.ndarray else i for i in index])
