"""``backward`` and ``grad``: the two ways to ask for gradients."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minitorch.autograd.engine import walk
from minitorch.autograd.grad_mode import set_grad_enabled
from minitorch.autograd.leaf import accumulate, edge_to
from minitorch.autograd.node import Edge, Node
from minitorch.autograd.sites import warn_user
from minitorch.autograd.transforming import is_transforming
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.levels import FromBatched, ToBatched, inside, running
from minitorch.core.dtypes import from_numpy, is_complex


class GradientEdge(NamedTuple):
    """The place in the graph where a tensor's gradient arrives; holds the graph, not the tensor."""

    node: Node
    output_nr: int
    ownership_token: Node | None = None  # PyTorch keeps a leaf's node alive by it; so does ``node``


_ONE = TensorBase, GradientEdge  # of what may also come as a sequence
_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter "
    "and its gradient which can cause a memory leak. We recommend using autograd.grad when "
    "creating the graph to avoid this. If you have to use this function, make sure to reset the "
    ".grad fields of your parameters to None after use to break the cycle and avoid the leak."
)
_ONLY_INPUTS = (
    "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate "
    "gradient for other parts of the graph, please use torch.autograd.backward."
)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradient of ``tensors`` to the ``grad`` of the leaves they were computed from.

    Args:
        tensors: a tensor (or gradient edge), or a sequence of them; their sum is differentiated.
        grad_tensors: for each, the gradient to start with; ones for a tensor of one element.
        retain_graph: keep what the graph saved, so that it can be walked again. Default:
            ``create_graph``.
        create_graph: record the gradients' own computation.
        grad_variables: the old name of ``grad_tensors``.
        inputs: only these tensors get gradients, leaves or not.

    Raises:
        RuntimeError: if a tensor has no graph, has several elements and no gradient, or its graph
            was freed; inside ``func.grad``, ``vmap`` and their like.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.",
            FutureWarning,
            stacklevel=2,
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
                "`backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if is_transforming() or running():
        raise RuntimeError(
            "backward() called inside a functorch transform. This is not supported, please use "
            "func.grad or func.vjp, or autograd.grad, instead: they return gradients."
        )
    if create_graph:
        warn_user(_CYCLE)
    roots = _as_tuple(tensors)
    edges, starts = _roots(roots, _as_tuple(grad_tensors, len(roots)))
    wanted: tuple[Any, ...] = ()
    targets = None
    if inputs is not None:
        wanted = _as_tuple(inputs)
        if not wanted:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        targets = _targets(wanted)
    grads = walk(
        edges,
        starts,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        targets=targets,
    )
    if targets is not None:
        _accumulate_in_others(wanted, grads, create_graph)


def _accumulate_in_others(tensors: Sequence[Any], grads: Sequence[Any], create_graph: bool) -> None:
    """Add to the ``grad`` of those that are no leaves: of them the walk knows only the nodes."""
    others = {
        id(t): (t, g)
        for t, g in zip(tensors, grads, strict=True)
        if isinstance(t, TensorBase) and t._grad_fn is not None
    }
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
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """Return the gradients of the sum of ``outputs`` by ``inputs``, without writing any ``grad``.

    Args:
        outputs: tensor (or gradient edge) or sequence of them to differentiate.
        inputs: tensor (or gradient edge) or sequence of them, leaves or not.
        grad_outputs: for each output, the gradient to start with.
        retain_graph: as in :func:`backward`.
        create_graph: as in :func:`backward`.
        only_inputs: False changes nothing, and says so in a warning.
        allow_unused: return None for inputs that the outputs do not depend on. Default:
            ``materialize_grads``.
        is_grads_batched: ``grad_outputs`` have a dimension more, in front: many of them at once.
        materialize_grads: return zeros instead of None.

    Raises:
        RuntimeError: as :func:`backward`; and if an input was not used and that is not allowed.
        ValueError: for ``materialize_grads=True`` with ``allow_unused=False``.
    """
    if not only_inputs:
        warn_user(_ONLY_INPUTS, FutureWarning)
    if is_grads_batched:
        options = (retain_graph, create_graph, True, allow_unused, False, materialize_grads)
        return _grad_of_each(outputs, inputs, grad_outputs, *options)
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    roots, wanted = _as_tuple(outputs), _as_tuple(inputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    edges, starts = _roots(roots, _as_tuple(grad_outputs, len(roots)))
    results = walk(
        edges,
        starts,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        targets=_targets(wanted),
        accumulate=False,
    )
    for i, result in enumerate(results):
        if result is None and materialize_grads:
            results[i] = _filled(np.zeros, _edge(wanted[i]))
        elif result is None and not allow_unused:
            raise _unused(i, wanted[i])
    return tuple(results)


def _unused(i: int, wanted: Any) -> RuntimeError:
    return RuntimeError(
        f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
        "allow_unused=True if this is the desired behavior: it gives None there. Its shape is "
        f"{list(_metadata(_edge(wanted))[0])}."
        " [explain: unused-input]"
    )


def _grad_of_each(outputs: Any, inputs: Any, grad_outputs: Any, *options: Any) -> tuple[Any, ...]:
    """Walk once with a batch of gradients."""
    roots = _as_tuple(outputs)
    given = _as_tuple(grad_outputs, len(roots))
    sizes: list[int] = []
    for i, (g, root) in enumerate(zip(given, roots, strict=False)):
        if not isinstance(g, TensorBase):
            continue
        own, shape = g._array.shape, _metadata(_root(i, root))[0]
        if not own or own[1:] != shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output "
                "as the batch dimension. The sizes of the remaining dimensions are expected to "
                f"match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{i}] has a shape of torch.Size({list(own)}) and output[{i}] has a "
                f"shape of torch.Size({list(shape)}). If you only want some tensors in "
                "`grad_output` to be considered batched, consider using vmap."
            )
        sizes.append(own[0])
    if not sizes or len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension: the first of grad_outputs."
        )
    with inside(sizes[0]) as level:
        starts = [None if g is None else ToBatched.apply(g, dim=0, level=level) for g in given]
        found = grad(outputs, inputs, starts, *options)
        return tuple(
            [None if g is None else FromBatched.apply(g, dim=0, level=level) for g in found]
        )


def _as_tuple(value: Any, length: int = 1) -> tuple[Any, ...]:
    if value is None:
        return (None,) * length
    return (value,) if isinstance(value, _ONE) else tuple(value)


def _edge(of: Any) -> Edge:
    return (of.node, of.output_nr) if isinstance(of, GradientEdge) else edge_to(of)


def _metadata(edge: Edge) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return edge[0]._outputs[edge[1]]


def _filled(make: Any, edge: Edge) -> Any:
    return TensorBase._result_class._wrap(make(*_metadata(edge)))


def _targets(tensors: Sequence[Any]) -> list[Edge]:
    """Return where the gradients of these tensors arrive."""
    for i, t in enumerate(tensors):
        if isinstance(t, GradientEdge):
            continue
        if not isinstance(t, TensorBase):
            raise TypeError(
                f"expected Tensors or GradientEdges to differentiate by, but input {i} is "
                f"{type(t).__name__}"
            )
        if t._view is not None:
            t._view.refresh(t)
        if not t._requires_grad:
            raise RuntimeError(
                "One of the differentiated Tensors does not require grad: set "
                f"requires_grad_() on input {i} before it is used."
                " [explain: no-graph]"
            )
    return [_edge(t) for t in tensors]


def _roots(roots: Sequence[Any], grads: Sequence[Any]) -> tuple[list[Edge], list[Any]]:
    """Return the edges to start from, and a gradient for each."""
    if len(grads) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(grads)} gradients")
    edges = [_root(i, t) for i, t in enumerate(roots)]
    starts = [_start(i, e, g) for i, (e, g) in enumerate(zip(edges, grads, strict=True))]
    return edges, starts


def _root(index: int, root: Any) -> Edge:
    if isinstance(root, GradientEdge):
        return _edge(root)
    if not isinstance(root, TensorBase):
        raise TypeError(
            f"expected Tensors or GradientEdges to differentiate, but element {index} is "
            f"{type(root).__name__}"
        )
    if root._view is not None:
        root._view.refresh(root)
    if not root._requires_grad:
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn: "
            "nothing it was computed from has requires_grad=True, or it was computed under "
            "no_grad(), or cut off by detach(). minitorch.why(tensor) says which."
            " [explain: no-graph]"
        )
    return edge_to(root)


def _start(index: int, edge: Edge, given: Any) -> Any:
    shape, kind = _metadata(edge)
    if given is not None:
        if not isinstance(given, TensorBase):
            raise TypeError(
                "gradients can be either Tensors or None, but got " + type(given).__name__
            )
        if given._array.shape != shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{index}] has a shape of "
                f"torch.Size({list(given._array.shape)}) and output[{index}] has a shape of "
                f"torch.Size({list(shape)})."
                " [explain: gradient-shape]"
            )
        if is_complex(given._array.dtype) != is_complex(kind):
            raise RuntimeError(
                "For complex Tensors, both grad_output and output are required to have the same "
                f"dtype. Mismatch in dtype: grad_output[{index}] has a dtype of "
                f"{from_numpy(given._array.dtype)} and output[{index}] has a dtype of "
                f"{from_numpy(kind)}."
            )
        return given
    if is_complex(kind) and math.prod(shape) == 1:
        raise RuntimeError(
            "grad can be implicitly created only for real scalar outputs but got "
            f"{from_numpy(kind)}: pass gradient=, or make a real number of it, as .abs() does."
            " [explain: scalar-outputs]"
        )
    start = _filled(np.ones, edge)
    if start._array.size != 1:
        raise RuntimeError(
            "grad can be implicitly created only for scalar outputs; this one has shape "
            f"{list(shape)}: pass gradient=, or reduce it, for example with .sum()."
            " [explain: scalar-outputs]"
        )
    return start
