"""Adaptive pooling layers: as many windows as the output has elements."""

from __future__ import annotations

from typing import Any

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class _AdaptiveAvgPoolNd(Module):
    """What the layers share: the output's size and their printed form."""

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Mean over as many windows as the output has elements: (N, C, L) -> (N, C, output_size).

    Args:
        output_size: length of the output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Mean over as many windows as the output has elements: (N, C, H, W) -> (N, C, *output_size).

    Args:
        output_size: OH and OW, or one number for both; None keeps the input's size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Mean over as many windows as the output has: (N, C, D, H, W) -> (N, C, *output_size).

    Args:
        output_size: OD, OH and OW, or one number for all; None keeps the input's size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)


class _AdaptiveMaxPoolNd(Module):
    """What the layers share: arguments and their printed form."""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Largest value of as many windows as the output has elements; N may be left out.

    Shapes: (N, C, L) -> (N, C, OL).

    Args:
        output_size: length of the output.
        return_indices: return also where each value came from.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Largest value of as many windows as the output has elements; N may be left out.

    Shapes: (N, C, H, W) -> (N, C, OH, OW).

    Args:
        output_size: OH and OW, or one number for both; None keeps the input's size.
        return_indices: return also where each value came from.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Largest value of as many windows as the output has elements; N may be left out.

    Shapes: (N, C, D, H, W) -> (N, C, OD, OH, OW).

    Args:
        output_size: OD, OH and OW, or one number for all; None keeps the input's size.
        return_indices: return also where each value came from.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)
