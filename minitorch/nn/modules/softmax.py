"""Kinds of softmax."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class Softmin(Module):
    """Softmax of −x along ``dim``: (*) -> (*).

    Args:
        dim: the dimension whose values shall sum to 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """Softmax of the channels at each place: (N, C, H, W) -> (N, C, H, W), N may be left out.

    Raises:
        ValueError: at the call, for another number of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(
                f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead"
            )
        return F.softmax(input, -3, _stacklevel=5)
