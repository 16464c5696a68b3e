"""Why a tensor has no history: noted where it is cut off, handed on to what is computed from it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autograd.sites import Site, here

if TYPE_CHECKING:
    from minitorch.autograd.node import Node
    from minitorch.autograd.variable import TensorBase


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


def first_cut(known: Cut | None, other: Cut | None) -> Cut | None:
    """Return the one to hand on of two: the first, but a volatile one stops all others."""
    if known is None or (other is not None and other.kind == "volatile"):
        return other
    return known


def forget_history(tensor: Any, cut: Cut) -> None:
    """Make a tensor one without history, for this reason."""
    tensor._grad_fn, tensor._output_index, tensor._requires_grad = None, 0, False
    tensor._origin = cut


def detached(source: TensorBase, result: Any) -> None:
    """Note that the result came out of ``source.detach()``."""
    result._origin = Cut("detach", here(2)) if source._requires_grad else source._origin


def frozen(leaf: TensorBase) -> None:
    """Note that somebody switched off ``requires_grad``."""
    leaf._origin = Cut("frozen", here(2), tensor=weakref.ref(leaf))


def integer(node: Node) -> Cut:
    """Return the reason for an output that is no floating-point number."""
    return Cut("integer", node._site, node._op.name)
