"""Forward mode: tensors that carry a tangent, and ops that hand tangents on.

Note [Tangents]
~~~~~~~~~~~~~~~
No op has a rule for tangents: its backward rule, which is linear in the gradient, says it all. An
op that is elementwise has a diagonal Jacobian, so that backward applied to the tangent is the
tangent of the result. A view of the tangent is the tangent of a view. For all others the backward
rule is recorded for a gradient that is a variable, and differentiated by it: the gradient of
``vᵀJ`` by ``v``, along the tangent, is ``J`` times the tangent.

A tensor has a tangent per level. An op looks at the innermost level alone, and calls itself on the
tensors without it: the other levels, batches and the graph are that call's affair. Tangents are
made by ops, so they have graphs and tangents of their own; nodes keep the tangents of what they
save, so that gradients have tangents, too.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from minitorch.autograd import layers as watching
from minitorch.autograd.differentiate import grad
from minitorch.autograd.grad_mode import enable_grad, is_grad_enabled
from minitorch.autograd.layers import Watch
from minitorch.autograd.node import AccumulateGrad, Node, accumulator_of
from minitorch.autograd.op import Nowhere, Op, refresh
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy

__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]


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


class UnpackedDualTensor(NamedTuple):
    """A tensor and its tangent; None where it has none."""

    primal: Any
    tangent: Any


def _levels() -> tuple[DualLevel, ...]:
    watch = watching.current()
    return () if watch is None else watch.dual_levels


class inner_level:
    """One more level, also inside others: what ``func.jvp`` runs in."""

    def __enter__(self) -> DualLevel:
        levels = _levels()
        self.level = DualLevel(len(levels))
        watching.change(dual_levels=(*levels, self.level))
        return self.level

    def __exit__(self, *exc_info: object) -> None:
        self.level.close()
        watching.change(dual_levels=tuple([x for x in _levels() if x is not self.level]))


def enter_dual_level() -> int:
    """Begin forward differentiation; :class:`dual_level` ends it, too.

    Raises:
        RuntimeError: inside another one.
    """
    if _levels():
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment: leave the outer level first, "
            "or nest func.jvp."
        )
    inner_level().__enter__()
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level that :func:`enter_dual_level` began.

    Raises:
        RuntimeError: if there is none.
    """
    levels = _levels()
    if not levels:
        raise RuntimeError(
            "Dual level must be a positive number: there is no level to exit, enter_dual_level() "
            "comes first."
        )
    levels[-1].close()
    watching.change(dual_levels=levels[:-1])


class dual_level:
    """Forward differentiation for a block.

    Example:
        >>> with dual_level():
        ...     y = f(make_dual(x, v))
        ...     jvp = unpack_dual(y).tangent
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exc_info: object) -> None:
        exit_dual_level()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """Return the tensor with a tangent, which all that is computed from it hands on.

    Args:
        tensor: floating-point.
        tangent: of the same shape.
        level: the one that is open, if it is named.

    Raises:
        RuntimeError: outside a level; if shapes differ, or there is a tangent already.
        ValueError: for integers.
    """
    levels = _levels()
    if not levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    for name, x in (("primal", tensor), ("tangent", tangent)):
        if not isinstance(x, TensorBase):
            raise TypeError(f"make_dual(): expected {name} to be a Tensor, got {type(x).__name__}")
    _check_level("make_dual", level)
    return with_tangent(tensor, tangent, levels[-1])


def _check_level(name: str, level: int | None) -> None:
    if level not in (None, 0):
        raise RuntimeError(
            f"Invalid level given to {name}(): {level}. There is one, number 0, which need not be "
            "named."
        )


def with_tangent(tensor: Any, tangent: Any, level: DualLevel) -> Any:
    """Return another handle of the tensor, with a tangent of one level.

    Raises:
        RuntimeError, ValueError: as :func:`make_dual`.
    """
    for name, x in (("primal", tensor), ("tangent", tangent)):
        if x._array.dtype.kind != "f":
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: "
                f"{from_numpy(x._array.dtype)}"
            )
    if tensor._array.shape != tangent._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(tensor._array.shape)} while "
            f"the given forward gradient is of size {list(tangent._array.shape)}."
        )
    if level in (tensor._tangents or ()):
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the "
            f"same level {level.number} is not supported."
        )
    if level in (tangent._tangents or ()):
        raise RuntimeError(
            "Setting a forward grad that itself has a forward gradient at the same level "
            f"{level.number} is not supported."
        )
    dual = tensor.view_as(tensor)
    set_tangent(dual, level, tangent)
    return dual


def set_tangent(tensor: Any, level: DualLevel, tangent: Any) -> None:
    """Give the tensor itself a tangent, or with None take it away."""
    tangents = {k: t for k, t in (tensor._tangents or {}).items() if k.is_open and k is not level}
    if tangent is not None:
        tangents[level] = tangent
    tensor._tangents = tangents or None


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """Return a tensor without its tangent, and the tangent.

    Args:
        tensor: any tensor.
        level: the one that is open, if it is named.

    Raises:
        TypeError: if it is no tensor.
    """
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"unpack_dual(): expected a Tensor, got {type(tensor).__name__}")
    _check_level("unpack_dual", level)
    levels = _levels()
    tangents = tensor._tangents
    if not levels or not tangents or levels[-1] not in tangents:
        return UnpackedDualTensor(tensor, None)
    primal: Any = tensor.view_as(tensor)  # type: ignore[attr-defined]
    set_tangent(primal, levels[-1], None)
    return UnpackedDualTensor(primal, tangents[levels[-1]])


# What ops do


def level_of(inputs: tuple[Any, ...], watch: Watch) -> DualLevel | None:
    """Return the innermost level of which an input has a tangent."""
    for level in reversed(watch.dual_levels):
        for x in inputs:
            if isinstance(x, TensorBase) and x._tangents is not None and level in x._tangents:
                return level
    return None


def apply(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], level: DualLevel) -> Any:
    """Compute an op and the tangents of its results (Note [Tangents])."""
    tangents = tuple(
        [(x._tangents or {}).get(level) if isinstance(x, TensorBase) else None for x in inputs]
    )
    leaves: list[AccumulateGrad] = []  # held until the call has recorded them
    primals = tuple([_without(x, level, leaves) for x in inputs])
    if hasattr(op, "with_tangents"):
        results, found = op.with_tangents(primals, tangents)
    else:
        results = op.apply(*primals, **params)
        found = None
    outputs = results if isinstance(results, tuple) else (results,)
    for out in outputs:
        _belongs_to(out, primals, inputs)
    if found is None:
        found = _tangents(op, primals, tangents, params, outputs)
        _keep(op, tangents, outputs, found, level)
    for out, tangent in zip(outputs, found, strict=True):
        if tangent is not None:
            # Rules may return what they were given; only tangents of views share memory.
            shared = not op.is_view and any([tangent is t for t in tangents])
            set_tangent(out, level, tangent.clone() if shared else tangent)
    return results


def _without(x: Any, level: DualLevel, leaves: list[AccumulateGrad]) -> Any:
    """Return the tensor as it is for the levels around this one."""
    if not isinstance(x, TensorBase) or x._tangents is None:
        return x
    if x._base is not None:
        refresh(x)
    if x._requires_grad and x._grad_fn is None:
        leaves.append(accumulator_of(x))
    other: Any = copy.copy(x.__dict__)
    primal: Any = object.__new__(type(x))
    primal.__dict__.update(other)
    set_tangent(primal, level, None)
    return primal


def _belongs_to(out: Any, primals: tuple[Any, ...], inputs: tuple[Any, ...]) -> None:
    """A view of a primal is a view of the tensor that it stands for."""
    for primal, x in zip(primals, inputs, strict=True):
        if primal is not x and isinstance(out, TensorBase) and out._base is primal:
            out._base = x if x._base is None else x._base


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
    context = _Context(op, primals, params, outputs)
    if op.elementwise and len(outputs) == 1:
        return (_along_diagonal(context, tangents, outputs[0]),)
    return _by_two_walks(context, tangents, outputs)


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
        self.saved = [_Given(x) if isinstance(x, TensorBase) else x for x in saved]
        self.producer = Node(Nowhere, (), self.shapes)  # type: ignore[arg-type]

    def rule(self, wanted: tuple[bool, ...], grads: list[Any]) -> tuple[Any, ...]:
        """Return the gradients that are wanted."""
        edges = tuple([(self.producer, i) if w else None for i, w in enumerate(wanted)])
        node = self.op.node_class(self.op, edges, self.outputs)
        node.__dict__.update(self.params)
        node._saved = self.saved
        results = self.op.backward(node, *grads)
        return results if isinstance(results, tuple) else (results,)

    def fit(self, grad_input: Any, i: int) -> Any:
        """Undo broadcasting and promotion, as a walk does."""
        shape, dtype = self.shapes[i]  # type: ignore[misc]
        if grad_input._array.shape != shape:
            grad_input = grad_input.sum_to_size(shape)
        if grad_input._array.dtype != dtype:
            grad_input = grad_input.to(from_numpy(dtype))
        return grad_input


def _along_diagonal(context: _Context, tangents: tuple[Any, ...], output: Any) -> Any:
    """The tangent of an elementwise op: backward of each tangent, added up."""
    array = output._array
    if array.dtype.kind != "f":
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
    return total


def _by_two_walks(
    context: _Context, tangents: tuple[Any, ...], outputs: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The gradient, by the gradient, of the backward rule along the tangents."""
    from minitorch.autograd.vmap.batching import for_each_example  # which is made of ops

    recording = is_grad_enabled()
    wanted = tuple([t is not None for t in tangents])
    with enable_grad():
        dummies = []
        for shape, dtype in context.outputs:
            dummy = for_each_example(TensorBase._result_class._wrap(np.zeros(shape, dtype)))
            dummy._requires_grad = dtype.kind == "f"
            dummies.append(dummy)
        grads = context.rule(wanted, list(dummies))
        used = [
            (context.fit(g, i), tangents[i])
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
    node = outputs[0]._grad_fn
    if node is None or not node._saved or node._op is not op:
        return
    of_saved = [tangents[i] for i in op.saves] + [found[i] for i in op.saves_outputs]
    node._saved = [
        s if t is None or s is None else SavedDual(s, level, t)
        for s, t in zip(node._saved, of_saved, strict=True)
    ]


# Writes


def write_tangent(target: Any, result: Any) -> None:
    """Give a tensor that was written the tangents of what was written into it."""
    for level in _levels():
        new = None if result is None else (result._tangents or {}).get(level)
        if target._base is None:
            if new is not None or target._tangents is not None:
                set_tangent(target, level, None if new is None else new.clone())
            continue
        own = _tangent_in_base(target, level, new is not None)
        if own is not None:
            if new is None:
                own.zero_()
            else:
                own.copy_(new)


def _tangent_in_base(view: Any, level: DualLevel, make: bool) -> Any:
    """Return the tangent of a view as a view of its base's; None if there is none to be."""
    own = (view._tangents or {}).get(level)
    if own is not None or not make:
        return own
    from minitorch.autograd.writes.place import Place, place_of

    base = view._base
    whole = (base._tangents or {}).get(level)
    if whole is None:
        whole = base._plain(np.zeros_like(base._array))
        set_tangent(base, level, whole)
    place = place_of(base._array, view._array)
    array = whole._array
    if not isinstance(place, Place) or not array.flags.c_contiguous:
        raise RuntimeError(
            "a view of a tensor that is not contiguous is being modified inplace in forward mode: "
            "clone() its base first."
        )
    strides = [s * array.itemsize for s in place.strides]
    flat = array.reshape(-1)[place.offset :]
    own = whole._plain(np.lib.stride_tricks.as_strided(flat, place.shape, strides))
    set_tangent(view, level, own)
    return own
