"""The package, whose functions are looked up when they are called; and what several files need."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

torch: Any = importlib.import_module("minitorch")

Axis = int | tuple[int, ...] | None
SCALARS = (bool, int, float, complex)


def axes_of(x: Any, axis: Axis) -> tuple[int, ...]:
    """Return axes, counted from the first: all of them for None.

    Raises:
        IndexError: for an axis that is not there.
        ValueError: for one given twice.
    """
    if axis is None:
        return tuple(range(x.ndim))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for i in axes:
        if not -x.ndim <= i < x.ndim:
            raise IndexError(f"axis {i} is out of range: the array has {x.ndim} dimensions.")
    found = tuple([i % x.ndim for i in axes])
    if len(dict.fromkeys(found)) < len(found):
        raise ValueError(f"an axis appears twice in {axes}.")
    return found


def result_type(*arrays_and_dtypes: Any) -> Any:
    """Return the dtype that arrays, dtypes and Python numbers give together.

    Arrays without dimensions count as the others; numbers, for their kind alone.

    Raises:
        ValueError: if there is neither an array nor a dtype.
    """
    numbers = [x for x in arrays_and_dtypes if isinstance(x, SCALARS)]
    others = [x for x in arrays_and_dtypes if not isinstance(x, SCALARS)]
    found = [x if isinstance(x, torch.dtype) else x.dtype for x in others]
    if not found:
        raise ValueError("result_type needs an array or a dtype.")
    result = found[0]
    for dtype in found[1:]:
        result = torch.promote_types(result, dtype)
    for number in numbers:
        result = torch.result_type(torch.empty(1, dtype=result), number)
    return result


def alike(*operands: Any) -> list[Any]:
    """Make operands tensors of one dtype, by the standard's promotion."""
    return in_dtype(operands, result_type(*operands))


def in_dtype(operands: Sequence[Any], dtype: Any) -> list[Any]:
    """Make operands, numbers among them, tensors of a dtype."""
    return [
        torch.tensor(x, dtype=dtype) if isinstance(x, SCALARS) else x.to(dtype) for x in operands
    ]
