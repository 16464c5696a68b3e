"""Sums of many numbers."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array, Shape


class Sum(Protocol):
    """Sum along dimensions, counted from the front (None: all), that keeps its digits.

    Sums of float16 are float32.
    """

    def __call__(self, x: Array, dims: Shape | None, keepdims: bool) -> Array:
        """(*) -> (*without dims), with keepdims of size 1 along them."""


@dataclass(frozen=True, eq=False, repr=False)
class Reduce:
    """Reductions."""

    sum: Sum
