"""PyTorch's path of :class:`~minitorch.optim.adam.AdamW`, which programs import it by."""

from minitorch.optim.adam import AdamW

__all__ = ["AdamW"]
