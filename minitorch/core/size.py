"""``Size``: the shape of a tensor, a tuple that prints as PyTorch's does; sizes that broadcast."""

import itertools
import math
import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex, overload

import numpy as np


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
        if not isinstance(other, tuple):
            raise TypeError(
                f"can only concatenate tuple (not {type(other).__name__}) to torch.Size"
            )
        return Size(super().__add__(other))

    def __radd__(self, other: tuple[int, ...]) -> "Size":
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> "Size":
        return Size(super().__mul__(times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"


MOST_DIMS = 64  # of NumPy's arrays
_TOO_MANY = "maximum supported dimension", "number of dimensions must be", "ndmin must be <= ndmax"


def check_shapes(error: Exception, operands: list[Any]) -> None:
    """Raise PyTorch's error where NumPy's is about the shapes of arrays.

    Raises:
        RuntimeError: for sizes that do not broadcast, or more dimensions than there can be.
    """
    said = str(error)
    if "broadcast" in said:  # NumPy's word for sizes that do not match
        check_broadcast(operands)
    if said.startswith(_TOO_MANY):
        raise too_many_dims() from None


def too_many_dims() -> RuntimeError:
    """Return the error of PyTorch's functions that look at each dimension, as all do here."""
    return RuntimeError(f"only tensors with up to {MOST_DIMS} dims are supported")


def check_broadcast(operands: list[Any]) -> None:
    """Raise PyTorch's error if the sizes of arrays do not broadcast; other operands do.

    Raises:
        RuntimeError: as :func:`broadcast_shape`.
    """
    broadcast_shape(*[x.shape for x in operands if isinstance(x, np.ndarray)])


def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return what shapes broadcast to.

    Raises:
        RuntimeError: naming two sizes that differ, and their dimension.
    """
    for a, b in itertools.combinations(shapes, 2):
        ndim = max(len(a), len(b))
        pairs = zip((1,) * (ndim - len(a)) + a, (1,) * (ndim - len(b)) + b, strict=True)
        for i, (m, n) in reversed([*enumerate(pairs)]):  # PyTorch names the last that differs
            if m != n and 1 not in (m, n):
                raise RuntimeError(
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at "
                    f"non-singleton dimension {i}: shapes {list(a)} and {list(b)} do not broadcast."
                    " [explain: broadcast-shapes]"
                )
    return np.broadcast_shapes(*shapes)
