"""SqueezeNet: few channels through 1×1 convolutions, then many through 1×1 and 3×3 side by side.

Source: "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size",
Iandola et al. 2016, https://arxiv.org/abs/1602.07360; version 1.1, with its authors' code, shrinks
pictures earlier and needs 2.4 times less work. Names and initial weights are torchvision's.
"""

from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


class Fire(nn.Module):
    """(N, inplanes, H, W) -> (N, squeeze_planes, …) -> (N, expand1x1 + expand3x3 planes, H, W)."""

    def __init__(
        self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int
    ) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, 1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        pointwise = self.expand1x1_activation(self.expand1x1(x))
        return cat([pointwise, self.expand3x3_activation(self.expand3x3(x))], 1)


def _pool() -> nn.MaxPool2d:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


class SqueezeNet(nn.Module):
    """Classifies (N, 3, H, W), 21 × 21 or larger (17 × 17 for 1.1), into (N, num_classes).

    Args:
        version: "1_0" or "1_1".
        num_classes: how many classes there are.
        dropout: probability, before the last convolution.

    Raises:
        ValueError: any other version.
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.num_classes = num_classes
        if version == "1_0":
            self.features = nn.Sequential(
                nn.Conv2d(3, 96, 7, stride=2),
                nn.ReLU(inplace=True),
                _pool(),
                Fire(96, 16, 64, 64),
                Fire(128, 16, 64, 64),
                Fire(128, 32, 128, 128),
                _pool(),
                Fire(256, 32, 128, 128),
                Fire(256, 48, 192, 192),
                Fire(384, 48, 192, 192),
                Fire(384, 64, 256, 256),
                _pool(),
                Fire(512, 64, 256, 256),
            )
        elif version == "1_1":
            self.features = nn.Sequential(
                nn.Conv2d(3, 64, 3, stride=2),
                nn.ReLU(inplace=True),
                _pool(),
                Fire(64, 16, 64, 64),
                Fire(128, 16, 64, 64),
                _pool(),
                Fire(128, 32, 128, 128),
                Fire(256, 32, 128, 128),
                _pool(),
                Fire(256, 48, 192, 192),
                Fire(384, 48, 192, 192),
                Fire(384, 64, 256, 256),
                Fire(512, 64, 256, 256),
            )
        else:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Conv2d(512, num_classes, 1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if not isinstance(module, nn.Conv2d):
                continue
            if module is self.classifier[1]:
                nn.init.normal_(module.weight, 0.0, 0.01)
            else:
                nn.init.kaiming_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x)).flatten(1)


class SqueezeNet1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "squeezenet1_0-b66bff10", 1_248_424, (58.092, 80.42), min_size=(21, 21)
    )
    DEFAULT = IMAGENET1K_V1


@register_model(SqueezeNet1_0_Weights)
def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet as in the paper; ``kwargs``: :class:`SqueezeNet`, without the version."""
    return SqueezeNet("1_0", **kwargs)


class SqueezeNet1_1_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "squeezenet1_1-b8a52dc0", 1_235_496, (58.178, 80.624), min_size=(17, 17)
    )
    DEFAULT = IMAGENET1K_V1


@register_model(SqueezeNet1_1_Weights)
def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1; ``kwargs``: :class:`SqueezeNet`, without the version."""
    return SqueezeNet("1_1", **kwargs)
