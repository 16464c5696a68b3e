"""LeNet-5, which reads digits: two convolutions and three layers that see everything.

Source: "Gradient-Based Learning Applied to Document Recognition", LeCun et al. 1998, section II.B,
https://doi.org/10.1109/5.726791. Torchvision has no such model; layers have the paper's names.
"""

from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.tensor import Tensor


class LeNet(nn.Module):
    """Classifies (N, in_channels, 32, 32) into (N, num_classes); 28 × 28 of MNIST is padded by 2.

    What differs from the paper: S2 and S4 take the plain mean of four, C3 sees all maps of S2
    instead of chosen ones, tanh is not stretched, and the last layer is linear, where the paper has
    distances to drawings of the characters. Weights are drawn as layers draw them by default.

    Args:
        num_classes: how many classes there are.
        in_channels: 1 for grey pictures, 3 for colours.

    Example:
        >>> pad = minitorch.vision.transforms.Pad(2)
        >>> LeNet()(pad(digits))
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(in_channels, 6, 5)
        self.s2 = nn.AvgPool2d(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = nn.AvgPool2d(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.s2(self.c1(x).tanh())  # (N, 6, 14, 14)
        x = self.s4(self.c3(x).tanh())  # (N, 16, 5, 5)
        x = self.c5(x).tanh().flatten(1)  # (N, 120)
        return self.output(self.f6(x).tanh())


@register_model(None)
def lenet(**kwargs: Any) -> LeNet:
    """LeNet-5; ``kwargs``: :class:`LeNet`."""
    return LeNet(**kwargs)
