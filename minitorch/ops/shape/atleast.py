"""Views with at least so many dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.autograd.variable import TensorBase


def atleast_1d(*tensors: Any) -> Any:
    """Return each tensor with one dimension or more: () -> (1,), others as they are.

    Of several tensors, or one sequence of them, a tuple.
    """
    return _each("atleast_1d", lambda x: x if x._array.ndim else x.reshape(1), tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Return each tensor with two dimensions or more: () -> (1, 1), (A,) -> (1, A).

    Of several tensors, or one sequence of them, a tuple.
    """
    return _each("atleast_2d", lambda x: x if x._array.ndim > 1 else x.reshape(1, -1), tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Return each tensor with three dimensions or more: (A,) -> (1, A, 1), (A, B) -> (A, B, 1).

    Of several tensors, or one sequence of them, a tuple.
    """
    return _each("atleast_3d", _with_three, tensors)


def _with_three(x: Any) -> Any:
    if x._array.ndim == 2:
        return x.unsqueeze(-1)
    return x if x._array.ndim > 2 else x.reshape(1, -1, 1)


def _each(name: str, change: Callable[[Any], Any], tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], TensorBase):
        return change(tensors[0])
    several = tensors[0] if len(tensors) == 1 else tensors
    if not isinstance(several, tuple | list):
        raise TypeError(f"{name}(): argument 'tensors' must be Tensor, not {several!r}")
    for number, x in enumerate(several):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {number} in argument 0, but got {type(x).__name__}"
            )
    return tuple([change(x) for x in several])
