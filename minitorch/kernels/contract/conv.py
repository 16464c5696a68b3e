"""Convolution and its two gradients, over one, two or three spatial dimensions."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array, Shape, Sizes


class Forward(Protocol):
    """Cross-correlation: x, weight -> out."""

    def __call__(
        self,
        x: Array,
        weight: Array,
        bias: Array | None,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        """(N, C_in, *S), (C_out, C_in/groups, *K), (C_out) or None -> (N, C_out, *O)."""


class InputGrad(Protocol):
    """Gradient of `Forward` with respect to x, which is also the transposed convolution.

    `input_shape` decides among the sizes that lead to the same output: any for which
    `conv_output_sizes` gives the sizes of grad.
    """

    def __call__(
        self,
        grad: Array,
        weight: Array,
        input_shape: Shape,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        """(N, C_out, *O), (C_out, C_in/groups, *K) -> input_shape: (N, C_in, *S)."""


class WeightGrad(Protocol):
    """Gradient of `Forward` with respect to the weight."""

    def __call__(
        self,
        grad: Array,
        x: Array,
        weight_shape: Shape,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> Array:
        """(N, C_out, *O), (N, C_in, *S) -> weight_shape: (C_out, C_in/groups, *K)."""


@dataclass(frozen=True, eq=False, repr=False)
class Conv:
    """A closed family: the derivative of each is made of the others."""

    forward: Forward
    input_grad: InputGrad
    weight_grad: WeightGrad
