"""Pooling and its gradients, over one, two or three spatial dimensions.

A *code* is the place of an element in its window, counted row by row (kh * KW + kw for planes).
"""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array, Shape, Sizes


class Max(Protocol):
    """Largest value of each window and its code, in the smallest unsigned integers for all codes.

    The first of equals wins, a NaN beats everything, the last NaN wins, padding never does.
    """

    def __call__(
        self,
        x: Array,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        ceil_mode: bool,
    ) -> tuple[Array, Array]:
        """(N, C, *S) -> out (N, C, *O), codes (N, C, *O)."""


class Indices(Protocol):
    """Codes as int64 positions in the flattened spatial dimensions: what PyTorch returns."""

    def __call__(
        self,
        codes: Array,
        input_shape: Shape,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
    ) -> Array:
        """(N, C, *O) -> (N, C, *O)."""


class Scatter(Protocol):
    """Each value added to the place that its code names: the gradient of `Max`."""

    def __call__(
        self,
        grad: Array,
        codes: Array,
        input_shape: Shape,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
    ) -> Array:
        """(N, C, *O), codes (N, C, *O) -> input_shape: (N, C, *S)."""


class Gather(Protocol):
    """The value of the place that each code names: the transpose of `Scatter`."""

    def __call__(
        self,
        x: Array,
        codes: Array,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
    ) -> Array:
        """(N, C, *S), codes (N, C, *O) -> (N, C, *O)."""


class Average(Protocol):
    """Mean of each window, with PyTorch's divisors at the borders."""

    def __call__(
        self,
        x: Array,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Array:
        """(N, C, *S) -> (N, C, *O)."""


class AverageGrad(Protocol):
    """Gradient of `Average`: each window hands its share to every place it covers."""

    def __call__(
        self,
        grad: Array,
        input_shape: Shape,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Array:
        """(N, C, *O) -> input_shape: (N, C, *S)."""


class AdaptiveAverage(Protocol):
    """Mean over windows that cover the input evenly, as many as `output_size` says."""

    def __call__(self, x: Array, output_size: Sizes) -> Array:
        """(N, C, *S) -> (N, C, *output_size)."""


class AdaptiveAverageGrad(Protocol):
    """Gradient of `AdaptiveAverage`."""

    def __call__(self, grad: Array, input_shape: Shape) -> Array:
        """(N, C, *O) -> input_shape: (N, C, *S)."""


class MaxBetween(Protocol):
    """Largest value of windows that begin and end where told, and its flat position (int64).

    For each axis `starts` and `ends` of all windows, (O) or for each plane (N, C, O). Of equals
    the first wins, of NaNs the last.
    """

    def __call__(
        self, x: Array, starts: tuple[Array, ...], ends: tuple[Array, ...]
    ) -> tuple[Array, Array]:
        """(N, C, *S) -> out (N, C, *O), positions (N, C, *O)."""


@dataclass(frozen=True, eq=False, repr=False)
class Pool:
    """Largest values and means of windows."""

    max: Max
    indices: Indices
    scatter: Scatter
    gather: Gather
    average: Average
    average_grad: AverageGrad
    adaptive_average: AdaptiveAverage
    adaptive_average_grad: AdaptiveAverageGrad
    max_between: MaxBetween
