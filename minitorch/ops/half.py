"""Functions made of several ops that PyTorch has as one: numbers of two bytes are rounded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_half
from minitorch.core.silence import silence

F = TypeVar("F", bound=Callable[..., Any])


def rounded_once(function: F) -> F:
    """Have a function compute tensors that all are of one two-byte dtype in float32."""

    @wraps(function)
    def by_float32(input: Any, *others: Any, **params: Any) -> Any:
        if not isinstance(input, TensorBase) or not is_half(input._array.dtype):
            return function(input, *others, **params)
        tensors = [x for x in others if isinstance(x, TensorBase)]
        if any([x._array.dtype != input._array.dtype for x in tensors]):
            return function(input, *others, **params)
        wide = [wide_of(x) for x in (input, *others)]
        first, out = cast("tuple[Any, Any]", (input, function(*wide, **params)))
        return out.to(first.dtype)

    return cast("F", by_float32)


def held(number: Any, by: np.dtype[Any]) -> float:
    """Return a number as a dtype of two bytes holds it."""
    with silence():
        return float(by.type(float(number)))


def wide_of(x: Any) -> Any:
    """Return a tensor of two-byte numbers in float32, and anything else as it is."""
    is_narrow = isinstance(x, TensorBase) and is_half(x._array.dtype)
    return x.float() if is_narrow else x
