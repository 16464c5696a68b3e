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


class Layer(Protocol):
    """Normalise every row by its own mean and biased variance; scale and shift the columns.

    The statistics of `Batch` go out with the result.
    """

    def __call__(
        self, x: Array, weight: Array | None, bias: Array | None, eps: float
    ) -> tuple[Array, Array, Array]:
        """(M, D), (D) or None, (D) or None -> out (M, D), mean (M), invstd (M)."""


class LayerGrad(Protocol):
    """Gradients of `Layer` with respect to x, weight and bias."""

    def __call__(
        self, grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
    ) -> tuple[Array, Array, Array]:
        """(M, D) twice, (D) or None, (M), (M) -> (M, D), (D), (D)."""


class Rms(Protocol):
    """Divide every row by the root of its mean square, and scale the columns."""

    def __call__(self, x: Array, weight: Array | None, eps: float) -> tuple[Array, Array]:
        """(M, D), (D) or None -> out (M, D), 1 / sqrt(mean square + eps) (M)."""


class RmsGrad(Protocol):
    """Gradients of `Rms` with respect to x and weight."""

    def __call__(
        self, grad: Array, x: Array, weight: Array | None, invrms: Array
    ) -> tuple[Array, Array]:
        """(M, D) twice, (D) or None, (M) -> (M, D), (D)."""


class Group(Protocol):
    """Normalise every group of channels of an image by its own mean and biased variance.

    `groups` divides C; the statistics of `Batch` go out with the result.
    """

    def __call__(
        self, x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
    ) -> tuple[Array, Array, Array]:
        """(N, C, *S), (C) or None, (C) or None -> (N, C, *S), mean, invstd (N, groups)."""


class GroupGrad(Protocol):
    """Gradients of `Group` with respect to x, weight and bias."""

    def __call__(
        self, grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
    ) -> tuple[Array, Array, Array]:
        """(N, C, *S) twice, (C) or None, (N, groups) twice -> (N, C, *S), (C), (C)."""


@dataclass(frozen=True, eq=False, repr=False)
class Norm:
    """Normalisation over a batch, over rows, over groups of channels."""

    batch: Batch
    batch_grad: BatchGrad
    layer: Layer
    layer_grad: LayerGrad
    rms: Rms
    rms_grad: RmsGrad
    group: Group
    group_grad: GroupGrad
