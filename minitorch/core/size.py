"""``Size``: the shape of a tensor, a tuple that prints as PyTorch's does."""

import math
import operator
from collections.abc import Iterable
from typing import SupportsIndex, overload


class Size(tuple[int, ...]):
    """Shape of a tensor: a tuple of ints with ``numel()`` and PyTorch's printed form.

    Raises:
        TypeError: for elements that are no ints.
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[SupportsIndex] = ()) -> "Size":
        sizes = tuple(sizes)
        for i, size in enumerate(sizes):
            if not hasattr(size, "__index__"):
                raise TypeError(
                    f"torch.Size() takes an iterable of 'int' (item {i} is {type(size).__name__!r})"
                )
        return tuple.__new__(cls, map(operator.index, sizes))

    def numel(self) -> int:
        """Return the number of elements a tensor of this shape has."""
        return math.prod(self)

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "Size": ...
    def __getitem__(self, index: SupportsIndex | slice) -> "int | Size":
        item = super().__getitem__(index)
        return item if isinstance(item, int) else Size(item)

    def __add__(self, other: tuple[int, ...]) -> "Size":  # type: ignore[override]
        return Size(super().__add__(tuple(other)))

    def __radd__(self, other: tuple[int, ...]) -> "Size":
        return Size(tuple(other) + tuple(self))

    def __mul__(self, times: SupportsIndex) -> "Size":
        return Size(super().__mul__(times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"
