"""Tangents of tensors that are written to, and of their views.

Note [Tangents and writes]
~~~~~~~~~~~~~~~~~~~~~~~~~~
A tangent is a value that nobody writes into. A write gives the tensor another tangent; a write
through a view gives its root another one, in which the new part stands in its place
(``CopySlices``). So those who kept the old one, nodes for backward and rules that run, still have
it; the new one has a graph and tangents of its own; and it may differ from example to example of a
``vmap`` where the tensor does not, as in ``jacfwd``. The price is a copy for each write through a
view, as the gradient pays it on the way back.

Views notice as they do of history: one that has seen an older version is read out of its root anew
(``follow``). The root is the base of the view, but not at the levels (``roots``) of which it, or a
view that it was made of, was given a tangent, or lost it: by ``make_dual`` and ``unpack_dual``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import alias
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.autograd.vmap.levels import enter, leave
from minitorch.autograd.writes.place import place_across
from minitorch.autograd.writes.place_ops import AsStrided, CopySlices
from minitorch.core.dtypes import from_numpy

if TYPE_CHECKING:
    from minitorch.autograd.writes.views import View


def set_tangent(tensor: Any, level: Any, tangent: Any) -> None:
    """Give the tensor itself a tangent, or with None take it away."""
    tangents = {k: t for k, t in (tensor._tangents or {}).items() if k.is_open and k is not level}
    if tangent is not None:
        tangents[level] = tangent
    tensor._tangents = tangents or None


def part_from(tensor: Any, level: Any, tangent: Any) -> None:
    """Set a tangent as one that has nothing to do with that of the tensor's base."""
    set_tangent(tensor, level, tangent)
    if tensor._view is not None:
        tensor._view.roots = {**(tensor._view.roots or {}), level: None}


def tangent_of(tensor: Any, level: Any) -> Any:
    """Return the tangent as it is after all writes; None if there is none."""
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    return (tensor._tangents or {}).get(level)


def is_dual(tensor: Any) -> bool:
    """Whether a tensor has a tangent, of any level that is open."""
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    return any([level.is_open for level in tensor._tangents or ()])


def inherited(source: TensorBase, known: View) -> dict[Any, Any]:
    """Return the roots of a view of a view."""
    roots = known.roots or {}
    return {k: source if root is None else root for k, root in roots.items() if k.is_open}


def _root_of(tensor: TensorBase, level: Any) -> Any:
    view = tensor._view
    if view is None:
        return tensor
    root = (view.roots or {}).get(level, view.base)
    return tensor if root is None else root


def follow(tensor: TensorBase, view: View) -> None:
    """Read the tangents of a view out of those of its roots."""
    tangents = {}
    for level in {**(view.base._tangents or {}), **(view.roots or {})}:
        if level.is_open:
            root = _root_of(tensor, level)
            tangent = (root._tangents or {}).get(level)
            if tangent is not None and root is not tensor:
                place, _, inside = place_across(root, tensor)
                tangent = enter(AsStrided.apply(tangent, place=place), inside)
            if tangent is not None:
                tangents[level] = tangent
    tensor._tangents = tangents or None


def write_tangent(target: Any, level: Any, tangent: Any) -> None:
    """Give a tensor that was written the tangent of what was written, None for a constant."""
    dtype = target._array.dtype
    if tangent is not None and tangent._array.dtype != dtype:
        tangent = tangent.to(from_numpy(dtype))
    root = _root_of(target, level)
    if root is not target:
        whole = (root._tangents or {}).get(level)
        if whole is None:
            if tangent is None:
                return
            whole = root._plain(np.zeros_like(root._array))
        place, _, inside = place_across(root, target)
        part = 0 if tangent is None else leave(tangent, inside)
        set_tangent(root, level, _as_recorded(CopySlices.apply(whole, part, place=place), whole))
        target._view.followed = cell_of(target).version
    set_tangent(target, level, _as_recorded(tangent, (target._tangents or {}).get(level)))


def _as_recorded(new: Any, old: Any) -> Any:
    """Return a tangent; where writes are not recorded, with the history that it had before."""
    if is_grad_enabled() or new is None or old is None or not old._requires_grad:
        return new
    return alias(new, *edge_to(old))
