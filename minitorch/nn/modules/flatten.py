"""``Flatten`` and ``Unflatten``."""

from __future__ import annotations

from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class Flatten(Module):
    """Join the dimensions from ``start_dim`` to ``end_dim``: (N, *) -> (N, product of *).

    Args:
        start_dim: the first dimension to join.
        end_dim: the last one, included.

    Raises:
        IndexError: at the call, if the input has no such dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Split one dimension into several: (*, S, *) -> (*, *unflattened_size, *).

    Args:
        dim: the dimension to split.
        unflattened_size: the sizes it becomes; one of them may be -1.

    Raises:
        TypeError: if the sizes are no tuple or list.
        RuntimeError: at the call, if they do not multiply up to the dimension's size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...] | list[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, tuple | list):
            raise TypeError(
                "unflattened_size must be a tuple of ints, but found type "
                f"{type(unflattened_size).__name__}"
            )
        for position, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    "unflattened_size must be tuple of ints, but found element of type "
                    f"{type(size).__name__} at pos {position}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
