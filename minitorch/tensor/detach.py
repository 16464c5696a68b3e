"""Tensors cut out of the graph: ``detach`` and ``detach_``, functions and methods in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.autograd import origin
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.in_place import T

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def detach(input: TensorBase) -> Tensor:
    """Return a tensor without history that shares memory and version count: (*) -> (*)."""
    result: Tensor = input._plain(input._array)
    result._version_cell = cell_of(input)
    if input._requires_grad or input._origin is not None:
        origin.detached(input, result)
    return result


@takes_tensors
def detach_(input: T) -> T:
    """Cut this tensor itself out of the graph: it becomes a leaf: (*) -> (*).

    Raises:
        RuntimeError: for a view, whose history is its base's.
    """
    if input._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead, or detach_() on the base."
            " [explain: detach-view]"
        )
    if input._requires_grad:
        origin.detached(input, input)
    input._grad_fn, input._output_index, input._requires_grad = None, 0, False
    input._tangents = None
    return input
