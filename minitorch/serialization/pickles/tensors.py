"""Tensors out of the storages of a file, as PyTorch's own rebuilders make them."""

from __future__ import annotations

from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import Array
from minitorch.core.fields import tensor_fields
from minitorch.core.strided import strided
from minitorch.nn.parameter import Buffer, Parameter
from minitorch.serialization.declared import check_view, to_shape
from minitorch.serialization.refusals import shown
from minitorch.storage import Storage, TypedStorage, UntypedStorage
from minitorch.tensor import Tensor

# The dtypes of storages, by the names of their classes without "Storage".
STORED = {name: dtype for dtype, name in dtypes.SCALAR_NAMES.items()}

# Classes that files say tensors are of.
KINDS: dict[str, type] = {
    "torch.Tensor": Tensor,
    "torch.nn.parameter.Parameter": Parameter,
    "torch.nn.parameter.Buffer": Buffer,
    "torch.storage.UntypedStorage": UntypedStorage,
    "torch.UntypedStorage": UntypedStorage,
}


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return what has to be a tuple: a range or an expanded tensor has items without number."""
    if not isinstance(value, tuple | list):
        raise UnpicklingError(f"{shown(value)} where a tuple belongs")
    return tuple(value)


def storage_of(content: Array, kind: Any, count: Any) -> Storage:
    """Return the first ``count`` elements of some bytes as a storage.

    Args:
        content: uint8, contiguous.
        kind: their dtype, or ``UntypedStorage``.
        count: how many elements there are said to be.

    Raises:
        UnpicklingError: there are fewer, or ``kind`` is something else.
    """
    if kind is UntypedStorage:
        elements = content
    elif isinstance(kind, dtypes.dtype):
        itemsize = kind.numpy.itemsize
        elements = content[: len(content) - len(content) % itemsize].view(kind.numpy)
    else:
        raise UnpicklingError(f"a storage of {shown(kind)}")
    if type(count) is not int or not 0 <= count <= len(elements):
        raise UnpicklingError(f"a storage of {shown(count)} elements in {len(content)} bytes")
    return (UntypedStorage if kind is UntypedStorage else TypedStorage)._wrap(elements[:count])


def rebuild(
    storage: Any,
    offset: Any,
    size: Any,
    stride: Any,
    requires_grad: Any = False,
    hooks: Any = None,
    metadata: Any = None,
) -> Tensor:
    """Return a view on a storage; offset and strides count elements."""
    return _view(storage, storage._elements.dtype, offset, size, stride, requires_grad)


def rebuild_of(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, dtype: Any,
    metadata: Any = None,
) -> Tensor:  # fmt: skip
    """Return a view of a dtype on a storage of bytes."""
    if not isinstance(dtype, dtypes.dtype):
        raise UnpicklingError(f"a tensor of dtype {shown(dtype)}")
    return _view(storage, dtype.numpy, offset, size, stride, requires_grad)


def _view(
    storage: Any, dtype: np.dtype[Any], offset: Any, size: Any, stride: Any, requires_grad: Any
) -> Tensor:
    if not isinstance(storage, Storage):
        raise UnpicklingError(f"a tensor on a {type(storage).__name__}")
    memory: Array = storage._elements.view(np.uint8)
    size, stride = as_tuple(size), as_tuple(stride)
    numbers = [offset, *size, *stride]
    if len(size) != len(stride) or any(type(n) is not int or not 0 <= n < 2**60 for n in numbers):
        raise UnpicklingError(
            f"a tensor of {len(size)} sizes and {len(stride)} strides, not all of them integers"
        )
    offset, *strides = (n * dtype.itemsize for n in (offset, *stride))
    if 0 in size:  # may begin behind the end, which no part of it reaches
        to_shape(list(size))
        return _with_grad(np.empty(size, dtype), requires_grad)
    check_view(size, dtype.itemsize, offset, strides, memory.nbytes)
    return _with_grad(np.ndarray(tuple(size), dtype, memory, offset, strides), requires_grad)


def _with_grad(array: Array, requires_grad: Any) -> Tensor:
    tensor = Tensor._wrap(array)
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def rebuild_parameter(
    data: Any, requires_grad: Any, hooks: Any = None, attributes: Any = None
) -> Parameter:
    """Return a parameter that shares the memory of a tensor."""
    if not isinstance(data, Tensor):
        raise UnpicklingError(f"a parameter of {shown(data)}")
    parameter = Parameter(data.detach(), bool(requires_grad))
    return with_attributes(parameter, attributes)


def rebuild_subclass(function: Any, kind: Any, args: Any, state: Any) -> Tensor:
    """Return a tensor of a class, with the attributes that the user put on it."""
    make = getattr(function, "make", None)
    if make not in (rebuild, rebuild_of, rebuild_parameter):
        raise UnpicklingError(f"a tensor made by {shown(function)}")
    tensor: Any = make(*as_tuple(args))
    cls = kind.kind
    if isinstance(state, dict) and state.pop("_is_buffer", False):
        tensor = Buffer(tensor)
    elif cls is not Tensor and cls is not type(tensor):
        tensor = tensor.as_subclass(cls)
    return with_attributes(tensor, state)


def with_attributes(tensor: Any, state: Any) -> Any:
    """Put on a tensor what the user had put on it; slots come second in a tuple."""
    fields = state[0] if isinstance(state, tuple) else state
    given = (fields or {}).items()
    vars(tensor).update({name: x for name, x in given if name not in tensor_fields})
    return tensor


def layout_named(name: Any) -> Any:
    """Return the one layout there is."""
    if name != "torch.strided":
        raise UnpicklingError(f"the layout {shown(name)}: tensors are strided here")
    return strided
