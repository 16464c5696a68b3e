"""MobileNet V2: blocks that widen, filter each channel on its own, and narrow again.

Source: "MobileNetV2: Inverted Residuals and Linear Bottlenecks", Sandler et al. 2018,
https://arxiv.org/abs/1801.04381. Names and initial weights are torchvision's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.models.layers import Conv2dNormActivation, Layer, initialise, make_divisible
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.tensor import Tensor


class InvertedResidual(nn.Module):
    """1×1 to many channels, 3×3 on each, 1×1 to few: (N, inp, H, W) -> (N, oup, H / stride, …).

    Args:
        inp: channels in.
        oup: channels out; what comes in is added where neither they nor the size change.
        stride: of the 3×3 convolution, 1 or 2.
        expand_ratio: how many times the channels in there are between.
        norm_layer: called with a number of channels; BatchNorm2d by default.

    Raises:
        ValueError: another stride.
    """

    def __init__(
        self, inp: int, oup: int, stride: int, expand_ratio: float, norm_layer: Layer | None = None
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        norm = norm_layer or nn.BatchNorm2d
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.ReLU6)
        hidden = round(inp * expand_ratio)
        self.stride = stride
        self.use_res_connect = stride == 1 and inp == oup
        self.conv = nn.Sequential(
            *([layer(inp, hidden, 1)] if expand_ratio != 1 else []),
            layer(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, oup, 1, bias=False),
            norm(oup),
        )
        self.out_channels = oup

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


# For each stage: times the channels between, channels, blocks, stride of the first block.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class MobileNetV2(nn.Module):
    """Classifies (N, 3, H, W): a 3×3 convolution, blocks, a 1×1 convolution, the mean, linear.

    Args:
        num_classes: length of what comes out, (N, num_classes).
        width_mult: how many times the paper's channels there are.
        inverted_residual_setting: for each stage the ``expand_ratio``, channels, number of blocks
            and stride of the first; the paper's by default.
        round_nearest: numbers of channels are multiples of it.
        block: what the stages are made of; InvertedResidual by default.
        norm_layer: called with a number of channels; BatchNorm2d by default.
        dropout: the probability that the last layer misses an element.

    Raises:
        ValueError: ``inverted_residual_setting`` is empty, or its elements are not of length 4.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        stages = STAGES if inverted_residual_setting is None else inverted_residual_setting
        if not stages or any(len(stage) != 4 for stage in stages):
            raise ValueError(
                "inverted_residual_setting should be non-empty or a 4-element list, "
                f"got {inverted_residual_setting}"
            )
        norm = norm_layer or nn.BatchNorm2d
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.ReLU6)
        channels = make_divisible(32 * width_mult, round_nearest)
        # A narrower network keeps as many features for the last layer.
        self.last_channel = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [layer(3, channels, stride=2)]
        for expand_ratio, paper_channels, blocks, stride in stages:
            out = make_divisible(paper_channels * width_mult, round_nearest)
            for number in range(blocks):
                features.append(
                    (block or InvertedResidual)(
                        channels,
                        out,
                        stride if number == 0 else 1,
                        expand_ratio=expand_ratio,
                        norm_layer=norm,
                    )
                )
                channels = out
        features.append(layer(channels, self.last_channel, 1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(self.last_channel, num_classes)
        )
        initialise(self, partial(nn.init.normal_, std=0.01))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


class MobileNet_V2_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mobilenet_v2-b0353104", 3_504_872, (71.878, 90.286))
    IMAGENET1K_V2 = imagenet("mobilenet_v2-7ebf99e0", 3_504_872, (72.154, 90.822), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(MobileNet_V2_Weights)
def mobilenet_v2(**kwargs: Any) -> MobileNetV2:
    """MobileNet V2; ``kwargs``: :class:`MobileNetV2`."""
    return MobileNetV2(**kwargs)
