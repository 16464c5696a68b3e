"""Boxes and arrows: what of a graph is shown, and which of it as one.

Note [Folding]
~~~~~~~~~~~~~~
At depth 0 the calls of a module are one box, at depth 1 the calls of its children, and so on;
layers, which have no children, are opened at the greatest depth alone. What is not within so deep a
call has a box of its own. Parameters are counted in the box of the only module that uses them. Of
all depths the first is taken, from the deepest up, at which no more than ``limit`` boxes are left;
if there is none, the last recorded are shown and the others counted. A call is an interval of what
was recorded, so that no arrow leads from a box back to an earlier one.

A graph does not say which module recorded a node. While ``watch`` is on that is noted; else a node
with parameters belongs to their module, and one without to what the nodes around it have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from minitorch.autograd.origin import Cut
from minitorch.drawing.names import Names
from minitorch.drawing.vertices import Vertex
from minitorch.drawing.watching import Path, Within, common


@dataclass(eq=False)
class Box:
    """What is drawn as one.

    Attributes:
        kind: as :class:`Vertex` has it, or "module".
        vertices: what it stands for.
        path: the calls of modules that it is in, or is.
    """

    kind: str
    vertices: list[Vertex]
    path: Path = ()
    inputs: dict[Box, str] = field(default_factory=dict)  # and what becomes of the gradient


def assign_modules(vertices: Sequence[Vertex], names: Names) -> None:
    """Say of recorded nodes, by their parameters, which module they are of: Note [Folding]."""
    nodes = [vertex for vertex in vertices if vertex.kind == "result"]
    known = [_path_by_parameters(node, names) for node in nodes]
    following: Path | None = None
    after: list[Path | None] = []
    for path in reversed(known):
        following = path or following
        after.append(following)
    before: Path | None = None
    serials = _Serials()
    for node, path, then in zip(nodes, known, reversed(after), strict=True):
        before = path or before
        node.path = serials.number(path if path else common(before or (), then or ()))


def _path_by_parameters(node: Vertex, names: Names) -> Path:
    for source, _ in node.inputs:
        place = None if source.tensor is None else names.parameter(source.tensor)
        if place is not None:
            root, name = place
            parts = name.split(".")[:-1]
            dotted = [".".join(parts[:i]) for i in range(len(parts) + 1)]
            return tuple([Within(None, root, part, 0) for part in dotted])
    return ()


class _Serials:
    """Numbers calls: one that comes again after something else is another."""

    def __init__(self) -> None:
        self.last: Path = ()
        self.count = 0

    def number(self, path: Path) -> Path:
        numbered: list[Within] = []
        same = True
        for i, part in enumerate(path):
            known = self.last[i] if same and i < len(self.last) else None
            if known is None or known.name != part.name or known.root is not part.root:
                same = False
                self.count += 1
                known = part._replace(serial=self.count)
            numbered.append(known)
        self.last = tuple(numbered)
        return self.last


def fold(
    vertices: Sequence[Vertex], names: Names, limit: int, depth: int | None, given: set[int]
) -> tuple[list[Box], int]:
    """Return the boxes to show, and of how many vertices there are none.

    Args:
        vertices: the graph, in order.
        names: of parameters, which are counted in boxes; other leaves have boxes of their own.
        limit: how many boxes, about.
        depth: how deep modules are opened; None: as deep as fits.
        given: ids of tensors that always have boxes of their own.
    """
    users: dict[Vertex, list[Vertex]] = {vertex: [] for vertex in vertices}
    for vertex in vertices:
        for source, _ in vertex.inputs:
            users[source].append(vertex)
    deepest = max([len(vertex.path) for vertex in vertices], default=0)

    def is_own(vertex: Vertex) -> bool:
        tensor = vertex.tensor
        if isinstance(vertex.what, Cut):
            return True
        if tensor is None or names.parameter(tensor) is not None:
            return False
        return id(tensor) in given or id(tensor) in names.variables

    depths = range(deepest, -1, -1) if depth is None else [depth]
    for level in depths:
        keys = _keys(vertices, users, level, is_own)
        if len(set(keys.values())) <= limit:
            break
    return _boxes(vertices, users, keys, limit)


def _keys(
    vertices: Sequence[Vertex],
    users: dict[Vertex, list[Vertex]],
    depth: int,
    is_own: Callable[[Vertex], bool],
) -> dict[Vertex, Any]:
    """Return for each vertex of which box it is: a path, or the vertex itself."""
    keys: dict[Vertex, Any] = {}
    deepest = max([len(vertex.path) for vertex in vertices], default=0)
    for vertex in vertices:
        if vertex.order > 0:
            path = vertex.path
            is_inside = len(path) > depth or (path and depth < deepest and is_layer(path[-1]))
            keys[vertex] = path[: depth + 1] if is_inside else vertex
    for vertex in vertices:
        if vertex.order <= 0:
            of_users = [keys[user] for user in users[vertex]]
            modules = {key[-1][:-1] if isinstance(key, tuple) else None for key in of_users}
            is_counted = len(modules) == 1 and None not in modules and vertex.is_leaf
            keys[vertex] = of_users[0] if is_counted and not is_own(vertex) else vertex
    return keys


def is_layer(within: Within) -> bool:
    """Whether a module has no children."""
    return all([child is None for child in module_of(within)._modules.values()])


def module_of(within: Within) -> Any:
    """Return the module that is called."""
    return within.module or within.root.get_submodule(within.name)


def _boxes(
    vertices: Sequence[Vertex],
    users: dict[Vertex, list[Vertex]],
    keys: dict[Vertex, Any],
    limit: int,
) -> tuple[list[Box], int]:
    groups: dict[Any, list[Vertex]] = {}
    for vertex in vertices:
        groups.setdefault(keys[vertex], []).append(vertex)
    hidden = _hidden(groups, keys, limit)
    rest = Box("earlier", [])
    box_of: dict[Any, Box] = {}
    for key, members in groups.items():
        if key in hidden:
            box_of[key] = rest
            rest.vertices += members
        else:
            is_module = isinstance(key, tuple)
            kind = "module" if is_module else members[0].kind
            box_of[key] = Box(kind, members, key if is_module else members[0].path)
    for vertex in vertices:
        box = box_of[keys[vertex]]
        for source, how in vertex.inputs:
            if source.is_leaf and keys[source] is not source:
                continue  # it is counted in the box, or in that of another call
            _connect(box, box_of[keys[source]], how)
    left_out = set(rest.vertices)
    boxes = sorted(dict.fromkeys(box_of.values()), key=lambda box: _order(box, left_out, users))
    return boxes, sum([vertex.kind != "earlier" for vertex in rest.vertices])


def _hidden(groups: dict[Any, list[Vertex]], keys: dict[Vertex, Any], limit: int) -> set[Any]:
    """Return which boxes are too many: the last are shown, and the leaves that they use."""
    if len(groups) <= limit:
        return set()
    made = [key for key, members in groups.items() if members[-1].order > 0]
    shown: set[Any] = set()
    for key in sorted(made, key=lambda key: -groups[key][-1].order):
        sources = [source for vertex in groups[key] for source, _ in vertex.inputs]
        leaves = {source for source in sources if source.is_leaf and keys[source] is source}
        if len(shown | leaves) + 1 > limit:
            break
        shown |= {key, *leaves}
    return groups.keys() - shown


def _order(box: Box, left_out: set[Vertex], users: dict[Vertex, list[Vertex]]) -> float:
    """Return the place of a box among the others: leaves stand before their first user."""
    first = box.vertices[-1 if box.kind == "module" else 0]
    if box.kind == "earlier":
        return 0
    if first.is_leaf:
        if not left_out.isdisjoint(users[first]):
            return -1
        return min([user.order for user in users[first]], default=0) - 0.5
    return first.order


_STRENGTH = ["plain", "cut", "gradient"]


def _connect(box: Box, source: Box, how: str) -> None:
    if source is not box:
        known = box.inputs.get(source, how)
        box.inputs[source] = max(known, how, key=_STRENGTH.index)
