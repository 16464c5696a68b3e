"""Losses and their gradients."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array, Shape


class Nll(Protocol):
    """Per sample -weight[target] * log_probs[target], and weight[target]; 0 where ignored.

    The caller reduces. Targets other than `ignore_index` must lie in range.
    """

    def __call__(
        self, log_probs: Array, target: Array, weight: Array | None, ignore_index: int
    ) -> tuple[Array, Array]:
        """(N, K, *S), (N, *S), (K) or None -> losses (N, *S), weights (N, *S)."""


class NllGrad(Protocol):
    """Gradient of the losses of `Nll` with respect to log_probs."""

    def __call__(
        self,
        grad: Array,
        target: Array,
        weight: Array | None,
        ignore_index: int,
        input_shape: Shape,
    ) -> Array:
        """(N, *S), (N, *S), (K) or None -> input_shape: (N, K, *S)."""


@dataclass(frozen=True, eq=False, repr=False)
class Loss:
    """The negative log likelihood."""

    nll: Nll
    nll_grad: NllGrad
