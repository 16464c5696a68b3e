"""Questions about tensors that are functions in PyTorch."""

from __future__ import annotations

from typing import Any, TypeGuard

from minitorch.core import dtypes
from minitorch.tensor import Tensor


def is_tensor(obj: Any) -> TypeGuard[Tensor]:
    """Return whether an object is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Return whether elements are floating-point numbers."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """Return whether elements are complex numbers: never."""
    return input.is_complex()


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode; see :meth:`Tensor.is_inference`."""
    return input.is_inference()


def is_nonzero(input: Tensor) -> bool:
    """Return whether the one element is not zero.

    Raises:
        RuntimeError: if there is not exactly one.
    """
    return input.is_nonzero()


def numel(input: Tensor) -> int:
    """Return the number of elements."""
    return input.numel()


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """Return the dtype that arithmetic on two tensors or numbers gives."""
    operands = [x._array if isinstance(x, Tensor) else x for x in (tensor1, tensor2)]
    return dtypes.from_numpy(dtypes.result_dtype(*operands))
