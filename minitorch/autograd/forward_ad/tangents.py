"""What forward mode makes of ops and of writes: they hand tangents on.

Note [Tangents]
~~~~~~~~~~~~~~~
No op has a rule for tangents: its backward rule, which is linear in the gradient, says it all. An
op that is elementwise has a diagonal Jacobian, so that backward applied to the tangent is the
tangent of the result. A view of the tangent is the tangent of a view. For all others the backward
rule is recorded for a gradient that is a variable, and differentiated by it: the gradient of
``vᵀJ`` by ``v``, along the tangent, is ``J`` times the tangent.

A tensor has a tangent per level. An op looks at the innermost level alone, and calls itself with
that level and those inside of it switched off: the other levels, batches and the graph are that
call's affair. Tangents are made by ops, so they have graphs and tangents of their own; nodes keep
the tangents of what they save, so that gradients have tangents, too. What writes do is said in
Note [Tangents and writes].
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from minitorch.autograd import layers
from minitorch.autograd.conjugates import OWN, between_conjugations
from minitorch.autograd.differentiate import grad
from minitorch.autograd.engine import fit
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.inference import inference_mode
from minitorch.autograd.layers import Layer, Stack
from minitorch.autograd.node import Node, alias
from minitorch.autograd.op import Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.levels import for_each_example
from minitorch.autograd.writes.tangents import set_tangent, tangent_of, write_tangent
from minitorch.autograd.writes.views import Nowhere
from minitorch.core.dtypes import from_numpy, is_complex, is_differentiable


class DualLevel:
    """One forward differentiation; tangents of a level that has ended count no more."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_open = True
        # What nodes keep: here, because tangents have graphs, which may lead to those nodes.
        self.kept: WeakKeyDictionary[SavedDual, Any] = WeakKeyDictionary()

    def close(self) -> None:
        """Forget the tangents."""
        self.is_open = False
        self.kept.clear()


class Duals(Layer):
    """While this is on, ops hand tangents on."""

    order = 20

    def __init__(self, levels: tuple[DualLevel, ...]) -> None:
        self.levels = levels  # the outermost first
        self._stacks: dict[DualLevel, tuple[Stack | None, Stack | None]] = {}  # as last seen

    def apply(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        level = self._level_of(inputs)
        if level is None:
            return NotImplemented
        stack = layers.active()
        layers.restore(self._around(level, stack))
        try:
            return _apply(op, inputs, params, level)
        finally:
            layers.restore(stack)

    def _level_of(self, inputs: tuple[Any, ...]) -> DualLevel | None:
        """Return the innermost level of which an input has a tangent."""
        found: list[dict[Any, Any]] = []
        for x in inputs:
            if isinstance(x, TensorBase):
                if x._view is not None:
                    x._view.refresh(x)
                if x._tangents is not None:
                    found.append(x._tangents)
        if found:
            for level in reversed(self.levels):
                for tangents in found:
                    if level in tangents:
                        return level
        return None

    def _around(self, level: DualLevel, stack: Stack | None) -> Stack | None:
        """Return the layers as they are for the levels around one."""
        known = self._stacks.get(level)
        if known is None or known[0] is not stack:
            outer = self.levels[: self.levels.index(level)]
            layers.exchange(Duals, Duals(outer) if outer else None)
            known = self._stacks[level] = (stack, layers.active())
        return known[1]

    def written(self, target: Any, result: Any) -> None:
        for level in self.levels:
            tangent = None if result is None else tangent_of(result, level)
            if tangent is not None or target._tangents is not None:
                _refuse_unknown_views(target)
            write_tangent(target, level, tangent)


def _apply(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], level: DualLevel) -> Any:
    """Compute an op and the tangents of its results, as seen from outside of the level."""
    tangents = tuple(
        [(x._tangents or {}).get(level) if isinstance(x, TensorBase) else None for x in inputs]
    )
    if hasattr(op, "with_tangents"):
        results, found = op.with_tangents(inputs, tangents)
        outputs = results if isinstance(results, tuple) else (results,)
    else:
        results = op.apply(*inputs, **params)
        outputs = results if isinstance(results, tuple) else (results,)
        found = _tangents(op, inputs, tangents, params, outputs)
        _keep(op, tangents, outputs, found, level)
    for out, tangent in zip(outputs, found, strict=True):
        if isinstance(out, TensorBase) and any([out is x for x in inputs]):
            write_tangent(out, level, tangent)  # a custom function wrote into it
        elif tangent is not None:
            # Rules may return what they were given; only tangents of views share memory.
            shared = not op.is_view and any([tangent is t for t in tangents])
            set_tangent(out, level, tangent.clone() if shared else tangent)
    return results


def _tangents(
    op: type[Op],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    params: dict[str, Any],
    outputs: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Return the tangent of each output."""
    if not op.differentiable:
        return (None,) * len(outputs)
    if (op.is_view or op.linear) and all([t is None for t in tangents[1:]]):
        found = op.apply(tangents[0], *primals[1:], **params)
        return found if isinstance(found, tuple) else (found,)
    is_real = not any([is_complex(t._array.dtype) for t in (*outputs, *tangents) if t is not None])
    if op.elementwise and len(outputs) == 1 and (is_real or op.complex != OWN):
        return (_along_diagonal(_Context(op, primals, params, outputs), tangents, outputs[0]),)
    adjoint = op if is_real else between_conjugations(op)
    return _by_two_walks(_Context(adjoint, primals, params, outputs), tangents, outputs)


class _Given:
    """A saved tensor that is there as it was given."""

    __slots__ = ("tensor",)

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def unpack(self, node: Node, i: int) -> Any:
        return self.tensor


class _Context:
    """Makes nodes to call a backward rule with, outside of any graph."""

    def __init__(
        self,
        op: type[Op],
        primals: tuple[Any, ...],
        params: dict[str, Any],
        outputs: tuple[Any, ...],
    ) -> None:
        self.op, self.params = op, params
        self.shapes = tuple(
            [
                (x._array.shape, x._array.dtype) if isinstance(x, TensorBase) else None
                for x in primals
            ]
        )
        self.outputs = tuple([(o._array.shape, o._array.dtype) for o in outputs])
        saved = [primals[i] for i in op.saves] + [outputs[i] for i in op.saves_outputs]
        self.saved = [_Given(_normal(x)) if isinstance(x, TensorBase) else x for x in saved]
        self.producer = Node(Nowhere, (), self.shapes)  # type: ignore[arg-type]

    def rule(self, wanted: tuple[bool, ...], grads: list[Any]) -> tuple[Any, ...]:
        """Return the gradients that are wanted."""
        edges = tuple([(self.producer, i) if w else None for i, w in enumerate(wanted)])
        node = self.op.node_class(self.op, edges, self.outputs)
        node.__dict__.update(self.params)
        node._saved = self.saved
        results = self.op.backward(node, *grads)
        return results if isinstance(results, tuple) else (results,)


def _normal(x: TensorBase) -> Any:
    """Return the tensor; of an inference tensor one that rules may save."""
    if x._version_cell is None or x._version_cell.counts:
        return x
    other = alias(x, x._grad_fn, x._output_index)
    other._version_cell = None
    return other


def _along_diagonal(context: _Context, tangents: tuple[Any, ...], output: Any) -> Any:
    """The tangent of an elementwise op: backward of each tangent, added up."""
    array = output._array
    if not is_differentiable(array.dtype):
        return None
    total = None
    for i, tangent in enumerate(tangents):
        if tangent is None:
            continue
        if tangent._array.shape != array.shape:
            tangent = tangent.expand(array.shape)
        if tangent._array.dtype != array.dtype:
            tangent = tangent.to(from_numpy(array.dtype))
        wanted = tuple([k == i for k in range(len(tangents))])
        part = context.rule(wanted, [tangent])[i]
        if part is not None:
            total = part if total is None else total + part
    if total is not None and total._array.dtype != array.dtype:
        return total.to(from_numpy(array.dtype))  # a rule may promote, which a walk undoes
    return total


def _by_two_walks(
    context: _Context, tangents: tuple[Any, ...], outputs: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The gradient, by the gradient, of the backward rule along the tangents."""
    # What has no history gets none: else there would be one that leads to the variable.
    histories = [x is not None and x.requires_grad for x in (*tangents, *outputs)]
    recording = is_grad_enabled() and any(histories)
    wanted = tuple([t is not None for t in tangents])
    with inference_mode(False):  # recording on, and tensors that may be saved
        dummies = []
        for shape, dtype in context.outputs:
            dummy = for_each_example(TensorBase._result_class._wrap(np.zeros(shape, dtype)))
            dummy._requires_grad = is_differentiable(dtype)
            dummies.append(dummy)
        grads = context.rule(wanted, list(dummies))
        used = [
            (fit(g, *context.shapes[i]), tangents[i])  # type: ignore[misc]
            for i, g in enumerate(grads)
            if wanted[i] and g is not None
        ]
    pairs = [(g, t.to(from_numpy(g._array.dtype))) for g, t in used if g._requires_grad]
    variables = [d for d in dummies if d._requires_grad]
    if not pairs or not variables:
        return (None,) * len(outputs)
    found = iter(
        grad(
            [g for g, _ in pairs],
            variables,
            [t for _, t in pairs],
            create_graph=recording,
            allow_unused=True,
        )
    )
    return tuple([next(found) if d._requires_grad else None for d in dummies])


class SavedDual:
    """A saved tensor with its tangent."""

    __slots__ = ("__weakref__", "level", "saved")

    def __init__(self, saved: Any, level: DualLevel, tangent: Any) -> None:
        self.saved = saved
        self.level = level
        level.kept[self] = tangent

    def unpack(self, node: Node, i: int) -> Any:
        tensor = node._unpack(self.saved, i)
        if tensor is not None and self.level.is_open:
            set_tangent(tensor, self.level, self.level.kept[self])
        return tensor


def _keep(
    op: type[Op],
    tangents: tuple[Any, ...],
    outputs: tuple[Any, ...],
    found: tuple[Any, ...],
    level: DualLevel,
) -> None:
    """Have the node that was recorded save tangents with what it saves."""
    node = outputs[0]._grad_fn if outputs else None
    if node is None or not node._saved or not issubclass(node._op, op):
        return
    of_saved = [tangents[i] for i in op.saves] + [found[i] for i in op.saves_outputs]
    node._saved = [
        s if t is None or s is None else SavedDual(s, level, t)
        for s, t in zip(node._saved, of_saved, strict=True)
    ]


# Writes


def _refuse_unknown_views(target: Any) -> None:
    """Refuse to write a tangent into inference tensors that share memory: no view says with whom.

    Raises:
        RuntimeError: if it does.
    """
    cell = target._version_cell
    if cell is not None and not cell.counts and target._array.base is not None:
        raise RuntimeError(
            "Cannot set version_counter for inference tensor: in inference mode views do not know "
            "their base, so a write into one leaves the tangents of the others behind. Write into "
            "a clone(), or leave inference mode."
        )
