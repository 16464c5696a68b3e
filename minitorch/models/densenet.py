"""DenseNet: each layer sees what all layers of its block before it have made.

Sources: "Densely Connected Convolutional Networks", Huang et al. 2016,
https://arxiv.org/abs/1608.06993, whose DenseNet-BC this is; "Memory-Efficient Implementation of
DenseNets", Pleiss et al. 2017, https://arxiv.org/abs/1707.06990. Names and initial weights are
torchvision's.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor
from minitorch.utils.checkpoint import checkpoint


class _DenseLayer(nn.Module):
    """A bottleneck and a 3×3 convolution: a tensor, or several side by side, -> growth_rate more.

    (N, num_input_features, H, W) -> (N, bn_size · growth_rate, H, W) -> (N, growth_rate, H, W).
    """

    def __init__(
        self,
        num_input_features: int,
        growth_rate: int,
        bn_size: int,
        drop_rate: float,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        between = bn_size * growth_rate
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(num_input_features, between, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(between)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(between, growth_rate, 3, padding=1, bias=False)
        self.drop_rate = float(drop_rate)
        self.memory_efficient = memory_efficient

    def bn_function(self, *inputs: Tensor) -> Tensor:
        return self.conv1(self.relu1(self.norm1(cat(inputs, 1))))

    def forward(self, input: Tensor | Sequence[Tensor]) -> Tensor:
        inputs = [input] if isinstance(input, Tensor) else input
        if self.memory_efficient and any(x.requires_grad for x in inputs):
            between = checkpoint(self.bn_function, *inputs, use_reentrant=False)
        else:
            between = self.bn_function(*inputs)
        new = self.conv2(self.relu2(self.norm2(between)))
        return F.dropout(new, self.drop_rate, self.training) if self.drop_rate > 0 else new

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        """Load; in the published files norm1 is still called "norm.1", and so on."""
        for key in list(state_dict):
            name = re.sub(r"^(norm|conv)\.([12])\.", r"\1\2.", key.removeprefix(prefix))
            state_dict[prefix + name] = state_dict.pop(key)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)


class _DenseBlock(nn.ModuleDict):
    """Layers that add channels: (N, C, H, W) -> (N, C + num_layers · growth_rate, H, W)."""

    _version = 2

    def __init__(
        self,
        num_layers: int,
        num_input_features: int,
        bn_size: int,
        growth_rate: int,
        drop_rate: float,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        for i in range(num_layers):
            channels = num_input_features + i * growth_rate
            self[f"denselayer{i + 1}"] = _DenseLayer(
                channels, growth_rate, bn_size, drop_rate, memory_efficient
            )

    def forward(self, init_features: Tensor) -> Tensor:
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return cat(features, 1)


class _Transition(nn.Sequential):
    """Between blocks: (N, C, H, W) -> (N, num_output_features, H / 2, W / 2)."""

    def __init__(self, num_input_features: int, num_output_features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(num_input_features)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(num_input_features, num_output_features, 1, bias=False)
        self.pool = nn.AvgPool2d(2, stride=2)


class DenseNet(nn.Module):
    """Classifies (N, 3, H, W), 29 × 29 or larger, into (N, num_classes).

    Args:
        growth_rate: channels that each layer adds, k in the paper.
        block_config: how many layers each block has.
        num_init_features: channels of the first convolution.
        bn_size: the bottleneck of each layer has so many times its ``growth_rate`` channels.
        drop_rate: probability of dropout after each layer.
        num_classes: how many classes there are.
        memory_efficient: compute what a layer sees of the others again in backward, which is
            slower, instead of keeping it, which takes memory that grows as depth squared.
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: Sequence[int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0,
        num_classes: int = 1000,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        channels = num_init_features
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, channels, 7, 2, padding=3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(channels))
        self.features.add_module("relu0", nn.ReLU(inplace=True))
        self.features.add_module("pool0", nn.MaxPool2d(3, stride=2, padding=1))
        for number, layers in enumerate(block_config, 1):
            block = _DenseBlock(layers, channels, bn_size, growth_rate, drop_rate, memory_efficient)
            self.features.add_module(f"denseblock{number}", block)
            channels += layers * growth_rate
            if number < len(block_config):
                self.features.add_module(
                    f"transition{number}", _Transition(channels, channels // 2)
                )
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.features(x), inplace=True)
        return self.classifier(F.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


_imagenet = partial(imagenet, min_size=(29, 29))


class DenseNet121_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("densenet121-a639ec97", 7_978_856, (74.434, 91.972))
    DEFAULT = IMAGENET1K_V1


@register_model(DenseNet121_Weights)
def densenet121(**kwargs: Any) -> DenseNet:
    """DenseNet-121; ``kwargs``: :class:`DenseNet`, from ``bn_size`` on."""
    return DenseNet(32, (6, 12, 24, 16), 64, **kwargs)


class DenseNet161_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("densenet161-8d451a50", 28_681_000, (77.138, 93.56))
    DEFAULT = IMAGENET1K_V1


@register_model(DenseNet161_Weights)
def densenet161(**kwargs: Any) -> DenseNet:
    """DenseNet-161; ``kwargs``: :class:`DenseNet`, from ``bn_size`` on."""
    return DenseNet(48, (6, 12, 36, 24), 96, **kwargs)


class DenseNet169_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("densenet169-b2777c0a", 14_149_480, (75.6, 92.806))
    DEFAULT = IMAGENET1K_V1


@register_model(DenseNet169_Weights)
def densenet169(**kwargs: Any) -> DenseNet:
    """DenseNet-169; ``kwargs``: :class:`DenseNet`, from ``bn_size`` on."""
    return DenseNet(32, (6, 12, 32, 32), 64, **kwargs)


class DenseNet201_Weights(WeightsEnum):
    IMAGENET1K_V1 = _imagenet("densenet201-c1103571", 20_013_928, (76.896, 93.37))
    DEFAULT = IMAGENET1K_V1


@register_model(DenseNet201_Weights)
def densenet201(**kwargs: Any) -> DenseNet:
    """DenseNet-201; ``kwargs``: :class:`DenseNet`, from ``bn_size`` on."""
    return DenseNet(32, (6, 12, 48, 32), 64, **kwargs)
