"""From what a user gives to arrays: sizes, numbers, nested sequences, arrays, tensors."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element
from minitorch.core import dlpack, dtypes
from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import Array
from minitorch.core.layout import copied
from minitorch.core.silence import silence
from minitorch.core.size import MOST_DIMS, too_many_dims
from minitorch.ops.dims import sizes_of

NumpyType = np.dtype[Any]


def read_size(size: Sequence[Any], function: str, named: Any = None) -> tuple[int, ...]:
    """Read a size given as several ints, as one sequence of them, or by keyword.

    Args:
        size: the positional arguments of ``function``.
        function: its name, for the messages.
        named: what was given by keyword.

    Raises:
        TypeError: for what is no int, one of more than 64 bits, or a size given twice.
        RuntimeError: for a negative size, sizes that no memory holds, or too many.
    """
    if named is not None:
        if size:
            raise TypeError(f"{function}() got multiple values for argument 'size'")
        size = (named,)
    if len(size) == 1 and isinstance(size[0], tuple | list):
        size = size[0]
    elif not size:
        raise TypeError(
            f'{function}() missing 1 required positional arguments: "size"; a tensor without '
            f"dimensions is {function}(())"
        )
    shape = []
    for i, n in enumerate(size):
        if type(n) is not int:
            n = _read_int(n, i, len(size), function)
        if n < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension {n}: {list(size)}. "
                f"{function}: Dimension size must be non-negative."
            )
        shape.append(n)
    if len(shape) > MOST_DIMS:
        raise too_many_dims()
    if max(shape, default=0) >= _LARGE:
        _check_storable(shape, function)
    return tuple(shape)


_LARGE = 2**31


def _check_storable(shape: list[int], function: str) -> None:
    for i, n in enumerate(shape):
        if n >= 2**63:
            raise TypeError(
                f"{function}(): argument 'size' failed to unpack the object at pos {i + 1} with "
                f'error "Overflow when unpacking long long": {n} has more than 64 bits'
            )
    if math.prod(shape) >= 2**60:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={shape}")


def _read_int(n: Any, position: int, count: int, function: str) -> int:
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        kind = type(n).__name__
        what = (
            "not " + kind if count == 1 else f"but found element of type {kind} at pos {position}"
        )
        raise TypeError(f"{function}(): argument 'size' (position 1) must be tuple of ints, {what}")
    return operator.index(n)


def to_array(data: Any, to: NumpyType | None, *, copy: bool) -> Array:
    """Read data of any kind into an array.

    Args:
        data: a tensor, an array, what offers ``__dlpack__``, a number, or nested sequences of
            numbers.
        to: the dtype wanted; None finds it.
        copy: whether the memory must be new; otherwise the data's own, where it will do.

    Raises:
        ValueError: for sequences of unequal lengths, or numbers of more than 64 bits.
        TypeError: for what no tensor can hold.
        RuntimeError: for numbers out of the range of ``to``, or no data at all.
    """
    if isinstance(data, TensorBase):
        array = data._array
    elif isinstance(data, np.ndarray | np.generic):
        array = np.asarray(data)
    elif hasattr(data, "__dlpack__"):
        array = dlpack.array_of(data)
    else:
        return _from_sequence(data, to)
    to = dtypes.from_numpy(array.dtype).numpy if to is None else to
    with silence():  # out of range is the caller's affair, as in PyTorch
        if copy or not is_shareable(array):
            array = by_element(lambda x: copied(x, to), array)
        else:
            array = array.astype(to, copy=False, subok=False)
    return alias_of(array) if array is data else array


def alias_of(array: Array) -> Array:
    """Return another array in the same memory, whose shape and flags nobody else changes.

    Of one that shows part of another array's memory, it is a storage of no more than that part.
    """
    return array[...] if array.base is None else np.asarray(buffer_of(array).data).view(array.dtype)


def warn_of_copy(data: Any, name: str) -> None:
    """Warn of a tensor where data are expected, which loses its history."""
    if isinstance(data, TensorBase):
        warn_user(
            "To copy construct from a tensor, it is recommended to use "
            "sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), "
            f"rather than {name}(sourceTensor)."
        )


def warn_if_read_only(what: str, array: Array) -> None:
    """Warn of memory that a tensor shares and that nobody may write to."""
    if not array.flags.writeable:
        warn_user(
            f"The given {what} is not writable, and PyTorch does not support non-writable tensors. "
            f"Writing to this tensor is an error here; copy the {what} if that is to be done."
        )


def is_shareable(array: Array) -> bool:
    """Whether a tensor may live in the array's memory: native bytes, forward strides."""
    strides = array.strides
    return array.dtype.isnative and all(s >= 0 and s % array.itemsize == 0 for s in strides)


def _from_sequence(data: Any, to: NumpyType | None) -> Array:
    shape, flat = _flatten(data)
    kinds = dict.fromkeys(map(type, flat))
    found = _common_dtype(flat, kinds, is_nested=bool(shape))
    if any(issubclass(kind, TensorBase) for kind in kinds):
        flat = [_only_element(x) if isinstance(x, TensorBase) else x for x in flat]
    wide = _wide_array(flat, found, to)
    return _narrow(wide, found if to is None else to).reshape(shape)


def _flatten(data: Any) -> tuple[tuple[int, ...], list[Any]]:
    """Return the shape of nested sequences and their elements in one list."""
    shape: list[int] = []
    level, arrays = [data], False
    while level and _is_sequence(level[0]):
        length = len(level[0])
        for row in level:
            if not _is_sequence(row):
                raise TypeError(
                    f"not a sequence: expected sequence of length {length} at dim {len(shape)} "
                    f"(got {type(row).__name__})"
                    " [explain: ragged-list]"
                )
            if len(row) != length:
                raise ValueError(
                    f"expected sequence of length {length} at dim {len(shape)} (got {len(row)}): "
                    "all rows must have the same length."
                    " [explain: ragged-list]"
                )
        shape.append(length)
        arrays = arrays or any(isinstance(row, np.ndarray) for row in level)
        level = list(chain.from_iterable(level))
    if arrays:
        warn_user(
            "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider "
            "converting the list to a single numpy.ndarray with numpy.array() before converting to "
            "a tensor."
        )
    return tuple(shape), level


def _is_sequence(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return True
    if isinstance(x, np.ndarray):
        return x.ndim > 0
    if isinstance(x, str | bytes | dict | TensorBase | np.generic):
        return False
    return hasattr(x, "__len__") and hasattr(x, "__getitem__")


def _common_dtype(flat: list[Any], kinds: dict[type, None], is_nested: bool) -> NumpyType:
    """Find the dtype that holds all elements."""
    if not flat:
        return dtypes.get_default_dtype().numpy
    found: list[dtypes.dtype] = []
    for kind in kinds:
        if issubclass(kind, TensorBase | np.ndarray):
            arrays = [x._array if isinstance(x, TensorBase) else x for x in flat if type(x) is kind]
            found += [dtypes.from_numpy(array.dtype) for array in arrays]
        elif issubclass(kind, np.generic):
            found.append(dtypes.from_numpy(np.dtype(kind)))
        elif issubclass(kind, bool | int | float | complex):
            found.append(_of_python(kind))
        else:
            raise _no_number(kind, is_nested)
    result = found[0]
    for dtype in dict.fromkeys(found):
        result = dtypes.promote_types(result, dtype)
    return result.numpy


def _of_python(kind: type) -> dtypes.dtype:
    if issubclass(kind, bool):
        return dtypes.bool_
    if issubclass(kind, complex):
        return dtypes.from_numpy(dtypes.complex_dtype())
    return dtypes.int64 if issubclass(kind, int) else dtypes.get_default_dtype()


def _no_number(kind: type, is_nested: bool) -> Exception:
    remedy = "expected numbers, nested sequences of numbers, arrays or tensors."
    if issubclass(kind, str) and is_nested:
        return ValueError(f"too many dimensions 'str': {remedy}")
    if issubclass(kind, str | bytes):
        return TypeError(f"new(): invalid data type '{kind.__name__}': {remedy}")
    if issubclass(kind, list | tuple):
        return TypeError(
            f"'{kind.__name__}' object cannot be interpreted as a number: sequences stand beside "
            "numbers at one level; all elements must be nested equally deep."
        )
    return RuntimeError(f"Could not infer dtype of {kind.__name__}: {remedy}")


def _only_element(x: TensorBase) -> Any:
    if x._array.size != 1:
        raise ValueError(
            "only one element tensors can be converted to Python scalars: a sequence holds one of "
            f"shape {list(x._array.shape)}; join tensors with stack() or cat()."
        )
    return x._array.item()


def _wide_array(flat: list[Any], found: NumpyType, to: NumpyType | None) -> Array:
    """Put numbers into an array of a 64-bit dtype or complex128, which loses none of them."""
    if dtypes.is_complex(found):
        return _of_complex(flat, found if to is None else to)
    if (found if to is None else to) == np.uint64:
        return np.array([_unsigned(x) for x in flat], np.uint64)
    if dtypes.is_float(found):
        return np.array(flat, np.float64)
    try:
        return np.array(flat, np.bool_ if dtypes.is_bool(found) else np.int64)
    except OverflowError:
        if to is not None and dtypes.is_float(to):
            return np.array(flat, np.float64)
        raise ValueError(
            "Overflow when unpacking long long: an integer has more than 64 bits; ask for "
            "dtype=float64."
        ) from None


def _of_complex(flat: list[Any], to: NumpyType) -> Array:
    if not dtypes.is_complex(to) and not dtypes.is_bool(to):
        raise TypeError(
            "must be real number, not complex"
            if dtypes.is_float(to)
            else "'complex' object cannot be interpreted as an integer"
        )
    return np.array(flat, np.complex128)


def _unsigned(x: Any) -> int:
    if not hasattr(x, "__index__"):
        raise TypeError(f"an integer is required for dtype uint64, not {type(x).__name__} ({x!r}).")
    number = operator.index(x)
    dtypes.check_64_bits(number)
    if number < 0:
        raise OverflowError(f"can't convert negative int to unsigned: {number} for dtype uint64.")
    return number


def _narrow(wide: Array, to: NumpyType) -> Array:
    """Cast float64, int64 or bool as PyTorch casts Python numbers: integers must fit."""
    if dtypes.is_integer(to) and wide.size:
        low, high = wide.min(), wide.max()
        for extreme in (low, high):
            dtypes.checked_number(extreme, to, to.name)
    with silence():
        if dtypes.is_float(to) and not dtypes.is_float(wide.dtype):
            wide = wide.astype(np.float64)
        if dtypes.is_half(to):
            wide = wide.astype(np.float32)  # PyTorch rounds on the way
        return wide.astype(to, copy=False)


def strided_memory(size: Any, stride: Any, kind: np.dtype[Any]) -> Array:
    """Return uninitialised memory with the steps that ``empty_strided`` is given, in elements."""
    shape = read_size((size,), "empty_strided")
    steps = sizes_of((stride,), None, "stride")
    if len(steps) != len(shape):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides "
            f"({len(steps)})"
        )
    if min(steps, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)} and "
            f"strides={list(steps)}: steps are not negative"
        )
    reach = [(n - 1) * step for n, step in zip(shape, steps, strict=True)]
    memory = np.empty(0 if 0 in shape else sum(reach) + 1, kind)
    return np.ndarray(shape, kind, buffer_of(memory), 0, [step * kind.itemsize for step in steps])
