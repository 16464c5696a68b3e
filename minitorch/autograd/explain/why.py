"""``why(tensor)``: in a sentence or two, why a tensor has or lacks a gradient, and what to do."""

from __future__ import annotations

import gc
from typing import Any

from minitorch.autograd.hooks import is_retained
from minitorch.autograd.leaf import AccumulateGrad, edge_to
from minitorch.autograd.node import Node
from minitorch.autograd.origin import Cut
from minitorch.autograd.sites import Site, describe
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy, is_differentiable


def why(tensor: Any, of: Any = None) -> str:
    """Say why a tensor has a gradient in ``grad``, or has none.

    Args:
        tensor: the tensor in question.
        of: a result, such as the loss: also say whether it depends on the tensor at all.

    Returns:
        Sentences that name what cut the path, with its line as far as it is known: a detach, a
        no_grad block, a frozen parameter (by its name in the module), a step into integers, a
        freed graph, or that backward has not been called yet; and what to do about it.

    Raises:
        TypeError: if it is no tensor.

    Example:
        >>> print(why((w * 2).detach()))
        It requires no grad: detach() cut it off at file "train.py", line 12, in step. ...
    """
    for x in (tensor, of):
        if x is not None and not isinstance(x, TensorBase):
            raise TypeError(f"why() explains a Tensor, but got {type(x).__name__}")
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    if not tensor._requires_grad:
        return _without_grad(tensor)
    answer = _of_leaf(tensor) if tensor._grad_fn is None else _of_result(tensor)
    return answer if of is None else f"{answer} {_path(tensor, of)}"


def _without_grad(tensor: Any) -> str:
    cut = tensor._origin
    if cut is not None:
        return f"It requires no grad: {_explain(tensor, cut)}"
    if not is_differentiable(tensor._array.dtype):
        return (
            f"It requires no grad: it is of {from_numpy(tensor._array.dtype)}, and only "
            "floating-point tensors have gradients. Convert with .float() before requires_grad_()."
        )
    return (
        "It requires no grad: it is a leaf that nobody asked a gradient of, or was computed from "
        "such leaves alone. Call requires_grad_() on the leaf before it is used."
    )


def _explain(tensor: Any, cut: Cut) -> str:
    at = _at(cut.site)
    match cut.kind:
        case "detach":
            return f"detach() cut it off{at}. Use what it was called on where gradients matter."
        case "no_grad":
            return (
                f"it was computed while grad mode was off; no_grad() or its like was entered{at}. "
                "Compute it outside of that block."
            )
        case "inference":
            return (
                f"it was made in inference mode, entered{at}. Use no_grad(), or clone() it outside."
            )
        case "integer" | "no gradient":
            return (
                f"{cut.op.removesuffix('Backward0')} gives integers, truth values or steps, which "
                f"have no slope{at}. Keep to floating-point operations on the way to the loss."
            )
        case "function":
            return (
                f"it was computed in the forward of {cut.op}, which runs unrecorded: only what "
                "forward returns has a history, the function itself. Return it, too."
            )
        case "marked":
            return (
                f"{cut.op} marks it as not differentiable{at}. Leave it out of "
                "ctx.mark_non_differentiable(), and give it a gradient in backward."
            )
        case "volatile":
            return (
                "it was computed from a volatile Variable, and nothing computed from one requires "
                "grad. Leave volatile out, and use no_grad() where no gradients are wanted."
            )
    leaf = cut.tensor() if cut.tensor is not None else None
    name = "" if leaf is None else _called(leaf)
    thaw = "Call requires_grad_() on it to train it again."
    if leaf is tensor:
        return f"it is the frozen leaf{name}: requires_grad was switched off{at}. {thaw}"
    return (
        f"it was computed from the frozen leaf{name} (requires_grad switched off{at}) and from "
        f"nothing else that requires grad. {thaw}"
    )


def _of_leaf(leaf: Any) -> str:
    name = _called(leaf)
    what = f"It is {'the' if name else 'a'} leaf{name} that requires grad"
    if leaf._grad is not None:
        return f"{what}, and backward has put its gradient into .grad."
    node = leaf._accumulator() if leaf._accumulator is not None else None
    if node is None:
        return (
            f"{what}, but no graph leads to it: nothing that was computed from it with recording "
            "on is alive, or its gradient was cleared. Compute the loss from it, then call "
            "backward()."
        )
    return (
        f"{what}, and a graph leads to it, but no gradient has arrived: call backward() on a "
        "result computed from it. If you did, that result does not depend on it: "
        "why(leaf, of=loss) looks."
    )


def _of_result(tensor: Any) -> str:
    node = tensor._grad_fn
    what = f"It is no leaf: {node.name()} computed it{_at(node._site)}"
    if tensor._grad is not None:
        return f"{what}, and retain_grad() keeps its gradient in .grad."
    if node._saved is None:
        return (
            f"{what}, and backward has freed its graph since. backward() fills .grad of leaves "
            "only: call retain_grad() before it, or ask for retain_graph=True and autograd.grad()."
        )
    if is_retained(tensor):
        return f"{what}. retain_grad() is on, but no gradient has arrived: call backward()."
    leaves = _leaves(node)
    named = [n for n in map(name_of, leaves[:3]) if n]
    examples = f" (such as {', '.join(map(repr, named))})" if named else ""
    count = "1 leaf that requires" if len(leaves) == 1 else f"{len(leaves)} leaves that require"
    return (
        f"{what}, from {count} grad{examples}. backward() fills .grad of "
        "those only: call retain_grad() on this tensor before backward(), or autograd.grad()."
    )


def _path(tensor: Any, of: Any) -> str:
    if not of._requires_grad:
        return f"The result it was asked of has no graph. {_without_grad(of)}"
    target = edge_to(tensor)[0]
    if target in _reachable(edge_to(of)[0]):
        return (
            "The result depends on it: backward() on the result reaches it, by the way that "
            "minitorch.draw(result, mark=tensor) shows."
        )
    return (
        "The result does not depend on it, as far as was recorded: it was not used, or between the "
        "two there is a detach(), a no_grad() block, a step into integers or a copy; ask why() of "
        "the tensors in between, or look at minitorch.draw(result)."
    )


def _reachable(root: Node) -> dict[Node, None]:
    found = {root: None}
    stack = [root]
    while stack:
        for edge in stack.pop()._edges:
            if edge is not None and edge[0] not in found:
                found[edge[0]] = None
                stack.append(edge[0])
    return found


def _leaves(root: Node) -> list[TensorBase]:
    return [node.variable for node in _reachable(root) if isinstance(node, AccumulateGrad)]


def _at(site: Site | None) -> str:
    return "" if site is None else f" at {describe(site)}"


def name_of(leaf: TensorBase) -> str | None:
    """Return a parameter's dotted name in its module; None for what stands in none."""
    place = place_of(leaf)
    return None if place is None else place[1]


def _called(leaf: TensorBase) -> str:
    """Return the name that follows "the leaf", with the class of the module that has it."""
    place = place_of(leaf)
    return "" if place is None else f" {place[1]!r} of {type(place[0]).__name__}"


def place_of(item: Any, table: str = "_parameters") -> tuple[Any, str] | None:
    """Return the outermost module that a parameter is in, or a module, and its dotted name there.

    Nothing is noted for this while networks are built: it looks for who refers to the item.
    """
    found = _key_in(item, table)
    if found is None:
        return None
    names = [found[0]]
    owner: Any = found[1]
    seen = [owner]
    while (found := _key_in(owner, "_modules")) is not None and found[1] not in seen:
        names.append(found[0])
        owner = found[1]
        seen.append(owner)
    return owner, ".".join(reversed(names))


def _key_in(item: Any, table: str) -> tuple[str, Any] | None:
    """Find an object whose dict ``table`` holds the item: its key there, and the object."""
    for holder in gc.get_referrers(item):
        if isinstance(holder, dict):
            keys = [k for k, v in holder.items() if v is item and isinstance(k, str)]
            owner = _owner_of(holder, table) if keys else None
            if owner is not None:
                return keys[0], owner
    return None


def _owner_of(held: dict[str, Any], table: str) -> Any:
    """Return the object whose attribute ``table`` is this dict."""
    for holder in gc.get_referrers(held):
        if isinstance(holder, dict) and holder.get(table) is held:
            for owner in gc.get_referrers(holder):
                if getattr(owner, "__dict__", None) is holder:
                    return owner
        elif getattr(holder, table, None) is held:
            return holder
    return None
