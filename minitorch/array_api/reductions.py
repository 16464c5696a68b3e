"""Reductions of the standard, over no, one, several or all axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.array_api._package import Axis, axes_of, torch
from minitorch.array_api.data_types import sum_dtype

_SEVERAL = ("amax", "amin", "mean", "std", "sum", "var")  # they take several axes at once


def _reduced(name: str, x: Any, axis: Axis, keepdims: bool, **options: Any) -> Any:
    """Reduce with a function of ours: what it cannot do at once, in one axis made of several."""
    function: Callable[..., Any] = getattr(torch, name)
    axes = axes_of(x, axis)
    if axes and name in _SEVERAL:
        return function(x, axes, keepdim=keepdims, **options)
    rest = [i for i in range(x.ndim) if i not in axes]
    moved = torch.permute(x, (*rest, *axes))
    found = function(
        torch.reshape(moved, (*moved.shape[: len(rest)], _count(x, axes))), -1, **options
    )
    if not keepdims:
        return found
    return torch.reshape(found, [1 if i in axes else n for i, n in enumerate(x.shape)])


def _count(x: Any, axes: tuple[int, ...]) -> int:
    count = 1
    for i in axes:
        count *= x.shape[i]
    return count


def sum(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Return sums: (*) -> (*) without the axes; of integers in int64 or uint64."""
    return _reduced("sum", x, axis, keepdims, dtype=sum_dtype(x, dtype))


def prod(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Return products: (*) -> (*) without the axes; of integers in int64 or uint64."""
    return _reduced("prod", x, axis, keepdims, dtype=sum_dtype(x, dtype))


def mean(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return means: (*) -> (*) without the axes."""
    return _reduced("mean", x, axis, keepdims)


def std(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    """Return standard deviations, divisor count - correction: (*) -> (*) without the axes."""
    return _reduced("std", x, axis, keepdims, correction=correction)


def var(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    """Return variances, divisor count - correction: (*) -> (*) without the axes."""
    return _reduced("var", x, axis, keepdims, correction=correction)


def max(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest elements: (*) -> (*) without the axes."""
    return _reduced("amax", x, axis, keepdims)


def min(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the smallest elements: (*) -> (*) without the axes."""
    return _reduced("amin", x, axis, keepdims)


def all(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return whether no element is zero: (*) -> (*) without the axes, of bools."""
    return _reduced("all", x.bool(), axis, keepdims)


def any(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return whether an element is not zero: (*) -> (*) without the axes, of bools."""
    return _reduced("any", x.bool(), axis, keepdims)


def count_nonzero(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return how many elements are not zero: (*) -> (*) without the axes."""
    return _reduced("count_nonzero", x, axis, keepdims)


def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return where the largest element is, the first of equal ones: (*) -> (*) without the axis."""
    return _reduced("argmax", x, axis, keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return where the smallest element is: (*) -> (*) without the axis."""
    return _reduced("argmin", x, axis, keepdims)


def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    """Return running sums along an axis: (*) -> (*), one more with the initial zero."""
    return _cumulative("cumsum", x, axis, dtype, include_initial)


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    """Return running products along an axis: (*) -> (*), one more with the initial one."""
    return _cumulative("cumprod", x, axis, dtype, include_initial)


def _cumulative(name: str, x: Any, axis: int | None, dtype: Any, include_initial: bool) -> Any:
    if axis is None and x.ndim != 1:
        raise ValueError(f"axis must be given for an array of {x.ndim} dimensions.")
    axis = axes_of(x, axis)[0]
    found = getattr(torch, name)(x, axis, dtype=sum_dtype(x, dtype))
    if not include_initial:
        return found
    size = [1 if i == axis else n for i, n in enumerate(x.shape)]
    first = torch.full(size, int(name == "cumprod"), dtype=found.dtype)
    return torch.cat([first, found], axis)
