"""How elements lie in memory, by PyTorch's rules where NumPy's differ.

NumPy, asked for the order "K", lays a result out like its inputs, as PyTorch does, but for two
cases: steps that say nothing (of an expanded tensor, or of one whose elements overlap), and inputs
that disagree, where NumPy prefers the order of the indices and PyTorch the first input's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.silence import silence
from minitorch.core.size import broadcast_shape
from minitorch.core.strided import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    memory_format,
)

Array = np.ndarray[Any, np.dtype[Any]]

_ndarray = np.ndarray


def memory_axes(*arrays: Array) -> list[int]:
    """Return the dimensions of what arrays broadcast to, from the widest step to the narrowest.

    The first array that tells two dimensions apart decides; they stay as they are if none does. So
    PyTorch orders the elements of a result, and fills a tensor that is not contiguous.

    Raises:
        RuntimeError: if the shapes do not broadcast.
    """
    if len(arrays) == 1 and arrays[0].flags.c_contiguous:
        return list(range(arrays[0].ndim))
    shape = arrays[0].shape if len(arrays) == 1 else broadcast_shape(*[x.shape for x in arrays])
    ndim = len(shape)
    steps = []
    for x in arrays:
        sizes = zip(x.shape, shape[ndim - x.ndim :], x.strides, strict=True)
        own = [abs(s) if n == m else 0 for n, m, s in sizes]
        steps.append((x.shape, [0] * (ndim - x.ndim) + own))
    axes = list(range(ndim))
    for i in range(1, ndim):  # PyTorch's insertion sort, which also sorts where "wider" is no order
        at = ndim - 1 - i
        for k in range(at + 1, ndim):
            wider = _compare(steps, axes[k] - ndim, axes[at] - ndim)
            if wider > 0:
                axes[k], axes[at] = axes[at], axes[k]
                at = k
            elif wider < 0:
                break
    return axes


def _compare(steps: list[tuple[tuple[int, ...], list[int]]], a: int, b: int) -> int:
    """Whether dimension ``a``, counted from the last, steps wider than ``b``: 1, -1; 0 if unclear.

    At equal steps, of elements that overlap, the larger dimension counts as the wider.
    """
    for shape, own in steps:
        if own[a] and own[b]:
            if own[a] != own[b]:
                return 1 if own[a] > own[b] else -1
            if shape[a] > shape[b]:
                return 1
    return 0


def prototype(array: Array) -> Array:
    """Return an array that "K" makes results like as PyTorch makes them like ``array``.

    That is the array itself, or for one with steps that say nothing an uninitialised one.
    """
    steps = array.strides
    if 0 not in steps and len(set(steps)) == len(steps):
        return array
    axes = memory_axes(array)
    return _uninitialised(array.shape, axes, array.dtype)


def _uninitialised(shape: tuple[int, ...], axes: list[int], dtype: Any) -> Array:
    """Return dense memory whose dimensions have steps from the widest to the narrowest ``axes``."""
    return np.empty([shape[axis] for axis in axes], dtype).transpose(np.argsort(axes))


def copied(array: Array, dtype: Any = None) -> Array:
    """Return a copy, on request in another dtype, dense and laid out like the array."""
    if array.flags.c_contiguous or type(array) is not _ndarray:  # a batch's are seen to elsewhere
        return array.copy() if dtype is None else castable(array, dtype).astype(dtype)
    return _filled(np.empty_like(prototype(array), dtype), array)


def castable(array: Any, dtype: Any) -> Any:
    """Return an array that NumPy casts to a dtype as PyTorch does, for others the array itself.

    Bytes are the last bits of an int64, where NumPy makes them of an int32, which is too small for
    many a float64. Of complex numbers real ones are the real parts, without a warning here.
    """
    if isinstance(array, _ndarray | np.generic) and array.dtype.kind == "c":
        return array if np.dtype(dtype).kind in "cb" else castable(array.real, dtype)
    if dtype == np.uint8 and isinstance(array, _ndarray) and array.dtype == np.float64:
        return array.astype(np.int64)
    return array


def packed(array: Array) -> Any:
    """Return what to pickle of an array, so that it keeps its order: NumPy would lose that."""
    if array.flags.c_contiguous or not is_dense(array):
        return array
    axes = memory_axes(array)
    return array.transpose(axes), axes


def unpacked(pickled: Any) -> Array:
    """Return the array that :func:`packed` was given."""
    if not isinstance(pickled, tuple):
        array: Array = pickled
        return array
    ordered, axes = pickled
    array = ordered.transpose(np.argsort(axes))
    return array


def room(array: Array, format: memory_format) -> Array:
    """Return uninitialised memory for an array, laid out in a format other than preserve_format."""
    return empty_in(format, array.shape, array.dtype)


def empty_in(format: memory_format, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return uninitialised memory of a shape, laid out in a format other than preserve_format."""
    return _uninitialised(shape, format.axes(len(shape)), dtype)


def in_format(array: Array, format: memory_format) -> Array:
    """Return a copy laid out in a format other than preserve_format."""
    return _filled(room(array, format), array) if format.order else np.array(array, order="C")


def is_in_format(array: Array, format: memory_format) -> bool:
    """Whether elements stand in memory in the order of a format, without gaps."""
    if not format.order:
        return array.flags.c_contiguous
    if len(format.order) != array.ndim:
        return False
    return bool(array.transpose(format.axes(array.ndim)).flags.c_contiguous)


def suggested_format(array: Array) -> memory_format:
    """Return the format that PyTorch reads from strides, also of a slice: channels last or none.

    Source: ``is_channels_last_strides_2d_s4`` in c10/core/MemoryFormat.h.
    """
    format = channels_last if array.ndim == 4 else channels_last_3d
    if array.ndim not in (4, 5) or array.strides[1] == 0:
        return contiguous_format
    narrowest = 0
    for axis in reversed(format.axes(array.ndim)):
        size, step = array.shape[axis], array.strides[axis]
        # With one pixel and one channel both orders have these strides: the usual one is meant.
        if size == 0 or step < narrowest or (axis == 0 and narrowest == array.strides[1]):
            return contiguous_format
        narrowest = step * max(size, 1)
    return format


def laid_out(array: Array, like: Array) -> Array:
    """Return an array, or a copy of it, laid out as results are made like one of its shape."""
    if like.flags.c_contiguous and array.flags.c_contiguous:
        return array
    return _filled(np.empty_like(prototype(like), array.dtype), array)


def _filled(out: Array, array: Array) -> Array:
    with silence():
        np.copyto(out, castable(array, out.dtype), casting="unsafe")
    return out


def is_dense(array: Array) -> bool:
    """Whether an array has elements, and nothing is between them."""
    steps = zip(array.shape, array.strides, strict=True)
    span = array.itemsize + sum([(n - 1) * s for n, s in steps])
    return array.size > 0 and span == array.nbytes


def is_expanded(array: Array) -> bool:
    """Whether several elements share memory."""
    if array.flags.c_contiguous:
        return False
    return array.size > 0 and any(
        [s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)]
    )


def in_first_order(operands: list[Any]) -> list[Any]:
    """Return operands that agree on an order, the first's: so it becomes that of their result.

    Those that disagree are copied; numbers pass.
    """
    for x in operands[:-1]:  # the last decides where the others say nothing
        if type(x) is _ndarray and not x.flags.c_contiguous and _is_turned(x):
            break
    else:
        return operands
    arrays = [x for x in operands if type(x) is _ndarray and x.ndim > 1]
    axes = memory_axes(*arrays)
    return [_turned(x, axes) if type(x) is _ndarray else x for x in operands]


def _is_turned(array: Array) -> bool:
    """Whether a dimension steps wider than one before it."""
    steps = [s for s in array.strides if s]
    return steps != sorted(steps, reverse=True)


def _turned(array: Array, axes: list[int]) -> Array:
    """Return an array, or a copy, whose steps go from the widest to the narrowest of ``axes``."""
    lead = len(axes) - array.ndim
    own = [axis - lead for axis in axes if axis >= lead]
    turned = array.transpose(own)
    if not _is_turned(turned):
        return array
    return np.ascontiguousarray(turned).transpose(np.argsort(own))
