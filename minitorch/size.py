"""``Size``: the shape of a tensor, a tuple that prints as PyTorch's does."""

import math
from typing import SupportsIndex, overload


class Size(tuple[int, ...]):
    """Shape of a tensor: a tuple of ints with ``numel()`` and PyTorch's printed form."""

    __slots__ = ()

    def numel(self) -> int:
        """Return the number of elements a tensor of this shape has."""
        return math.prod(self)

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "Size": ...
    def __getitem__(self, index: SupportsIndex | slice) -> "int | Size":
        item = super().__getitem__(index)
        return Size(item) if isinstance(index, slice) else item  # type: ignore[arg-type, return-value]

    def __add__(self, other: tuple[int, ...]) -> "Size":  # type: ignore[override]
        return Size(super().__add__(tuple(other)))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"
