"""``watch``: remembering what no graph keeps, calls that were not recorded and modules at work."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, NamedTuple, Self

from minitorch.autograd import layers
from minitorch.autograd.explain.why import place_of
from minitorch.autograd.layers import Layer
from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import Node, next_sequence
from minitorch.autograd.origin import Cut
from minitorch.autograd.sites import Site, here
from minitorch.autograd.variable import TensorBase
from minitorch.nn.modules.hooks import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from minitorch.nn.parameter import Parameter


class Within(NamedTuple):
    """One call of a module.

    Attributes:
        module: the module; None where only its name is known.
        root: the outermost module around it.
        name: its dotted name in the root, "" for the root itself.
        serial: tells calls of one module apart.
    """

    module: Any
    root: Any
    name: str
    serial: int


Path = tuple[Within, ...]


def common(a: Path, b: Path) -> Path:
    """Return the calls that two paths have in common."""
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    return a[:count]


class Call:
    """One call of an op, recorded or not; of ``detach()``, which is none, likewise.

    Attributes:
        name: the op's.
        sources: of each tensor among the inputs, what it came from: a node, a call, or the tensor.
        shape: of the first result, and its dtype.
        order: later calls have greater ones, and so have nodes.
        cut: why it was not recorded, where something that requires grad went in.
    """

    __slots__ = ("cut", "dtype", "name", "order", "path", "shape", "site", "sources")

    def __init__(
        self, name: str, sources: list[Any], site: Site | None, path: Path, result: Any
    ) -> None:
        self.name = name
        self.sources = sources
        self.site = site
        self.path = path
        self.shape, self.dtype = result._array.shape, result._array.dtype
        self.cut: Cut | None = result._origin
        self.order = next_sequence() + 1  # 0 is for what was not computed


class Watch(Layer):
    """The layer: sees each call from outermost, as the user made it."""

    order = -10

    def __init__(self) -> None:
        # By ids of tensors and arrays; the tensors are kept, so that these stay their own.
        self.made: dict[int, tuple[Any, Call]] = {}
        self.by_array: dict[int, Any] = {}
        self.calls: list[Call] = []
        self.of_nodes: dict[Node, Call] = {}
        self.path: Path = ()
        self._serial = 0
        self._places: dict[int, tuple[Any, str]] = {}
        self._names: dict[int, tuple[Any, dict[Any, str]]] = {}

    def apply(self, op: Any, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        tensors = [x for x in inputs if isinstance(x, TensorBase)]
        sources = [self.source_of(x) for x in tensors]
        results = self.inner(op, inputs, params)
        outputs = [x for x in _as_tuple(results) if isinstance(x, TensorBase)]
        if outputs:
            call = Call(op.name, sources, here(2), self.path, outputs[0])
            self.calls.append(call)
            for x in tensors:
                self.by_array.setdefault(id(x._array), x)
            for x in outputs:
                self.by_array[id(x._array)] = x
                self.made[id(x)] = x, call
                if x._grad_fn is not None:
                    self.of_nodes[x._grad_fn] = call
        return results

    def written(self, target: Any, result: Any) -> None:
        if id(result) in self.made:
            call = self.made[id(result)][1]
            if isinstance(call.sources[0], TensorBase):  # a stand-in for the target as it was
                call.sources[0] = self.made[id(target)][1] if id(target) in self.made else target
            self.made[id(target)] = target, call
            if not target._requires_grad:  # else it may be ``x.data``, and stands for itself alone
                self.by_array[id(target._array)] = target

    def source_of(self, tensor: Any) -> Any:
        """Return the node that a tensor came out of, or the call, or the tensor itself."""
        if tensor._view is not None:
            tensor._view.refresh(tensor)
        if tensor._requires_grad:
            return edge_to(tensor)[0]
        if isinstance(tensor, Parameter) or _is_frozen_leaf(tensor):
            return tensor  # what initialized or trained it is not how this graph came about
        if id(tensor) in self.made:
            return self.made[id(tensor)][1]
        # ``detach()``, and writes that are not recorded, make a tensor around the same array.
        known = self.by_array.get(id(tensor._array))
        if known is None or known is tensor or known._array is not tensor._array:
            return tensor  # the last: ``known.data`` is another now, and the array's id is free
        cut = tensor._origin
        if cut is None or cut.kind != "detach":
            return self.source_of(known)
        source = self.source_of(known)
        call = Call("detach", [source], cut.site, self._between(source), tensor)
        self.made[id(tensor)] = tensor, call
        return call

    def _between(self, source: Any) -> Path:
        """Return the calls that what came out of a source was made in, if it is used here."""
        call = self.of_nodes.get(source) if isinstance(source, Node) else source
        return common(call.path, self.path) if isinstance(call, Call) else self.path

    def call_around(self, node: Node) -> Call | None:
        """Return the call in which a node was recorded."""
        if node in self.of_nodes:
            return self.of_nodes[node]
        place = bisect_left(self.calls, node._sequence + 1, key=lambda call: call.order)
        return self.calls[place] if place < len(self.calls) else None

    # Modules

    def enter(self, module: Any, args: Any) -> None:
        """Note that a module is being called."""
        if layers.find(Watch) is not self:
            return  # another thread's, or one inside of an op
        root = self.path[0].root if self.path else module
        name = self._names_in(root).get(module)
        if name is None or not self.path:  # one that is called by itself may be part of another
            root, name = self._place_of(module)
        self._serial += 1
        self.path = (*self.path, Within(module, root, name, self._serial))

    def leave(self, module: Any, args: Any, output: Any) -> None:
        """Note that its call has ended."""
        if layers.find(Watch) is self and self.path and self.path[-1].module is module:
            self.path = self.path[:-1]

    def _place_of(self, module: Any) -> tuple[Any, str]:
        if id(module) not in self._places:
            place = place_of(module, "_modules")
            self._places[id(module)] = place or (module, "")
        return self._places[id(module)]

    def _names_in(self, root: Any) -> dict[Any, str]:
        if id(root) not in self._names:
            self._names[id(root)] = root, {m: name for name, m in root.named_modules()}
        return self._names[id(root)][1]


def _is_frozen_leaf(tensor: Any) -> bool:
    cut: Cut | None = tensor._origin
    return (
        cut is not None
        and cut.kind == "frozen"
        and cut.tensor is not None
        and (cut.tensor() is tensor)
    )


def _as_tuple(results: Any) -> tuple[Any, ...]:
    return results if type(results) is tuple else (results,)


class watch:
    """Within the block, remember what no graph keeps, for :func:`draw` to show.

    A graph holds what was recorded. In a picture of it that is drawn within the block are also
    calls that were not recorded, the line of each call, what ``detach()`` was called on, and which
    module made what. All results stay in memory until the end of the block.

    Example:
        >>> with minitorch.drawing.watch():
        ...     loss = criterion(head(trunk(x).detach()), y)
        ...     print(minitorch.draw(loss))
    """

    def __enter__(self) -> Self:
        self._outer = layers.find(Watch)
        self._layer = layer = Watch()
        layers.put(layer)
        self._handles = (
            register_module_forward_pre_hook(layer.enter),
            register_module_forward_hook(layer.leave, always_call=True),
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        for handle in self._handles:
            handle.remove()
        layers.exchange(Watch, self._outer)
        self._layer._seen = (None, None)  # a circle: the stack that it was on
        del self._layer, self._handles


def watching() -> Watch | None:
    """Return what watches in this thread."""
    return layers.find(Watch)
