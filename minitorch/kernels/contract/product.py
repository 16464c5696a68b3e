"""Products of matrices."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array


class Matmul(Protocol):
    """Products of two matrices, or of stacks of them that broadcast."""

    def __call__(self, a: Array, b: Array) -> Array:
        """(*, M, K), (*, K, N) -> (*, M, N), of one dtype, which may be any that has a product."""


class Linear(Protocol):
    """Product with a transposed matrix, and a bias."""

    def __call__(self, x: Array, weight: Array, bias: Array | None) -> Array:
        """(N, A), (B, A), (B) or a number for all -> (N, B), of one dtype."""


@dataclass(frozen=True, eq=False, repr=False)
class Product:
    """Products of matrices, as layers and ops need them."""

    matmul: Matmul
    linear: Linear
