"""Pooling layers."""

from __future__ import annotations

from typing import Any

from minitorch.nn import functional as F
from minitorch.nn.functional.checks import Pair
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class MaxPool2d(Module):
    """Largest value of each window: (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    OH = ⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1, rounded up with ``ceil_mode``.

    Args:
        kernel_size: KH and KW, or one number for both; so for the next three.
        stride: step between windows; the kernel size if left out.
        padding: rows and columns added on each side, smaller than any value.
        dilation: step between the elements of a window.
        return_indices: return also where in H·W each value came from.
        ceil_mode: let the last window hang over the end.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(Module):
    """Mean of each window: (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    Args:
        kernel_size: KH and KW, or one number for both; so for the next two.
        stride: step between windows; the kernel size if left out.
        padding: rows and columns of zeros added on each side.
        ceil_mode: let the last window hang over the end.
        count_include_pad: divide by the whole window, also where it covers padding.
        divisor_override: divide by this number instead.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AdaptiveAvgPool2d(Module):
    """Mean over as many windows as the output has elements: (N, C, H, W) -> (N, C, *output_size).

    Args:
        output_size: OH and OW, or one number for both; None keeps the input's size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
    """

    def __init__(self, output_size: int | tuple[int | None, int | None] | None) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"
