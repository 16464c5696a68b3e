"""Hooks: functions that look at gradients on their way, and may replace them.

Those of a leaf stand on the tensor, those of other tensors on the node that made them, because a
gradient meets the node and never the tensor. Order per tensor: its hooks, ``retain_grad``, capture
for ``grad()``; then, where the node runs, its pre-hooks, the node, its hooks; per leaf: its hooks,
capture, the node's pre-hooks, accumulation, post-accumulate hooks, the node's hooks.
"""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.layers import active
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import Array, scalar_name

if TYPE_CHECKING:
    from minitorch.autograd.node import Node

Hook = Callable[..., Any]
Hooks = dict[int, Hook]
Slot = tuple["Node", int]  # where the gradient of an output arrives

_ids = itertools.count()


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away, also twice.

    As a context manager it removes the hook at the end of the block.
    Source: https://docs.pytorch.org/docs/stable/notes/modules.html#module-hooks
    """

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.id = next(_ids)
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        if extra_dict is None:
            extra_dict = ()
        extra = extra_dict if isinstance(extra_dict, list | tuple) else [extra_dict]
        self.extra_dict_refs = tuple(weakref.ref(d) for d in extra)

    def remove(self) -> None:
        for ref in (self.hooks_dict_ref, *self.extra_dict_refs):
            hooks = ref()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self) -> Any:
        return self.hooks_dict_ref(), self.id, tuple(ref() for ref in self.extra_dict_refs)

    def __setstate__(self, state: Any) -> None:
        hooks, self.id, extra = state
        # A dict that is gone is stood for by one that will be gone at once.
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        self.extra_dict_refs = tuple(weakref.ref(OrderedDict() if d is None else d) for d in extra)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


def add_hook(hooks: Any, hook: Hook) -> RemovableHandle:
    """Put a hook behind those that are there already."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


class NodeHooks:
    """All hooks at one node. They hold no tensor: nodes never hold their outputs."""

    __slots__ = ("after", "before", "of_outputs", "retained")

    def __init__(self) -> None:
        self.of_outputs: dict[int, Hooks] = {}  # tensor hooks, by output
        self.retained: dict[int, weakref.ref[TensorBase]] = {}  # tensors that keep their grad
        self.before: Hooks = OrderedDict()
        self.after: Hooks = OrderedDict()


def hooks_of(node: Node) -> NodeHooks:
    """Return the node's hooks; made at first need."""
    if node._hooks is None:
        node._hooks = NodeHooks()
    return node._hooks


def register_tensor_hook(tensor: TensorBase, hook: Hook) -> RemovableHandle:
    """Call ``hook(grad)`` whenever the tensor's gradient is complete.

    Raises:
        RuntimeError: if the tensor requires no grad.
    """
    if not tensor._requires_grad:
        raise RuntimeError(
            "cannot register a hook on a tensor that doesn't require gradient: set "
            "requires_grad_() on what it is computed from."
            " [explain: hook-without-grad]"
        )
    if tensor._grad_fn is None:
        if tensor._hooks is None:
            tensor._hooks = OrderedDict()
        return add_hook(tensor._hooks, hook)
    of_outputs = hooks_of(tensor._grad_fn).of_outputs
    return add_hook(of_outputs.setdefault(tensor._output_index, OrderedDict()), hook)


def register_post_accumulate_grad_hook(leaf: TensorBase, hook: Hook) -> RemovableHandle:
    """Call ``hook(leaf)`` whenever a gradient has been added to the leaf's ``grad``.

    Raises:
        RuntimeError: if the tensor requires no grad, or is no leaf.
    """
    if not leaf._requires_grad:
        raise RuntimeError(
            "cannot register a hook on a tensor that doesn't require gradient: set "
            "requires_grad_() first."
            " [explain: hook-without-grad]"
        )
    if leaf._grad_fn is not None:
        raise RuntimeError(
            "post accumulate grad hooks cannot be registered on non-leaf tensors: use "
            "register_hook(), which sees the gradient, or retain_grad()."
        )
    if leaf._post_accumulate_hooks is None:
        leaf._post_accumulate_hooks = OrderedDict()
    return add_hook(leaf._post_accumulate_hooks, hook)


def retain_grad(tensor: TensorBase) -> None:
    """Have backward keep the gradient of a tensor that is no leaf in its ``grad``.

    Raises:
        RuntimeError: if the tensor requires no grad.
    """
    if not tensor._requires_grad:
        raise RuntimeError(
            "can't retain_grad on Tensor that has requires_grad=False: nothing it was computed "
            "from requires grad."
            " [explain: hook-without-grad]"
        )
    if tensor._grad_fn is not None:
        hooks_of(tensor._grad_fn).retained[tensor._output_index] = weakref.ref(tensor)


def is_retained(tensor: TensorBase) -> bool:
    """Whether ``retain_grad`` was called on this tensor."""
    node = tensor._grad_fn
    if node is None or node._hooks is None:
        return False
    ref = node._hooks.retained.get(tensor._output_index)
    return ref is not None and ref() is tensor


def forget_retained(tensor: TensorBase) -> bool:
    """End ``retain_grad`` at the node that the tensor leaves; return whether it was on."""
    if not is_retained(tensor):
        return False
    assert tensor._grad_fn is not None
    assert tensor._grad_fn._hooks is not None
    del tensor._grad_fn._hooks.retained[tensor._output_index]
    return True


def run_tensor_hooks(hooks: Hooks, grad: Any) -> Any:
    """Call hooks in order; each may return another gradient for the next.

    Raises:
        TypeError: if one returns something else than a tensor or None.
        RuntimeError: if one returns a gradient of another shape or dtype.
    """
    for hook in tuple(hooks.values()):
        result = hook(grad)
        if result is not None:
            grad = _checked(result, grad, hook)
    return grad


def _checked(result: Any, grad: Any, hook: Hook) -> Any:
    name = getattr(hook, "__name__", repr(hook))
    if not isinstance(result, TensorBase):
        raise TypeError(
            f"expected Variable, but hook returned '{type(result).__name__}': hook '{name}' must "
            "return None or the tensor that replaces the gradient."
        )
    if grad is not None and result._array.shape != grad._array.shape:
        raise RuntimeError(
            f"hook '{name}' has changed the size of value: from {list(grad._array.shape)} to "
            f"{list(result._array.shape)}"
        )
    if grad is not None and result._array.dtype != grad._array.dtype:
        raise RuntimeError(
            f"hook '{name}' has changed the type of value: was {scalar_name(grad._array)}, got "
            f"{scalar_name(result._array)}"
        )
    return result


def run_output_hooks(node: Node, hooks: NodeHooks, grads: list[Any], owned: set[Slot]) -> None:
    """Run the hooks of each output's tensor, and keep gradients that are to be retained."""
    for index, of_output in tuple(hooks.of_outputs.items()):
        if of_output:
            grad = hand_out(owned, (node, index), grads[index])
            grads[index] = run_tensor_hooks(of_output, grad)
    for index, ref in tuple(hooks.retained.items()):
        tensor = ref()
        if tensor is not None and grads[index] is not None:
            _retain(tensor, grads[index])


def _retain(tensor: TensorBase, grad: Any) -> None:
    known = tensor._grad
    room = np.empty_like(grad._array, order="C")
    tensor._grad = copy_into(room, grad) if known is None else known + grad


def run_post_accumulate_hooks(leaf: TensorBase) -> None:
    """Call the hooks of a leaf whose ``grad`` has just changed.

    Raises:
        RuntimeError: if one returns something.
    """
    for hook in tuple((leaf._post_accumulate_hooks or {}).values()):
        if hook(leaf) is not None:
            raise RuntimeError(
                "Tensor post accumulate grad hooks should return None. Change leaf.grad in the "
                "hook instead."
            )


def run_node_hooks(hooks: Hooks, changed: Sequence[Any], *others: Any) -> tuple[Any, ...]:
    """Call a node's hooks, which may replace the tuple ``changed``.

    Raises:
        TypeError: if one returns no tuple of tensors.
        RuntimeError: if it has another length, or a tensor another shape.
    """
    grads = tuple(changed)
    for hook in tuple(hooks.values()):
        results = hook(grads, *others)
        if results is None:
            continue
        if not isinstance(results, tuple):
            raise TypeError(
                f"expected tuple, but hook returned '{type(results).__name__}': hook "
                f"'{getattr(hook, '__name__', hook)}' must return None or a tuple of gradients."
            )
        if len(results) != len(grads):
            raise RuntimeError(
                f"hook '{getattr(hook, '__name__', hook)}' has returned an incorrect number of "
                f"values (got {len(results)}, but expected {len(grads)})"
            )
        grads = tuple(
            [
                r if r is None or r is g else _checked(r, g, hook)
                for r, g in zip(results, grads, strict=True)
            ]
        )
    return grads


def run_hooks_before(node: Node, hooks: NodeHooks, grads: list[Any], owned: set[Slot]) -> None:
    """Call the hooks before a node's rule, which may replace what it will be given."""
    for i, grad in enumerate(grads):
        grads[i] = hand_out(owned, (node, i), grad)
    grads[:] = run_node_hooks(hooks.before, grads)


def run_hooks_after(
    hooks: NodeHooks, results: tuple[Any, ...], grads: list[Any]
) -> tuple[Any, ...]:
    """Call the hooks after a node's rule, which may replace its results."""
    own = [
        g if g is None or is_new(results, i, grads) else g.clone() for i, g in enumerate(results)
    ]
    results = run_node_hooks(hooks.after, own, tuple(grads))
    grads += results  # hooks may have kept them: they are no newer than what was given
    return results


# Whose a gradient is


def is_new(results: tuple[Any, ...], index: int, arrived: list[Any] | None) -> bool:
    """Whether nobody else holds a result: rules return new tensors or what they were given."""
    grad = results[index]
    if grad._array.base is not None:
        return False
    for g in arrived or ():
        if grad is g:
            return False
    return len(results) == 1 or sum([grad is other for other in results]) == 1


def hand_out(owned: set[Slot], slot: Slot, grad: Any) -> Any:
    """Return a gradient, or a copy, for a user to keep and to write to: dense, and his alone.

    Args:
        owned: slots whose gradient nobody else holds; now somebody does.
        slot: where it arrived.
        grad: the gradient, or None.
    """
    if slot in owned:
        owned.remove(slot)
        return grad
    return None if grad is None else grad.clone()


def copy_into(room: Array, grad: Any) -> Any:
    """Copy a gradient into new memory."""
    copy = grad._plain(room)
    if is_grad_enabled() or active() is not None:
        return copy.copy_(grad)
    np.copyto(copy._array, grad._array)
    return copy
