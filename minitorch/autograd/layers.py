"""Layers: what is rare looks at ops, nodes, rules and writes from outside.

Note [Layers]
~~~~~~~~~~~~~
A profiler, forward mode, vmap, inference mode, anomaly detection, hooks on saved tensors: each is
a ``Layer`` in a file of its own, which no other file needs to know. Those that are on stand in a
stack, one of each class, by their ``order``, the outermost first. With nothing on, ``active()`` is
None, and an op pays for one look at it. Otherwise the stack is asked at four points:

* ``apply``, before an op is computed: the first layer that returns a result has computed it, most
  often by calling ops again, without what it looks for (``inner``);
* ``recorded``, when a node has been made;
* ``run_rule``, around a node's rule in a walk, the outermost layer around all others;
* ``written``, when a result has been stored in a tensor.

A layer overrides the methods it needs; only these are called. Layers are not changed while they
are on: ``put`` another one of the class in its place. The stack is a ``ContextVar``'s value: each
thread and each asynchronous task has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from minitorch.autograd.node import Node
    from minitorch.autograd.op import Op

L = TypeVar("L", bound="Layer")


class Layer:
    """Something rare that is on; see Note [Layers]."""

    order: ClassVar[int]  # the smaller, the further outside

    # The stack last seen, and what is left of it without this layer: nearly always the same one.
    _seen: tuple[Stack | None, Stack | None] = (None, None)

    def apply(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Compute an op, or return NotImplemented: others shall."""
        return NotImplemented

    def recorded(self, node: Node, inputs: tuple[Any, ...], results: Any) -> None:
        """Complete a node that was just made."""

    def run_rule(self, node: Node, rule: Callable[[], Any], grads: list[Any]) -> Any:
        """Run a node's rule."""
        return rule()

    def written(self, target: Any, result: Any) -> None:
        """Follow a write: ``target`` now holds what ``result`` does."""

    def inner(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Compute an op as if this layer were not on."""
        stack = active()
        if self._seen[0] is not stack:
            self._seen = (stack, _without(stack, type(self)))
        token = _stack.set(self._seen[1])
        try:
            return op.apply(*inputs, **params)
        finally:
            _stack.reset(token)


class Stack:
    """The layers that are on, and of those the methods that each point has to call."""

    __slots__ = ("apply", "layers", "recorded", "run_rule", "written")

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers = layers
        self.apply = _overridden(layers, "apply")
        self.recorded = _overridden(layers, "recorded")
        self.run_rule = _overridden(layers, "run_rule")[::-1]
        self.written = _overridden(layers, "written")


def _overridden(layers: tuple[Layer, ...], name: str) -> tuple[Callable[..., Any], ...]:
    base = getattr(Layer, name)
    return tuple([getattr(x, name) for x in layers if getattr(type(x), name) is not base])


_stack: ContextVar[Stack | None] = ContextVar("layers", default=None)

active = _stack.get


def find(kind: type[L]) -> L | None:
    """Return the layer of a class that is on."""
    stack = active()
    if stack is not None:
        for layer in stack.layers:
            if type(layer) is kind:
                return layer
    return None


def put(layer: Layer) -> None:
    """Switch a layer on, in the place of the one of its class."""
    rest = _others(active(), type(layer))
    _stack.set(Stack(tuple(sorted((*rest, layer), key=lambda x: x.order))))


def drop(kind: type[Layer]) -> None:
    """Switch the layer of a class off."""
    _stack.set(_without(active(), kind))


def exchange(kind: type[Layer], layer: Layer | None) -> None:
    """Switch on the layer that was found earlier, or none of the class."""
    if layer is None:
        drop(kind)
    else:
        put(layer)


def restore(stack: Stack | None) -> None:
    """Set what ``active()`` returned earlier."""
    _stack.set(stack)


def _others(stack: Stack | None, kind: type[Layer]) -> tuple[Layer, ...]:
    return () if stack is None else tuple([x for x in stack.layers if type(x) is not kind])


def _without(stack: Stack | None, kind: type[Layer]) -> Stack | None:
    rest = _others(stack, kind)
    return Stack(rest) if rest else None
