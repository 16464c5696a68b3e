"""In-place operations: writing into a tensor's memory and rewriting its history.

Note [Views and in-place]
~~~~~~~~~~~~~~~~~~~~~~~~~
Every write counts in the buffer's version cell, which a tensor shares with its views and
``detach()``ed tensors; a saved tensor whose version has changed cannot be used in backward.

A recorded write also changes history. A tensor that is no view takes over the node of the result.
A view keeps its root (``_base``; a view of a view has the same root), and writing through it
changes the root: the root's new node, ``CopySlices``, is made of its old history and of what was
written. All other views are stale then. They are listed nowhere: a view remembers the version it
has seen, and one that has seen an older one is read out of its root anew (``AsStrided``) before its
history is used (``catch_up``).

Two kinds of views cannot follow, and are refused in recorded writes and after writes elsewhere:
those of functions that return several (``SEVERAL``), and those made under ``no_grad``
(``UNRECORDED``). A view without history whose base requires grad all the same (``LOST``) requires
grad too, but no path leads from it to the base.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.autograd import origin
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.hooks import forget_retained, retain_grad
from minitorch.autograd.layers import current as current_watch
from minitorch.autograd.node import Node, alias
from minitorch.autograd.op import Op, record, refresh
from minitorch.autograd.variable import (
    CUSTOM,
    CUT,
    LOST,
    MADE_IN_INFERENCE,
    SEVERAL,
    UNRECORDED,
    VIEW,
    VOLATILE,
    TensorBase,
)
from minitorch.autograd.versions import INFERENCE, bump, cell_of, check_writable
from minitorch.autograd.vmap.example import Example
from minitorch.autograd.writes.place import AsStrided, CopySlices, place_of
from minitorch.core.dtypes import Array, is_storable, scalar_name
from minitorch.core.silence import QUIET, errors, silence
from minitorch.core.storage import address_of


def write_(op: type[Op], target: Any, *inputs: Any, **params: Any) -> Any:
    """Compute ``op(target, *inputs)`` and store the result in ``target``.

    Raises:
        RuntimeError: if ``target`` is a leaf that requires grad, overlaps itself or an input, or
            cannot hold the result's shape or dtype.
    """
    if target._version_cell is INFERENCE:
        check_writable(target)
    watch = current_watch()
    marks: int = target._special
    tracked = False
    if op.differentiable and is_grad_enabled():
        tracked = requires_grad(target)
        for x in inputs:
            if isinstance(x, TensorBase):
                marks |= x._special
                tracked = requires_grad(x) or tracked
        if tracked:
            check_recordable(target)
    else:
        for x in inputs:
            if isinstance(x, TensorBase):
                marks |= x._special
    own = target._array
    if not op.onto_repeats:
        check_no_repeats(own)
    if inputs and watch is None:
        _check_apart(op, target, inputs)
    before = _before(op, target, inputs) if tracked else target
    if op.into is not None and not marks & ~VIEW and watch is None:
        arrays = [x._array if isinstance(x, TensorBase) else x for x in inputs]
        if own.flags.writeable and _write_directly(op, own, arrays, params):
            result = record(op, (before, *inputs), params, own) if tracked else None
            _written(op, target, result)
            return target
    result = op.apply(before, *inputs, **params)
    store_(own, result._array)
    _written(op, target, result)
    if watch is not None and watch.dual_levels:
        from minitorch.autograd.forward_ad.dual import write_tangent  # which is made of ops

        write_tangent(target, result)
    return target


def _write_directly(op: type[Op], own: Array, arrays: list[Any], params: Any) -> bool:
    """Have the op write without a detour; False, and nothing is changed, where it cannot."""
    assert op.into is not None
    loud = errors.get(None) is not QUIET
    token = errors.set(QUIET) if loud else None
    try:
        return op.into(own, *arrays, **params)
    except ValueError:  # shapes that do not fit; NumPy looks at them first
        return False
    finally:
        if loud:
            errors.reset(token)


def _written(op: type[Op], target: Any, result: Any) -> None:
    """Count the write, and hand the history of what was written on to the target."""
    bump(target, op.name, 4)
    if result is None:
        return
    node = result._grad_fn
    if node is not None:
        _save_written_outputs(node, target)
        rebase_(target, result)
    elif result._special & (CUT | VOLATILE):
        target._special |= result._special & VOLATILE
        if not target._requires_grad and result._origin is not None:
            origin.note(target, result._origin)


def requires_grad(tensor: TensorBase) -> bool:
    """Whether a tensor requires grad, with its history up to date if it is a view."""
    if tensor._base is not None:
        refresh(tensor)
    return tensor._requires_grad


def check_recordable(target: TensorBase) -> None:
    """Refuse to record a write that history has no place for.

    Raises:
        RuntimeError: for a leaf that requires grad (its gradient would be of what?), for a view of
            one, for one of several views, and for a view that was made without recording.
    """
    base = target._base
    if base is not None:
        if target._made & (SEVERAL | UNRECORDED | CUSTOM):
            raise _ambiguous(target, "is being modified inplace")
        if target._requires_grad and base._grad_fn is None:
            raise RuntimeError(f"a view of a leaf Variable that requires grad {_LEAF}")
    if target._requires_grad and target._grad_fn is None:
        raise RuntimeError(f"a leaf Variable that requires grad {_LEAF}")


_LEAF = (
    "is being used in an in-place operation. Wrap the update in `with no_grad():`, or write into a "
    "clone()."
)


def _kind(node: Node) -> str:
    """A node's name in errors: PyTorch leaves out what all have in common."""
    return node.name().removesuffix("Backward")


def _ambiguous(view: TensorBase, done: str) -> RuntimeError:
    node = view._grad_fn
    which = "A view" if node is None else f"Output {view._output_index} of {_kind(node)} is a view"
    if view._made & SEVERAL:
        was = "was created by a function that returns several and" if node is None else "and"
        return RuntimeError(
            f"{which} {was} {done}. This view is the output of a function that returns multiple "
            "views. Such functions do not allow the output views to be modified inplace. You "
            "should replace the inplace operation by an out-of-place one, or take the views one by "
            "one with select() or narrow()."
        )
    if view._made & CUSTOM:
        return RuntimeError(
            f"{which} and {done}. This view was created inside a custom Function (or because an "
            "input was returned as-is) and the autograd logic to handle view+inplace would "
            "override the custom backward associated with the custom Function, leading to "
            "incorrect gradients. This behavior is forbidden. You can fix this by cloning the "
            "output of the custom Function."
        )
    was = "was created" if node is None else "of a view which was created"
    if view._made & MADE_IN_INFERENCE:
        return RuntimeError(
            f"{which} {was} in inference mode and {done} in normal mode. Given that this use case "
            "is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
            "both the view and the inplace either both inside the inference_mode block (if you "
            "don't want the inplace to be tracked) or both outside (if you want it to be tracked)."
        )
    return RuntimeError(
        f"{which} {was} in no_grad mode and {done} with grad mode enabled. Given that this use "
        "case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
        "both the view and the inplace either both inside the no_grad block (if you don't want "
        "the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
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
        )


def is_expanded(own: Array) -> bool:
    """Whether several elements share memory."""
    if own.flags.c_contiguous:
        return False
    return own.size > 0 and any(
        [s == 0 and n > 1 for s, n in zip(own.strides, own.shape, strict=True)]
    )


def warn_of_repeats(target: TensorBase, name: str) -> None:
    """Warn where PyTorch only warns of a write into expanded memory."""
    if is_expanded(target._array):
        warnings.warn(
            f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before "
            "performing this operation. This also applies to advanced indexing e.g. "
            "tensor[indices] = tensor",
            UserWarning,
            stacklevel=3,
        )


def _check_apart(op: type[Op], target: TensorBase, inputs: tuple[Any, ...]) -> None:
    """Refuse inputs that share part of the target's memory, but not element by element.

    Raises:
        RuntimeError: for those of which that is easily seen, as PyTorch does.
    """
    own = target._array
    for i, x in enumerate(inputs, start=1):
        if not isinstance(x, TensorBase) or x._array is own or i == op.number:
            continue
        if (x._array.base is not None or own.base is not None) and overlap_in_part(own, x._array):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to "
                "tensor refer to a single memory location. Please clone() the tensor before "
                "performing the operation."
            )


def overlap_in_part(a: Array, b: Array) -> bool:
    """Whether two arrays without gaps overlap, and are not the same."""
    if not np.may_share_memory(a, b) or not _is_dense(a) or not _is_dense(b):
        return False
    first, second = address_of(a), address_of(b)
    if first == second and a.nbytes == b.nbytes:
        return a.strides != b.strides
    return first < second + b.nbytes and second < first + a.nbytes


def _is_dense(x: Array) -> bool:
    if x.size == 0:
        return False
    steps = zip(x.shape, x.strides, strict=True)
    return x.itemsize + sum([(n - 1) * s for n, s in steps]) == x.nbytes


def store_(own: Array, array: Array) -> None:
    """Copy the result of an op into the memory that it is for.

    Raises:
        RuntimeError: if shape or dtype do not fit, or the memory is read-only.
    """
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
    if not own.flags.writeable:
        raise RuntimeError(
            "unsupported operation: the tensor cannot be written to, its memory is read-only. "
            "Please clone() the tensor before performing the operation."
        )
    if isinstance(own, Example) or isinstance(array, Example):
        from minitorch.autograd.vmap.batching import facing  # which is made of ops

        own, array = facing(own, array)
    if array.dtype is own.dtype:
        np.copyto(own, array)
    else:
        with silence():  # out of range is the caller's affair, as in PyTorch
            np.copyto(own, array, casting="unsafe")


def _before(op: type[Op], target: TensorBase, inputs: tuple[Any, ...]) -> Any:
    """The target as it is before the write; in memory of its own where the rule will need it."""
    before = alias(target, target._grad_fn, target._output_index)
    if 0 in op.saves and _is_needed(op, target, inputs):
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
    base = target._base
    if base is None:
        _take_history(target, result)
        return
    cell.history = CopySlices.name
    place = place_of(base._array, target._array)
    before = alias(base, base._grad_fn, base._output_index)
    _take_history(base, record(CopySlices, (before, result), {"place": place}, base._array))
    _reread(target)


def _take_history(tensor: TensorBase, result: TensorBase) -> None:
    retained = tensor._grad_fn is not None and forget_retained(tensor)
    tensor._grad_fn = result._grad_fn
    tensor._output_index = result._output_index
    tensor._requires_grad = True
    if tensor._origin is not None:
        origin.forget(tensor)
    if retained:
        retain_grad(tensor)


def catch_up(view: TensorBase) -> None:
    """Bring the history of a stale view up to date with its base's.

    Raises:
        RuntimeError: for views that cannot follow a write to their base.
    """
    base, cell = view._base, cell_of(view)
    assert base is not None, "only a view is stale"
    if not is_grad_enabled():
        return
    if view._version_seen == cell.version:
        view._requires_grad, view._made = True, view._made | LOST
        return
    if base._requires_grad or view._grad_fn is not None:
        if view._made & (SEVERAL | UNRECORDED | CUSTOM):
            raise _ambiguous(view, "its base or another view of its base has been modified inplace")
        _reread(view)
    view._version_seen = cell.version


def _reread(view: TensorBase) -> None:
    """Make the view's history that of reading it out of its base now."""
    base = view._base
    assert base is not None, "only a view has a base"
    view._version_seen = cell_of(view).version
    source: Any = base
    if base._requires_grad:
        view._made &= ~LOST
    else:  # it was detached in place
        source = alias(base, None, 0)
        source._requires_grad, source._made = True, LOST
    place = place_of(base._array, view._array)
    _take_history(view, record(AsStrided, (source,), {"place": place}, view._array))


def overwrite_(name: str, target: Any, function: Callable[[Any], Any]) -> Any:
    """Store ``function(target)``, of any number of ops, in ``target``.

    Raises:
        RuntimeError: as :func:`write_`.
    """
    before = target
    if is_grad_enabled():
        requires_grad(target)
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
    return target


def rearrange_(name: str, target: Any, view: Callable[[Any], Any]) -> Any:
    """Show the tensor's memory as the view that the function makes of it, as ``t_()`` does.

    Raises:
        RuntimeError: for a leaf that requires grad, or a view of one.
    """
    tracked = is_grad_enabled() and requires_grad(target)
    if tracked:
        check_recordable(target)
    result = view(alias(target, target._grad_fn if tracked else None, target._output_index))
    target._array = result._array
    bump(target, name, 3)
    if tracked:
        _take_history(target, result)
        target._version_seen = cell_of(target).version
    return target
