"""Dropout."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.functional.noise import check_probability
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class Dropout(Module):
    """In training, set each element to zero with probability p and divide the others by 1 − p.

    Shapes: (*) -> (*).

    Args:
        p: probability of a zero.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1207.0580;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability(p)
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
