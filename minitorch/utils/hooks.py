"""``RemovableHandle``, under the name by which PyTorch's users know it."""

from minitorch.autograd.hooks import RemovableHandle

__all__ = ["RemovableHandle"]
