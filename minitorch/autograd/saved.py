"""What nodes have saved: under PyTorch's names, and packed by hooks on saved tensors.

Versions are not counted for packed values: what becomes of them is the hooks' affair.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd import layers
from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.layers import Layer
from minitorch.autograd.node import alias
from minitorch.autograd.sites import Site, describe
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.core.dtypes import scalar_name

if TYPE_CHECKING:
    from minitorch.autograd.node import Node
    from minitorch.autograd.op import Op


PackHooks = tuple[Callable[[Any], Any], Callable[[Any], Any]]


class SavedTensorsHooks(Layer):
    """While this is on, what nodes save is packed by the last pair of hooks."""

    order = 50

    def __init__(
        self,
        pairs: tuple[PackHooks, ...],
        disabled: str | None,
        waiting: list[tuple[Any, ...]] | None = None,
    ) -> None:
        self.pairs = pairs
        self.disabled = disabled  # the message of the error for whoever adds a pair
        self.waiting = waiting  # within ``packed_last``: the nodes so far

    def recorded(self, node: Node, inputs: tuple[Any, ...], results: Any) -> None:
        if self.pairs and node._saved:
            if self.waiting is None:
                pack(node, inputs, results, self.pairs[-1])
            else:
                self.waiting.append((node, inputs, results))


@contextlib.contextmanager
def packed_last() -> Iterator[None]:
    """Pack what nodes save at the end of the block, when the call has written what it writes.

    A pack hook may end the whole forward: a checkpoint that runs again stops at the last value that
    it needs. PyTorch packs outputs when the op that made them is done, and so do we.
    """
    layer = layers.find(SavedTensorsHooks)
    if layer is None or not layer.pairs or layer.waiting is not None:
        yield
        return
    waiting: list[tuple[Any, ...]] = []
    layers.put(SavedTensorsHooks(layer.pairs, layer.disabled, waiting))
    try:
        yield
    finally:
        layers.put(layer)
    for recorded in waiting:
        layer.recorded(*recorded)


def hooks_in_use() -> PackHooks | None:
    """Return the pair of hooks that packs what is saved now."""
    layer = layers.find(SavedTensorsHooks)
    return layer.pairs[-1] if layer is not None and layer.pairs else None


class Packed:
    """What a pack hook made of a saved tensor."""

    __slots__ = ("unpack_hook", "value")

    def __init__(self, value: Any, unpack_hook: Callable[[Any], Any]) -> None:
        self.value = value
        self.unpack_hook = unpack_hook

    def unpack(self, node: Node, i: int) -> Any:
        """Return the tensor, with the history of the ``i``-th value that the node saved.

        Raises:
            TypeError: if the hook gives no tensor.
        """
        tensor = self.unpack_hook(self.value)
        if not isinstance(tensor, TensorBase):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(tensor).__name__}: it must give back what the pack_hook was given."
            )
        if node._source_of(i) is None:
            return tensor
        stands = alias(tensor, None, 0)
        node._give_history(stands, i)
        return stands


def pack(node: Node, inputs: tuple[Any, ...], results: Any, hooks: PackHooks) -> None:
    """Replace the tensors that a new node saves by what the hooks make of them."""
    assert node._saved
    outputs = results if type(results) is tuple else (results,)
    tensors = [inputs[i] for i in node._op.saves] + [outputs[i] for i in node._op.saves_outputs]
    node._saved = [
        pack_one(node, tensor, hooks) if type(kept) is tuple else kept
        for kept, tensor in zip(node._saved, tensors, strict=True)
    ]


def pack_one(node: Node, tensor: Any, hooks: PackHooks) -> Packed:
    """Call the pack hook for one tensor that the node saves.

    Raises:
        RuntimeError: if the hook writes into the tensor.
    """
    pack_hook, unpack_hook = hooks
    cell = cell_of(tensor)
    version = cell.version
    with no_grad():
        value = pack_hook(tensor)
    if cell.version != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input "
            "to pack hook cannot be modified by in-place operations as this can lead to unexpected "
            "side-effects: let it return a clone()."
        )
    if value is tensor and tensor._grad_fn is not None:
        # Another one: the node would hold itself by way of its output, or of what is later written
        # into an input.
        producer = tensor._grad_fn
        value = alias(tensor, None if producer is node else producer, tensor._output_index)
    return Packed(value, unpack_hook)


class Slot:
    """``grad_fn._raw_saved_<name>``: the place of one saved tensor, for hooks on it alone."""

    def __init__(self, node: Node, i: int) -> None:
        self.node = node
        self.i = i

    def register_hooks(
        self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]
    ) -> None:
        """Pack this tensor now, and unpack it in backward.

        Raises:
            RuntimeError: if it has hooks already, or is freed or None.
        """
        saved = self.node._saved
        if saved is None:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Specify "
                "retain_graph=True in backward() or grad()."
                " [explain: backward-twice]"
            )
        if isinstance(saved[self.i], Packed):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. "
                "Hint: only one pair of hooks is allowed at a time."
            )
        if type(saved[self.i]) is not tuple:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor with value None is forbidden: no "
                "gradient that is asked for needs it."
            )
        packed = pack_one(self.node, self.node.unpack()[self.i], (pack_hook, unpack_hook))
        self.node._saved = [packed if i == self.i else kept for i, kept in enumerate(saved)]


def freed_error(node: Node) -> RuntimeError:
    """Build the error for a second walk over a node whose saved tensors are gone."""
    return RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        f"after they have already been freed): {node.name()} let go of them when you called "
        ".backward() or autograd.grad(). Specify retain_graph=True there if the graph is "
        f"needed again, or compute the result anew{_at('. It was recorded at ', node._site)}."
        " [explain: backward-twice]"
    )


def modified_error(node: Node, i: int) -> RuntimeError:
    """Build the error for a node's ``i``-th saved tensor, whose memory was written to."""
    assert node._saved is not None, "only what is kept can have changed"
    kept = node._saved[i]
    while type(kept) is not tuple:  # forward mode keeps it together with its tangent
        kept = kept.saved
    array, cell, version = kept
    source = node._source_of(i)
    origin = ""
    if source is not None and not source[0].is_leaf:
        made_by = cell.history if i < len(node._op.saves) else None
        origin = f", which is output {source[1]} of {made_by or source[0].name()},"
    writer = "" if cell.written_by is None else f" by {cell.writer()}"
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [torch.{scalar_name(array)}Tensor {list(array.shape)}]{origin} is at "
        f"version {cell.version}; expected version {version} instead. "
        f"It was saved for {node.name()}{_at(' at ', node._site)}; it was last written{writer}"
        f"{_at(' at ', cell.written_at)}. Write into a clone(), or use the operation that "
        "returns a new tensor."
        " [explain: modified-in-place]"
    )


def _at(words: str, site: Site | None) -> str:
    return "" if site is None else words + describe(site)


# PyTorch's names of arguments that have another one in nearly all ops here.
_SPELLED = {"x": "self", "a": "self", "input": "self", "b": "other"}
_OF_ONE = [inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def names_of(op: type[Op]) -> dict[str, Any]:
    """Return under which names a node of this op shows what it saved.

    Returns:
        For each name the place in what ``unpack()`` returns, or the name of a parameter, or a
        function of the node.
    """
    if isinstance(op.forward, np.ufunc):  # which has no signature
        arguments: Any = _OF_ONE
    else:
        arguments = inspect.signature(op.forward).parameters.values()
    inputs = [p.name for p in arguments if p.kind is p.POSITIONAL_OR_KEYWORD]
    ours: dict[str, Any] = {inputs[k]: i for i, k in enumerate(op.saves)}
    for i, k in enumerate(op.saves_outputs, start=len(op.saves)):
        ours["result" if k == 0 else f"result{k}"] = i
    ours |= {p.name: p.name for p in arguments if p.kind is p.KEYWORD_ONLY}
    theirs: dict[str, Any] = {
        name: ours.pop(source) if isinstance(source, str) else source
        for name, source in op.saved_as.items()
    }
    return {_SPELLED.get(name, name): where for name, where in ours.items()} | theirs


def saved_by_name(node: Node, name: str) -> Any:
    """Return ``grad_fn._saved_<argument>``: an input, a parameter or (``result``) an output.

    ``_raw_saved_<argument>`` gives the place of the tensor instead.

    Raises:
        AttributeError: if the op saves nothing of that name.
        RuntimeError: if it was freed.
    """
    prefix = "_raw_saved_" if name.startswith("_raw") else "_saved_"
    wanted = name.removeprefix(prefix)
    names = names_of(node._op)
    if prefix != "_saved_":
        names = {known: where for known, where in names.items() if isinstance(where, int)}
    elif wanted == "self_sym_sizes" and node._edges and node._edges[0] is not None:
        return node.input_shapes[0]
    if wanted not in names:
        raise AttributeError(
            f"'{node.name()}' object has no attribute '{name}'; it has "
            f"{[prefix + known for known in names]}",
            name=name,
            obj=node,
        )
    where = names[wanted]
    if callable(where):
        return where(node)
    if isinstance(where, str):
        value = node.__dict__[where]
        return _REDUCTIONS[value] if wanted == "reduction" else value
    if prefix != "_saved_":
        return Slot(node, where)
    kept = node._saved[where] if node._saved else None
    if isinstance(kept, Packed):  # the others stay packed
        return kept.unpack(node, where)
    return node.unpack()[where]
