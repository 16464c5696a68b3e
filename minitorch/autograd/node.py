"""Nodes of the recorded graph: what an op keeps so that its gradient can be computed later."""

from __future__ import annotations

import itertools
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import current_mode
from minitorch.autograd.hooks import Hook, Hooks, RemovableHandle, add_hook, hooks_of
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import VersionCell
from minitorch.core.dtypes import Array, is_differentiable
from minitorch.core.fields import NodeFields, compiled

if TYPE_CHECKING:
    from minitorch.autograd.op import Op

# The producer of an input that requires grad, and which of its outputs; else None.
Edge = tuple["Node", int]
# Shape and dtype of an output, and so of its gradient.
Metadata = tuple[tuple[int, ...], np.dtype[Any]]
# What a node keeps of a tensor: never the tensor itself, whose history may change later.
Saved = tuple[Array, VersionCell, int]

_new = object.__new__
next_sequence = itertools.count().__next__ if compiled is None else compiled.next_sequence


class Node(NodeFields):
    """One recorded call of an op; its fields are in ``core/fields.py``.

    It knows the producers of its inputs (``edges``) and what the op saved, never its own outputs:
    so there are no cycles, and graphs die by reference count. Rules get the node as ``ctx``.
    """

    is_leaf = False

    def __init__(
        self, op: type[Op], edges: tuple[Edge | None, ...], outputs: tuple[Metadata, ...]
    ) -> None:
        self._op = op
        self._edges = edges
        self._outputs = outputs
        self._sequence = next_sequence()

    def name(self) -> str:
        """Return PyTorch's name of the node, as ``grad_fn=<...>`` prints it."""
        return self._op.name

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The producers of the inputs, each with the number of its output."""
        return tuple((None, 0) if e is None else e for e in self._edges)

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for the user's own notes on this node."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_metadata", {})
        return notes

    @property
    def requires_grad(self) -> bool:
        return True

    def register_hook(self, fn: Hook) -> RemovableHandle:
        """Call ``fn(grad_inputs, grad_outputs)`` after this node; it may replace grad_inputs."""
        return add_hook(hooks_of(self).after, fn)

    def register_prehook(self, fn: Hook) -> RemovableHandle:
        """Call ``fn(grad_outputs)`` before this node; it may replace grad_outputs."""
        return add_hook(hooks_of(self).before, fn)

    def _register_hook_dict(self, hooks: Hooks) -> None:
        hooks_of(self).of_outputs[0] = hooks

    def _sequence_nr(self) -> int:
        return self._sequence

    if TYPE_CHECKING or compiled is None:  # else they are in C (Note [Two forms])

        @property
        def needs_input_grad(self) -> tuple[bool, ...]:
            """For each input, whether its gradient is asked for."""
            if self._wanted is not None:
                return self._wanted
            edges = self._edges
            if len(edges) == 2:  # the usual case first
                return (edges[0] is not None, edges[1] is not None)
            return tuple([e is not None for e in edges])

        def unpack(self) -> tuple[Any, ...]:
            """Return what the op saved: inputs, then outputs.

            It is not called ``saved_tensors``: by that, tools tell nodes of custom functions.

            Raises:
                RuntimeError: if they were freed, or written to since they were saved.
            """
            if self._saved is None:
                raise self._lost()
            recording = current_mode()[0]
            kind = TensorBase._result_class
            unpacked: list[Any] = []
            for i, saved in enumerate(self._saved):
                if type(saved) is tuple:  # as unpack() does: this is the hot path
                    array, cell, version = saved
                    if cell.version != version:
                        raise self._lost(i)
                    tensor: Any = _new(kind)
                    tensor._array = array
                    tensor._version_cell = cell
                    if recording:
                        self._give_history(tensor, i)
                    unpacked.append(tensor)
                else:
                    unpacked.append(None if saved is None else self._unpack(saved, i))
            return tuple(unpacked)

    @property
    def input_shapes(self) -> tuple[Any, ...]:
        """For each input that requires grad its shape, None for the others."""
        return tuple([e and e[0]._outputs[e[1]][0] for e in self._edges])

    def _unpack(self, saved: Any, i: int) -> Any:
        """Return what the ``i``-th entry of what was saved stands for."""
        if type(saved) is not tuple:
            return saved.unpack(self, i) if hasattr(saved, "unpack") else saved
        array, cell, version = saved
        if cell.version != version:
            raise self._lost(i)
        tensor: Any = TensorBase._result_class._wrap(array)
        tensor._version_cell = cell
        if current_mode()[0]:
            self._give_history(tensor, i)
        return tensor

    def _source_of(self, i: int) -> Edge | None:
        """Return where the ``i``-th saved tensor came from; None if it has no history."""
        saves = self._op.saves
        if i < len(saves):
            return self._edges[saves[i]]
        index = self._op.saves_outputs[i - len(saves)]
        _, kind = self._outputs[index]
        return (self._original or self, index) if is_differentiable(kind) else None

    def _give_history(self, tensor: Any, i: int) -> None:
        """Put the ``i``-th saved tensor, as unpacked, where it stood in the graph."""
        source = self._source_of(i)
        if source is not None:
            attach(tensor, *source)

    def _lost(self, i: int | None = None) -> RuntimeError:
        """Build the error for what was freed, or for the ``i``-th saved tensor: overwritten."""
        from minitorch.autograd.saved import freed_error, modified_error

        return freed_error(self) if i is None else modified_error(self, i)

    def _narrowed(self, wanted: tuple[bool, ...]) -> Node:
        """Return what a rule sees as ``ctx`` in a walk that wants fewer gradients.

        A copy: other walks, in other threads, may be running over the same node.
        """
        context = _new(type(self))
        context.__dict__.update(self.__dict__)
        context._op, context._edges, context._outputs = self._op, self._edges, self._outputs
        context._saved, context._site, context._sequence = self._saved, self._site, self._sequence
        context._wanted = wanted
        context._original = self
        return context

    def __reduce__(self) -> Any:  # for copies, too
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_saved_", "_raw_saved_")):
            from minitorch.autograd.saved import saved_by_name  # read by people, and rarely

            return saved_by_name(self, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def attach(tensor: Any, node: Node, index: int) -> None:
    """Make a tensor output ``index`` of a node, or another tensor for the node's leaf."""
    tensor._requires_grad = True
    if node.is_leaf:
        tensor._accumulator = weakref.ref(node)
    else:
        tensor._grad_fn = node
        if index:
            tensor._output_index = index


def alias(x: TensorBase, grad_fn: Node | None, output_index: int) -> Any:
    """Return another tensor around the same memory and version, with the given history."""
    other = x._plain(x._array)
    other._version_cell = x._version_cell
    if x._tangents is not None:
        other._tangents = x._tangents
    if grad_fn is not None:
        attach(other, grad_fn, output_index)
    return other
