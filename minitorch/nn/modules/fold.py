"""Windows of images as columns, and back."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class Fold(Module):
    """Columns added up to images: (N, C·KH·KW, OH·OW) -> (N, C, H, W); N may be left out.

    Args:
        output_size: H and W, or one number for both; so for the next four.
        kernel_size: KH and KW of the windows that the columns are.
        dilation: step between the elements of a window.
        padding: rows and columns on each side that windows reach into.
        stride: step between windows.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html

    Example:
        >>> nn.Fold(output_size=(4, 5), kernel_size=2)(torch.ones(1, 4, 12))[0, 0, 0].tolist()
        [1.0, 2.0, 2.0, 2.0, 1.0]
    """

    def __init__(
        self,
        output_size: int | Sequence[int],
        kernel_size: int | Sequence[int],
        dilation: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        stride: int | Sequence[int] = 1,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        window = self.kernel_size, self.dilation, self.padding, self.stride
        return F.fold(input, self.output_size, *window)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, "
            f"dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
        )


class Unfold(Module):
    """Windows of images as columns: (N, C, H, W) -> (N, C·KH·KW, OH·OW); N may be left out.

    Args:
        kernel_size: KH and KW of the windows, or one number for both; so for the next three.
        dilation: step between the elements of a window.
        padding: rows and columns of zeros on each side.
        stride: step between windows.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html

    Example:
        >>> nn.Unfold(kernel_size=2)(torch.ones(1, 3, 4, 5)).shape
        torch.Size([1, 12, 12])
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        dilation: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        stride: int | Sequence[int] = 1,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride}"
        )
