"""Functions that compute an op and write the result into their first argument.

Each is a method and a function of the root in one (Note [Functions and methods]).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from minitorch.autograd.op import Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.ops.arguments import explained

T = TypeVar("T", bound=TensorBase)


def in_place(op: type[Op], name: str | None = None) -> Callable[[T], T]:
    """Return what writes an op of one tensor into that tensor, as ``exp_``."""

    def write(input: T) -> T:
        try:
            return write_(op, input)
        except AttributeError as error:
            raise explained(error, write, (input,), {}) from None

    return _named(write, op, name)


def in_place_with(op: type[Op], name: str | None = None) -> Callable[[T, Any], T]:
    """Return what writes an op of a tensor and another, or a number, into the first."""

    def write(input: T, other: Any) -> T:
        try:
            return write_(op, input, other)
        except AttributeError as error:
            raise explained(error, write, (input, other), {}) from None

    return _named(write, op, name)


def function_name(op: type[Op]) -> str:
    """Return what PyTorch calls the function of an op: ``BitwiseAnd`` is ``bitwise_and``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", op.__name__).lower()


def _named(function: Any, op: type[Op], name: str | None = None) -> Any:
    """Give a function the name and the words of its op."""
    function.__module__ = op.__module__
    function.__name__ = function.__qualname__ = name or f"{function_name(op)}_"
    summary = (op.__doc__ or "").partition("\n")[0]
    function.__doc__ = f"{summary} Written into ``input``, which is returned."
    return function
