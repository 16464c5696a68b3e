"""``ChannelShuffle``."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class ChannelShuffle(Module):
    """Take one channel of each group in turn: (N, C, *) -> (N, C, *).

    Args:
        groups: into which the channels are divided.

    Raises:
        RuntimeError: at the call, for channels that the groups cannot share.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"
