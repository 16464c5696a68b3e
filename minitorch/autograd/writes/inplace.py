"""Writing into a tensor's memory and rewriting its history (Note [Views and in-place])."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from minitorch.autograd.conjugates import of_complex
from minitorch.autograd.grad_mode import current_mode, is_grad_enabled
from minitorch.autograd.layers import active
from minitorch.autograd.node import Node, alias
from minitorch.autograd.op import Op, read, record
from minitorch.autograd.origin import Cut, forget_history
from minitorch.autograd.saved import packed_last
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump, cell_of
from minitorch.autograd.vmap.batch import facing, join, missing_in
from minitorch.autograd.vmap.example import Example
from minitorch.autograd.vmap.levels import leave
from minitorch.autograd.writes.parts import seen_as, seen_back
from minitorch.autograd.writes.place import place_across
from minitorch.autograd.writes.place_ops import CopySlices
from minitorch.autograd.writes.views import barred, take_history
from minitorch.core.bfloat16 import is_narrow
from minitorch.core.dtypes import Array, complex_seen, is_storable, scalar_name
from minitorch.core.layout import is_dense, is_expanded
from minitorch.core.silence import silence
from minitorch.core.storage import address_of


def write_(op: type[Op], target: Any, *inputs: Any, **params: Any) -> Any:
    """Compute ``op(target, *inputs)`` and store the result in ``target``.

    Raises:
        RuntimeError: if ``target`` is a leaf that requires grad, overlaps itself or an input, or
            cannot hold the result's shape or dtype.
    """
    cell = target._version_cell
    if cell is not None and not cell.counts:
        cell.check_writable()
    arrays, wants_grad, cut = read((target, *inputs))
    if complex_seen:
        of_complex(op, arrays, params)  # or it is refused
    recording = op.differentiable and current_mode()[0]
    if recording and (wants_grad or target._requires_grad):
        check_recordable(target)
    tracked = recording and wants_grad
    own = arrays[0]
    if not op.onto_repeats:
        check_no_repeats(own)
    stack = active()
    if inputs and stack is None:
        _check_apart(op, target, inputs)
    # Tangents have graphs of their own, which may save what the target was.
    moving = recording and stack is not None and bool(stack.written)
    before = _before(op, target, inputs, moving) if tracked or moving else target
    result = None
    if stack is None and op.into is not None and _write_directly(op, arrays, params):
        if tracked:
            result = record(op, (before, *inputs), params, own)
        elif wants_grad:
            cut = current_mode().cut or Cut("no gradient", op=op.name)
    else:
        with packed_last() if op.saves_outputs else nullcontext():
            result = op.apply(before, *inputs, **params)
            store_(own, result._array, op.no_room)
        cut = result._origin
    _written(op, target, result, cut)
    if stack is not None:
        _tell_layers(target, result)
    return target


def overwritten(target: Any, by: str | None = None) -> None:
    """Count a write of constants that was not recorded, and let layers follow."""
    bump(target, by, 3)
    _tell_layers(target, None)


def _tell_layers(target: Any, result: Any) -> None:
    stack = active()
    if stack is not None:
        for layer_written in stack.written:
            layer_written(target, result)


def _write_directly(op: type[Op], arrays: list[Any], params: Any) -> bool:
    """Have the op write without a detour; False, and nothing is changed, where it cannot."""
    assert op.into is not None
    own = arrays[0]
    if not own.flags.writeable or (is_narrow(own) and not op.in_own_dtype):
        return False
    try:
        with silence():
            return op.into(*arrays, **params)
    except ValueError:  # shapes that do not fit; NumPy looks at them first
        return False


def _written(op: type[Op], target: Any, result: Any, cut: Cut | None) -> None:
    """Count the write, and hand the history of what was written on to the target."""
    bump(target, op.name, 4)
    if result is not None and result._grad_fn is not None:
        _save_written_outputs(result._grad_fn, target)
        rebase_(target, result)
    elif cut is not None and cut.kind == "volatile":
        root = target if target._view is None else target._view.base
        for tensor in (root, target):
            forget_history(tensor, cut)
    elif cut is not None and not target._requires_grad:
        target._origin = cut


def requires_grad(tensor: TensorBase) -> bool:
    """Whether a tensor requires grad, with its history up to date if it is a view."""
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    return tensor._requires_grad


def check_recordable(target: TensorBase) -> None:
    """Refuse to record a write that history has no place for.

    Raises:
        RuntimeError: for a leaf that requires grad (its gradient would be of what?), for a view of
            one, for one of several views, and for a view that was made without recording.
    """
    view = target._view
    if view is not None:
        if view.bar is not None:
            raise barred(target, "is being modified inplace")
        if target._requires_grad and view.base._grad_fn is None:
            raise RuntimeError(f"a view of a leaf Variable that requires grad {_LEAF}")
    if target._requires_grad and target._grad_fn is None:
        raise RuntimeError(f"a leaf Variable that requires grad {_LEAF}")


_LEAF = (
    "is being used in an in-place operation. Wrap the update in `with no_grad():`, or write into a "
    "clone()."
    " [explain: leaf-in-place]"
)


def check_no_repeats(own: Array) -> None:
    """Refuse to write into memory that stands for several elements, as ``expand()`` makes it.

    Raises:
        RuntimeError: if there are strides of 0.
    """
    if is_expanded(own):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
            " [explain: overlapping-write]"
        )


def warn_of_repeats(target: TensorBase, name: str) -> None:
    """Warn where PyTorch only warns of a write into expanded memory."""
    if is_expanded(target._array):
        warn_user(
            f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before "
            "performing this operation. This also applies to advanced indexing e.g. "
            "tensor[indices] = tensor",
        )


def _check_apart(op: type[Op], target: TensorBase, inputs: tuple[Any, ...]) -> None:
    """Refuse inputs that share part of the target's memory, but not element by element.

    Raises:
        RuntimeError: for those of which that is easily seen, as PyTorch does.
    """
    own = target._array
    for i, x in enumerate(inputs, start=1):
        if not isinstance(x, TensorBase) or x._array is own or i == op.read_first:
            continue
        if (x._array.base is not None or own.base is not None) and overlap_in_part(own, x._array):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to "
                "tensor refer to a single memory location. Please clone() the tensor before "
                "performing the operation."
                " [explain: overlapping-write]"
            )


def overlap_in_part(a: Array, b: Array) -> bool:
    """Whether two arrays without gaps overlap, and are not the same."""
    if not overlap(a, b):
        return False
    return address_of(a) != address_of(b) or a.nbytes != b.nbytes or a.strides != b.strides


def overlap(a: Array, b: Array) -> bool:
    """Whether two arrays without gaps have memory in common: their bounds then say so."""
    return np.may_share_memory(a, b) and is_dense(a) and is_dense(b)


def store_(own: Array, array: Array, no_room: str | None = None) -> None:
    """Copy the result of an op into the memory that it is for.

    Raises:
        RuntimeError: if shape or dtype do not fit, or the memory is read-only.
    """
    if array.shape != own.shape:
        raise RuntimeError(
            f"output with shape {list(own.shape)} doesn't match the broadcast shape "
            f"{list(array.shape)}: an in-place operation cannot change its tensor's shape."
            " [explain: in-place-shape]"
        )
    if not is_storable(array.dtype, own.dtype):
        raise RuntimeError(
            f"result type {scalar_name(array)} can't be cast to the desired output type "
            f"{scalar_name(own)}: an in-place operation cannot change its tensor's dtype."
            " [explain: in-place-dtype]"
        )
    if not own.flags.writeable:
        raise RuntimeError(
            "unsupported operation: the tensor cannot be written to, its memory is read-only. "
            "Please clone() the tensor before performing the operation."
        )
    if isinstance(own, Example) or isinstance(array, Example):
        own, array = facing(own, array, no_room)
    if array.dtype is own.dtype:
        np.copyto(own, array)
    else:
        with silence():  # out of range is the caller's affair, as in PyTorch
            np.copyto(own, array, casting="unsafe")


def _before(op: type[Op], target: TensorBase, inputs: tuple[Any, ...], moving: bool) -> Any:
    """The target as it is before the write; in memory of its own where a rule will need it."""
    before = alias(target, target._grad_fn, target._output_index)
    if 0 in op.saves and (moving or _is_needed(op, target, inputs)):
        before._array = target._array.copy()
        before._version_cell = None
    return before


def _is_needed(op: type[Op], target: TensorBase, inputs: tuple[Any, ...]) -> bool:
    """Whether a gradient that will be asked for reads what the target was."""
    readers = op.saved_for.get(0)
    if readers is None:
        return True
    operands = (target, *inputs)
    return any(
        [isinstance(operands[k], TensorBase) and operands[k]._requires_grad for k in readers]
    )


def _save_written_outputs(node: Node, target: Any) -> None:
    """A saved output is the written tensor itself: later writes to it must be noticed."""
    if node._op.saves_outputs and node._saved and type(node._saved[-1]) is tuple:
        cell = cell_of(target)
        node._saved = [*node._saved[: len(node._op.saves)], (target._array, cell, cell.version)]


def rebase_(target: Any, result: TensorBase) -> None:
    """Give the target the history of the result that was written into it."""
    cell = cell_of(target)
    assert result._grad_fn is not None, "only what was recorded is a history"
    cell.history = result._grad_fn.name()
    view = target._view
    if type(result._array) is Example:
        missing = missing_in(target._array, result._array.levels)
        for tensor in (target,) if view is None else (target, view.base):
            join(tensor, missing)
    if view is None:
        take_history(target, result)
        return
    cell.history = CopySlices.name
    base = view.base
    before = alias(base, base._grad_fn, base._output_index)
    root = seen_as(before, target) if complex_seen else before
    place, _, levels = place_across(base if root is before else root, target)
    inputs = (root, leave(result, levels))
    whole = record(CopySlices, inputs, {"place": place}, root._array)
    take_history(base, seen_back(whole, base) if complex_seen else whole)
    view.reread(target)


def overwrite_(name: str, target: Any, function: Callable[[Any], Any]) -> Any:
    """Store ``function(target)``, of any number of ops, in ``target``.

    Raises:
        RuntimeError: as :func:`write_`.
    """
    before = target
    if is_grad_enabled():
        if requires_grad(target):
            check_recordable(target)
        before = alias(target, target._grad_fn, target._output_index)
        before._array, before._version_cell = target._array.copy(), None
    result = function(before)
    tracked = is_grad_enabled() and result._requires_grad
    if tracked:
        check_recordable(target)
    check_no_repeats(target._array)
    store_(target._array, result._array)
    bump(target, name, 3)
    if tracked:
        rebase_(target, result)
    _tell_layers(target, result)
    return target


def rearrange_(name: str, target: Any, view: Callable[[Any], Any]) -> Any:
    """Show the tensor's memory as the view that the function makes of it, as ``t_()`` does.

    Raises:
        RuntimeError: for a leaf that requires grad, or a view of one.
    """
    tracked = requires_grad(target) and is_grad_enabled()
    if tracked:
        check_recordable(target)
    result = view(alias(target, target._grad_fn if tracked else None, target._output_index))
    target._array = result._array
    target._tangents = result._tangents
    bump(target, name, 3)
    if tracked:
        take_history(target, result)
    if target._view is not None:
        target._view.followed = cell_of(target).version
        if tracked:
            target._view.seen = target._view.followed
    return target
