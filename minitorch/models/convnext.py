"""ConvNeXt: a convolutional network with the proportions of a transformer.

Source: "A ConvNet for the 2020s", Liu et al. 2022, https://arxiv.org/abs/2201.03545. Names and
initial weights are torchvision's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.creation import full
from minitorch.models.layers import (
    Conv2dNormActivation,
    Layer,
    LayerNorm2d,
    Permute,
    StochasticDepth,
    check_setting,
)
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor


class CNBlock(nn.Module):
    """A 7×7 kernel for each channel, then two linear layers at every pixel: (N, dim, H, W) -> same.

    Args:
        dim: channels.
        layer_scale: what each channel of the result is first multiplied by, before it is learnt.
        stochastic_depth_prob: the probability that in training all but what comes in is dropped.
        norm_layer: called with a number of channels, which come last; LayerNorm by default.
    """

    def __init__(
        self,
        dim: int,
        layer_scale: float,
        stochastic_depth_prob: float,
        norm_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, 7, padding=3, groups=dim),
            Permute([0, 2, 3, 1]),
            (norm_layer or partial(nn.LayerNorm, eps=1e-6))(dim),
            nn.Linear(dim, 4 * dim),
            nn.GELU(),
            nn.Linear(4 * dim, dim),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(full((dim, 1, 1), float(layer_scale)))
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input: Tensor) -> Tensor:
        result = self.stochastic_depth(self.layer_scale * self.block(input))
        result += input
        return result


@dataclass
class CNBlockConfig:
    """A stage: its channels, those of the next stage (None for the last), and its blocks."""

    input_channels: int
    out_channels: int | None
    num_layers: int


class ConvNeXt(nn.Module):
    """Classifies (N, 3, H, W): patches of 4×4, stages, each of half the size, the mean, linear.

    Args:
        block_setting: what each stage is like.
        stochastic_depth_prob: the probability that a block is skipped in training, which grows
            from nothing at the first to this at the last.
        layer_scale: of the blocks.
        num_classes: length of what comes out, (N, num_classes).
        block: called with channels, ``layer_scale`` and that probability; CNBlock by default.
        norm_layer: called with a number of channels, stands between stages and before the last
            layer; LayerNorm2d by default.

    Raises:
        ValueError: ``block_setting`` is empty.
        TypeError: it is no sequence of :class:`CNBlockConfig`.
    """

    def __init__(
        self,
        block_setting: Sequence[CNBlockConfig],
        stochastic_depth_prob: float = 0.0,
        layer_scale: float = 1e-6,
        num_classes: int = 1000,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        check_setting(block_setting, "block_setting", CNBlockConfig)
        block = block or CNBlock
        norm = norm_layer or partial(LayerNorm2d, eps=1e-6)
        channels = block_setting[0].input_channels
        features: list[nn.Module] = [
            Conv2dNormActivation(
                3,
                channels,
                4,
                stride=4,
                padding=0,
                norm_layer=norm,
                activation_layer=None,
                bias=True,
            )
        ]
        last_block = sum(cnf.num_layers for cnf in block_setting) - 1
        blocks_before = 0
        for cnf in block_setting:
            blocks = []
            for _ in range(cnf.num_layers):
                skipped = stochastic_depth_prob * blocks_before / max(last_block, 1)
                blocks.append(block(cnf.input_channels, layer_scale, skipped))
                blocks_before += 1
            features.append(nn.Sequential(*blocks))
            channels = cnf.input_channels
            if cnf.out_channels is not None:
                halve = nn.Conv2d(channels, cnf.out_channels, 2, stride=2)
                features.append(nn.Sequential(norm(channels), halve))
                channels = cnf.out_channels
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            norm(channels), nn.Flatten(1), nn.Linear(channels, num_classes)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)))


def _stages(channels: int, third: int) -> list[CNBlockConfig]:
    """Return four stages, each twice as wide as the one before it, the third the deepest."""
    return [
        CNBlockConfig(channels, 2 * channels, 3),
        CNBlockConfig(2 * channels, 4 * channels, 3),
        CNBlockConfig(4 * channels, 8 * channels, third),
        CNBlockConfig(8 * channels, None, 3),
    ]


class ConvNeXt_Tiny_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "convnext_tiny-983f1562", 28_589_128, (82.52, 96.146), min_size=(32, 32), resize_size=236
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ConvNeXt_Tiny_Weights)
def convnext_tiny(**kwargs: Any) -> ConvNeXt:
    """ConvNeXt Tiny; ``kwargs``: :class:`ConvNeXt`, ``stochastic_depth_prob`` being 0.1."""
    return ConvNeXt(_stages(96, 9), **{"stochastic_depth_prob": 0.1, **kwargs})


class ConvNeXt_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "convnext_small-0c510722", 50_223_688, (83.616, 96.65), min_size=(32, 32), resize_size=230
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ConvNeXt_Small_Weights)
def convnext_small(**kwargs: Any) -> ConvNeXt:
    """ConvNeXt Small; ``kwargs``: :class:`ConvNeXt`, ``stochastic_depth_prob`` being 0.4."""
    return ConvNeXt(_stages(96, 27), **{"stochastic_depth_prob": 0.4, **kwargs})


class ConvNeXt_Base_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "convnext_base-6075fbad", 88_591_464, (84.062, 96.87), min_size=(32, 32), resize_size=232
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ConvNeXt_Base_Weights)
def convnext_base(**kwargs: Any) -> ConvNeXt:
    """ConvNeXt Base; ``kwargs``: :class:`ConvNeXt`, ``stochastic_depth_prob`` being 0.5."""
    return ConvNeXt(_stages(128, 27), **{"stochastic_depth_prob": 0.5, **kwargs})


class ConvNeXt_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "convnext_large-ea097f82", 197_767_336, (84.414, 96.976), min_size=(32, 32), resize_size=232
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ConvNeXt_Large_Weights)
def convnext_large(**kwargs: Any) -> ConvNeXt:
    """ConvNeXt Large; ``kwargs``: :class:`ConvNeXt`, ``stochastic_depth_prob`` being 0.5."""
    return ConvNeXt(_stages(192, 27), **{"stochastic_depth_prob": 0.5, **kwargs})
