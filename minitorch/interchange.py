"""Tensors in the memory of others: arrays, buffers, what offers ``__dlpack__``."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.autograd.sites import warn_user
from minitorch.core import dlpack, dtypes
from minitorch.core.devices import check_device
from minitorch.core.dtypes import Array, dtype as DType
from minitorch.creation import AnyDevice, finish, tensor
from minitorch.tensor import Tensor
from minitorch.tensor.data import alias_of, is_shareable, warn_if_read_only


def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    copy: builtins.bool | None = None,
    requires_grad: builtins.bool | None = None,
) -> Tensor:
    """Return a tensor in the memory of what offers its own, else in new memory.

    Args:
        obj: a tensor, an array, what offers ``__dlpack__`` or Python's buffer protocol (such as a
            bytearray, whose bytes are elements of ``dtype``), or data as for :func:`tensor`.
        dtype: the dtype to convert to.
        device: "cpu" or None.
        copy: whether to copy: always (True), never (False), if need be (None).
        requires_grad: whether gradients are wanted; None does as ``obj`` does.

    Raises:
        ValueError: if ``copy`` is False and the data cannot be used as it is.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.asarray.html
    """
    check_device(device)
    source = _sharing(obj, dtype, copy)
    if source is None:
        result = tensor(obj, dtype=dtype)
    else:
        if requires_grad is None and source._requires_grad:
            warn_user(
                "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad "
                "instead of False. Pass requires_grad=False explicitly to get the old behavior and "
                "silence this warning."
            )
        result = source.to(dtype or source.dtype, copy=bool(copy))
        if result is source and isinstance(obj, np.ndarray):
            warn_if_read_only("NumPy array", result._array)
    if requires_grad is None:
        return result
    if not requires_grad:
        return result.detach()
    result.requires_grad = True
    return result


def _sharing(obj: Any, dtype: DType | None, copy: builtins.bool | None) -> Tensor | None:
    """Return a tensor in an object's own memory; None of an object that offers none.

    Raises:
        ValueError: if it must not be copied, and has to be.
    """
    result = _of_memory(obj, dtype)
    if copy is False:
        if result is None:
            raise ValueError("can't alias arbitrary sequence into a tensor. Leave copy=False out.")
        if dtype is not None and dtypes.read(dtype) is not result.dtype:
            names = [dtypes.SCALAR_NAMES[d] for d in (result.dtype, dtypes.read(dtype))]
            raise ValueError(
                f"can't alias tensor with dtype {names[0]!r} into dtype {names[1]!r}. Leave "
                "copy=False out."
            )
    return result


def _of_memory(obj: Any, dtype: DType | None) -> Tensor | None:
    if isinstance(obj, Tensor):
        return obj
    if isinstance(obj, np.generic):
        return None
    if not isinstance(obj, np.ndarray) and hasattr(obj, "__dlpack__"):
        obj = dlpack.array_of(obj)
    if isinstance(obj, np.ndarray):
        dtypes.from_numpy(obj.dtype)
        return adopt(Tensor._wrap(alias_of(obj))) if is_shareable(obj) else None
    try:
        memoryview(obj)
    except TypeError:
        return None
    return frombuffer(obj, dtype=dtypes.get_default_dtype() if dtype is None else dtype)


def from_numpy(ndarray: Array) -> Tensor:
    """Return a tensor that shares an array's memory.

    Of a read-only array there is a warning, and a write to the tensor is an error.

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
    warn_if_read_only("NumPy array", ndarray)
    return adopt(Tensor._wrap(alias_of(np.asarray(ndarray))))


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


def from_dlpack(
    ext_tensor: Any, *, device: AnyDevice = None, copy: builtins.bool | None = None
) -> Tensor:
    """Return a tensor that shares the memory of whatever offers ``__dlpack__``.

    Args:
        ext_tensor: a tensor of any library, or a capsule, which can be used once.
        device: "cpu" or None.
        copy: whether to copy: always (True), never (False), if need be (None).

    Raises:
        BufferError: for a tensor that requires grad.
        RuntimeError: for an object that offers nothing.

    Source: https://docs.pytorch.org/docs/stable/dlpack.html
    """
    check_device(device)
    if type(ext_tensor).__name__ != "PyCapsule" and not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError(
            f"from_dlpack received an invalid capsule: a {type(ext_tensor).__name__} has no "
            "__dlpack__"
        )
    return adopt(Tensor._wrap(dlpack.array_of(ext_tensor, copy)))


def to_dlpack(tensor: Tensor) -> Any:
    """Return a capsule that shares the tensor's memory, for one call of :func:`from_dlpack`.

    Raises:
        BufferError: if the tensor requires grad.
    """
    return tensor.__dlpack__()


def frombuffer(
    buffer: Any,
    *,
    dtype: DType,
    count: int = -1,
    offset: int = 0,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a vector in the memory of an object that offers Python's buffer protocol: () -> (A,).

    Args:
        buffer: a bytearray, ``array.array``, memoryview and the like, without gaps.
        dtype: what its bytes are.
        count: A; -1 for all.
        offset: bytes to skip.
        requires_grad: whether gradients are wanted.

    Raises:
        ValueError: for another object, or if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.frombuffer.html
    """
    try:
        size = memoryview(buffer).nbytes
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    kind = dtypes.read(dtype).numpy
    _check_part(size, kind.itemsize, count, offset)
    array = np.frombuffer(buffer, kind, count, offset)
    warn_if_read_only("buffer", array)
    return finish(array, requires_grad)


def _check_part(size: int, itemsize: int, count: int, offset: int) -> None:
    if size == 0 or count == 0:
        raise ValueError(f"both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length "
            f"({size} bytes) minus 1"
        )
    rest = size - offset
    if count < 0 and rest % itemsize:
        raise ValueError(
            f"buffer length ({rest} bytes) after offset ({offset} bytes) must be a multiple of "
            f"element size ({itemsize})"
        )
    if count * itemsize > rest:
        raise ValueError(
            f"requested buffer length ({count} * {itemsize} bytes) after offset ({offset} bytes) "
            f"must not be greater than actual buffer length ({size} bytes)"
        )
