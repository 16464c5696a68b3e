"""Why a tensor has no history: noted where it is cut off, handed on to what is computed from it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autograd.sites import Site, here
from minitorch.autograd.variable import CUT, TensorBase

if TYPE_CHECKING:
    from minitorch.autograd.node import Node


class Cut(NamedTuple):
    """Where a path to the leaves ended.

    Attributes:
        kind: "detach", "no_grad", "inference", "integer", "no gradient", "frozen", "volatile"; of
            custom functions "function" (within forward) or "marked" (not differentiable).
        site: where in the user's program, as far as it was noted.
        op: the op that would have been recorded, or "".
        tensor: for "frozen" the leaf itself, weakly.
    """

    kind: str
    site: Site | None = None
    op: str = ""
    tensor: weakref.ref[TensorBase] | None = None


def note(tensor: Any, cut: Cut) -> None:
    """Say why the tensor has no history."""
    tensor._origin = cut
    tensor._special |= CUT


def forget(tensor: Any) -> None:
    """Take the note back: the tensor has a history, or requires grad itself."""
    tensor._origin = None
    tensor._special &= ~CUT


def detached(source: TensorBase, result: Any) -> None:
    """Note that the result came out of ``source.detach()``."""
    if source._requires_grad:
        note(result, Cut("detach", here(2)))
    elif source._origin is not None:
        note(result, source._origin)


def frozen(leaf: TensorBase) -> None:
    """Note that somebody switched off ``requires_grad``."""
    note(leaf, Cut("frozen", here(2), tensor=weakref.ref(leaf)))


def integer(node: Node) -> Cut:
    """Return the reason for an output that is no floating-point number."""
    return Cut("integer", node._site, node.name())
