"""Questions about tensors: most are a function and a method in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from minitorch.autograd.inference import INFERENCE
from minitorch.autograd.variable import TensorBase
from minitorch.core import dtypes
from minitorch.core.storage import address_of
from minitorch.ops.arguments import takes_tensors

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def is_tensor(obj: Any) -> TypeGuard[Tensor]:
    """Return whether an object is a tensor."""
    return isinstance(obj, TensorBase)


@takes_tensors
def is_floating_point(input: TensorBase) -> bool:
    """Return whether elements are floating-point numbers."""
    return dtypes.is_float(input._array.dtype)


@takes_tensors
def is_complex(input: TensorBase) -> bool:
    """Return whether elements are complex numbers."""
    return dtypes.is_complex(input._array.dtype)


@takes_tensors
def is_signed(input: TensorBase) -> bool:
    """Return whether the dtype has negative numbers."""
    return dtypes.is_signed(input._array.dtype)


def is_inference(input: TensorBase) -> bool:
    """Return whether the tensor was made in inference mode."""
    return input._version_cell is INFERENCE


def is_nonzero(input: TensorBase) -> bool:
    """Return whether the one element is not zero.

    Raises:
        RuntimeError: if there is not exactly one.
    """
    return bool(input)


@takes_tensors
def is_same_size(input: TensorBase, other: TensorBase) -> bool:
    """Return whether two tensors have the same shape."""
    return input._array.shape == other._array.shape


@takes_tensors
def is_set_to(self: TensorBase, tensor: TensorBase) -> bool:
    """Return whether two tensors are the same elements of the same memory, in the same order."""
    a, b = self._array, tensor._array
    return (a.shape, a.strides, address_of(a)) == (b.shape, b.strides, address_of(b))


def typename(obj: Any) -> str:
    """Return the name of a tensor's type, or of another object's class with its module."""
    if isinstance(obj, TensorBase):
        return str(obj.type())  # type: ignore[attr-defined]
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", None) or ""
    return kind.__qualname__ if module in ("", "builtins") else f"{module}.{kind.__qualname__}"


@takes_tensors
def numel(input: TensorBase) -> int:
    """Return the number of elements."""
    return input._array.size


def result_type(
    *operands: Any,
    tensor: Any = None,
    other: Any = None,
    scalar: Any = None,
    scalar1: Any = None,
    scalar2: Any = None,
) -> dtypes.dtype:
    """Return the dtype that arithmetic on two tensors or numbers gives, by any of their names.

    Raises:
        TypeError: for more or fewer.
    """
    named = [x for x in (tensor, other, scalar, scalar1, scalar2) if x is not None]
    both = [x._array if isinstance(x, TensorBase) else x for x in (*operands, *named)]
    if len(both) != 2:
        raise TypeError(f"result_type() takes two tensors or numbers, got {len(both)}")
    return dtypes.from_numpy(dtypes.result_dtype(*both))
