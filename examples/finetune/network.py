"""ResNet-18 for 32×32 pictures."""

import minitorch as torch
from minitorch import Tensor, nn
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


class Stages(nn.Module):
    """What each of a ResNet-18's four stages makes of pictures, averaged over their places.

    (N, 3, H, W) -> (N, 64 + 128 + 256 + 512). The last stage knows the classes it was trained for
    best, the ones before it know more of all others: "Head2Toe: Utilizing Intermediate
    Representations for Better Transfer Learning", Evci et al. 2022, https://arxiv.org/abs/2201.03529.
    """

    def __init__(self, network: ResNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        network = self.network
        x = network.maxpool(network.relu(network.bn1(network.conv1(x))))
        means = []
        for stage in (network.layer1, network.layer2, network.layer3, network.layer4):
            x = stage(x)
            means.append(x.mean(dim=(2, 3)))
        return torch.cat(means, dim=1)
