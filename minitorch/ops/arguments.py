"""What is no tensor where one is expected: looked at when a call fails, so that others pay nothing.

Functions that take ``out``, or NumPy's names, find it out as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from minitorch.autograd.variable import TensorBase

F = TypeVar("F", bound=Callable[..., Any])


def takes_tensors(function: F) -> F:
    """Have a function raise PyTorch's TypeError for what is no tensor.

    A method made of it by :func:`~minitorch.ops.out.method` is what the decorator was given.
    """

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            raise explained(error, function, args, kwargs) from None

    return cast("F", checked)


def need_tensors(*values: Any) -> None:
    """Fail with what `explained` makes PyTorch's TypeError of, where a value is no tensor."""
    for value in values:
        value._array  # noqa: B018 - which tensors have


def explained(
    error: AttributeError, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]
) -> Exception:
    """Return PyTorch's TypeError if an argument is at fault, for it is no tensor; else the error.

    Args:
        error: what was raised, by ``x._array`` of such an argument, or by what arrays have.
        function: what was called.
        args: with which arguments.
        kwargs: with which others, by name.
    """
    known = (TensorBase._result_class, np.ndarray)
    if error.name != "_array" and not any([hasattr(kind, error.name or "") for kind in known]):
        return error  # of the user's code within the call, which has None or a list of its own
    names = list(inspect.signature(function).parameters)
    given = dict(zip(names, args, strict=False)) | kwargs
    for name, value in given.items():
        if value is error.obj and not isinstance(value, TensorBase):
            return TypeError(
                f"{function.__name__}(): argument '{name}' (position {names.index(name) + 1}) must "
                f"be Tensor, not {type(value).__name__}"
            )
    return error
