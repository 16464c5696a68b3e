"""``PixelShuffle``, ``PixelUnshuffle``."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class PixelShuffle(Module):
    """Spread groups of r² channels over r x r places: (*, C r², H, W) -> (*, C, H r, W r).

    Args:
        upscale_factor: r.

    Raises:
        RuntimeError: at the call, for channels that r² does not divide.

    Source: https://arxiv.org/abs/1609.05158;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Gather r x r places as r² channels: (*, C, H r, W r) -> (*, C r², H, W).

    Args:
        downscale_factor: r.

    Raises:
        RuntimeError: at the call, for sizes that r does not divide.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"
