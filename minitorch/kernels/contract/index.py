"""Writes at indices."""

from dataclasses import dataclass
from typing import Any, Protocol

from minitorch.kernels.arrays import Array, Shape


class Add(Protocol):
    """Values added into zeros of `shape` at `index`, repeats adding up in the order they come.

    The index is whatever NumPy takes; integers are values, too.
    """

    def __call__(self, values: Array, index: Any, shape: Shape) -> Array:
        """What broadcasts to the shape of zeros(shape)[index] -> shape."""


@dataclass(frozen=True, eq=False, repr=False)
class Index:
    """The gradient of reading at indices."""

    add: Add
