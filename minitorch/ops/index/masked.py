"""Elements picked and written by a mask: ``masked_fill``, ``masked_select``, ``masked_scatter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched
from minitorch.autograd.writes.inplace import warn_of_repeats, write_
from minitorch.core.dtypes import bool_, checked_number, is_bool, is_complex, scalar_name
from minitorch.core.layout import memory_axes
from minitorch.core.size import broadcast_shape
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.index.advanced import Index, IndexPut, kept
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.shape.expand import expanded_size

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class MaskedFill(Op):
    """``x`` with a value where the mask holds: (*A), (*M), () -> (*broadcast(A, M))."""

    complex = LINEAR
    elementwise = True
    saves = (1,)

    @staticmethod
    def forward(x: Array, mask: Array, value: Any) -> Array:
        if not isinstance(value, np.ndarray):
            value = checked_number(value, x.dtype)
        return in_order(np.where(mask, np.asarray(value, x.dtype), x))

    onto_repeats = True
    read_first = 2

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
        (mask,) = ctx.unpack()
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


@takes_tensors
def masked_fill(input: TensorBase, mask: TensorBase, value: Any) -> Tensor:
    """Return ``input`` with one value where the mask holds; input and mask broadcast.

    Shapes: (*A), (*M), () -> (*broadcast(A, M)).

    Raises:
        RuntimeError: for a mask that is not bool, or several values.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.masked_fill_.html
    """
    op, inputs = _filled(input, mask, value)
    return op.apply(input, *inputs)


@takes_tensors
def masked_fill_(input: TensorBase, mask: TensorBase, value: Any) -> Tensor:
    """Write one value where the mask holds, which broadcasts: (*A), (*M), () -> (*A).

    Raises:
        RuntimeError: as :func:`masked_fill`.
    """
    op, inputs = _filled(input, mask, value)
    warn_of_repeats(input, "masked_fill_")
    return write_(op, input, *inputs)


def _filled(x: TensorBase, mask: TensorBase, value: Any) -> tuple[type[Op], tuple[Any, ...]]:
    """Check the arguments of ``masked_fill`` and ``masked_fill_`` and return the call they make."""
    if not is_bool(mask._array.dtype):
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
    if is_complex(value._array.dtype) and not is_complex(x._array.dtype):
        return MaskedFill, (mask, value._array.item())  # a number that will do, or is refused
    return MaskedFillTensor, (mask, value)


def copy_for(x: Any, *others: Any) -> Any:
    """Return a copy to write others into: one for each example, where those are batched.

    It is dense, and laid out as ``clone()`` lays it out.
    """
    batched = [y for y in others if is_batched(y._array)]
    if not batched:
        return x.clone()
    axes = memory_axes(x._array)
    out = x.permute(axes)
    for y in batched:
        out = masked_fill(out, y.new_zeros((), dtype=bool_), 0)
    return out.permute([axes.index(d) for d in range(len(axes))])


class MaskedSelect(Index):
    """:class:`Index` by one mask, under PyTorch's name."""


@takes_out
@takes_tensors
@out_rules(casts="none", apart=True)
def masked_select(input: Any, mask: Any) -> Tensor:
    """Return the elements where the mask holds, in one dimension; both broadcast.

    Shapes: (*A), (*M) -> (D,).

    Raises:
        RuntimeError: for a mask that is not bool.
    """
    if not is_bool(mask._array.dtype):
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    if is_batched(mask._array):
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot "
            "support this because for each batch this would return a differently shaped Tensor. "
            "Use where(mask, input, 0) instead."
        )
    shape = broadcast_shape(input._array.shape, mask._array.shape)
    picks = np.broadcast_to(mask._array, shape)
    return MaskedSelect.apply(input.expand(shape), index=kept((picks,), input))


class MaskedScatter(IndexPut):
    """:class:`IndexPut` of many values by one mask, under PyTorch's name."""

    onto_repeats = False
    read_first = 1


@takes_tensors
def masked_scatter(input: Any, mask: Any, source: Any) -> Tensor:
    """Return ``input`` with the elements of ``source``, in order, where the mask holds.

    Shapes: (*A), (*M), (*S) -> (*broadcast(A, M)).

    Raises:
        RuntimeError: for a mask that is not bool, another dtype, or too few elements.
    """
    x = input.expand(broadcast_shape(input._array.shape, mask._array.shape)).contiguous()
    values, params = _scattered(x, mask, source)
    return MaskedScatter.apply(x, values, **params)


@takes_tensors
def masked_scatter_(input: Any, mask: Any, source: Any) -> Tensor:
    """Write the elements of ``source``, in order, where the mask holds: (*A), (*M), (*S) -> (*A).

    Raises:
        RuntimeError: for a mask that is not bool, another dtype, or too few elements.
    """
    values, params = _scattered(input, mask, source)
    return write_(MaskedScatter, input, values, **params)


def _scattered(x: Any, mask: Any, source: Any) -> tuple[Any, dict[str, Any]]:
    """Check the arguments of ``masked_scatter`` and return the values and where they go."""
    if not is_bool(mask._array.dtype):
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype "
            f"{scalar_name(mask._array)}: compare, or convert it with .bool()"
        )
    if source._array.dtype != x._array.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got "
            f"{scalar_name(x._array)} and {scalar_name(source._array)}"
        )
    picks = np.broadcast_to(mask._array, expanded_size(mask._array, x._array.shape))
    count = int(np.count_nonzero(picks))
    if source._array.size < count:
        raise RuntimeError(
            f"Number of elements of source < number of ones in mask: {source._array.size} < {count}"
        )
    index = kept((picks,), x, source)
    return source.reshape(-1)[:count], {"index": index, "accumulate": False}
