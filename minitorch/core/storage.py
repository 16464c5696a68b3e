"""The memory behind an array and its views: whose it is, where it begins, copies of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import Array, is_complex, real_of
from minitorch.core.layout import copied, is_dense, memory_axes


def owner_of(array: Array) -> Array:
    """Return the array that owns the memory of this one."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner


def address_of(array: Array) -> int:
    """Return where an array's first element is in memory, in bytes."""
    address: int = array.__array_interface__["data"][0]
    return address


def elements_strides(array: Array) -> tuple[int, ...]:
    """Return the steps along each dimension in elements, where they lead nowhere as PyTorch says.

    Without elements NumPy keeps no strides, and a dimension it inserts has none.
    """
    size = array.itemsize
    strides = [s // size for s in array.strides]
    if 0 in strides:
        step = 1
        for i in range(array.ndim - 1, -1, -1):
            if array.size == 0 or (array.shape[i] == 1 and strides[i] == 0):
                strides[i] = step
            step = max(array.shape[i], 1) * strides[i]
    return tuple(strides)


def parts_of(array: Array) -> Array:
    """Return complex numbers as pairs of real ones, in the same memory; real ones as they are."""
    return array[..., None].view(real_of(array.dtype)) if is_complex(array.dtype) else array


def resized(array: Array, shape: tuple[int, ...]) -> Array:
    """Return contiguous elements from where an array starts: in its memory if they find room."""
    count, size = math.prod(shape), array.itemsize
    owner = owner_of(array)
    if owner.flags.c_contiguous:
        offset = address_of(array) - address_of(owner)
        if offset + count * size <= owner.nbytes:
            return np.ndarray(shape, array.dtype, buffer_of(owner), offset)
    out = np.empty(count, array.dtype)
    known = array.reshape(-1)[:count]
    out[: known.size] = known
    return out.reshape(shape)


def deep_copied(
    array: Array, memo: dict[int, Any], copy_of: Callable[[Array], Array] = copied
) -> Array:
    """Return the array in a copy of the memory it lies in, made once for all arrays that share it.

    Args:
        array: what to copy.
        memo: that of ``copy.deepcopy``.
        copy_of: makes the copy, laid out like what is copied.
    """
    owner = array
    while type(owner.base) is np.ndarray:  # not a file's: of a mapped one only this array is read
        owner = owner.base
    if type(array) is not np.ndarray or not is_dense(owner):
        return copy_of(array)
    copy = memo.get(id(owner))
    if copy is None:
        copy = memo[id(owner)] = copy_of(owner)
        memo.setdefault(id(memo), []).append(owner)  # or another might get its id
    if (array.shape, array.strides, array.dtype) == (copy.shape, copy.strides, copy.dtype):
        return copy
    flat = copy.transpose(memory_axes(copy)).reshape(-1)
    offset = address_of(array) - address_of(owner)
    return np.ndarray(array.shape, array.dtype, buffer_of(flat), offset, array.strides)


def bytes_of(array: Array) -> Array:
    """Return the memory that an array lies in, byte by byte, in the order of memory.

    Of memory that another library owns, that is from the first element to the last.
    """
    owner = owner_of(array)
    in_order = owner.transpose(memory_axes(owner))
    if in_order.flags.c_contiguous:
        return in_order.reshape(-1).view(np.uint8)
    first = owner[(slice(1),) * owner.ndim].reshape(-1).view(np.uint8)
    steps = zip(owner.shape, owner.strides, strict=True)
    span = first.size + sum([(n - 1) * s for n, s in steps])
    return np.lib.stride_tricks.as_strided(first, (span,), (1,))
