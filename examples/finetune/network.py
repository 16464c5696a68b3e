"""ResNet-18 for 32×32 pictures."""

from minitorch import nn
from minitorch.models import ResNet, resnet18


def small_resnet18(num_classes: int) -> ResNet:
    """ResNet-18 with a first convolution of 3×3 and stride 1 for 7×7 and stride 2.

    A 32×32 picture reaches `layer1` at 16×16 then, and `fc` as 512 numbers, the mean of 2×2.
    Without `maxpool` it would be 32×32, and a step would take two and a half times as long.
    """
    network = resnet18(num_classes=num_classes)
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    return network
