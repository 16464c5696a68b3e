"""``backward`` and ``grad``: the two ways to ask for gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.autograd.engine import Slot, accumulate, walk
from minitorch.autograd.grad_mode import set_grad_enabled
from minitorch.autograd.node import edge_to
from minitorch.autograd.op import refresh
from minitorch.autograd.variable import TensorBase


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    *,
    inputs: Any = None,
) -> None:
    """Add the gradient of ``tensors`` to the ``grad`` of the leaves they were computed from.

    Args:
        tensors: a tensor, or a sequence of them; their sum is differentiated.
        grad_tensors: for each, the gradient to start with; ones for a tensor of one element.
        retain_graph: keep what the graph saved, so that it can be walked again. Default:
            ``create_graph``.
        create_graph: record the gradients' own computation.
        inputs: only these tensors get gradients, leaves or not.

    Raises:
        RuntimeError: if a tensor has no graph, has several elements and no gradient, or its graph
            was freed.
    """
    roots = _as_tuple(tensors)
    starts = _starting_grads(roots, _as_tuple(grad_tensors, len(roots)), create_graph)
    wanted: tuple[Any, ...] = ()
    targets = None
    if inputs is not None:
        wanted = _as_tuple(inputs)
        if not wanted:
            raise RuntimeError("`inputs` argument to `backward` cannot be empty.")
        targets = _slots(wanted)
    grads = walk(
        [edge_to(t) for t in roots],
        starts,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        targets=targets,
    )
    if targets is not None:
        _accumulate_in_others(wanted, grads, create_graph)


def _accumulate_in_others(tensors: Sequence[Any], grads: Sequence[Any], create_graph: bool) -> None:
    """Add to the ``grad`` of those that are no leaves: of them the walk knows only the nodes."""
    others = {id(t): (t, g) for t, g in zip(tensors, grads, strict=True) if t._grad_fn is not None}
    with set_grad_enabled(create_graph):
        for tensor, grad in others.values():
            if grad is not None:
                accumulate(tensor, grad, create_graph, fresh=False)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """Return the gradients of the sum of ``outputs`` by ``inputs``, without writing any ``grad``.

    Args:
        outputs: tensor or sequence of tensors to differentiate.
        inputs: tensor or sequence of tensors, leaves or not.
        grad_outputs: for each output, the gradient to start with.
        retain_graph: as in :func:`backward`.
        create_graph: as in :func:`backward`.
        allow_unused: return None for inputs that the outputs do not depend on. Default:
            ``materialize_grads``.
        is_grads_batched: not supported yet.
        materialize_grads: return zeros instead of None.

    Raises:
        RuntimeError: as :func:`backward`; and if an input was not used and that is not allowed.
    """
    if is_grads_batched:
        raise NotImplementedError(
            "is_grads_batched=True needs vmap, which is not there yet: call grad() in a loop"
        )
    if allow_unused is None:
        allow_unused = materialize_grads
    roots, wanted = _as_tuple(outputs), _as_tuple(inputs)
    starts = _starting_grads(roots, _as_tuple(grad_outputs, len(roots)), create_graph)
    results = walk(
        [edge_to(t) for t in roots],
        starts,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        targets=_slots(wanted),
        accumulate=False,
    )
    for i, result in enumerate(results):
        if result is None and not allow_unused:
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph "
                f"(input {i}, shape {list(wanted[i].shape)}). Set allow_unused=True if this is the "
                "desired behavior: it gives None there."
            )
    if materialize_grads:
        results = [
            x._plain(np.zeros_like(x._array)) if g is None else g
            for x, g in zip(wanted, results, strict=True)
        ]
    return tuple(results)


def _as_tuple(value: Any, length: int = 1) -> tuple[Any, ...]:
    if value is None:
        return (None,) * length
    return (value,) if isinstance(value, TensorBase) else tuple(value)


def _slots(tensors: Sequence[Any]) -> list[Slot]:
    """Return where the gradients of these tensors arrive."""
    for t in tensors:
        if t._base is not None:
            refresh(t)
        if not t._requires_grad:
            raise RuntimeError(
                "One of the differentiated Tensors does not require grad: set "
                "requires_grad_() on it before it is used."
            )
    return [edge_to(t)[:2] for t in tensors]


def _starting_grads(roots: Sequence[Any], grads: Sequence[Any], create_graph: bool) -> list[Any]:
    if len(grads) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(grads)} gradients")
    return [_starting_grad(i, t, g) for i, (t, g) in enumerate(zip(roots, grads, strict=True))]


def _starting_grad(index: int, root: Any, given: Any) -> Any:
    if root._base is not None:
        refresh(root)
    if not root._requires_grad:
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn: "
            "nothing it was computed from has requires_grad=True, or it was computed under "
            "no_grad(), or cut off by detach()."
        )
    array = root._array
    if given is not None:
        if not isinstance(given, TensorBase):
            raise TypeError(
                "gradients can be either Tensors or None, but got " + type(given).__name__
            )
        if given._array.shape != array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{index}] has a shape of "
                f"torch.Size({list(given._array.shape)}) and output[{index}] has a shape of "
                f"torch.Size({list(array.shape)})."
            )
        return given
    if array.size != 1:
        raise RuntimeError(
            "grad can be implicitly created only for scalar outputs; this one has shape "
            f"{list(array.shape)}: pass gradient=, or reduce it, for example with .sum()."
        )
    return root._plain(np.ones_like(array))
