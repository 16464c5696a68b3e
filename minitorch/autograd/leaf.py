"""Leaves: the node at the end of a path, and how gradients add up in ``grad``."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

from minitorch.autograd.hooks import copy_into, run_node_hooks, run_post_accumulate_hooks
from minitorch.autograd.node import Edge, Metadata, Node, next_sequence
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import Array
from minitorch.core.fields import connect
from minitorch.core.layout import is_dense

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
            (grad,) = run_node_hooks(hooks.before, (grad if owned else grad.clone(),))
            owned = False
        with self._lock:
            accumulate(leaf, grad, create_graph, owned)
            if leaf._post_accumulate_hooks:
                run_post_accumulate_hooks(leaf)
        if hooks is not None:
            run_node_hooks(hooks.after, (), (grad,))


connect(AccumulateGrad=AccumulateGrad)


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


connect(new_accumulator=_new_accumulator)


def accumulate(tensor: TensorBase, grad: Any, create_graph: bool, fresh: bool) -> None:
    """Add a complete gradient to the tensor's ``grad``.

    The first one is kept as it is where nobody else holds it and it lies in memory as the tensor
    does, copied otherwise. Later ones are added in place, so that all who hold ``grad`` see the
    sum; with ``create_graph`` a new tensor takes its place, because the old one is part of a graph.
    """
    known = tensor._grad
    if known is None:
        keeps = fresh and not create_graph and _lie_alike(grad._array, tensor._array)
        tensor._grad = grad if keeps else copy_into(_room_for(tensor._array), grad)
    elif create_graph:
        tensor._grad = known + grad
    else:
        known.add_(grad)


def _room_for(own: Array) -> Array:
    """Return memory for the gradient of a tensor: as that lies if it is dense, else in order."""
    dense = own.flags.c_contiguous or is_dense(own)
    return np.empty_like(own, order="K" if dense else "C")


def _lie_alike(a: Array, b: Array) -> bool:
    """Whether two arrays of one shape order their elements alike in memory, without gaps."""
    return (a.flags.c_contiguous and b.flags.c_contiguous) or a.strides == b.strides
