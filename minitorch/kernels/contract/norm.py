"""Normalisation and its gradient."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array


class Batch(Protocol):
    """Normalise every channel by its own mean and biased variance over all other dims.

    The statistics go out with the result: mean and 1 / sqrt(variance + eps), for `BatchGrad` and
    the running averages.
    """

    def __call__(
        self, x: Array, weight: Array | None, bias: Array | None, eps: float
    ) -> tuple[Array, Array, Array]:
        """(N, C, *S), (C) or None, (C) or None -> out (N, C, *S), mean (C), invstd (C)."""


class BatchGrad(Protocol):
    """Gradients of `Batch` with respect to x, weight and bias."""

    def __call__(
        self, grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
    ) -> tuple[Array, Array, Array]:
        """(N, C, *S) twice, (C) or None, (C), (C) -> (N, C, *S), (C), (C)."""


@dataclass(frozen=True, eq=False, repr=False)
class Norm:
    """Normalisation over a batch."""

    batch: Batch
    batch_grad: BatchGrad
