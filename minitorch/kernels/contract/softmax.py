"""Softmax, its logarithm, and their gradients."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array


class Along(Protocol):
    """A function of the elements along one dimension."""

    def __call__(self, x: Array, dim: int) -> Array:
        """(*) -> (*)."""


class AlongGrad(Protocol):
    """The gradient of an `Along`, from the result it gave."""

    def __call__(self, grad: Array, out: Array, dim: int) -> Array:
        """(*), (*) -> (*)."""


@dataclass(frozen=True, eq=False, repr=False)
class Softmax:
    """Shares exp(x) / sum(exp(x)) along a dimension, and their logarithms."""

    forward: Along
    grad: AlongGrad
    log: Along
    log_grad: AlongGrad
