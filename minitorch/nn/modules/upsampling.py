"""Layers that resample."""

from __future__ import annotations

from typing import Any

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class Upsample(Module):
    """The input at another size: (N, C, *S) -> (N, C, *size).

    Args:
        size: of the output, one number or one for each spatial dimension.
        scale_factor: or how many times as large it is.
        mode: ``nearest``, ``linear``, ``bilinear``, ``bicubic``, ``trilinear``, ``area``, ...
        align_corners: let the corner elements' centers lie on each other, not the corners.
        recompute_scale_factor: go by the quotient of the sizes, not by `scale_factor`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html

    Example:
        >>> nn.Upsample(scale_factor=2, mode="bilinear")(torch.ones(1, 3, 4, 4)).shape
        torch.Size([1, 3, 8, 8])
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        self.scale_factor: Any
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple([float(factor) for factor in scale_factor])
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor!r}, mode={self.mode!r}"
        return f"size={self.size!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Planes at another size, each element the nearest: (N, C, H, W) -> (N, C, *size).

    Args:
        size: of the output, one number or two.
        scale_factor: or how many times as large it is.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Planes at another size, bilinear, corners aligned: (N, C, H, W) -> (N, C, *size).

    Args:
        size: of the output, one number or two.
        scale_factor: or how many times as large it is.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
