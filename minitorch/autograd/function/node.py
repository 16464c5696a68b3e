"""The node of a custom function's call, which is its ``ctx`` too.

It differs from a built-in op's node in what is kept: whatever the user saved. Of tensors that the
call returned that is their place among the outputs, never the tensor; of others memory, version,
edge, and a weak reference, so that the very tensor comes back while it lives. So these graphs die
by reference count, as all others do.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import Edge, Metadata, Node
from minitorch.autograd.saved import Slot, hooks_in_use, pack_one
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of

# What stands among a node's ``outputs`` for a returned value that is no tensor.
NO_TENSOR: Metadata = ((), np.dtype(object))


class FunctionCtx:
    """What ``forward`` and ``setup_context`` may say of a call; attributes may be set freely.

    Source: https://docs.pytorch.org/docs/stable/autograd.html#context-method-mixins
    """

    to_save: tuple[Any, ...] = ()
    saved_for_forward: tuple[Any, ...] | None = None
    dirty_tensors: tuple[Any, ...] = ()
    non_differentiable: tuple[Any, ...] = ()
    materialize_grads: bool = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for backward, which finds them in ``saved_tensors``."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for ``jvp``, which finds them in ``saved_tensors``.

        Raises:
            AssertionError: for other things than tensors and None.
        """
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, TensorBase):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save "
                    f"non-tensors as attributes on ctx. Argument {i} is of type {type(t).__name__}."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Any) -> None:
        """Say that these inputs were written to; each must be returned."""
        _check_tensors(args, "mark_dirty can only accept variables")
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Any) -> None:
        """Say that these outputs have no gradient."""
        _check_tensors(args, "mark_non_differentiable only accepts variable arguments")
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Set whether backward gets zeros, rather than None, where no gradient came."""
        self.materialize_grads = bool(value)

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Do nothing: kept for old code, as in PyTorch."""


def _check_tensors(args: Sequence[Any], rule: str) -> None:
    for i, t in enumerate(args):
        if not isinstance(t, TensorBase):
            raise RuntimeError(f"{rule}, but argument {i} is of type {type(t).__name__}")


class _Origin(NamedTuple):
    """Where a saved tensor came from."""

    tensor: weakref.ref[TensorBase]
    grad_fn: Node | None  # its history when it was saved
    edge: Edge | None
    output: int | None  # of the very node that saves it: as an edge it would be a cycle


class FunctionNode(FunctionCtx, Node):
    """One call of a custom function."""

    _forward_cls: ClassVar[Any]
    needs_input_grad: Any = ()  # for each argument, tensor or not
    input_shapes: Any = ()  # free for the user: this is a convenience of the package's own rules
    # Of the arguments, which are tensors: edges are theirs alone.
    _arguments: tuple[int, ...] = ()
    _count: int = 0  # of all arguments
    _apart: tuple[int, ...] = ()  # outputs that were marked as not differentiable
    _origins: tuple[_Origin | None, ...] = ()

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{self.name()} object at {id(self):#x}>"

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``save_for_backward`` was given; within ``jvp``, ``save_for_forward``.

        Raises:
            RuntimeError: if they were freed, or written to since they were saved.
        """
        if self.saved_for_forward is not None:
            return self.saved_for_forward
        if self._saved is None:
            raise self._lost()
        return tuple([self._unpacked(i, kept) for i, kept in enumerate(self._saved)])

    def unpack(self) -> tuple[Any, ...]:
        """Return ``saved_tensors``, as a built-in node does what its op saved."""
        return self.saved_tensors

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The old name of ``saved_tensors``."""
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[Slot, ...]:
        if self._saved is None:
            raise self._lost()
        return tuple([Slot(self, i) for i in range(len(self._saved))])

    def _unpacked(self, i: int, kept: Any) -> Any:
        if type(kept) is not tuple:
            return None if kept is None else kept.unpack(self, i)
        array, cell, version = kept
        if cell.version != version:
            raise self._lost(i)
        origin = self._origins[i]
        assert origin is not None, "only of None there is none"
        tensor: Any = origin.tensor()
        if (
            tensor is not None
            and origin.output is None
            and tensor._array is array
            and tensor._grad_fn is origin.grad_fn
            and tensor._requires_grad is (origin.edge is not None)
        ):
            return tensor
        tensor = TensorBase._result_class._wrap(array)
        tensor._version_cell = cell
        self._give_history(tensor, i)
        return tensor

    def _source_of(self, i: int) -> Edge | None:
        """Return where the ``i``-th saved tensor came from; None if it has no history."""
        origin = self._origins[i]
        if origin is None:
            return None
        return origin.edge if origin.output is None else (self, origin.output)

    def _narrowed(self, wanted: tuple[bool, ...]) -> Node:
        """Return the node itself: a custom rule is asked for all gradients, as in PyTorch."""
        return self

    def _save(self, tensors: Sequence[Any], written: dict[int, int]) -> None:
        """Keep tensors for backward.

        Args:
            tensors: what ``save_for_backward`` was given.
            written: of inputs written to, by id, which outputs they have become.

        Raises:
            TypeError: for other things than tensors and None.
        """
        saved: list[Any] = []
        origins: list[_Origin | None] = []
        for i, t in enumerate(tensors):
            if t is None:
                saved.append(None)
                origins.append(None)
            elif not isinstance(t, TensorBase):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type "
                    f"{type(t).__name__}: keep it as an attribute, ctx.name = value."
                    " [explain: save-for-backward]"
                )
            else:
                if t._view is not None:
                    t._view.refresh(t)
                cell = cell_of(t)
                cell.check_savable()
                saved.append((t._array, cell, cell.version))
                origins.append(self._origin(t, written))
        self._saved, self._origins = saved, tuple(origins)
        hooks = hooks_in_use()
        if hooks is not None:
            self._saved = [None if t is None else pack_one(self, t, hooks) for t in tensors]

    def _origin(self, t: TensorBase, written: dict[int, int]) -> _Origin:
        output: int | None = None
        if t._grad_fn is self:
            output = t._output_index
        elif written:  # a view that was written leads here, too, by way of its base
            output = written.get(id(t))
        if output is not None:
            return _Origin(weakref.ref(t), None, None, output)
        return _Origin(weakref.ref(t), t._grad_fn, edge_to(t) if t._requires_grad else None, None)
