"""Convolution layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from minitorch.core.late import late
from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.functional.checks import as_sizes
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.layers.conv import transposed_sizes
from minitorch.tensor import Tensor

Sizes = tuple[int, ...]

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What the layers share: arguments, parameters and their printed form."""

    _dims: ClassVar[int]
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        transposed: bool,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = self._sizes(kernel_size, "kernel_size")
        self.stride = self._sizes(stride, "stride")
        is_word = isinstance(padding, str) and not transposed
        self.padding = padding if is_word else self._sizes(padding, "padding")
        self.dilation = self._sizes(dilation, "dilation")
        self.transposed = transposed
        self.output_padding = self._sizes(output_padding, "output_padding")
        self.groups = groups
        self.padding_mode = padding_mode
        self._check()
        self._reversed_padding_repeated_twice = self._border()
        self.weight = Parameter(empty(self._weight_shape(), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _weight_shape(self) -> Sizes:
        first, second = self.out_channels, self.in_channels
        if self.transposed:
            first, second = second, first
        return (first, second // self.groups, *self.kernel_size)

    def _sizes(self, value: Any, name: str) -> Sizes:
        return as_sizes(value, self._dims, name, type(self).__name__)

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
            if self.padding == "same" and any(step != 1 for step in self.stride):
                raise ValueError(
                    "padding='same' is not supported for strided convolutions, "
                    f"but got stride={self.stride}"
                )
        if self.padding_mode not in _PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {_PADDING_MODES}, but got "
                f"padding_mode={self.padding_mode!r}"
            )

    def _border(self) -> list[int]:
        """Return what ``pad`` is to add in the modes other than zeros, the last dimension first."""
        sizes: list[int] = []
        for axis in reversed(range(self._dims)):
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

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        zeros, ones = (0,) * self._dims, (1,) * self._dims
        if self.padding != zeros:
            text += f", padding={self.padding}"
        if self.dilation != ones:
            text += f", dilation={self.dilation}"
        if self.output_padding != zeros:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class Conv1d(_ConvNd):
    """Cross-correlation over lines: (N, C_in, L) -> (N, C_out, OL); N may be left out.

    As :class:`Conv2d`, whose arguments it takes, with 1 number for each size. Weight
    (C_out, C_in/groups, K) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_in/groups·K.

    Raises:
        ValueError: if groups do not divide the channels, or padding is not one of Conv2d's.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html

    Example:
        >>> nn.Conv1d(4, 8, 3, padding="same")(torch.randn(2, 4, 5)).shape
        torch.Size([2, 8, 5])
    """

    _dims = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: str | int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, dilation, False, 0),
            *(groups, bias, padding_mode, device, dtype),
        )

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            border = self._reversed_padding_repeated_twice
            input, padding = F.pad(input, border, mode=self.padding_mode), 0
        return F.conv1d(input, weight, bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(_ConvNd):
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

    _dims = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: str | int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, dilation, False, 0),
            *(groups, bias, padding_mode, device, dtype),
        )

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            border = self._reversed_padding_repeated_twice
            input, padding = F.pad(input, border, mode=self.padding_mode), 0
        return F.conv2d(input, weight, bias, self.stride, padding, self.dilation, self.groups)


class Conv3d(_ConvNd):
    """Cross-correlation over volumes: (N, C_in, D, H, W) -> (N, C_out, OD, OH, OW).

    As :class:`Conv2d`, whose arguments it takes, with 3 numbers for each size. Weight
    (C_out, C_in/groups, KD, KH, KW) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_in/groups·KD·KH·KW.

    Raises:
        ValueError: if groups do not divide the channels, or padding is not one of Conv2d's.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html

    Example:
        >>> nn.Conv3d(4, 8, 3, stride=2)(torch.randn(1, 4, 5, 5, 7)).shape
        torch.Size([1, 8, 2, 2, 3])
    """

    _dims = 3

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: str | int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, dilation, False, 0),
            *(groups, bias, padding_mode, device, dtype),
        )

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            border = self._reversed_padding_repeated_twice
            input, padding = F.pad(input, border, mode=self.padding_mode), 0
        return F.conv3d(input, weight, bias, self.stride, padding, self.dilation, self.groups)


class _ConvTransposeNd(_ConvNd):
    """What the transposed layers share: all but the function."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sequence[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(
                f'Only "zeros" padding mode is supported for {type(self).__name__}, but got '
                f"padding_mode={padding_mode!r}"
            )
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, dilation, True),
            *(output_padding, groups, bias, padding_mode, device, dtype),
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        raise NotImplementedError  # of each subclass, which calls its function with ``_window``

    def _window(self, input: Tensor, output_size: Sequence[int] | None) -> tuple[Any, ...]:
        """Return the arguments after the bias."""
        extra = self.output_padding
        if output_size is not None:
            extra = self._output_padding(input, tuple(output_size))
        return self.stride, self.padding, extra, self.groups, self.dilation

    def _output_padding(self, input: Tensor, output_size: Sizes) -> Sizes:
        """Return what the smallest output lacks of one that is asked for."""
        dims = self._dims
        lead = 2 if input.ndim == dims + 2 else 1
        if len(output_size) not in (dims, lead + dims):
            raise ValueError(
                f"ConvTranspose{dims}D: for {input.ndim}D input, output_size must have {dims} or "
                f"{lead + dims} elements (got {len(output_size)})"
            )
        output_size, size = output_size[-dims:], input.shape[lead:]
        window = (0,) * dims, self.stride, self.padding, self.dilation
        least = transposed_sizes(size, self.kernel_size, *window)
        most = tuple([n + step - 1 for n, step in zip(least, self.stride, strict=True)])
        axes = zip(least, output_size, most, strict=True)
        if not all([low <= n <= high for low, n, high in axes]):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range from "
                f"{list(least)} to {list(most)} (for an input of {size})"
            )
        return tuple([n - low for n, low in zip(output_size, least, strict=True)])


class ConvTranspose1d(_ConvTransposeNd):
    """Spreading over lines: (N, C_in, L) -> (N, C_out, OL); N may be left out.

    As :class:`ConvTranspose2d`, whose arguments it takes, with one number for each size. Weight
    (C_in, C_out/groups, K) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_out/groups·K.

    Raises:
        ValueError: if groups do not divide the channels, or padding_mode is not "zeros".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html

    Example:
        >>> nn.ConvTranspose1d(4, 8, 4, stride=2, padding=1)(torch.randn(2, 4, 5)).shape
        torch.Size([2, 8, 10])
    """

    _dims = 1

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        window = self._window(input, output_size)
        return F.conv_transpose1d(input, self.weight, self.bias, *window)


class ConvTranspose2d(_ConvTransposeNd):
    """Spreading over planes: (N, C_in, H, W) -> (N, C_out, OH, OW); N may be left out.

    OH = (H - 1)·stride - 2·padding + dilation·(KH - 1) + output_padding + 1: the size from which a
    :class:`Conv2d` leads to H, whose gradient for the input this is. Weight
    (C_in, C_out/groups, KH, KW) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_out/groups·KH·KW.

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: KH and KW, or one number for both; so for all sizes that follow.
        stride: step between the places where kernels are added.
        padding: rows and columns that the output lacks on each side.
        output_padding: rows and columns that it has more at the end; smaller than stride or
            dilation. In its place ``forward(input, output_size)`` may say what is to come out.
        groups: blocks of channels that are treated separately.
        bias: whether to add one.
        dilation: step between the elements of a kernel.
        padding_mode: "zeros".
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ValueError: if groups do not divide the channels, or padding_mode is not "zeros".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html

    Example:
        >>> nn.ConvTranspose2d(4, 8, 4, stride=2, padding=1)(torch.randn(1, 4, 5, 5)).shape
        torch.Size([1, 8, 10, 10])
    """

    _dims = 2

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        window = self._window(input, output_size)
        return F.conv_transpose2d(input, self.weight, self.bias, *window)


class ConvTranspose3d(_ConvTransposeNd):
    """Spreading over volumes: (N, C_in, D, H, W) -> (N, C_out, OD, OH, OW); N may be left out.

    As :class:`ConvTranspose2d`, whose arguments it takes, with three numbers for each size. Weight
    (C_in, C_out/groups, KD, KH, KW) and bias (C_out) start uniform within ±1/√fan_in, where
    fan_in = C_out/groups·KD·KH·KW.

    Raises:
        ValueError: if groups do not divide the channels, or padding_mode is not "zeros".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html

    Example:
        >>> nn.ConvTranspose3d(4, 8, 2, stride=2)(torch.randn(1, 4, 3, 3, 3)).shape
        torch.Size([1, 8, 6, 6, 6])
    """

    _dims = 3

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        window = self._window(input, output_size)
        return F.conv_transpose3d(input, self.weight, self.bias, *window)


# The lazy kinds are found here, too, where PyTorch has them.
_LAZY = (
    "LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
)
__getattr__ = late(__name__, "", {"minitorch.nn.modules.lazy": _LAZY})[0]
