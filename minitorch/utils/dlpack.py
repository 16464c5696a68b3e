"""Tensors in the memory of other libraries, under the name that PyTorch's programs import."""

from typing import Any

from minitorch.interchange import from_dlpack as from_dlpack
from minitorch.tensor import Tensor

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """Return a capsule that shares a tensor's memory with another library, which takes it once.

    Raises:
        BufferError: if the tensor requires grad.
    """
    return tensor.__dlpack__()
