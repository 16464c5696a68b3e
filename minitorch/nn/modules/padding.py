"""Padding layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class _PadNd(Module):
    """What all share: the sizes before and after each dimension, the last one first."""

    _dims: ClassVar[int]
    _mode: ClassVar[str]

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        sizes = padding if isinstance(padding, Iterable) else (padding,) * (2 * self._dims)
        self.padding = tuple(sizes)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return str(self.padding)


class _ConstantPadNd(_PadNd):
    """Padding with one value."""

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPadNd(_ConstantPadNd):
    """Padding with zeros."""

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return str(self.padding)


class _CircularPadNd(_PadNd):
    """Padding with the other end."""

    _mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        dims = self._dims
        if input.ndim not in (dims + 1, dims + 2):
            raise ValueError(f"expected {dims + 1}D or {dims + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class _ReflectionPadNd(_PadNd):
    """Padding with the mirror image, the outermost element being the mirror."""

    _mode = "reflect"


class _ReplicationPadNd(_PadNd):
    """Padding with the outermost element."""

    _mode = "replicate"


class CircularPad1d(_CircularPadNd):
    """The other end added at the ends of lines: (N, C, L) -> padded; N may be left out.

    Args:
        padding: sizes left and right, or one number for all; negative ones cut.

    Raises:
        ValueError: for an input of another number of dimensions.
        RuntimeError: if it would go around more than once.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html

    Example:
        >>> nn.CircularPad1d((2, 1))(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[2.0, 3.0, 1.0, 2.0, 3.0, 1.0]]
    """

    _dims = 1


class CircularPad2d(_CircularPadNd):
    """The other end added at the edges of planes: (N, C, H, W) -> padded; N may be left out.

    Args:
        padding: sizes left, right, top and bottom, or one number for all; negative ones cut.

    Raises:
        ValueError: for an input of another number of dimensions.
        RuntimeError: if it would go around more than once.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
    """

    _dims = 2


class CircularPad3d(_CircularPadNd):
    """The other end added at the sides of volumes: (N, C, D, H, W) -> padded; N may be left out.

    Args:
        padding: sizes left, right, top, bottom, front and back, or one number for all; negative
            ones cut.

    Raises:
        ValueError: for an input of another number of dimensions.
        RuntimeError: if it would go around more than once.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
    """

    _dims = 3


class ConstantPad1d(_ConstantPadNd):
    """One value added at the ends of lines: (*, L) -> padded.

    Args:
        padding: sizes left and right, or one number for all; negative ones cut.
        value: what is added.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html

    Example:
        >>> nn.ConstantPad1d((2, 1), 9.0)(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[9.0, 9.0, 1.0, 2.0, 3.0, 9.0]]
    """

    _dims = 1


class ConstantPad2d(_ConstantPadNd):
    """One value added at the edges of planes: (*, H, W) -> padded.

    Args:
        padding: sizes left, right, top and bottom, or one number for all; negative ones cut.
        value: what is added.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
    """

    _dims = 2


class ConstantPad3d(_ConstantPadNd):
    """One value added at the sides of volumes: (*, D, H, W) -> padded.

    Args:
        padding: sizes left, right, top, bottom, front and back, or one number for all; negative
            ones cut.
        value: what is added.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
    """

    _dims = 3


class ReflectionPad1d(_ReflectionPadNd):
    """A mirror image added at the ends of lines: (N, C, L) -> padded.

    Args:
        padding: sizes left and right, or one number for all; negative ones cut.

    Raises:
        RuntimeError: if a size is not smaller than the dimension it pads.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html

    Example:
        >>> nn.ReflectionPad1d((2, 1))(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]
    """

    _dims = 1


class ReflectionPad2d(_ReflectionPadNd):
    """A mirror image added at the edges of planes: (N, C, H, W) -> padded.

    Args:
        padding: sizes left, right, top and bottom, or one number for all; negative ones cut.

    Raises:
        RuntimeError: if a size is not smaller than the dimension it pads.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
    """

    _dims = 2


class ReflectionPad3d(_ReflectionPadNd):
    """A mirror image added at the sides of volumes: (N, C, D, H, W) -> padded.

    Args:
        padding: sizes left, right, top, bottom, front and back, or one number for all; negative
            ones cut.

    Raises:
        RuntimeError: if a size is not smaller than the dimension it pads.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
    """

    _dims = 3


class ReplicationPad1d(_ReplicationPadNd):
    """The outermost element added at the ends of lines: (N, C, L) -> padded; N may be left out.

    Args:
        padding: sizes left and right, or one number for all; negative ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html

    Example:
        >>> nn.ReplicationPad1d((2, 1))(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[1.0, 1.0, 1.0, 2.0, 3.0, 3.0]]
    """

    _dims = 1


class ReplicationPad2d(_ReplicationPadNd):
    """The outermost element added at the edges of planes: (N, C, H, W) -> padded.

    Args:
        padding: sizes left, right, top and bottom, or one number for all; negative ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
    """

    _dims = 2


class ReplicationPad3d(_ReplicationPadNd):
    """The outermost element added at the sides of volumes: (N, C, D, H, W) -> padded.

    Args:
        padding: sizes left, right, top, bottom, front and back, or one number for all; negative
            ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
    """

    _dims = 3


class ZeroPad1d(_ZeroPadNd):
    """Zeros added at the ends of lines: (*, L) -> padded.

    Args:
        padding: sizes left and right, or one number for all; negative ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html

    Example:
        >>> nn.ZeroPad1d((2, 1))(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[0.0, 0.0, 1.0, 2.0, 3.0, 0.0]]
    """

    _dims = 1


class ZeroPad2d(_ZeroPadNd):
    """Zeros added at the edges of planes: (*, H, W) -> padded.

    Args:
        padding: sizes left, right, top and bottom, or one number for all; negative ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
    """

    _dims = 2


class ZeroPad3d(_ZeroPadNd):
    """Zeros added at the sides of volumes: (*, D, H, W) -> padded.

    Args:
        padding: sizes left, right, top, bottom, front and back, or one number for all; negative
            ones cut.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
    """

    _dims = 3
