"""Functions that compute an op and write the result into their first argument.

Each is a method and a function of the root in one (Note [Functions and methods]).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from minitorch.autograd.op import Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import overwrite_, write_
from minitorch.ops.arguments import explained
from minitorch.ops.out import TakesOut, without_out

P = ParamSpec("P")
R = TypeVar("R")
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


def in_place_of(function: TakesOut[P, R]) -> Callable[P, R]:
    """Return what writes the result of a function made of ops into its first argument."""
    plain: Any = without_out(function)
    name = f"{plain.__name__}_"

    @wraps(plain)
    def write(input: Any, *args: Any, **params: Any) -> Any:
        return overwrite_(name, input, lambda x: plain(x, *args, **params))

    written: Any = write
    written.__name__ = written.__qualname__ = name
    written.__doc__ = _described(plain)
    return written


def function_name(op: type[Op]) -> str:
    """Return what PyTorch calls the function of an op: ``BitwiseAnd`` is ``bitwise_and``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", op.__name__).lower()


def _named(function: Any, op: type[Op], name: str | None = None) -> Any:
    """Give a function the name and the words of its op."""
    function.__module__ = op.__module__
    function.__name__ = function.__qualname__ = name or f"{function_name(op)}_"
    function.__doc__ = _described(op)
    return function


def _described(what: Any) -> str:
    summary = (what.__doc__ or "").partition("\n")[0]
    return f"{summary} Written into ``input``, which is returned."
