"""Dropout."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.functional.noise import check_probability
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class _DropoutNd(Module):
    """What all of them share: a probability, and whether to write into the input."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability(p)
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """In training, set each element to zero with probability p and divide the others by 1 − p.

    Shapes: (*) -> (*).

    Args:
        p: probability of it.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1207.0580;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """In training, zero whole channels of lines with probability p, divide the others by 1 − p.

    Shapes: (N, C, L) -> (N, C, L), or (C, L) -> (C, L).

    Args:
        p: probability of it.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """In training, zero whole channels of images with probability p, divide the others by 1 − p.

    Shapes: (N, C, H, W) -> (N, C, H, W).

    Args:
        p: probability of it.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """In training, zero whole channels of volumes with probability p, divide the others by 1 − p.

    Shapes: (N, C, D, H, W) -> the same, or (C, D, H, W) -> the same.

    Args:
        p: probability of it.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """In training, set elements to SELU's lowest value with probability p, and keep the moments.

    Shapes: (*) -> (*).

    Args:
        p: probability of it.
        inplace: looked at by nobody, as in PyTorch.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """In training, set whole channels as :class:`AlphaDropout` sets elements.

    Shapes: (N, C, *) -> (N, C, *).

    Args:
        p: probability of it.
        inplace: looked at by nobody, as in PyTorch.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
