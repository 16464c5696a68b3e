"""In-place operations: writing into a tensor's memory and rewriting its history.

Note [Views and in-place]
~~~~~~~~~~~~~~~~~~~~~~~~~
Every write counts in the buffer's version cell, which a tensor shares with its views and
``detach()``ed tensors; a saved tensor whose version has changed cannot be used in backward.

A recorded write also changes history. A tensor that is no view takes over the node of the result.
A view keeps its root (``_base``; a view of a view has the same root), and writing through it
changes the root: the root's new node, ``CopySlices``, is made of its old history and of what was
written. All other views are stale then. They are listed nowhere; the write counts itself in the
cell's ``rewrites``, and a view that has seen fewer of them is read out of its root anew
(``AsStrided``) before its history is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import enable_grad, is_grad_enabled
from minitorch.autograd.node import Node, alias
from minitorch.autograd.op import Grads, Op, record, refresh
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump, cell_of
from minitorch.dtypes import Array, is_storable, scalar_name


class AsStrided(Op):
    """Elements of the base at the flat positions ``index``: (*) -> index.shape."""

    @staticmethod
    def forward(x: Array, *, index: Array) -> Array:
        return x.reshape(-1)[index]

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return AsStridedGrad.apply(grad, index=ctx.index, shape=ctx.input_shapes[0])

    @staticmethod
    def reference(x: Array, *, index: Array) -> Array:
        return np.array([x.flat[i] for i in index.flat], x.dtype).reshape(index.shape)

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(6), index=np.array([[0, 2], [2, 5]]))
        yield s(s.real(2, 3), index=np.array(4))


class AsStridedGrad(Op):
    """Sum of ``grad`` at the flat positions ``index`` of zeros: index.shape -> shape."""

    @staticmethod
    def forward(grad: Array, *, index: Array, shape: tuple[int, ...]) -> Array:
        out = np.zeros(shape, grad.dtype)
        np.add.at(out.reshape(-1), index, grad)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return AsStrided.apply(grad, index=ctx.index)

    @staticmethod
    def reference(grad: Array, *, index: Array, shape: tuple[int, ...]) -> Array:
        out = np.zeros(shape, grad.dtype)
        for i, g in zip(index.flat, grad.flat, strict=True):
            out.flat[i] += g
        return out

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(2, 2), index=np.array([[0, 2], [2, 5]]), shape=(2, 3))


class CopySlices(Op):
    """The base with ``values`` written at the flat positions ``index``: (*), index.shape -> (*)."""

    name = "CopySlices"

    @staticmethod
    def forward(base: Array, values: Any, *, index: Array) -> Array:
        out = np.array(base, order="C")
        out.reshape(-1)[index] = values
        return out

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        needs_base, needs_values = ctx.needs_input_grad
        rest = CopySlices.apply(grad, 0, index=ctx.index) if needs_base else None
        return rest, AsStrided.apply(grad, index=ctx.index) if needs_values else None

    @staticmethod
    def reference(base: Array, values: Any, *, index: Array) -> Array:
        out = base.copy()
        for i, v in zip(index.flat, np.broadcast_to(values, index.shape).flat, strict=True):
            out.flat[i] = v
        return out

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(2, 3), s.real(2), index=np.array([1, 4]))


def write_(op: type[Op], target: Any, *inputs: Any, **params: Any) -> Any:
    """Compute ``op(target, *inputs)`` and store the result in ``target``.

    Raises:
        RuntimeError: if ``target`` is a leaf that requires grad, overlaps itself, or cannot hold
            the result's shape or dtype.
    """
    refresh_if_view(target)
    recording = is_grad_enabled()
    if recording:
        check_recordable(target)
    tracked = recording and any(isinstance(x, TensorBase) and x._requires_grad for x in inputs)
    tracked = tracked or (recording and target._requires_grad)
    result = op.apply(_before(op, target) if tracked else target, *inputs, **params)
    store_(target, result._array)
    if tracked and result._grad_fn is not None:
        node = result._grad_fn
        _save_written_outputs(node, target)
        rebase_(target, result)
    return target


def refresh_if_view(tensor: TensorBase) -> None:
    """Bring a view's history up to date; nothing for other tensors."""
    if tensor._base is not None:
        refresh(tensor)


def check_recordable(target: TensorBase) -> None:
    """Refuse to record a write that history has no place for.

    Raises:
        RuntimeError: for a leaf that requires grad (its gradient would be of what?), for a view of
            one, and for a view that was made without recording.
    """
    remedy = " Wrap the update in `with no_grad():`, or write into a clone()."
    if target._requires_grad and target._grad_fn is None:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation." + remedy
        )
    base = target._base
    if base is None or not base._requires_grad:
        return
    if base._grad_fn is None:
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation."
            + remedy
        )
    if not target._requires_grad:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode "
            "enabled: make the view and write into it both inside the no_grad block, or both "
            "outside."
        )


def store_(target: TensorBase, array: Array) -> None:
    """Copy an array into the target's memory and count the write."""
    own = target._array
    if array.shape != own.shape:
        raise RuntimeError(
            f"output with shape {list(own.shape)} doesn't match the broadcast shape "
            f"{list(array.shape)}: an in-place operation cannot change its tensor's shape."
        )
    if not is_storable(array.dtype, own.dtype):
        raise RuntimeError(
            f"result type {scalar_name(array)} can't be cast to the desired output type "
            f"{scalar_name(own)}: an in-place operation cannot change its tensor's dtype."
        )
    repeats = any(s == 0 and n > 1 for s, n in zip(own.strides, own.shape, strict=True))
    if (repeats and own.size) or not own.flags.writeable:
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location, or its memory is read-only. Please clone() the tensor before "
            "performing the operation."
        )
    if array.dtype is own.dtype:
        np.copyto(own, array)
    else:
        with np.errstate(all="ignore"):  # out of range is the caller's affair, as in PyTorch
            np.copyto(own, array, casting="unsafe")
    bump(target)


def _before(op: type[Op], target: TensorBase) -> Any:
    """The target as it is before the write; in memory of its own where the rule will need it."""
    before = alias(target, target._grad_fn, target._output_index)
    if 0 in op.saves:
        before._array = target._array.copy()
        before._version_cell = None
    return before


def _save_written_outputs(node: Node, target: Any) -> None:
    """A saved output is the written tensor itself: later writes to it must be noticed."""
    if node.op.saves_outputs and node.saved:
        cell = cell_of(target)
        node.saved = [*node.saved[: len(node.op.saves)], (target._array, cell, cell.version)]


def rebase_(target: Any, result: TensorBase) -> None:
    """Give the target the history of the result that was written into it."""
    cell = cell_of(target)
    cell.rewrites += 1
    cell.written_by = result._grad_fn.name() if result._grad_fn is not None else None
    base = target._base
    if base is None:
        _take_history(target, result)
        return
    index = _flat_positions(base._array, target._array)
    before = alias(base, base._grad_fn, base._output_index)
    _take_history(base, record(CopySlices, (before, result), {"index": index}, base._array))
    reread(target)


def _take_history(tensor: TensorBase, result: TensorBase) -> None:
    tensor._grad_fn = result._grad_fn
    tensor._output_index = result._output_index
    tensor._requires_grad = True


def reread(view: TensorBase) -> None:
    """Make the view's history that of reading it out of its base now."""
    base = view._base
    assert base is not None, "only a view is stale"
    view._rewrites_seen = cell_of(view).rewrites
    if base._requires_grad:
        index = _flat_positions(base._array, view._array)
        with enable_grad():
            _take_history(view, record(AsStrided, (base,), {"index": index}, view._array))


def _flat_positions(base: Array, view: Array) -> Array:
    """Return where each element of a view stands in its base, counted in the base's own order."""
    first = min(_address(base), _address(view))
    last = max(_last_address(base), _last_address(view))
    span = (last - first) // base.itemsize + 1
    lookup = np.zeros(span, np.int64)
    _strided(lookup, base, first)[...] = np.arange(base.size).reshape(base.shape)
    return _strided(lookup, view, first).copy()


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _last_address(array: Array) -> int:
    steps = zip(array.shape, array.strides, strict=True)
    return _address(array) + sum((n - 1) * s for n, s in steps if n > 1)


def _strided(lookup: Array, like: Array, first: int) -> Array:
    """View the look-up table with the geometry that ``like`` has in memory."""
    start = (_address(like) - first) // like.itemsize
    strides = [s // like.itemsize * lookup.itemsize for s in like.strides]
    return np.lib.stride_tricks.as_strided(lookup[start:], like.shape, strides)
