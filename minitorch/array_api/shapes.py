"""Manipulation functions of the standard."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.array_api._package import Axis, axes_of, in_dtype, result_type, torch


def broadcast_arrays(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays expanded to their common shape."""
    shape = np.broadcast_shapes(*[x.shape for x in arrays])
    return tuple([torch.broadcast_to(x, shape) for x in arrays])


def broadcast_to(x: Any, /, shape: tuple[int, ...]) -> Any:
    """Expand an array to a shape: (*) -> shape."""
    return torch.broadcast_to(x, shape)


def concat(arrays: Any, /, *, axis: int | None = 0) -> Any:
    """Join arrays along an axis that is there; all elements in a row for None."""
    parts = in_dtype(arrays, result_type(*arrays))
    return torch.cat([torch.ravel(x) for x in parts] if axis is None else parts, axis or 0)


def stack(arrays: Any, /, *, axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis."""
    return torch.stack(in_dtype(arrays, result_type(*arrays)), axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the parts of an array along an axis."""
    return tuple(torch.unbind(x, axis))


def expand_dims(x: Any, /, axis: int | tuple[int, ...] = 0) -> Any:
    """Insert axes of size 1.

    Raises:
        IndexError: for an axis out of range.
    """
    axes = (axis,) if isinstance(axis, int) else axis
    for i in sorted([i + (x.ndim + len(axes) if i < 0 else 0) for i in axes]):
        if i < 0:
            raise IndexError(f"axis {axis} is out of range for {x.ndim} dimensions and one more.")
        x = torch.unsqueeze(x, i)
    return x


def squeeze(x: Any, /, axis: int | tuple[int, ...]) -> Any:
    """Remove axes of size 1.

    Raises:
        ValueError: for an axis of another size.
    """
    axes = axes_of(x, axis)
    for i in axes:
        if x.shape[i] != 1:
            raise ValueError(f"axis {i} has size {x.shape[i]}: only axes of size 1 can go.")
    return torch.squeeze(x, axes)


def flip(x: Any, /, *, axis: Axis = None) -> Any:
    """Reverse the order along axes, all for None: (*) -> (*)."""
    return torch.flip(x, axes_of(x, axis))


def roll(x: Any, /, shift: int | tuple[int, ...], *, axis: Axis = None) -> Any:
    """Move elements along axes, the last ones to the front: (*) -> (*)."""
    return torch.roll(x, shift, axis)


def moveaxis(x: Any, source: Any, destination: Any, /) -> Any:
    """Move axes to other places."""
    return torch.movedim(x, source, destination)


def permute_dims(x: Any, /, axes: tuple[int, ...]) -> Any:
    """Put axes in another order."""
    return torch.permute(x, axes)


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Any:
    """Repeat each element: a number of times, or its own; in a row for no axis."""
    return torch.repeat_interleave(x, repeats, axis)


def tile(x: Any, repetitions: tuple[int, ...], /) -> Any:
    """Repeat the whole array along each axis."""
    return torch.tile(x, repetitions)


def reshape(x: Any, /, shape: tuple[int, ...], *, copy: bool | None = None) -> Any:
    """Return the elements in another shape: in new memory or not, as ``copy`` says.

    Raises:
        ValueError: if ``copy`` is False and a copy is needed.
    """
    if copy is None:
        return torch.reshape(x, shape)
    if copy:
        return torch.reshape(torch.clone(x), shape)
    try:
        return x.view(shape)
    except RuntimeError as error:
        raise ValueError(f"reshape(copy=False): {error}") from error


def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Any:
    """Return differences of neighbours along an axis, ``n`` times: (*, A) -> (*, A - n)."""
    return torch.diff(x, n, axis, prepend, append)
