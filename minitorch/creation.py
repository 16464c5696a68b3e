"""Making tensors: from data, or filled with a value."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.core import dtypes
from minitorch.core.devices import check_device, device as Device
from minitorch.core.dtypes import Array, dtype as DType, get_default_dtype
from minitorch.ops.out import makes_out
from minitorch.tensor import Tensor
from minitorch.tensor.data import is_shareable, read_size, to_array

AnyDevice = Device | str | None


def finish(array: Array, requires_grad: builtins.bool = False, device: AnyDevice = None) -> Tensor:
    """Wrap a new array as a leaf."""
    if device is not None:
        check_device(device)
    result = adopt(Tensor._wrap(array))
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients: got "
                f"{result.dtype}."
            )
        result._requires_grad = True
    return result


def numpy_dtype(dtype: DType | None) -> np.dtype[Any]:
    """Return what an argument ``dtype=`` means to NumPy; None is the default dtype."""
    return get_default_dtype().numpy if dtype is None else dtypes.read(dtype).numpy


def numpy_dtype_like(input: Tensor, dtype: DType | None, function: str = "like") -> np.dtype[Any]:
    """As :func:`numpy_dtype`; None is the dtype of ``input``, which must be a tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{function}(): argument 'input' (position 1) must be Tensor, not "
            f"{type(input).__name__}"
        )
    return input._array.dtype if dtype is None else dtypes.read(dtype).numpy


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
    array = to_array(data, None if dtype is None else dtypes.read(dtype).numpy, copy=True)
    return finish(array, requires_grad, device)


def as_tensor(data: Any, dtype: DType | None = None, device: AnyDevice = None) -> Tensor:
    """Return data as a tensor: itself, or in an array's memory, where nothing is to convert."""
    if isinstance(data, Tensor):
        check_device(device)
        return data if dtype is None else data.to(dtypes.read(dtype))
    array = to_array(data, None if dtype is None else dtypes.read(dtype).numpy, copy=False)
    return finish(array, False, device)


def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    copy: builtins.bool | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """As :func:`as_tensor`, with a say in copying: always (True), never (False), if need be (None).

    Raises:
        ValueError: if ``copy`` is False and the data cannot be used as it is.
    """
    if copy:
        result = obj.to(dtype, copy=True) if isinstance(obj, Tensor) else tensor(obj, dtype=dtype)
    else:
        result = as_tensor(obj, dtype)
    if copy is False:
        source = obj._array if isinstance(obj, Tensor) else obj
        if not isinstance(source, np.ndarray) or not np.shares_memory(source, result._array):
            what = "arbitrary sequence into a tensor"
            if isinstance(source, np.ndarray):
                names = [dtypes.scalar_name(a) for a in (source, result._array)]
                what = f"tensor with dtype {names[0]!r} into dtype {names[1]!r}"
            raise ValueError(f"can't alias {what}. Leave copy=False out.")
    check_device(device)
    if requires_grad:
        result.requires_grad = True
    return result


def from_numpy(ndarray: Array) -> Tensor:
    """Return a tensor that shares an array's memory.

    A write to a tensor made of a read-only array is an error (PyTorch warns when it is made).

    Raises:
        TypeError: for anything but an array, or elements that no tensor can hold.
        ValueError: for foreign byte order or backward strides.
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.from_numpy(ndarray.dtype)
    if not is_shareable(ndarray):
        raise ValueError(
            f"{_why_not(ndarray)}: tensor(array) makes a copy that is as it should be."
        )
    # An array of our own, whose shape and flags nobody else changes.
    return adopt(Tensor._wrap(np.asarray(ndarray)[...]))


def _why_not(ndarray: Array) -> str:
    """Say in PyTorch's words why an array is not shareable."""
    if not ndarray.dtype.isnative:
        return "given numpy array has byte order different from the native byte order"
    if any(s < 0 for s in ndarray.strides):
        return (
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported"
        )
    return "given numpy array strides not a multiple of the element byte size"


def from_dlpack(ext_tensor: Any) -> Tensor:
    """Return a tensor that shares the memory of whatever offers ``__dlpack__``."""
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach()
    return from_numpy(np.from_dlpack(ext_tensor))


def frombuffer(
    buffer: Any,
    *,
    dtype: DType,
    count: int = -1,
    offset: int = 0,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a vector in the memory of an object that offers Python's buffer protocol."""
    return finish(np.frombuffer(buffer, dtypes.read(dtype).numpy, count, offset), requires_grad)


@makes_out
def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor of zeros: () -> size, given as ints, as one tuple, or by keyword."""
    shape = read_size(sizes if size is None else (size,), "zeros")
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
    shape = read_size(sizes if size is None else (size,), "ones")
    return finish(np.ones(shape, numpy_dtype(dtype)), requires_grad, device)


@makes_out
def empty(
    *sizes: Any,
    size: Any = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor whose elements are whatever the memory holds: () -> size."""
    shape = read_size(sizes if size is None else (size,), "empty")
    return finish(np.empty(shape, numpy_dtype(dtype)), requires_grad, device)


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


def zeros_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return zeros in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    kind = numpy_dtype_like(input, dtype, "zeros_like")
    return finish(np.zeros_like(input._array, kind), requires_grad, device)


def ones_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ones in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    kind = numpy_dtype_like(input, dtype, "ones_like")
    return finish(np.ones_like(input._array, kind), requires_grad, device)


def empty_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return uninitialised memory in the shape, dtype and order of another tensor: (*) -> (*)."""
    kind = numpy_dtype_like(input, dtype, "empty_like")
    return finish(np.empty_like(input._array, kind), requires_grad, device)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return one number in the shape, dtype and memory order of another tensor: (*) -> (*)."""
    kind = numpy_dtype_like(input, dtype, "full_like")
    value = dtypes.checked_number(plain_number(fill_value, "full_like", "fill_value"), kind)
    return finish(np.full_like(input._array, value, kind), requires_grad, device)


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
        if value is not None and value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return finish(np.eye(n, m, dtype=numpy_dtype(dtype)), requires_grad, device)


def plain_number(x: Any, function: str, argument: str) -> Any:
    """Return a number, or that of a tensor of one element, as a Python number.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(x, Tensor | np.generic) and (x.ndim == 0):
        x = x.item()
    if not isinstance(x, int | float):
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
