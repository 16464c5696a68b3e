"""Walking over trees of modules, iteratively: users build chains thousands of modules deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.nn.modules.module import Module


def preorder(
    root: Module,
    *,
    unique: bool = True,
    seen: set[Any] | None = None,
    stop: Callable[[Module], bool] | None = None,
    leave: Callable[[str, Module], object] | None = None,
) -> Iterator[tuple[str, Module]]:
    """Yield (dotted name, module), parents before children.

    Args:
        root: yielded first, with the name "".
        unique: yield a module that is registered in several places once.
        seen: modules to leave out; with ``unique`` it grows.
        stop: tells of each module below the root whether to leave out what is below it.
        leave: called with each module, but those, when all below it have been yielded.
    """
    seen = set() if seen is None else seen
    levels: list[Iterator[tuple[str, Module]]] = [iter([("", root)])]
    path: dict[Module, str] = {}  # the parents of the current level, in order, and their names
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
            if path:
                done, name = path.popitem()
                if leave is not None:
                    leave(name, done)
            continue
        name, module = entry
        if module in seen:
            continue
        if unique:
            seen.add(module)
        yield name, module
        if stop is None or module is root or not stop(module):
            _enter(module, path, name)
            levels.append(_children(module, name + "." if name else ""))


def postorder(root: Module) -> Iterator[Module]:
    """Yield modules, children before parents; one that has two parents is yielded twice."""
    path: dict[Module, str] = {root: ""}
    levels = [root.children()]
    while levels:
        child = next(levels[-1], None)
        if child is None:
            levels.pop()
            yield path.popitem()[0]
        else:
            _enter(child, path, "")
            levels.append(child.children())


def _children(module: Module, prefix: str) -> Iterator[tuple[str, Module]]:
    for name, child in module._modules.items():
        if child is not None:
            yield prefix + name, child


def _enter(module: Module, path: dict[Module, str], name: str) -> None:
    if module in path:
        raise RecursionError(
            f"this {type(module).__name__} contains itself: it was registered below one of its own "
            "children. Keep such a back reference out of the attributes, for example in a tuple."
        )
    path[module] = name
