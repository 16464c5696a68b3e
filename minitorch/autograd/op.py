"""``Op``: the base of every operation, and the one door through which all are called."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.node import Edge, Node, SavedOutput, edge_to
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.dtypes import Array as Array  # re-exported for the families of ops

Grads = Any  # a Tensor or None for each input; a tuple of them where there are several

# ``saved_for`` of products: each factor is needed for the gradient of the other.
CROSSWISE = {0: (1,), 1: (0,)}

# Decorates forwards in which NumPy would warn of overflow, division by zero or NaN; PyTorch never
# does.
quiet = np.errstate(all="ignore")


class Op:
    """One operation: how it is computed, how its gradient is, and the samples that prove both.

    ``forward`` takes and returns arrays, with non-differentiable arguments as keywords, which
    become attributes of ``ctx`` in ``backward``. ``backward`` takes a Tensor per output and returns
    a Tensor (or None) per input, written in differentiable ops: so all orders come out right.
    A rule returns new tensors or the very gradient it was given, never a saved tensor.
    """

    name: ClassVar[str]  # as printed in grad_fn=<...>
    saves: ClassVar[tuple[int, ...]] = ()  # inputs that backward needs
    # Saved input -> the inputs whose gradients read it: kept only where one of them requires grad.
    saved_for: ClassVar[Mapping[int, tuple[int, ...]]] = {}
    saves_outputs: ClassVar[tuple[int, ...]] = ()  # outputs that backward needs
    promotion: ClassVar[Any] = None  # list of inputs -> list of inputs: the casts before forward
    is_view: ClassVar[bool] = False  # outputs share the first input's memory
    differentiable: ClassVar[bool] = True

    forward: ClassVar[Callable[..., Any]]
    backward: ClassVar[Callable[..., Any]]
    # For the tests: an obvious, slow forward on arrays; the same call in PyTorch, (torch, *inputs,
    # **params) -> outputs; and the calls to try, Sampler -> Iterator[Sample].
    reference: ClassVar[Callable[..., Any]]
    parity: ClassVar[Callable[..., Any] | None] = None
    samples: ClassVar[Any]

    def __init_subclass__(cls) -> None:
        if "name" not in cls.__dict__:
            cls.name = f"{cls.__name__}Backward0"

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        """Compute the op on tensors (or plain numbers); record it where gradients may be asked."""
        arrays = []
        requires_grad = False
        like: Any = None
        for x in inputs:
            if isinstance(x, TensorBase):
                arrays.append(x._array)
                like = x
                if x._base is not None:
                    refresh(x)
                if x._requires_grad:
                    requires_grad = True
            else:
                arrays.append(x)
        if cls.promotion is not None:
            arrays = cls.promotion(arrays)
        try:
            out = cls.forward(*arrays, **params)
        except ValueError as error:
            if "broadcast" in str(error):  # NumPy's word for sizes that do not match
                check_broadcast(arrays)
            raise
        if requires_grad and cls.differentiable and is_grad_enabled():
            return record(cls, inputs, params, out, like)
        if type(out) is tuple:
            return tuple(_result(cls, inputs, like, array) for array in out)
        return _result(cls, inputs, like, out)


def refresh(view: TensorBase) -> None:
    """Bring the history of a view up to date with its base's (Note [Views and in-place])."""
    cell = view._version_cell
    if cell is not None and view._rewrites_seen != cell.rewrites:
        # Only here, where it is rarely needed: that module is written in ops itself.
        from minitorch.autograd.inplace import reread

        reread(view)


def check_broadcast(operands: list[Any]) -> None:
    """Raise PyTorch's error if two operands have sizes that do not broadcast.

    Raises:
        RuntimeError: naming both sizes and the dimension.
    """
    shapes = [x.shape for x in operands if isinstance(x, np.ndarray)]
    for a, b in itertools.combinations(shapes, 2):
        ndim = max(len(a), len(b))
        for i, (m, n) in enumerate(
            zip((1,) * (ndim - len(a)) + a, (1,) * (ndim - len(b)) + b, strict=True)
        ):
            if m != n and 1 not in (m, n):
                raise RuntimeError(
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at "
                    f"non-singleton dimension {i}: shapes {list(a)} and {list(b)} do not broadcast."
                )


def _any_edge(edges: tuple[Edge | None, ...], indices: tuple[int, ...]) -> bool:
    return any([edges[i] is not None for i in indices])


def _result(cls: type[Op], inputs: tuple[Any, ...], like: Any, array: Any) -> Any:
    if type(array) is not np.ndarray:
        array = np.asarray(array)  # a NumPy scalar, from 0-d inputs
    tensor = like._result_class._wrap(array)
    if cls.is_view:
        root = inputs[0]
        tensor._base = root._base if root._base is not None else root
        cell = tensor._version_cell = cell_of(root)
        tensor._rewrites_seen = cell.rewrites
    return tensor


def record(
    cls: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], out: Any, like: Any
) -> Any:
    """Wrap the outputs and give them a node that can compute the gradient."""
    edges: list[Edge | None] = []
    for x in inputs:
        needs_grad = isinstance(x, TensorBase) and x._requires_grad
        edges.append(edge_to(x) if needs_grad else None)
    node = Node(cls, tuple(edges))
    if params:
        node.__dict__.update(params)
    if cls.saves:
        save_inputs(node, inputs)
    if type(out) is tuple:
        results = tuple([_result(cls, inputs, like, array) for array in out])
        node.outputs = len(results)
        node.output_metadata = [(t._array.shape, t._array.dtype) for t in results]
        for index, result in enumerate(results):
            _attach(result, node, index)
    else:
        results = _result(cls, inputs, like, out)
        _attach(results, node, 0)
    if cls.saves_outputs:
        made = results if type(results) is tuple else (results,)
        node.saved_outputs = tuple([SavedOutput(made[i], i) for i in cls.saves_outputs])
    return results


def _attach(result: Any, node: Node, index: int) -> None:
    if result._array.dtype.kind == "f":  # only floating-point numbers have gradients
        result._grad_fn = node
        result._requires_grad = True
        if index:
            result._output_index = index


def save_inputs(node: Node, inputs: tuple[Any, ...]) -> None:
    """Keep the inputs that the op declares, each with its version."""
    saved_for = node.op.saved_for
    saved = tuple(
        [
            inputs[i] if i not in saved_for or _any_edge(node.edges, saved_for[i]) else None
            for i in node.op.saves
        ]
    )
    node.saved_inputs = saved
    node.saved_versions = tuple(
        [cell_of(x).version if isinstance(x, TensorBase) else 0 for x in saved]
    )
