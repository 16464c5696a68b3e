"""``Parameter`` and ``Buffer``: tensors that a module recognises when they are assigned to it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from minitorch.autograd.versions import cell_of
from minitorch.core.dtypes import Array, get_default_dtype
from minitorch.core.layout import copied
from minitorch.tensor import Tensor


def _alias(cls: type[Tensor], data: Tensor | None) -> Any:
    """Make a leaf of class ``cls`` that shares the memory and the version cell of ``data``."""
    if data is None:
        return cls._wrap(np.empty(0, get_default_dtype().numpy))
    if not isinstance(data, Tensor):
        raise TypeError(
            f"{cls.__name__}() expects a Tensor, but got {type(data).__name__}. "
            "Make a tensor of it first, for example with torch.tensor(data)."
        )
    alias = cls._wrap(data._array)
    alias._version_cell = cell_of(data)
    return alias


class Parameter(Tensor):
    """A tensor to be trained: assigned to a module, it becomes one of its parameters.

    It shares memory with ``data``. Results of operations on it are plain tensors.

    Args:
        data: the values; an empty tensor if left out.
        requires_grad: whether gradients are to be computed; frozen parameters say False.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html

    Example:
        >>> self.scale = nn.Parameter(torch.ones(3))
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        parameter: Parameter = _alias(cls, data)
        if requires_grad:
            parameter.requires_grad = True  # refuses integers
        return parameter

    # mypy takes keyword-only arguments of a dunder for incompatible with themselves.
    def __repr__(self, *, tensor_contents: object = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """Return a copy in memory of its own, with the user's attributes (PyTorch forgets them)."""
        known: Parameter | None = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = _rebuild(type(self), copied(self._array), self.requires_grad)
            vars(known).update(deepcopy(self._attributes(), memo))
        return known

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._array, self.requires_grad), self._attributes() or None


def _rebuild(cls: type[Parameter], array: Array, requires_grad: bool) -> Parameter:
    return cls(Tensor._wrap(array), requires_grad)


def reset_grad(tensor: Tensor, set_to_none: bool) -> None:
    """Forget the gradient, or set it to zero where it stands."""
    grad = tensor.grad
    if set_to_none:
        tensor.grad = None
    elif grad is not None:
        if grad.grad_fn is None:
            grad.requires_grad_(False)
        else:
            grad.detach_()
        grad.zero_()


class Buffer(Tensor):
    """A tensor that belongs to a module's state but is not trained, such as a running mean.

    Args:
        data: the values; an empty tensor if left out.
        persistent: whether ``state_dict`` holds it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
    """

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        buffer: Buffer = _alias(cls, data)
        buffer.persistent = persistent
        return buffer

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        about = (self._array, self.requires_grad, self.persistent)
        return _rebuild_buffer, about, self._attributes()


def _rebuild_buffer(array: Array, requires_grad: bool, persistent: bool) -> Buffer:
    buffer = Buffer(Tensor._wrap(array), persistent=persistent)
    buffer.requires_grad = requires_grad
    return buffer
