"""Layers that pool at random places, take power means of windows, or undo pooling."""

from __future__ import annotations

from typing import Any, ClassVar

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor

Sizes = tuple[int, ...]


def _repeated(value: Any, dims: int) -> Any:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * dims


class _MaxUnpoolNd(Module):
    """What the layers share: arguments and their printed form."""

    _dims: ClassVar[int]

    def __init__(
        self, kernel_size: int | Sizes, stride: int | Sizes | None = None, padding: int | Sizes = 0
    ) -> None:
        super().__init__()
        self.kernel_size = _repeated(kernel_size, self._dims)
        self.stride = _repeated(kernel_size if stride is None else stride, self._dims)
        self.padding = _repeated(padding, self._dims)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """Values back where pooling took them from: (N, C, L), twice -> (N, C, OL).

    As :class:`MaxUnpool2d`, whose arguments it takes, over lines.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
    """

    _dims = 1

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool1d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )


class MaxUnpool2d(_MaxUnpoolNd):
    """Values back where pooling took them from, zeros elsewhere: the inverse of it, nearly.

    Shapes: (N, C, H, W), indices (N, C, H, W) -> (N, C, OH, OW); N may be left out. ``forward``
    takes `output_size`, too, where several sizes are possible.

    Args:
        kernel_size: window of the pooling, one number or two; so for the next two.
        stride: its step; the kernel size if left out.
        padding: its padding.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
    """

    _dims = 2

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool2d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )


class MaxUnpool3d(_MaxUnpoolNd):
    """Values back where pooling took them from: (N, C, D, H, W), twice -> (N, C, OD, OH, OW).

    As :class:`MaxUnpool2d`, whose arguments it takes, over volumes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
    """

    _dims = 3

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool3d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )


class _FractionalMaxPoolNd(Module):
    """What the layers share: arguments and their checks."""

    _dims: ClassVar[int]
    _random_samples: Tensor | None

    def __init__(
        self,
        kernel_size: int | Sizes,
        output_size: int | Sizes | None = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = _repeated(kernel_size, self._dims)
        if self._dims == 3 and not all(size > 0 for size in self.kernel_size):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else _repeated(output_size, self._dims)
        self.output_ratio = None if output_ratio is None else _repeated(output_ratio, self._dims)
        if output_size is None and output_ratio is None:
            raise ValueError(
                f"{name} requires specifying either an output size, or a pooling ratio"
            )
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < part < 1 for part in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Largest value of windows whose steps are drawn at random: (N, C, H, W) -> (N, C, OH, OW).

    Args:
        kernel_size: size of a window, one number or two.
        output_size: OH and OW, or one number for both.
        output_ratio: or what part of H and W they are, between 0 and 1.
        return_indices: return also where in H·W each value came from.

    Raises:
        ValueError: if not one of size and ratio is given.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
    """

    _dims = 2

    def forward(self, input: Tensor) -> Any:
        return F.fractional_max_pool2d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            self._random_samples,
        )


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Largest value of windows whose steps are drawn at random, over volumes.

    Shapes: (N, C, D, H, W) -> (N, C, OD, OH, OW). As :class:`FractionalMaxPool2d`.

    Raises:
        ValueError: if not one of size and ratio is given.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
    """

    _dims = 3

    def forward(self, input: Tensor) -> Any:
        return F.fractional_max_pool3d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            self._random_samples,
        )


class _LPPoolNd(Module):
    """What the layers share: arguments and their printed form."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: int | Sizes,
        stride: int | Sizes | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size: Any = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPoolNd):
    """The p-norm (Σ xᵖ)^(1/p) of each window: (N, C, L) -> (N, C, OL).

    As :class:`LPPool2d`, whose arguments it takes, over lines.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool1d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )


class LPPool2d(_LPPoolNd):
    """The p-norm (Σ xᵖ)^(1/p) of each window: (N, C, H, W) -> (N, C, OH, OW).

    Args:
        norm_type: p; with infinity the largest absolute value.
        kernel_size: size of a window, one number or two; so for the stride.
        stride: step between windows; the kernel size if left out.
        ceil_mode: let the last window hang over the end.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool2d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )


class LPPool3d(_LPPoolNd):
    """The p-norm (Σ xᵖ)^(1/p) of each window: (N, C, D, H, W) -> (N, C, OD, OH, OW).

    As :class:`LPPool2d`, whose arguments it takes, over volumes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool3d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )
