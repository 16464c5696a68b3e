"""Searching, sorting, sets and indexing functions of the standard."""

from __future__ import annotations

from typing import Any, NamedTuple

from minitorch.array_api._package import alike, axes_of, torch


class UniqueAll(NamedTuple):
    """What :func:`unique_all` returns."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCounts(NamedTuple):
    """What :func:`unique_counts` returns."""

    values: Any
    counts: Any


class UniqueInverse(NamedTuple):
    """What :func:`unique_inverse` returns."""

    values: Any
    inverse_indices: Any


def unique_all(x: Any, /) -> UniqueAll:
    """Return distinct values, where each is first, where each element's is, and how many it has."""
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    by_value = torch.argsort(torch.ravel(inverse), stable=True)
    return UniqueAll(values, by_value[torch.cumsum(counts, 0) - counts], inverse, counts)


def unique_counts(x: Any, /) -> UniqueCounts:
    """Return distinct values and how many elements each has: (*) -> (A,), (A,)."""
    return UniqueCounts(*torch.unique(x, return_counts=True))


def unique_inverse(x: Any, /) -> UniqueInverse:
    """Return distinct values and where each element's is: (*) -> (A,), (*)."""
    return UniqueInverse(*torch.unique(x, return_inverse=True))


def unique_values(x: Any, /) -> Any:
    """Return distinct values in ascending order: (*) -> (A,)."""
    return torch.unique(x)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """Return elements in order along an axis: (*) -> (*)."""
    return torch.sort(x, dim=axis, descending=descending, stable=stable)[0]


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """Return the indices that put elements in order along an axis: (*) -> (*)."""
    return torch.argsort(x, dim=axis, descending=descending, stable=stable)


def searchsorted(x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None) -> Any:
    """Return where elements would be inserted into a vector in order: (A,), (*) -> (*)."""
    return torch.searchsorted(*alike(x1, x2), side=side, sorter=sorter)


def nonzero(x: Any, /) -> tuple[Any, ...]:
    """Return the indices of elements that are not zero, one vector for each dimension.

    Raises:
        ValueError: for an array without dimensions.
    """
    if x.ndim == 0:
        raise ValueError("nonzero() of an array without dimensions.")
    return tuple(torch.nonzero(x, as_tuple=True))


def where(condition: Any, x1: Any, x2: Any, /) -> Any:
    """Return elements of one array where a condition holds, of the other elsewhere."""
    return torch.where(condition, *alike(x1, x2))


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Any:
    """Return what a vector of indices chooses along an axis: (*), (A,) -> (*)."""
    if axis is None and x.ndim != 1:
        raise ValueError(f"axis must be given for an array of {x.ndim} dimensions.")
    axis = axes_of(x, axis)[0]
    return torch.index_select(x, axis, _from_first(indices, x.shape[axis]))


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    """Return what indices choose along an axis, line by line; the other axes broadcast."""
    return torch.take_along_dim(x, _from_first(indices, x.shape[axis]), axis)


def _from_first(indices: Any, count: int) -> Any:
    """Count negative indices from the first element."""
    return torch.where(indices < 0, indices + count, indices).long()
