"""VGG: 3×3 convolutions, a pool where height and width are halved, three linear layers.

Source: "Very Deep Convolutional Networks for Large-Scale Image Recognition", Simonyan and Zisserman
2014, https://arxiv.org/abs/1409.1556; A, B, D and E are columns of its table 1. Batch norm is later
than the paper. Names and initial weights are torchvision's.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor

# Channels of the convolutions; M is a pool.
cfgs: dict[str, list[int | str]] = {
    "A": [64, "M", 128, "M", *[256] * 2, "M", *[512] * 2, "M", *[512] * 2, "M"],
    "B": [*[64] * 2, "M", *[128] * 2, "M", *[256] * 2, "M", *[512] * 2, "M", *[512] * 2, "M"],
    "D": [*[64] * 2, "M", *[128] * 2, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"],
    "E": [*[64] * 2, "M", *[128] * 2, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
}


def make_layers(cfg: Sequence[int | str], batch_norm: bool = False) -> nn.Sequential:
    """Return convolutions of (N, 3, H, W) with so many channels each, and pools for "M".

    Raises:
        TypeError: an item is another text.
    """
    layers: list[nn.Module] = []
    channels = 3
    for item in cfg:
        if isinstance(item, str):
            if item != "M":
                raise TypeError(f"expected a number of channels or 'M', got {item!r}")
            layers.append(nn.MaxPool2d(2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, item, 3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(item))
        layers.append(nn.ReLU(inplace=True))
        channels = item
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """Classifies (N, 3, H, W), 32 × 32 or larger, into (N, num_classes).

    Args:
        features: what becomes (N, 512, …), as :func:`make_layers` returns it.
        num_classes: how many classes there are.
        init_weights: whether weights are drawn as for training from scratch, else the layers' own.
        dropout: probability, after the first and the second linear layer.
    """

    def __init__(
        self,
        features: nn.Module,
        num_classes: int = 1000,
        init_weights: bool = True,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            else:
                continue
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))  # (N, 512, 7, 7)
        return self.classifier(x.flatten(1))


_imagenet = partial(imagenet, min_size=(32, 32))


class VGG11_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg11-8a719046", 132_863_336, (69.02, 88.628))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG11_Weights, init_weights=False)
def vgg11(**kwargs: Any) -> VGG:
    """VGG with 11 layers (A); ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["A"]), **kwargs)


class VGG11_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg11_bn-6002323d", 132_868_840, (70.37, 89.81))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG11_BN_Weights, init_weights=False)
def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG with 11 layers (A) and batch norm; ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["A"], batch_norm=True), **kwargs)


class VGG13_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg13-19584684", 133_047_848, (69.928, 89.246))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG13_Weights, init_weights=False)
def vgg13(**kwargs: Any) -> VGG:
    """VGG with 13 layers (B); ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["B"]), **kwargs)


class VGG13_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg13_bn-abd245e5", 133_053_736, (71.586, 90.374))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG13_BN_Weights, init_weights=False)
def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG with 13 layers (B) and batch norm; ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["B"], batch_norm=True), **kwargs)


class VGG16_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg16-397923af", 138_357_544, (71.592, 90.382))
    # For the features alone, trained on pixels from 0 to 255; the classifier's weights are NaN.
    IMAGENET1K_FEATURES = _imagenet(
        "vgg16_features-amdegroot-88682ab5",
        138_357_544,
        (math.nan, math.nan),
        classifies=False,
        mean=(0.48235, 0.45882, 0.40784),
        std=(1 / 255, 1 / 255, 1 / 255),
    )
    DEFAULT = IMAGENET1K_V1


@register_model(VGG16_Weights, init_weights=False)
def vgg16(**kwargs: Any) -> VGG:
    """VGG with 16 layers (D); ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["D"]), **kwargs)


class VGG16_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg16_bn-6c64b313", 138_365_992, (73.36, 91.516))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG16_BN_Weights, init_weights=False)
def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG with 16 layers (D) and batch norm; ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["D"], batch_norm=True), **kwargs)


class VGG19_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg19-dcbb9e9d", 143_667_240, (72.376, 90.876))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG19_Weights, init_weights=False)
def vgg19(**kwargs: Any) -> VGG:
    """VGG with 19 layers (E); ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["E"]), **kwargs)


class VGG19_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("vgg19_bn-c79401a0", 143_678_248, (74.218, 91.842))
    DEFAULT = IMAGENET1K_V1


@register_model(VGG19_BN_Weights, init_weights=False)
def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG with 19 layers (E) and batch norm; ``kwargs``: :class:`VGG`."""
    return VGG(make_layers(cfgs["E"], batch_norm=True), **kwargs)
