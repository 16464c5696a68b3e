"""What third-party code asks of classes with ``__torch_function__`` (Note [Subclasses])."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from minitorch.tensor import Tensor

__all__ = ["handle_torch_function", "has_torch_function", "is_tensor_like"]


def is_tensor_like(inp: object) -> bool:
    """Return whether this is a tensor, or of a class with ``__torch_function__``."""
    return hasattr(type(inp), "__torch_function__")


def has_torch_function(relevant_args: Iterable[object]) -> bool:
    """Return whether one of some arguments is of a class with ``__torch_function__``.

    Plain tensors, parameters and buffers are not.
    """
    return any(map(_overrides, relevant_args))


def _overrides(x: object) -> bool:
    if isinstance(x, Tensor):
        return type(x) is not Tensor and type(x)._keeps_class
    return is_tensor_like(x)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """Call ``__torch_function__`` of the arguments that have one, until one knows the function.

    Args:
        public_api: the function that was called.
        relevant_args: those of its arguments to ask.
        args: what it was called with.
        kwargs: what it was called with by name.

    Raises:
        TypeError: if none knows it.
    """
    found = {type(x): x for x in relevant_args if _overrides(x)}
    kinds = sorted(found, key=lambda kind: -len(kind.__mro__))  # subclasses first
    for kind in kinds:
        result = found[kind].__torch_function__(public_api, tuple(kinds), args, kwargs)
        if result is not NotImplemented:
            return result
    names = ", ".join(kind.__name__ for kind in kinds)
    raise TypeError(
        f"Multiple dispatch failed for '{public_api.__name__}'; all __torch_function__ handlers "
        f"returned NotImplemented: {names}."
    )
