"""What the argument checks share. The good case costs a few comparisons; messages come on failure.

Messages begin with PyTorch's words and go on with what came and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.writes.tangents import is_dual
from minitorch.core.dtypes import Array, is_float, is_half, scalar_name
from minitorch.ops.dims import read_int
from minitorch.tensor import Tensor

Pair = tuple[int, int]

_FLOAT32 = np.dtype(np.float32)


def require_tensors(call: str, *values: object, required: int = 9) -> None:
    """Refuse lists, arrays and numbers where tensors are expected.

    Args:
        call: how the function is called, "linear(input, weight, bias)"; read on failure only.
        values: the arguments, in that order.
        required: how many of them cannot be None.
    """
    for position, value in enumerate(values):
        if not isinstance(value, Tensor) and (value is not None or position < required):
            function, names = call.rstrip(")").split("(")
            raise TypeError(
                f"{function}(): argument '{names.split(', ')[position]}' (position {position + 1}) "
                f"must be Tensor, not {type(value).__name__}; make one with torch.as_tensor(...)"
            )


def require_numbers(function: str, **numbers: Any) -> None:
    """Refuse what is no number, nor a tensor of one, where a number is expected.

    Args:
        function: the name of the function.
        numbers: arguments by name.
    """
    for name, value in numbers.items():
        if not hasattr(value, "__float__") or (hasattr(value, "ndim") and value.ndim):
            raise TypeError(
                f"{function}(): argument '{name}' must be Number, not {type(value).__name__}"
            )


def require_float(function: str, array: Array) -> None:
    """Refuse integers and bools, which have no gradient."""
    if not is_float(array.dtype):
        raise NotImplementedError(
            f"\"{function}\" not implemented for '{scalar_name(array)}': expected a floating-point "
            "tensor; convert it with .float()"
        )


def require_constants(function: str, **tensors: Tensor | None) -> None:
    """Refuse derivatives by factors that count as constants: they would be 0, silently.

    Args:
        function: PyTorch's name of what has no derivative.
        tensors: arguments by name.
    """
    for name, tensor in tensors.items():
        if tensor is None:
            continue
        recorded = tensor.requires_grad and is_grad_enabled()
        if recorded or is_dual(tensor):
            what = "requires_grad True" if recorded else "a forward grad"
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have {what}. Pass {name}.detach()."
            )


def is_mixed(function: str, x: Array, affine: Mapping[str, Tensor | None]) -> bool:
    """Whether the input is of two-byte numbers and its weights are float32.

    Raises:
        NotImplementedError: for integers.
        RuntimeError: for any other mixture.
    """
    dtypes = [t._array.dtype for t in affine.values() if t is not None]
    if all([d == x.dtype for d in dtypes]):
        require_float(function, x)
        return False
    if is_half(x.dtype) and all([d == _FLOAT32 for d in dtypes]):
        return True
    given = ", ".join(f"{k} {scalar_name(t._array)}" for k, t in affine.items() if t is not None)
    raise RuntimeError(
        "mixed dtype (CPU): all inputs must share same datatype. (expect parameter to have scalar "
        f"type of Float): the input is {scalar_name(x)}, {given}. Convert one of them, for example "
        "with .float()."
    )


def as_pair(value: Any, name: str, function: str) -> Pair:
    """Return a number as (number, number), and a pair as it is."""
    if type(value) is tuple and len(value) == 2 and type(value[0]) is int is type(value[1]):
        return value
    try:
        numbers = tuple(
            read_int(v, name) for v in ((value,) if hasattr(value, "__index__") else value)
        )
    except TypeError:
        raise TypeError(
            f"{function}() received an invalid combination of arguments: {name} must be an int or "
            f"a tuple of two ints, but got {name}={value!r}"
        ) from None
    if len(numbers) == 1:
        return numbers[0], numbers[0]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    raise RuntimeError(
        f"{function}: {name} must either be a single int, or a tuple of two ints, "
        f"but got {name}={numbers}"
    )


def as_sizes(value: Any, count: int, name: str, function: str) -> tuple[int, ...]:
    """Return one number as so many, and so many as they are.

    Raises:
        TypeError: for what is no integer.
        RuntimeError: for another count.
    """
    if type(value) is tuple and len(value) == count:
        for number in value:
            if type(number) is not int:
                break
        else:
            return value
    try:
        numbers = tuple(
            read_int(v, name) for v in ((value,) if hasattr(value, "__index__") else value)
        )
    except TypeError:
        raise TypeError(
            f"{function}() received an invalid combination of arguments: {name} must be an int or "
            f"a tuple of {count}, but got {name}={value!r}"
        ) from None
    if len(numbers) not in (1, count):
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {count} values to match "
            f"the convolution dimensions, but got {name}={list(numbers)}"
        )
    return numbers * count if len(numbers) == 1 else numbers
