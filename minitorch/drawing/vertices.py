"""The graph of some results, read: a vertex for each node, leaf, unrecorded call and plain tensor.

No more than ``MOST`` are read, the last recorded first: of a graph of a million nodes the rest is
one vertex, "earlier".
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterable
from typing import Any

from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import Node
from minitorch.autograd.origin import Cut
from minitorch.autograd.variable import TensorBase
from minitorch.drawing.watching import Call, Path, Watch

MOST = 20_000
_LOOKED_FOR = 200  # arrays whose tensors are looked for: each takes time


class Vertex:
    """One thing of the graph.

    Attributes:
        kind: "result" (a node), "leaf" (requires grad), "computed" (a call that was not recorded),
            "cut" (``detach()``), "input" (a tensor that requires no grad), "earlier".
        what: the node, call or tensor that it stands for; of a tensor that is gone the array that
            was saved, or why it was cut off.
        inputs: vertices it was computed from, each with what becomes of its gradient there: it
            arrives ("gradient"), stops ("cut"), or there is none ("plain").
        order: greater for what was recorded later; of leaves and inputs 0.
        path: the calls of modules it was made in.
        is_reached: whether gradients of the results come here; behind a cut they do not.
    """

    __slots__ = ("call", "inputs", "is_reached", "kind", "order", "path", "what")

    def __init__(self, kind: str, what: Any, order: int = 0, call: Call | None = None) -> None:
        self.kind = kind
        self.what = what
        self.order = order
        self.call = call
        self.inputs: list[tuple[Vertex, str]] = []
        self.is_reached = False
        self.path: Path = () if call is None else call.path

    @property
    def has_gradient(self) -> bool:
        """Whether gradients arrive here."""
        return self.is_reached and self.requires_grad

    @property
    def requires_grad(self) -> bool:
        """Whether it is a leaf that requires grad, or was recorded."""
        return self.kind in ("result", "leaf")

    @property
    def is_leaf(self) -> bool:
        """Whether it stands at the top: it was not computed, as far as is known."""
        return self.kind in ("leaf", "input")

    @property
    def tensor(self) -> Any:
        """The tensor of a leaf or an input, if there is one."""
        if self.kind == "leaf":
            return self.what.variable
        return self.what if isinstance(self.what, TensorBase) else None

    @property
    def named(self) -> Any:
        """The tensor by whose name it goes: its own, or of a cut the frozen leaf behind it."""
        if isinstance(self.what, Cut):
            return None if self.what.tensor is None else self.what.tensor()
        return self.tensor


class Reader:
    """Reads a graph, from its results on."""

    def __init__(self, watch: Watch | None) -> None:
        self.watch = watch
        self.found: dict[Any, Vertex] = {}
        self.earlier: Vertex | None = None
        self._waiting: list[tuple[int, int, Vertex]] = []
        self._arrays: list[tuple[Vertex, Any]] = []  # saved inputs without an edge, by their users
        self._cuts: list[tuple[Vertex, Cut]] = []

    def read(self, roots: Iterable[Any]) -> list[Vertex]:
        """Return the vertices from which the roots were computed, those too, in order."""
        results = []
        for tensor in roots:
            if tensor._view is not None:
                tensor._view.refresh(tensor)
            results.append(self._vertex(self._source_of(tensor)))
        while self._waiting:
            vertex = heapq.heappop(self._waiting)[2]
            if vertex.kind == "result":
                self._expand_node(vertex)
            else:
                self._expand_call(vertex)
        self._find_tensors()
        self._follow_gradients(results)
        found = [*self.found.values()] + ([] if self.earlier is None else [self.earlier])
        return sorted(found, key=lambda vertex: vertex.order)  # leaves and inputs as they were met

    def _follow_gradients(self, results: list[Vertex]) -> None:
        stack = list(results)
        while stack:
            vertex = stack.pop()
            if not vertex.is_reached:
                vertex.is_reached = True
                stack += [source for source, how in vertex.inputs if how == "gradient"]
        for vertex in self.found.values():
            if not vertex.is_reached:
                vertex.inputs = [
                    (source, "plain" if how == "gradient" else how) for source, how in vertex.inputs
                ]

    def find(self, tensor: Any) -> Vertex | None:
        """Return the vertex that a tensor came out of, if it was met."""
        source = self._source_of(tensor)
        if tensor._requires_grad and source.is_leaf:
            source = tensor
        key = source if isinstance(source, Node | Call) else id(source)
        frozen_or_cut = [v for v in self.found.values() if v.named is tensor]
        return self.found.get(key) or next(iter(frozen_or_cut), None)

    def _source_of(self, tensor: Any) -> Any:
        if self.watch is not None:
            return self.watch.source_of(tensor)
        return edge_to(tensor)[0] if tensor._requires_grad else tensor

    def _vertex(self, source: Any) -> Vertex:
        """Return the vertex of a node, call or tensor."""
        key = source if isinstance(source, Node | Call) else id(source)
        if isinstance(source, Node) and source.is_leaf:
            key = id(source.variable)
        if key in self.found:
            return self.found[key]
        if len(self.found) >= MOST:
            return self._one_of_the_rest()
        vertex = self.found[key] = self._make(source)
        if vertex.order:
            heapq.heappush(self._waiting, (-vertex.order, len(self.found), vertex))
        return vertex

    def _make(self, source: Any) -> Vertex:
        if isinstance(source, Call):
            kind = "cut" if source.name == "detach" else "computed"
            return Vertex(kind, source, source.order, source)
        if isinstance(source, Node):
            if source.is_leaf:
                return Vertex("leaf", source)
            around = None if self.watch is None else self.watch.call_around(source)
            return Vertex("result", source, source._sequence + 1, around)
        return Vertex("input", source)

    def _one_of_the_rest(self) -> Vertex:
        if self.earlier is None:
            self.earlier = Vertex("earlier", None, -1)
        return self.earlier

    def _expand_node(self, vertex: Vertex) -> None:
        node = vertex.what
        for edge in node._edges:
            if edge is not None:
                vertex.inputs.append((self._vertex(edge[0]), "gradient"))
        if vertex.call is not None and self.watch is not None:
            if self.watch.of_nodes.get(node) is vertex.call:
                for source in vertex.call.sources:
                    if not isinstance(source, Node):
                        vertex.inputs.append((self._vertex(source), "plain"))
        elif type(node._saved) is list:
            for i, k in enumerate(node._op.saves):
                if node._edges[k] is None and type(node._saved[i]) is tuple:
                    self._arrays.append((vertex, node._saved[i][0]))
        if vertex.call is None and node._cut is not None:
            self._cuts.append((vertex, node._cut))

    def _expand_call(self, vertex: Vertex) -> None:
        for source in vertex.what.sources:
            how = "cut" if isinstance(source, Node) else "plain"
            vertex.inputs.append((self._vertex(source), how))

    def _find_tensors(self) -> None:
        """Give saved inputs that require no grad the tensors they are of, where these still live.

        Nodes keep no more than the arrays; who refers to them is asked once, for all.
        """
        holders = _holders([array for _, array in self._arrays[:_LOOKED_FOR]])
        alive = {
            id(x._array): x for x in holders if isinstance(x, TensorBase) and not x._requires_grad
        }
        for vertex, array in self._arrays:
            vertex.inputs.append((self._vertex(alive.get(id(array), array)), "plain"))
        for vertex, cut in self._cuts:
            self._add_cut(vertex, cut)

    def _add_cut(self, vertex: Vertex, cut: Cut) -> None:
        """Show where an input was cut off that left nothing but the reason."""
        leaf = None if cut.tensor is None else cut.tensor()
        for source, _ in vertex.inputs:
            tensor = source.tensor
            if tensor is not None and (tensor is leaf or tensor._origin is cut):
                return
        vertex.inputs.append((self._vertex(cut), "plain"))


def _holders(arrays: list[Any]) -> list[Any]:
    """Return what refers to arrays; for a dict with an object's fields the object as well."""
    holders = gc.get_referrers(*arrays) if arrays else []
    fields = [x for x in holders if type(x) is dict and "_array" in x]
    return holders + (gc.get_referrers(*fields) if fields else [])
