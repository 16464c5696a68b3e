"""Views: tensors that show another one's memory, and what writes elsewhere do to them.

Note [Views and in-place]
~~~~~~~~~~~~~~~~~~~~~~~~~
Every write counts in the buffer's version cell, which a tensor shares with its views and
``detach()``ed tensors; a saved tensor whose version has changed cannot be used in backward.

A recorded write also changes history. A tensor that is no view takes over the node of the result.
A view has a ``View``, which keeps its root (``base``; a view of a view has the same root), and
writing through it changes the root: the root's new node, ``CopySlices``, is made of its old history
and of what was written. All other views are stale then. They are listed nowhere: a view remembers
the version it has ``seen``, and one that has seen an older one is read out of its root anew
(``AsStrided``) before its history is used (``refresh``, which every op calls for its inputs).

Some views cannot follow (``bar``), and are refused in recorded writes and after writes elsewhere. A
view without history whose base requires grad all the same (``lost``) requires grad too, but no path
leads from it to the base: its own ends ``Nowhere``.

What enters a ``vmap`` is a view, too, and what leaves it: one that belongs to more levels than its
root leaves them first and stands there with further dimensions (``place_across``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.grad_mode import current_mode, is_grad_enabled
from minitorch.autograd.hooks import forget_retained, retain_grad
from minitorch.autograd.leaf import accumulator_of
from minitorch.autograd.node import Node, alias
from minitorch.autograd.op import Grads, Op, record
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import VersionCell, cell_of
from minitorch.autograd.vmap.levels import enter
from minitorch.autograd.writes.bar import Bar
from minitorch.autograd.writes.place import place_across
from minitorch.autograd.writes.place_ops import AsStrided
from minitorch.autograd.writes.tangents import follow, inherited
from minitorch.core.dtypes import complex_seen

_new = object.__new__
_ndarray = np.ndarray


class View:
    """Of one view: whose memory it shows, and how far it has followed what was written there."""

    base: Any
    seen: int
    bar: Bar | None = None
    lost: bool = False
    # Forward mode (Note [Tangents and writes]): the version that tangents have followed up to, and
    # per level whose tangent this view's is a part of, if not its base's; None for its own.
    followed: int = -1
    roots: dict[Any, Any] | None = None

    def refresh(self, view: TensorBase) -> None:
        """Bring the history of the view, and its tangents, up to date with its base's.

        Raises:
            RuntimeError: if it is stale, and barred from following.
        """
        if self.seen != view._version_cell.version or (  # type: ignore[union-attr]
            self.base._requires_grad and not view._requires_grad
        ):
            self._catch_up(view)

    def _catch_up(self, view: TensorBase) -> None:
        cell = cell_of(view)
        if self.followed != cell.version:
            self.followed = cell.version
            if (self.base._tangents or view._tangents or self.roots) is not None:
                follow(view, self)
        if not is_grad_enabled():
            return
        if self.seen == cell.version:
            view._requires_grad = self.lost = True
            return
        if self.base._requires_grad or view._grad_fn is not None:
            if self.bar is not None:
                raise barred(view, "its base or another view of its base has been modified inplace")
            self.reread(view)
        self.seen = cell.version

    def reread(self, view: TensorBase) -> None:
        """Make the view's history that of reading it out of its base now."""
        base = self.base
        self.seen = cell_of(view).version
        source: Any = base
        if base._requires_grad:
            self.lost = False
        else:  # it was detached in place
            source = alias(base, None, 0)
            source._requires_grad, source._view = True, _new(View)
            source._view.base, source._view.lost = base, True
            source._view.seen = self.seen
        if complex_seen:
            from minitorch.autograd.writes.parts import seen_as

            base = source = seen_as(source, view)
        place, array, levels = place_across(base, view)
        whole = record(AsStrided, (source,), {"place": place}, array)
        take_history(view, enter(whole, levels))

    def end(self, view: TensorBase) -> Node:
        """Return the node at the end of the path from a view that is a leaf."""
        if not self.lost:
            return accumulator_of(view)
        return Node(Nowhere, (), ((view._array.shape, view._array.dtype),))


class Nowhere(Op):
    """The end of a path that leads to no leaf."""

    name = "Nowhere"

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return ()


class ViewOp(Op):
    """Base of ops whose outputs share the first input's memory."""

    complex = LINEAR
    is_view = True

    @classmethod
    def wrap(cls, inputs: tuple[Any, ...], array: Any, several: bool = False) -> Any:
        tensor: Any = _new(TensorBase._result_class)
        tensor._array = array if isinstance(array, _ndarray) else np.asarray(array)
        if not cls.is_view:  # of those that derive from a view, some are none
            return tensor
        source = inputs[0]
        cell = source._version_cell
        if cell is None:
            cell = source._version_cell = VersionCell()
        tensor._version_cell = cell
        if cell.counts:
            known = source._view
            view = tensor._view = _new(View)
            view.base = source if known is None else known.base
            if known is not None and known.roots is not None:
                view.roots = inherited(source, known)
            view.seen = cell.version
            if not current_mode()[0]:
                view.bar = Bar.NO_GRAD
            elif several:
                view.bar = Bar.SEVERAL
            elif known is not None and known.bar is not None:
                view.bar = known.bar
        return tensor


def show(tensor: Any, source: TensorBase) -> None:
    """Make a tensor that shares another one's memory a view of it."""
    view = ViewOp.wrap((source,), tensor._array)
    tensor._version_cell, tensor._view = view._version_cell, view._view


def take_history(tensor: TensorBase, result: TensorBase) -> None:
    """Give a tensor the history of another, which was written into it."""
    retained = tensor._grad_fn is not None and forget_retained(tensor)
    tensor._grad_fn = result._grad_fn
    tensor._output_index = result._output_index
    tensor._requires_grad = True
    tensor._origin = None
    if retained:
        retain_grad(tensor)


def _kind(node: Node) -> str:
    """A node's name in errors: PyTorch leaves out what all have in common."""
    name = node.name()
    return name.rpartition("Backward")[0] or name


def barred(view: TensorBase, done: str) -> RuntimeError:
    """Build the error for a view that cannot follow."""
    assert view._view is not None, "only views are barred"
    node = view._grad_fn
    which = "A view" if node is None else f"Output {view._output_index} of {_kind(node)} is a view"
    if view._view.bar is Bar.SEVERAL:
        was = "was created by a function that returns several and" if node is None else "and"
        return RuntimeError(
            f"{which} {was} {done}. This view is the output of a function that returns multiple "
            "views. Such functions do not allow the output views to be modified inplace. You "
            "should replace the inplace operation by an out-of-place one, or take the views one by "
            "one with select() or narrow()."
            " [explain: view-in-place]"
        )
    if view._view.bar is Bar.CUSTOM:
        return RuntimeError(
            f"{which} and {done}. This view was created inside a custom Function (or because an "
            "input was returned as-is) and the autograd logic to handle view+inplace would "
            "override the custom backward associated with the custom Function, leading to "
            "incorrect gradients. This behavior is forbidden. You can fix this by cloning the "
            "output of the custom Function."
            " [explain: view-in-place]"
        )
    was = "was created" if node is None else "of a view which was created"
    if view._view.bar is Bar.INFERENCE:
        return RuntimeError(
            f"{which} {was} in inference mode and {done} in normal mode. Given that this use case "
            "is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
            "both the view and the inplace either both inside the inference_mode block (if you "
            "don't want the inplace to be tracked) or both outside (if you want it to be tracked)."
            " [explain: view-in-place]"
        )
    return RuntimeError(
        f"{which} {was} in no_grad mode and {done} with grad mode enabled. Given that this use "
        "case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
        "both the view and the inplace either both inside the no_grad block (if you don't want "
        "the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
        " [explain: view-in-place]"
    )
