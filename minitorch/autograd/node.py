"""Nodes of the recorded graph: what an op keeps so that its gradient can be computed later."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.dtypes import scalar_name

if TYPE_CHECKING:
    from minitorch.autograd.op import Op

# (producer, which of its outputs, shape, dtype) of an input that requires grad, else None.
Edge = tuple["Node", int, tuple[int, ...], np.dtype[Any]]

_sequence = itertools.count()


class Node:
    """One recorded call of an op.

    It knows the producers of its inputs (``edges``) and what the op saved, never its own outputs:
    so there are no cycles, and graphs die by reference count. Rules get the node as ``ctx``.
    """

    op: type[Op]
    edges: tuple[Edge | None, ...]
    sequence: int
    outputs: int = 1  # how many
    # Zeros stand in for outputs that got no gradient; None for ops with one output.
    output_metadata: Sequence[tuple[tuple[int, ...], np.dtype[Any]]] | None = None
    # Inputs as given (tensors or plain numbers) with the version each had; None once freed.
    saved_inputs: tuple[Any, ...] | None = ()
    saved_versions: tuple[int, ...] = ()
    saved_outputs: tuple[SavedOutput, ...] = ()
    _needs_input_grad: tuple[bool, ...] | None = None  # narrowed while a pruned walk runs

    def __init__(self, op: type[Op], edges: tuple[Edge | None, ...]) -> None:
        self.op = op
        self.edges = edges
        self.sequence = next(_sequence)

    def name(self) -> str:
        """Return PyTorch's name of the node, as ``grad_fn=<...>`` prints it."""
        return self.op.name

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The producers of the inputs, each with the number of its output."""
        return tuple((e[0], e[1]) if e is not None else (None, 0) for e in self.edges)

    @property
    def needs_input_grad(self) -> tuple[bool, ...]:
        """For each input, whether its gradient is asked for."""
        return self._needs_input_grad or tuple([e is not None for e in self.edges])

    @property
    def input_shapes(self) -> tuple[Any, ...]:
        """For each input that requires grad its shape, None for the others."""
        return tuple([e[2] if e is not None else None for e in self.edges])

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What the op saved: inputs, then outputs.

        Raises:
            RuntimeError: if they were freed, or written to since they were saved.
        """
        if self.saved_inputs is None:
            raise RuntimeError(
                f"Trying to backward through the graph a second time: {self.name()} has already "
                "freed its saved tensors. Specify retain_graph=True in the first backward() or "
                "grad() if the graph is needed again, or compute the result anew."
            )
        unpacked = []
        for x, version, index in zip(self.saved_inputs, self.saved_versions, self.op.saves):  # noqa: B905 - one length
            unpacked.append(self._unpack(x, version, index) if isinstance(x, TensorBase) else x)
        for saved in self.saved_outputs:
            unpacked.append(saved.unpack(self))
        return tuple(unpacked)

    def _unpack(self, x: TensorBase, version: int, index: int) -> Any:
        edge = self.edges[index]
        cell = x._version_cell
        assert cell is not None, "saving a tensor makes its cell"
        if cell.version != version:
            raise modified_in_place(x._array, x._grad_fn, x._output_index, cell.version, version)
        if edge is None:
            return x if not x._requires_grad else alias(x, None, 0)
        producer = None if isinstance(edge[0], AccumulateGrad) else edge[0]
        # Since it was saved the tensor may have got another history: detach_(), or through a view.
        return x if x._grad_fn is producer else alias(x, producer, edge[1])

    def free(self) -> None:
        """Let go of what was saved."""
        if self.op.saves or self.op.saves_outputs:
            self.saved_inputs = None
            self.saved_outputs = ()


def alias(x: TensorBase, grad_fn: Node | None, output_index: int) -> Any:
    """Return another tensor around the same memory and version, with the given history."""
    other = x._plain(x._array)
    other._version_cell = x._version_cell
    if grad_fn is not None:
        other._grad_fn, other._output_index = grad_fn, output_index
        other._requires_grad = True
    return other


class SavedOutput:
    """An output that its own op needs: the array alone, so that node and tensor form no cycle."""

    __slots__ = ("cell", "index", "requires_grad", "tensor", "version")

    def __init__(self, tensor: Any, index: int) -> None:
        self.tensor = tensor._plain(tensor._array)
        self.requires_grad = tensor._requires_grad
        self.cell = self.tensor._version_cell = cell_of(tensor)
        self.version = self.cell.version
        self.index = index

    def unpack(self, node: Node) -> Any:
        if self.cell.version != self.version:
            array = self.tensor._array
            raise modified_in_place(array, node, self.index, self.cell.version, self.version)
        if not self.requires_grad:
            return self.tensor
        return alias(self.tensor, node, self.index)


class AccumulateGrad(Node):
    """The node of a leaf: adds what arrives to ``variable.grad``."""

    def __init__(self, variable: TensorBase) -> None:
        self.variable = variable
        self.edges = ()
        self.sequence = -1  # recorded before all else, as far as order is concerned

    def name(self) -> str:
        return "AccumulateGrad"

    def free(self) -> None:
        pass  # nothing is saved


def edge_to(tensor: TensorBase) -> Edge:
    """Return the edge to the producer of a tensor that requires grad."""
    array = tensor._array
    grad_fn = tensor._grad_fn
    if grad_fn is None:
        grad_fn = _accumulator(tensor)
    return (grad_fn, tensor._output_index, array.shape, array.dtype)


def _accumulator(leaf: TensorBase) -> AccumulateGrad:
    """Return the leaf's one node; it lives as long as some graph refers to it."""
    known = leaf._accumulator() if leaf._accumulator is not None else None
    if known is None:
        known = AccumulateGrad(leaf)
        leaf._accumulator = weakref.ref(known)
    return known


def modified_in_place(
    array: Any, grad_fn: Node | None, index: int, version: int, expected: int
) -> RuntimeError:
    """Build the error for a saved tensor whose memory was written to."""
    origin = "" if grad_fn is None else f", which is output {index} of {grad_fn.name()},"
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [torch.{scalar_name(array)}Tensor {list(array.shape)}]{origin} is at version "
        f"{version}; expected version {expected} instead. Write into a clone(), or use the "
        "operation that returns a new tensor."
    )
