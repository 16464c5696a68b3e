"""``Op``: the base of every operation, and the one door through which all are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd import origin
from minitorch.autograd.grad_mode import current_mode
from minitorch.autograd.layers import active
from minitorch.autograd.leaf import accumulator_of
from minitorch.autograd.node import Edge, Node, next_sequence
from minitorch.autograd.origin import Cut, first_cut
from minitorch.autograd.sites import here
from minitorch.autograd.variable import TensorBase, subclasses
from minitorch.autograd.versions import VersionCell, cell_of
from minitorch.core.bfloat16 import by_float32, entered
from minitorch.core.dtypes import Array as Array, complex_seen, is_differentiable
from minitorch.core.fields import compiled, connect
from minitorch.core.silence import QUIET, get_errors, reset_errors, set_errors
from minitorch.core.size import check_shapes

Grads = Any  # a Tensor or None for each input; a tuple of them where there are several

_new = object.__new__
_ndarray = np.ndarray

# ``saved_for`` of products: each factor is needed for the gradient of the other.
CROSSWISE = {0: (1,), 1: (0,)}


class Op:
    """One operation: how it is computed, how its gradient is, and the samples that prove both.

    ``forward`` takes and returns arrays, with non-differentiable arguments as keywords, which
    become attributes of ``ctx`` in ``backward``. ``backward`` takes a Tensor per output and returns
    a Tensor (or None) per input, written in differentiable ops: so all orders come out right.
    A rule returns new tensors or the very gradient it was given, never a saved tensor.
    """

    name: ClassVar[str]  # as printed in grad_fn=<...>
    node_class: ClassVar[type[Node]]  # of that name, which is all it adds
    saves: ClassVar[tuple[int, ...]] = ()  # inputs that backward needs
    # Saved input -> the inputs whose gradients read it: kept only where one of them requires grad.
    saved_for: ClassVar[Mapping[int, tuple[int, ...]]] = {}
    saves_outputs: ClassVar[tuple[int, ...]] = ()  # outputs that backward needs
    promotion: ClassVar[Any] = None  # list of inputs -> list of inputs: the casts before forward
    is_view: ClassVar[bool] = False  # see ``ViewOp``
    differentiable: ClassVar[bool] = True
    # In place (``write_``): (out, *other inputs, **params) -> bool writes the result over the first
    # input without a detour, or leaves it alone and returns False where that needs more care.
    into: ClassVar[Callable[..., bool] | None] = None
    onto_repeats: ClassVar[bool] = False  # ... also where ``expand()`` made elements share memory
    # The error where examples of a batch are to be written into a tensor that all of them share.
    no_room: ClassVar[str | None] = None
    read_first: ClassVar[int | None] = None  # an input that is read before anything is written
    # Each element of the outputs depends only on the inputs' elements at its own (broadcast) place.
    elementwise: ClassVar[bool] = False
    # Of Note [bfloat16].
    in_own_dtype: ClassVar[bool] = False  # forward takes it as it is
    wide_numbers: ClassVar[bool] = False  # numbers after the first input are not rounded
    wide_outputs: ClassVar[tuple[int, ...]] = ()  # which stay float32
    complex: ClassVar[str] = ""  # how complex numbers are taken (Note [Complex numbers])
    # Linear in the first input, which alone has gradients: so tangents go through the op itself.
    linear: ClassVar[bool] = False
    # For vmap: all examples at once (Note [Batched tensors]); and whether arrays in parameters may
    # be of a batch, too. Without it ops are called once if elementwise, else for each example.
    batched: ClassVar[Callable[..., Any] | None] = None
    batched_params: ClassVar[bool] = False
    # PyTorch's ``grad_fn._saved_<name>`` -> the argument here, or a function of the node.
    saved_as: ClassVar[Mapping[str, str | Callable[[Any], Any]]] = {}
    # Of what is made of other ops, as a custom function is: the name that profiles give it; and how
    # it is called on batched tensors, (inputs, levels) -> results.
    made_of_ops: ClassVar[str | None] = None
    call_batched: ClassVar[Callable[..., Any] | None] = None
    # Whether backward gets zeros, instead of None, for those of several outputs without gradient.
    materializes: ClassVar[bool] = True

    forward: ClassVar[Callable[..., Any]]
    backward: ClassVar[Callable[..., Any]]
    # For the tests: an obvious, slow forward on arrays; the same call in PyTorch, (torch, *inputs,
    # **params) -> outputs; and the calls to try, Sampler -> Iterator[Sample].
    reference: ClassVar[Callable[..., Any]]
    parity: ClassVar[Callable[..., Any] | None] = None
    samples: ClassVar[Any]
    _plan: ClassVar[Any] = None  # of the C: what a call has to know of the class

    def __init_subclass__(cls) -> None:
        if "name" not in cls.__dict__:
            cls.name = f"{cls.__name__}Backward0"
        if "node_class" not in cls.__dict__:
            cls.node_class = type(cls.name, (Node,), {"__module__": "builtins"})

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        """Compute the op on tensors (or plain numbers); record it where gradients may be asked."""
        if subclasses:
            from minitorch.autograd.subclasses import in_their_class

            result = in_their_class(cls, inputs, params)
            if result is not NotImplemented:
                return result
        stack = active()
        if stack is not None:
            for layer_apply in stack.apply:
                result = layer_apply(cls, inputs, params)
                if result is not NotImplemented:
                    return result
        arrays, requires_grad, cut = read(inputs)
        promotion = cls.promotion
        token = None if get_errors(None) is QUIET else set_errors(QUIET)
        try:
            if promotion is not None:
                arrays = promotion(arrays)  # which may overflow, or find that sizes differ
            if complex_seen:
                from minitorch.autograd.conjugates import of_complex

                cls = of_complex(cls, arrays, params)
            if entered:
                out = by_float32(cls, cls.forward, arrays, params)
            else:
                out = cls.forward(*arrays, **params) if params else cls.forward(*arrays)
        except (IndexError, ValueError) as error:
            check_shapes(error, arrays)
            raise
        finally:
            if token is not None:
                reset_errors(token)
        if requires_grad and cls.differentiable and current_mode()[0]:
            return record(cls, inputs, params, out)
        if requires_grad or cut is not None or type(out) is not _ndarray or cls.is_view:
            return unrecorded(cls, inputs, out, requires_grad, cut)
        tensor: Any = _new(TensorBase._result_class)  # as ``wrap`` does: this is the hot path
        tensor._array = out
        return tensor

    if not TYPE_CHECKING and compiled is not None:  # Note [Two forms]
        apply_in_python, apply = staticmethod(apply.__func__), compiled.apply

    @classmethod
    def wrap(cls, inputs: tuple[Any, ...], array: Any, several: bool = False) -> Any:
        """Make a tensor of an output."""
        tensor: Any = _new(TensorBase._result_class)
        # A NumPy scalar, from 0-d inputs, becomes an array.
        tensor._array = array if isinstance(array, _ndarray) else np.asarray(array)
        return tensor


def read(inputs: tuple[Any, ...]) -> tuple[list[Any], bool, Cut | None]:
    """Return the arrays of a call's inputs, whether one requires grad, and why one does not."""
    arrays: list[Any] = []
    requires_grad, cut = False, None
    for x in inputs:
        if isinstance(x, TensorBase):
            if x._view is not None:
                x._view.refresh(x)  # which may have it join levels of vmap
            arrays.append(x._array)
            if x._requires_grad:
                requires_grad = True
            elif x._origin is not None:
                cut = first_cut(cut, x._origin)
        else:
            arrays.append(x)
    if cut is not None and cut.kind == "volatile":
        requires_grad = False
    return arrays, requires_grad, cut


def unrecorded(
    cls: type[Op], inputs: tuple[Any, ...], out: Any, requires_grad: bool, cut: Cut | None
) -> Any:
    """Wrap the outputs of a call that gets no node, and note why if that may be asked."""
    results: Any
    if type(out) is tuple:
        results = tuple([cls.wrap(inputs, array, True) for array in out])
    else:
        results = cls.wrap(inputs, out)
    if requires_grad:
        cut = current_mode().cut or Cut("no gradient", op=cls.name)
    if cut is not None:
        for result in results if type(out) is tuple else (results,):
            result._origin = cut
    return results


def record(cls: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], out: Any) -> Any:
    """Wrap the outputs and give them a node that can compute the gradient."""
    edges: list[Edge | None] = []
    cut = None
    for x in inputs:
        if isinstance(x, TensorBase) and x._requires_grad:
            producer = x._grad_fn
            if producer is not None:
                edges.append((producer, x._output_index))
            else:
                edges.append((accumulator_of(x) if x._view is None else x._view.end(x), 0))
        else:
            edges.append(None)
            if cut is None and isinstance(x, TensorBase):
                cut = x._origin
    node: Any = _new(cls.node_class)  # as ``Node()`` does, without a call
    node._op, node._edges, node._sequence = cls, tuple(edges), next_sequence()
    if cut is not None:
        node._cut = cut
    results: Any
    if type(out) is tuple:
        results = tuple([cls.wrap(inputs, array, True) for array in out])
        node._outputs = tuple([(t._array.shape, t._array.dtype) for t in results])
        for index, result in enumerate(results):
            _attach(result, node, index)
    else:
        if isinstance(out, _ndarray) and not cls.is_view:  # as ``wrap`` does: this is the hot path
            results = _new(TensorBase._result_class)
            results._array = out
        else:
            results = cls.wrap(inputs, out)
            out = results._array
        dtype = out.dtype
        node._outputs = ((out.shape, dtype),)
        if is_differentiable(dtype):
            results._grad_fn = node
            results._requires_grad = True
        else:
            _attach(results, node, 0)
    if params:
        node.__dict__.update(params)
    if cls.saves or cls.saves_outputs:
        node._saved = _saved(cls, edges, inputs, results)
        node._site = here(4)  # the caller of the op's function, or of the tensor's method
    stack = active()
    if stack is not None:
        for layer_recorded in stack.recorded:
            layer_recorded(node, inputs, results)
    return results


def _attach(result: Any, node: Node, index: int) -> None:
    if is_differentiable(result._array.dtype):
        result._grad_fn = node
        result._requires_grad = True
        if index:
            result._output_index = index
    else:
        result._origin = origin.integer(node)


def _saved(
    cls: type[Op], edges: Sequence[Edge | None], inputs: tuple[Any, ...], outputs: Any
) -> list[Any]:
    """Return what the op declares of inputs and outputs, each with its version."""
    saved: list[Any] = []
    saved_for = cls.saved_for
    for i in cls.saves:
        x = inputs[i]
        if not isinstance(x, TensorBase):
            saved.append(x)
            continue
        if i in saved_for:
            for k in saved_for[i]:
                if edges[k] is not None:
                    break
            else:  # no gradient that is asked for reads it
                saved.append(None)
                continue
        cell = x._version_cell
        if cell is None:
            cell = x._version_cell = VersionCell()
        elif not cell.counts:
            cell.check_savable()
        saved.append((x._array, cell, cell.version))
    for i in cls.saves_outputs:
        output = outputs[i] if type(outputs) is tuple else outputs
        cell = cell_of(output)
        saved.append((output._array, cell, cell.version))
    return saved


connect(
    active=active,
    apply_in_python=getattr(Op, "apply_in_python", None),
    attach_output=_attach,
    complex_seen=complex_seen,
    current_mode=current_mode,
    entered=entered,
    get_errors=get_errors,
    ndarray=np.ndarray,
    QUIET=QUIET,
    reset_errors=reset_errors,
    set_errors=set_errors,
    unrecorded=unrecorded,
)
