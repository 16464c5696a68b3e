"""Convolution layers."""

from __future__ import annotations

import math
from typing import Any

from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.functional.checks import Pair, as_pair
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Conv2d(Module):
    """Cross-correlation over planes: (N, C_in, H, W) -> (N, C_out, OH, OW); N may be left out.

    OH = ⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1. Weight
    (C_out, C_in/groups, KH, KW) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_in/groups·KH·KW.

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: KH and KW, or one number for both; so for the next three.
        stride: step between windows.
        padding: rows and columns added on each side; "same" keeps H and W, "valid" adds none.
        dilation: step between the elements of a window.
        groups: blocks of channels that are convolved separately.
        bias: whether to add one.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular".
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ValueError: if groups do not divide the channels, or padding is not one of the above.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html

    Example:
        >>> nn.Conv2d(4, 8, 3, stride=2, padding=1)(torch.randn(1, 4, 5, 5)).shape
        torch.Size([1, 8, 3, 3])
    """

    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: str | int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = as_pair(kernel_size, "kernel_size")
        self.stride = as_pair(stride, "stride")
        self.padding = padding if isinstance(padding, str) else as_pair(padding, "padding")
        self.dilation = as_pair(dilation, "dilation")
        self.groups = groups
        self.padding_mode = padding_mode
        self._check()
        self._border = self._border_sizes()
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _check(self) -> None:
        if self.groups <= 0:
            raise ValueError(f"groups must be a positive integer, but got {self.groups}")
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                raise ValueError(
                    f"{name} must be divisible by groups, but got {name}={getattr(self, name)} and "
                    f"groups={self.groups}"
                )
        if isinstance(self.padding, str):
            if self.padding not in ("valid", "same"):
                raise ValueError(
                    f"Invalid padding string {self.padding!r}, should be one of 'valid', 'same'"
                )
            if self.padding == "same" and self.stride != (1, 1):
                raise ValueError(
                    "padding='same' is not supported for strided convolutions, "
                    f"but got stride={self.stride}"
                )
        if self.padding_mode not in _PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {_PADDING_MODES}, but got "
                f"padding_mode={self.padding_mode!r}"
            )

    def _border_sizes(self) -> list[int]:
        """Return what ``pad`` is to add in the modes other than zeros: left, right, top, bottom."""
        sizes: list[int] = []
        for axis in (1, 0):
            if self.padding == "same":
                total = self.dilation[axis] * (self.kernel_size[axis] - 1)
                sizes += [total // 2, total - total // 2]
            else:
                size = 0 if isinstance(self.padding, str) else self.padding[axis]
                sizes += [size, size]
        return sizes

    def reset_parameters(self) -> None:
        """Draw new values: first the weight's, then the bias's."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._border, mode=self.padding_mode)
            padding = (0, 0)
        return F.conv2d(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        if self.padding != (0, 0):
            text += f", padding={self.padding}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text
