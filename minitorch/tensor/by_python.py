"""Functions of numbers, in Python, called with each element: slow, and without gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import requires_grad
from minitorch.core.dtypes import scalar_name
from minitorch.creation import tensor
from minitorch.ops.elementwise.copies import copy_

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Write ``callable(x)`` over each element x: (*) -> (*).

    Raises:
        RuntimeError: for tensors that require grad.
    """
    return _write("apply_", callable, self)


def map_(self: Tensor, other: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Write ``callable(x, y)`` over each x, y of a tensor that broadcasts: (*A), (*B) -> (*A).

    Raises:
        RuntimeError: for tensors that require grad, or a shape that does not broadcast.
        TypeError: for a tensor of another dtype.
    """
    return _write("map_", callable, self, other)


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """As :meth:`map_`, with the elements of two tensors: (*A), (*B), (*C) -> (*A).

    Raises:
        RuntimeError: for tensors that require grad, or a shape that does not broadcast.
        TypeError: for a tensor of another dtype.
    """
    return _write("map2_", callable, self, x, y)


def _write(name: str, function: Callable[..., Any], input: Tensor, *others: Tensor) -> Tensor:
    for x in (input, *others):
        if not isinstance(x, TensorBase):
            raise TypeError(f"{name}(): argument must be Tensor, not {type(x).__name__}")
        if x.dtype is not input.dtype:
            raise TypeError(
                f"{name}: expected torch.{scalar_name(input._array)}Tensor (got "
                f"torch.{scalar_name(x._array)}Tensor): convert it with .to({input.dtype})"
            )
        if requires_grad(x):
            raise RuntimeError(
                f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() "
                "instead."
            )
    columns = [x.expand(input.shape).flatten().tolist() for x in (input, *others)]
    results = [function(*row) for row in zip(*columns, strict=True)]
    return copy_(input, tensor(results, dtype=input.dtype).view(input.shape))
