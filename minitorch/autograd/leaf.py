"""Leaves: the node at the end of a path, and how gradients add up in ``grad``."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

from minitorch.autograd.hooks import run_node_hooks, run_post_accumulate_hooks
from minitorch.autograd.layers import active
from minitorch.autograd.node import Edge, Metadata, Node, next_sequence
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import Array

_making_accumulators = threading.Lock()


class AccumulateGrad(Node):
    """The node of a leaf: adds what arrives to ``variable.grad``."""

    _edges = ()
    is_leaf = True

    def __init__(self, variable: TensorBase) -> None:
        self.variable: Any = variable
        self._sequence = next_sequence()  # made before the first node that leads here
        self._lock = threading.RLock()  # walks in several threads may end in one leaf

    @property
    def _outputs(self) -> tuple[Metadata, ...]:  # type: ignore[override]
        array = self.variable._array
        return ((array.shape, array.dtype),)

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def receive(self, grad: Any, create_graph: bool, owned: bool) -> None:
        """Add a complete gradient to the leaf's ``grad``, hooks before and after.

        Args:
            grad: the gradient.
            create_graph: whether it has a graph.
            owned: whether nobody else holds it.
        """
        leaf, hooks = self.variable, self._hooks
        if not leaf._requires_grad:
            return  # it was frozen or detached since
        if hooks is not None:
            (grad,) = run_node_hooks(hooks.before, (grad,))
        with self._lock:
            accumulate(leaf, grad, create_graph, owned)
            if leaf._post_accumulate_hooks:
                run_post_accumulate_hooks(leaf)
        if hooks is not None:
            run_node_hooks(hooks.after, (), (grad,))

    def _free(self) -> None:
        pass  # nothing is saved


def edge_to(tensor: TensorBase) -> Edge:
    """Return the edge to the producer of a tensor that requires grad."""
    node = tensor._grad_fn
    return (accumulator_of(tensor) if node is None else node, tensor._output_index)


def accumulator_of(leaf: TensorBase) -> AccumulateGrad:
    """Return the leaf's one node; it lives as long as some graph refers to it."""
    known = leaf._accumulator() if leaf._accumulator is not None else None
    return known if known is not None else _new_accumulator(leaf)


def _new_accumulator(leaf: TensorBase) -> AccumulateGrad:
    with _making_accumulators:  # two threads must not make two
        known = leaf._accumulator() if leaf._accumulator is not None else None
        if known is None:
            known = AccumulateGrad(leaf)
            leaf._accumulator = weakref.ref(known)
        return known


def accumulate(tensor: TensorBase, grad: Any, create_graph: bool, fresh: bool) -> None:
    """Add a complete gradient to the tensor's ``grad``.

    The first one is kept as it is where nobody else holds it and it lies in memory as the tensor
    does, copied otherwise. Later ones are added in place, so that all who hold ``grad`` see the
    sum; with ``create_graph`` a new tensor takes its place, because the old one is part of a graph.
    """
    known = tensor._grad
    if known is None:
        keeps = fresh and not create_graph and _lie_alike(grad._array, tensor._array)
        tensor._grad = grad if keeps else _copy(grad, tensor._array, create_graph)
    elif create_graph:
        tensor._grad = known + grad
    else:
        known.add_(grad)


def _copy(grad: Any, like: Array, create_graph: bool) -> Any:
    """Copy a gradient into memory of its own, laid out as ``like`` is."""
    copy = grad._plain(np.empty_like(like))
    if create_graph or active() is not None:
        return copy.copy_(grad)
    np.copyto(copy._array, grad._array)
    return copy


def _lie_alike(a: Array, b: Array) -> bool:
    """Whether two arrays of one shape order their elements alike in memory, without gaps."""
    return (a.flags.c_contiguous and b.flags.c_contiguous) or a.strides == b.strides


def is_new(results: tuple[Any, ...], index: int, arrived: list[Any] | None) -> bool:
    """Whether nobody else holds a result: rules return new tensors or what they were given."""
    grad = results[index]
    if grad._array.base is not None:
        return False
    for g in arrived or ():
        if grad is g:
            return False
    return len(results) == 1 or sum([grad is other for other in results]) == 1
