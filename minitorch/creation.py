"""Making tensors: from data, or filled with a value."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.autograd.vmap.example import by_element
from minitorch.core import dtypes
from minitorch.core.devices import check_device, device as Device
from minitorch.core.dtypes import Array, dtype as DType, get_default_dtype
from minitorch.core.layout import prototype, room
from minitorch.core.strided import (
    contiguous_format,
    memory_format as Format,
    preserve_format,
    read_format,
)
from minitorch.ops.dims import read_int, sizes_of
from minitorch.ops.out import makes, makes_out
from minitorch.tensor import Tensor
from minitorch.tensor.data import (
    read_size,
    strided_memory,
    to_array,
    warn_if_read_only,
    warn_of_copy,
)

AnyDevice = Device | str | None


def finish(
    array: Array,
    requires_grad: builtins.bool = False,
    device: AnyDevice = None,
    like: Tensor | None = None,
) -> Tensor:
    """Wrap a new array as a leaf, of the class that results have for ``like``."""
    if device is not None:
        check_device(device)
    result: Tensor = adopt(Tensor._wrap(array) if like is None else like._plain(array))
    if requires_grad:
        if not dtypes.is_differentiable(array.dtype):
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients: got "
                f"{result.dtype}."
                " [explain: integer-grad]"
            )
        result._requires_grad = True
    return result


def numpy_dtype(dtype: DType | None) -> np.dtype[Any]:
    """Return what an argument ``dtype=`` means to NumPy; None is the default dtype."""
    return get_default_dtype().numpy if dtype is None else dtypes.read(dtype).numpy


def _model(
    input: Tensor, dtype: DType | None, memory_format: Format | None, function: str
) -> tuple[Array, np.dtype[Any]]:
    """Return what NumPy is to make arrays like for a tensor, and the dtype: None is its own."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{function}(): argument 'input' (position 1) must be Tensor, not "
            f"{type(input).__name__}"
        )
    array = input._array
    kind = array.dtype if dtype is None else dtypes.read(dtype).numpy
    format = read_format(memory_format, array.ndim, function)
    if format is not preserve_format:
        return by_element(lambda x: room(x, format), array), kind
    return array if array.flags.c_contiguous else by_element(prototype, array), kind


@makes
def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Make a tensor from numbers, nested sequences, arrays or tensors; always a copy.

    Args:
        data: what to copy. Python floats become the default dtype, ints int64; arrays and NumPy's
            numbers keep theirs.
        dtype: the dtype to convert to.
        device: "cpu" or None.
        requires_grad: whether gradients are wanted.

    Raises:
        ValueError: for sequences of unequal lengths.
        TypeError: for what no tensor can hold.

    Example:
        >>> tensor([[1, 2], [3, 4]])
        tensor([[1, 2],
                [3, 4]])
    """
    warn_of_copy(data, "torch.tensor")
    array = to_array(data, None if dtype is None else dtypes.read(dtype).numpy, copy=True)
    return finish(array, requires_grad, device)


def as_tensor(data: Any, dtype: DType | None = None, device: AnyDevice = None) -> Tensor:
    """Return data as a tensor: itself, or in an array's memory, where nothing is to convert."""
    if isinstance(data, Tensor):
        check_device(device)
        return data if dtype is None else data.to(dtypes.read(dtype))
    array = to_array(data, None if dtype is None else dtypes.read(dtype).numpy, copy=False)
    warn_if_read_only("NumPy array", array)
    return finish(array, False, device)


@makes_out
def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor of zeros: () -> size, given as ints, as one tuple, or by keyword."""
    shape = read_size(sizes, "zeros", size)
    return finish(np.zeros(shape, numpy_dtype(dtype)), requires_grad, device)


@makes_out
def ones(
    *sizes: Any,
    size: Any = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor of ones: () -> size, given as ints, as one tuple, or by keyword."""
    shape = read_size(sizes, "ones", size)
    return finish(np.ones(shape, numpy_dtype(dtype)), requires_grad, device)


@makes_out
def empty(
    *sizes: Any,
    size: Any = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = contiguous_format,
) -> Tensor:
    """Return a tensor whose elements are whatever the memory holds: () -> size."""
    shape = read_size(sizes, "empty", size)
    array = np.empty(shape, numpy_dtype(dtype))
    if memory_format is not contiguous_format and memory_format is not None:
        format = read_format(memory_format, array.ndim, "empty")
        if format is preserve_format:
            raise RuntimeError("unsupported memory format Preserve: there is no order to keep")
        array = room(array, format)
    return finish(array, requires_grad, device)


@makes_out
def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor filled with one number, whose kind gives the dtype: () -> size.

    Raises:
        RuntimeError: for a number out of the dtype's range.
    """
    value = plain_number(fill_value, "full", "fill_value")
    kind = dtypes.scalar_dtype(value) if dtype is None else dtypes.read(dtype).numpy
    shape = read_size((size_tuple(size, "full"),), "full")
    return finish(np.full(shape, dtypes.checked_number(value, kind), kind), requires_grad, device)


@makes
def zeros_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return zeros in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    like, kind = _model(input, dtype, memory_format, "zeros_like")
    return finish(np.zeros_like(like, kind), requires_grad, device, input)


@makes
def ones_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return ones in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    like, kind = _model(input, dtype, memory_format, "ones_like")
    return finish(np.ones_like(like, kind), requires_grad, device, input)


@makes
def empty_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return uninitialised memory in the shape, dtype and order of another tensor: (*) -> (*)."""
    like, kind = _model(input, dtype, memory_format, "empty_like")
    return finish(np.empty_like(like, kind), requires_grad, device, input)


@makes
def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return one number in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    like, kind = _model(input, dtype, memory_format, "full_like")
    value = dtypes.checked_number(plain_number(fill_value, "full_like", "fill_value"), kind)
    return finish(np.full_like(like, value, kind), requires_grad, device, input)


@makes_out
def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ones on the diagonal of a matrix of zeros: () -> (n, m); m is n unless given."""
    for name, value in (("n", n), ("m", m)):
        if value is not None and read_int(value, name) < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return finish(np.eye(n, m, dtype=numpy_dtype(dtype)), requires_grad, device)


@makes
def scalar_tensor(
    s: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a 0-d tensor of a number, in the default dtype unless another is given: () -> ()."""
    kind = numpy_dtype(dtype)
    value = dtypes.checked_number(plain_number(s, "scalar_tensor", "s"), kind)
    return finish(np.full((), value, kind), requires_grad, device)


@makes
def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return uninitialised memory in steps of one's own, counted in elements: () -> size.

    Raises:
        RuntimeError: for another number of steps than of sizes, or negative ones.
    """
    return finish(strided_memory(size, stride, numpy_dtype(dtype)), requires_grad, device)


@makes
def empty_permuted(
    size: Any,
    physical_layout: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return dense uninitialised memory whose dimensions lie in an order, the widest step first.

    Shapes: () -> size.

    Raises:
        RuntimeError: if the order does not name each dimension once.
    """
    shape = read_size((size_tuple(size, "empty_permuted"),), "empty_permuted")
    order = sizes_of((physical_layout,), None, "physical_layout")
    if len(order) != len(shape):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. "
            f"len(size) = {len(shape)} is not equal to len(physical_layout) = {len(order)}"
        )
    for d in order:
        if not 0 <= d < len(shape):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(shape) - 1}, but got "
                f"{d}): negative dimensions are not allowed"
            )
    if len({*order}) != len(order):
        raise RuntimeError(f"Duplicate dim not allowed: {list(order)}")
    dense = np.empty([shape[d] for d in order], numpy_dtype(dtype))
    return finish(dense.transpose(np.argsort(order) if order else None), requires_grad, device)


@makes
def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return rows and columns of a matrix's lower triangle, row by row: () -> (2, count).

    Raises:
        RuntimeError: for negative sizes.
    """
    places = _triangle("tril_indices", np.tril_indices, row, col, offset, dtype)
    return finish(places, requires_grad, device)


@makes
def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return rows and columns of a matrix's upper triangle, row by row: () -> (2, count).

    Raises:
        RuntimeError: for negative sizes.
    """
    places = _triangle("triu_indices", np.triu_indices, row, col, offset, dtype)
    return finish(places, requires_grad, device)


def _triangle(
    name: str, places: Any, row: int, col: int, offset: int, dtype: DType | None
) -> Array:
    for word, n in (("row", row), ("col", col)):
        if read_int(n, word) < 0:
            raise RuntimeError(f"{word} must be non-negative, got{n}")
    kind = np.dtype(np.int64) if dtype is None else dtypes.read(dtype).numpy
    if kind.name not in ("int64", "int32"):
        raise dtypes.not_implemented(name, kind)
    found = np.stack(places(row, read_int(offset, "offset"), col))
    return found.astype(kind, copy=False)


def plain_number(x: Any, function: str, argument: str) -> Any:
    """Return a number, or that of a tensor of one element, as a Python number.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(x, Tensor | np.generic) and (x.ndim == 0):
        x = x.item()
    if not isinstance(x, int | float | builtins.complex):
        raise TypeError(
            f"{function}(): argument '{argument}' must be Number, not {type(x).__name__}"
        )
    return x


def size_tuple(size: Any, function: str) -> Any:
    """Require a size given as one tuple."""
    if not isinstance(size, tuple | list):
        raise TypeError(
            f"{function}(): argument 'size' (position 1) must be tuple of ints, not "
            f"{type(size).__name__}"
        )
    return size
