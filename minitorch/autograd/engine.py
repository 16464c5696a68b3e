"""The walk: from the roots back to the leaves, one node at a time.

Iterative, so chains of any length work. Nodes run when all that use their outputs have run, the
latest recorded first. Per output, gradients of several users are added up before the node runs.
A walk keeps all its state in itself: any number of them may go over one graph at once, in several
threads or one inside a hook of the other. Only a leaf is locked while its ``grad`` changes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextvars import ContextVar
from heapq import heappop, heappush
from typing import Any

import numpy as np

from minitorch.autograd import hooks, layers
from minitorch.autograd.grad_mode import current_mode, pop, push
from minitorch.autograd.layers import Stack
from minitorch.autograd.leaf import AccumulateGrad
from minitorch.autograd.node import Edge, Node
from minitorch.autograd.reach import count_users, count_users_between
from minitorch.autograd.sites import describe
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy, is_complex
from minitorch.core.fields import compiled, connect
from minitorch.core.silence import silence

_current: ContextVar[Walk | None] = ContextVar("walk", default=None)


def walk(
    roots: Sequence[Edge],
    grads: Sequence[Any],
    *,
    keep_graph: bool,
    create_graph: bool,
    targets: Sequence[Edge] | None = None,
    accumulate: bool = True,
) -> list[Any]:
    """Propagate ``grads`` from ``roots`` and return the gradients of ``targets``.

    Args:
        roots: edges to the outputs that are differentiated.
        grads: a gradient for each root.
        keep_graph: do not free saved tensors.
        create_graph: record the rules themselves, for derivatives of derivatives.
        targets: only work that these need is done; None means all leaves.
        accumulate: add to the ``grad`` of leaves reached (of targets, where there are any).

    Returns:
        For each target its gradient, or None where no path leads to it.
    """
    run = Walk(roots, targets, keep_graph, create_graph, accumulate)
    outer, mode = _current.set(run), current_mode()
    push(create_graph, mode.inference, mode)
    try:
        with silence():
            run.start(roots, grads)
    finally:
        pop()
        _current.reset(outer)
        if layers.active() is not run.layers:  # the walk went through a vmap that has returned
            layers.restore(run.layers)
    return [run.captured.get(slot) for slot in targets or ()]


def current_walk() -> Walk | None:
    """Return the walk that is running in this thread: for hooks, the one they are called from."""
    return _current.get()


class Walk:
    """The state of one walk: what has arrived where, and what is ready to run."""

    def __init__(
        self,
        roots: Sequence[Edge],
        targets: Sequence[Edge] | None,
        keep_graph: bool,
        create_graph: bool,
        accumulate: bool,
    ) -> None:
        self.pruned = targets is not None  # then only what lies between is among the users
        self.layers = layers.active()
        # Whether it is one of those that are walked in C (Note [Two forms]).
        self.in_c = compiled is not None and targets is None and self.layers is None
        self.users: Any
        if targets is not None:
            self.users = count_users_between(roots, targets)
        else:
            self.users = compiled.Users(roots) if self.in_c else count_users(roots)
        self.targets = frozenset(targets or ()) or ()
        self.keep_graph = keep_graph
        self.create_graph = create_graph
        self.accumulate = accumulate
        # Whether sums may be formed in the memory of a gradient that nobody else holds.
        self.reuse = not create_graph and self.layers is None
        self.captured: dict[Edge, Any] = {}
        # Per node the gradient of each output, as far as it has arrived.
        self.buffers: dict[Node, list[Any]] = {}
        # Slots whose gradient nobody else holds: it may be added to, kept as ``grad``, handed out.
        self.owned: set[Edge] = set()
        self.ready: list[tuple[int, Node]] = []

    def reaches(self, node: Node) -> bool:
        """Whether a gradient may arrive at this node."""
        return node in self.users

    def start(self, roots: Sequence[Edge], grads: Sequence[Any]) -> None:
        """Put the first gradients in place, run the roots and all that becomes ready by it."""
        if self.in_c:
            self.users.walk(self, roots, grads, self.keep_graph, self.create_graph)
            return
        for root, grad in zip(roots, grads, strict=True):
            self._add(root, grad)
        for node in dict.fromkeys([root[0] for root in roots]):
            if self.users.get(node) == 0:
                self._make_ready(node)
        ready = self.ready
        while ready:
            self._run(heappop(ready)[1])

    def _add(self, edge: Edge, grad: Any) -> None:
        """Add a gradient to the buffer of an edge's end, in its tensor's shape and dtype."""
        node, index = edge
        outputs = node._outputs
        shape, dtype = outputs[index]
        array = grad._array
        if array.shape != shape or array.dtype is not dtype:
            grad = fit(grad, shape, dtype)
        buffer = self.buffers.get(node)
        if buffer is None:
            if len(outputs) == 1:  # the usual case first
                self.buffers[node] = [grad]
                return
            buffer = self.buffers[node] = [None] * len(outputs)
        known = buffer[index]
        if known is None:
            buffer[index] = grad
        elif self.reuse and edge in self.owned:
            np.add(known._array, grad._array, out=known._array)
        else:
            buffer[index] = known + grad
            self.owned.add(edge)

    def _finish_leaf(self, node: AccumulateGrad) -> None:
        buffer = self.buffers.pop(node, None)
        if buffer is None:
            return
        slot = (node, 0)
        grad = buffer[0]
        leaf = node.variable
        if leaf._hooks:
            grad = hooks.run_tensor_hooks(leaf._hooks, hooks.hand_out(self.owned, slot, grad))
        if self.accumulate and (not self.pruned or slot in self.targets):
            node.receive(grad, self.create_graph, slot in self.owned)
        elif slot in self.targets:
            self.captured[slot] = hooks.hand_out(self.owned, slot, grad)

    def _run(self, node: Node) -> None:
        grads = self.buffers.pop(node, None)
        results = None if grads is None else self._results_of(node, grads)
        users, targets = self.users, self.targets
        for i, edge in enumerate(node._edges):
            if edge is None:
                continue  # also where a rule gives a gradient unasked
            end = edge[0]
            left = users.get(end)
            if left is None:
                continue
            leaf = end if type(end) is AccumulateGrad else None
            if results is not None and results[i] is not None:
                self._add(edge, results[i])
                asked = leaf is not None or end._hooks is not None or edge in targets
                if asked and hooks.is_new(results, i, grads):
                    self.owned.add(edge)
            users[end] = left = left - 1
            if left:
                continue
            if leaf is not None:
                self._finish_leaf(leaf)
            else:
                heappush(self.ready, (-end._sequence, end))

    def _make_ready(self, node: Node) -> None:
        if type(node) is AccumulateGrad:
            self._finish_leaf(node)
        else:
            heappush(self.ready, (-node._sequence, node))

    def _results_of(self, node: Node, grads: list[Any]) -> tuple[Any, ...] | None:
        """Return what the rule gives for each input, or None where nobody needs it."""
        watched = node._hooks
        if watched is not None:
            hooks.run_output_hooks(node, watched, grads, self.owned)
        context = node
        if self.pruned:
            self._capture(node, grads)
            wanted = self._lead_on(node)
            if True not in wanted:
                return None
            context = node._narrowed(wanted)
        if watched is not None and (watched.before or watched.after):
            hooks.run_hooks_before(node, watched, grads, self.owned)
        if len(grads) > 1:
            self._fill_in(node, grads)
        try:
            if self.layers is None:
                results = node._op.backward(context, *grads)
            else:
                results = _run_rule(self.layers, node, context, grads)
        except Exception as error:
            error.add_note(_place(node))
            raise
        if node._saved and not self.keep_graph:
            node._saved = None
        if type(results) is not tuple:
            results = (results,)
        if watched is not None and watched.after:
            results = hooks.run_hooks_after(watched, _for_inputs(node, results), grads)
        return results

    def _capture(self, node: Node, grads: list[Any]) -> None:
        for i, grad in enumerate(grads):
            if (node, i) in self.targets:
                self.captured[(node, i)] = hooks.hand_out(self.owned, (node, i), grad)

    def _lead_on(self, node: Node) -> tuple[bool, ...]:
        """Whether a target lies beyond each input of this node, and not only at the node."""
        return tuple([e is not None and e[0] in self.users for e in node._edges])

    def _fill_in(self, node: Node, grads: list[Any]) -> None:
        """Put zeros for outputs that got no gradient; rules of several outputs rely on them."""
        if not node._op.materializes:
            return
        for i, (shape, dtype) in enumerate(node._outputs):
            if grads[i] is None:
                grads[i] = TensorBase._result_class._wrap(np.zeros(shape, dtype))


def fit(grad: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Undo broadcasting and promotion."""
    array = grad._array
    if array.shape != shape:
        grad = grad.sum_to_size(shape)
    if array.dtype is not dtype and array.dtype != dtype:
        if is_complex(array.dtype) and not is_complex(dtype):
            grad = grad.real  # a real number cannot be moved in another direction
        grad = grad.to(from_numpy(dtype))
    return grad


def _for_inputs(node: Node, results: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a rule gave as the inputs will get it, which is how hooks are to see it."""
    return tuple(
        [
            grad if grad is None or edge is None else fit(grad, *edge[0]._outputs[edge[1]])
            for grad, edge in zip(results, node._edges, strict=True)
        ]
    )


def _run_rule(stack: Stack, node: Node, context: Node, grads: list[Any]) -> Any:
    """Run a rule within the layers that are on."""
    rule = functools.partial(node._op.backward, context, *grads)
    for run in stack.run_rule:
        rule = functools.partial(run, node, rule, grads)
    return rule()


def _place(node: Node) -> str:
    where = "" if node._site is None else f", recorded at {describe(node._site)}"
    return f"This was the backward of {node.name()}{where}."


connect(
    fit=fit,
    for_inputs=_for_inputs,
    place=_place,
    run_hooks_after=hooks.run_hooks_after,
    run_hooks_before=hooks.run_hooks_before,
    run_output_hooks=hooks.run_output_hooks,
    run_tensor_hooks=hooks.run_tensor_hooks,
    ufunc_add=np.add,
)
