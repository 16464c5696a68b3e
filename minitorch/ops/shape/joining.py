"""Joining tensors, and the reverse: taking one apart into views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.dtypes import to_common_dtype
from minitorch.core.layout import empty_in, suggested_format
from minitorch.core.strided import contiguous_format
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import Shape, numpy_names, read_int, sizes_of, wrap_dim
from minitorch.ops.out import out_rules, takes_out, without_out
from minitorch.ops.shape.atleast import atleast_3d
from minitorch.ops.shape.narrow import narrow
from minitorch.ops.shape.view import view

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Cat(Op):
    """Tensors joined along a dimension: (*, A, *), (*, B, *), ... -> (*, A + B + ..., *).

    ``lengths`` are A, B, ...: the gradient is cut along them.
    """

    complex = LINEAR
    in_own_dtype = True
    promotion = staticmethod(to_common_dtype)

    @staticmethod
    def forward(*arrays: Array, dim: int, lengths: Shape) -> Array:
        first = arrays[0]
        if first.ndim < 2 or first.flags.c_contiguous:
            return np.concatenate(arrays, dim)
        shape = (*first.shape[:dim], sum(lengths), *first.shape[dim + 1 :])
        format, *others = {suggested_format(x): None for x in arrays}
        # Of F-ordered arrays NumPy would make an F-ordered one.
        out = empty_in(contiguous_format if others else format, shape, first.dtype)
        return np.concatenate(arrays, dim, out=out)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        start, grads = 0, []
        for length, needed in zip(ctx.lengths, ctx.needs_input_grad, strict=True):
            grads.append(narrow(grad, ctx.dim, start, length) if needed else None)
            start += length
        return tuple(grads)

    parity = staticmethod(lambda torch, *tensors, dim, lengths: torch.cat(tensors, dim))

    @staticmethod
    def reference(*arrays: Array, dim: int, lengths: Shape) -> Array:
        rows = [np.take(x, i, dim) for x in arrays for i in range(x.shape[dim])]
        return np.stack(rows, dim)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(1, 3), dim=0, lengths=(2, 1))
        yield s(s.real(2, 3), s.real(2, 2), s.real(2, 0), dim=1, lengths=(3, 2, 0))
        yield s(s.real(3, 2).T, s.real(3, 2).T, dim=0, lengths=(2, 2))
        yield s(s.real(2), s.integers(0, 5, 3), dim=0, lengths=(2, 3))


class Stack(Op):
    """Tensors of one shape side by side along a new dimension: N times (*) -> (*, N, *)."""

    complex = LINEAR
    in_own_dtype = True
    promotion = staticmethod(to_common_dtype)

    @staticmethod
    def forward(*arrays: Array, dim: int) -> Array:
        first = arrays[0]
        shape = (*first.shape[:dim], len(arrays), *first.shape[dim:])
        if dim < first.ndim and not first.flags.c_contiguous:  # PyTorch joins, then splits
            lengths = (first.shape[dim],) * len(arrays)
            return Cat.forward(*arrays, dim=dim, lengths=lengths).reshape(shape)
        out = np.empty(shape, first.dtype)
        wider = (slice(None),) * dim + (None,)
        return np.concatenate([x[wider] for x in arrays], dim, out=out)

    @staticmethod
    def batched(batch: Batch, *arrays: Array, dim: int) -> Array:
        whole = [batch.full(x, i) for i, x in enumerate(arrays)]
        return Stack.forward(*whole, dim=dim + batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Unbind.apply(grad, dim=ctx.dim)

    parity = staticmethod(lambda torch, *tensors, dim: torch.stack(tensors, dim))
    reference = staticmethod(lambda *arrays, dim: np.moveaxis(np.array(list(arrays)), 0, dim))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(2, 3), dim=0)
        yield s(s.real(2, 3), s.real(2, 3), s.real(2, 3), dim=2)
        yield s(s.real(3, 2).T, s.real(3, 2).T, dim=1)
        for dim in (0, 1, 4):
            yield s(s.real(2, 3, 2, 2), s.real(2, 3, 2, 2), dim=dim)
        yield s(s.real(), s.real(), dim=0)


class Split(ViewOp):
    """Consecutive parts along a dimension, of the lengths given: (*, A, *) -> several (*, L, *)."""

    @staticmethod
    def forward(x: Array, *, lengths: Shape, dim: int) -> tuple[Array, ...]:
        before, start, parts = (slice(None),) * dim, 0, []
        for length in lengths:
            parts.append(x[(*before, slice(start, start + length))])
            start += length
        return tuple(parts)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Grads:
        return Cat.apply(*grads, dim=ctx.dim, lengths=ctx.lengths)

    parity = staticmethod(lambda torch, x, *, lengths, dim: torch.split(x, list(lengths), dim))

    @staticmethod
    def reference(x: Array, *, lengths: Shape, dim: int) -> tuple[Array, ...]:
        rows = [np.take(x, i, dim) for i in range(x.shape[dim])]
        parts, at = [], 0
        for n in lengths:
            shape = (*x.shape[:dim], n, *x.shape[dim + 1 :])
            parts.append(np.stack(rows[at : at + n], dim) if n else np.empty(shape))
            at += n
        return tuple(parts)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(5, 2), lengths=(2, 2, 1), dim=0)
        yield s(s.real(2, 4), lengths=(1, 0, 3), dim=1)


class SplitWithSizes(Split):
    """:class:`Split` with lengths that the caller listed, under PyTorch's name."""


class Unbind(ViewOp):
    """One tensor for each position along a dimension: (*, A, *) -> A times (*)."""

    @staticmethod
    def forward(x: Array, *, dim: int) -> tuple[Array, ...]:
        before: Any = (slice(None),) * dim
        return tuple([x[(*before, i, ...)] for i in range(x.shape[dim])])

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Grads:
        return Stack.apply(*grads, dim=ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.unbind(x, dim))
    reference = staticmethod(
        lambda x, *, dim: tuple(np.take(x, i, dim) for i in range(x.shape[dim]))
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), dim=0)
        yield s(s.real(2, 3, 2), dim=1)
        yield s(s.real(3), dim=0)


@takes_out
@numpy_names
@out_rules(refusal=TypeError, apart=True)
def cat(tensors: Sequence[TensorBase], dim: int = 0) -> Tensor:
    """Return tensors joined along an existing dimension: (*, A, *), (*, B, *) -> (*, A + B, *).

    1-d tensors without elements fit all others; only their dtype counts.

    Raises:
        ValueError: for an empty list.
        RuntimeError: if another dimension differs.
    """
    tensors = _tensors("cat", tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    shape = tensors[0]._array.shape
    if shape == (0,):
        shape = next((x._array.shape for x in tensors if x._array.shape != (0,)), shape)
    d = wrap_dim(dim, len(shape))
    for number, x in enumerate(tensors):
        if x._array.shape[:d] != shape[:d] or x._array.shape[d + 1 :] != shape[d + 1 :]:
            _refuse_cat(shape, x._array.shape, d, number)
        if not x._array.shape:
            raise RuntimeError(
                f"zero-dimensional tensor (at position {number}) cannot be concatenated: use "
                "stack()"
            )
    if len(shape) > 1 and any([x._array.shape == (0,) for x in tensors]):
        tensors = _fitted(tensors, (*shape[:d], 0, *shape[d + 1 :]))
    return Cat.apply(*tensors, dim=d, lengths=tuple([x._array.shape[d] for x in tensors]))


def _fitted(tensors: Sequence[TensorBase], nothing: Shape) -> list[TensorBase]:
    """Tensors with those of shape (0,) in the shape ``nothing``, after the others."""
    # The first tensor has the layout of the result: one with elements.
    some = [x for x in tensors if x._array.shape != (0,)]
    return some + [view(x, nothing) for x in tensors if x._array.shape == (0,)]


def _tensors(name: str, tensors: Any) -> Any:
    if not isinstance(tensors, tuple | list):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
            f"{type(tensors).__name__}"
        )
    if not tensors and name not in ("cat", "stack"):  # the others have words of their own
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    for number, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {number} in argument 0, but got {type(x).__name__}"
            )
    return tensors


def _refuse_cat(first: Shape, other: Shape, dim: int, number: int) -> None:
    if other == (0,):
        return
    if len(first) != len(other):
        raise RuntimeError(
            f"Tensors must have same number of dimensions: got {len(first)} and {len(other)}"
        )
    for d, (m, n) in enumerate(zip(first, other, strict=True)):
        if d != dim and m != n:
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {dim}. Expected size {m} but got "
                f"size {n} for tensor number {number} in the list."
                " [explain: cat-shapes]"
            )


concat = concatenate = cat
_cat = without_out(cat)


@takes_out
@numpy_names
@out_rules(refusal=TypeError, apart=True)
def stack(tensors: Sequence[TensorBase], dim: int = 0) -> Tensor:
    """Return tensors of one shape side by side along a new dimension: N times (*) -> (*, N, *).

    Raises:
        RuntimeError: for an empty list, or if shapes differ.
    """
    tensors = _tensors("stack", tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = tensors[0]._array.shape
    for number, x in enumerate(tensors):
        if x._array.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 "
                f"and {list(x._array.shape)} at entry {number}"
                " [explain: stack-shapes]"
            )
    return Stack.apply(*tensors, dim=wrap_dim(dim, len(shape) + 1))


@takes_out
@out_rules(refusal=TypeError, apart=True)
def hstack(tensors: Sequence[Any]) -> Tensor:
    """Return tensors joined along the second dimension, 1-d ones along their first.

    Shapes: (A, B, *), (A, C, *) -> (A, B + C, *); (A,), (B,) -> (A + B,).
    """
    wide = [x if x._array.ndim else x.reshape(1) for x in _tensors("hstack", tensors)]
    return _cat(wide, 0 if wide[0]._array.ndim == 1 else 1)


_hstack = without_out(hstack)


@takes_out
@out_rules(refusal=TypeError, apart=True)
def vstack(tensors: Sequence[Any]) -> Tensor:
    """Return tensors joined one below the other, 1-d ones as rows.

    Shapes: (A, *), (B, *) -> (A + B, *); (A,), (A,) -> (2, A).
    """
    rows = [x if x._array.ndim > 1 else x.reshape(1, -1) for x in _tensors("vstack", tensors)]
    return _cat(rows, 0)


@takes_out
@out_rules(refusal=TypeError, apart=True)
def dstack(tensors: Sequence[Any]) -> Tensor:
    """Return tensors joined along the third dimension, which others are given first.

    Shapes: (A, B, C, *), (A, B, D, *) -> (A, B, C + D, *); (A, B) as (A, B, 1), (A,) as (1, A, 1).
    """
    return _cat(atleast_3d(_tensors("dstack", tensors)), 2)


@takes_out
@out_rules(refusal=TypeError, apart=True)
def column_stack(tensors: Sequence[Any]) -> Tensor:
    """Return tensors joined along the second dimension, 0-d and 1-d ones as columns.

    Shapes: (A, B, *), (A, C, *) -> (A, B + C, *); (A,) counts as (A, 1).
    """
    columns = [
        x if x._array.ndim > 1 else x.reshape(-1, 1) for x in _tensors("column_stack", tensors)
    ]
    return _hstack(columns)


def split(tensor: TensorBase, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Return consecutive views of one length (the last may be shorter), or of the lengths listed.

    Shapes: (*, A, *) -> several (*, L, *).

    Raises:
        RuntimeError: if the length is negative or zero, or the lengths do not sum to the size.
    """
    if isinstance(split_size_or_sections, tuple | list):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    size = _size_along("split", tensor, dim)
    d = wrap_dim(dim, tensor._array.ndim)
    length = read_int(split_size_or_sections, "split_sizes", "tuple of ints")
    if length < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={length}")
    if length == 0 and size:
        raise RuntimeError(
            f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}"
        )
    full, rest = divmod(size, length) if length else (1, 0)
    lengths = (length,) * full + ((rest,) if rest or not size else ())
    return Split.apply(tensor, lengths=lengths if size else (0,), dim=d)


@numpy_names
def split_with_sizes(input: TensorBase, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Return consecutive views of the lengths listed: (*, A, *) -> several (*, L, *).

    Raises:
        RuntimeError: if one is negative, or they do not sum to the size.
    """
    size = _size_along("split", input, dim)
    d = wrap_dim(dim, input._array.ndim)
    lengths = sizes_of((split_sizes,), None, "split_sizes")
    if min(lengths, default=0) < 0:
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(lengths)}"
        )
    if sum(lengths) != size:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's "
            f"size at dimension {d}), but got split_sizes={list(lengths)}"
        )
    return SplitWithSizes.apply(input, lengths=lengths, dim=d)


def _size_along(name: str, x: TensorBase, dim: int) -> int:
    if x._array.ndim == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")
    return x._array.shape[wrap_dim(dim, x._array.ndim)]


@numpy_names
def chunk(input: TensorBase, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Return at most ``chunks`` consecutive views of equal length; the last may be shorter.

    Shapes: (*, A, *) -> several (*, L, *).

    Raises:
        RuntimeError: if ``chunks`` is not positive.
    """
    size = _size_along("chunk", input, dim)
    d, chunks = wrap_dim(dim, input._array.ndim), read_int(chunks, "chunks")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if size == 0:  # an exception of PyTorch's: that many empty parts
        return SplitWithSizes.apply(input, lengths=(0,) * chunks, dim=d)
    return split(input, -(-size // chunks), d)


@numpy_names
def unbind(input: TensorBase, dim: int = 0) -> tuple[Tensor, ...]:
    """Return a view for each position along a dimension: (*, A, *) -> A times (*).

    Raises:
        IndexError: for a 0-d tensor, or if there is no such dimension.
    """
    return Unbind.apply(input, dim=wrap_dim(dim, input._array.ndim, of_scalars=False))
