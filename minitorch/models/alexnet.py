"""AlexNet: five convolutions and three linear layers, in its version for one device.

Sources: "ImageNet Classification with Deep Convolutional Neural Networks", Krizhevsky et al. 2012;
"One weird trick for parallelizing convolutional neural networks", Krizhevsky 2014,
https://arxiv.org/abs/1404.5997, whose widths these are. Names and initial weights are those of
torchvision.
"""

from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor


class AlexNet(nn.Module):
    """Classifies (N, 3, H, W), 63 × 63 or larger, into (N, num_classes).

    Args:
        num_classes: how many classes there are.
        dropout: probability, before the first and the second linear layer.
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        return self.classifier(x.flatten(1))


class AlexNet_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "alexnet-owt-7be5be79", 61_100_840, (56.522, 79.066), min_size=(63, 63)
    )
    DEFAULT = IMAGENET1K_V1


@register_model(AlexNet_Weights)
def alexnet(**kwargs: Any) -> AlexNet:
    """AlexNet; ``kwargs``: :class:`AlexNet`."""
    return AlexNet(**kwargs)
