"""The long way through the door: for tensors with a mark, and while a ``Watch`` is on.

Order: profiler, forward mode, vmap, and then the op as always.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from minitorch.autograd import inference
from minitorch.autograd.explain import anomaly
from minitorch.autograd.grad_mode import cut_of_mode
from minitorch.autograd.layers import Watch
from minitorch.autograd.origin import Cut
from minitorch.autograd.profiler import profiler
from minitorch.autograd.saved import pack
from minitorch.autograd.variable import CUT, VOLATILE, TensorBase

if TYPE_CHECKING:
    from minitorch.autograd.node import Node
    from minitorch.autograd.op import Op


def apply(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], watch: Watch) -> Any:
    """Compute the op in the way that what is on asks for; NotImplemented: as always."""
    if watch.profiler is not None:
        return profiler.run_op(op, inputs, params, watch)
    if watch.dual_levels:
        from minitorch.autograd.forward_ad import dual as forward_ad  # which is made of ops

        level = forward_ad.level_of(inputs, watch)
        if level is not None:
            return forward_ad.apply(op, inputs, params, level)
    if watch.batch_levels:
        from minitorch.autograd.vmap import batching  # which is made of ops

        return batching.apply(op, inputs, params, watch)
    if watch.inference:
        return inference.compute(op, inputs, params, watch)
    return NotImplemented


def recorded(node: Node, inputs: tuple[Any, ...], results: Any, watch: Watch) -> None:
    """Complete a node that was just recorded."""
    if watch.anomaly:
        anomaly.remember(node)
    if watch.saved_tensors_hooks and node._saved:
        pack(node, inputs, results, watch.saved_tensors_hooks[-1])


def run_rule(node: Node, context: Node, grads: list[Any], watch: Watch) -> Any:
    """Run a node's rule in a walk that is watched."""

    def rule() -> Any:
        return node._op.backward(context, *grads)

    if watch.profiler is not None:
        rule = functools.partial(profiler.run_rule, node, rule, grads, watch)
    if watch.anomaly:
        return anomaly.run(node, rule, watch.check_nan)
    return rule()


def mark(
    op: type[Op], inputs: tuple[Any, ...], results: Any, marks: int, requires_grad: bool
) -> None:
    """Mark results that got no history, although an input had one or has lost it."""
    if marks & VOLATILE:
        cut: Cut | None = Cut("volatile", op=op.name)
    elif requires_grad:
        cut = cut_of_mode() or Cut("no gradient", op=op.name)
    elif marks & CUT:
        cut = next(x._origin for x in inputs if isinstance(x, TensorBase) and x._origin)
    else:
        return
    bits = CUT | marks & VOLATILE
    for result in results if type(results) is tuple else (results,):
        result._origin = cut
        result._special |= bits
