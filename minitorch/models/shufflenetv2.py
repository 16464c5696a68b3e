"""ShuffleNet v2: half of the channels pass by each block, then both halves are shuffled.

Source: "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", Ma et al. 2018,
https://arxiv.org/abs/1807.11164. Names and initial weights are torchvision's.
"""

from collections.abc import Callable, Sequence
from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """Return (N, C, H, W) with the first channel of each group first, then the second of each…."""
    N, C, H, W = x.shape
    return x.view(N, groups, C // groups, H, W).transpose(1, 2).reshape(N, C, H, W)


class InvertedResidual(nn.Module):
    """Two branches side by side, shuffled: (N, inp, H, W) -> (N, oup, H / stride, W / stride).

    With stride 1 the first branch is half of the channels as they are.

    Raises:
        ValueError: stride is not 1, 2 or 3, or is 1 while ``inp`` and ``oup`` differ.
    """

    def __init__(self, inp: int, oup: int, stride: int) -> None:
        super().__init__()
        if not 1 <= stride <= 3:
            raise ValueError(f"illegal stride value: {stride}, expected 1, 2 or 3")
        half = oup // 2
        if stride == 1 and inp != half * 2:
            raise ValueError(
                f"Invalid combination of stride {stride}, inp {inp} and oup {oup} values. "
                "If stride == 1 then inp should be equal to oup // 2 << 1."
            )
        self.stride = stride
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(
                self.depthwise_conv(inp, inp, 3, stride, padding=1),
                nn.BatchNorm2d(inp),
                nn.Conv2d(inp, half, 1, bias=False),
                nn.BatchNorm2d(half),
                nn.ReLU(inplace=True),
            )
        self.branch2 = nn.Sequential(
            nn.Conv2d(inp if stride > 1 else half, half, 1, bias=False),
            nn.BatchNorm2d(half),
            nn.ReLU(inplace=True),
            self.depthwise_conv(half, half, 3, stride, padding=1),
            nn.BatchNorm2d(half),
            nn.Conv2d(half, half, 1, bias=False),
            nn.BatchNorm2d(half),
            nn.ReLU(inplace=True),
        )

    @staticmethod
    def depthwise_conv(
        i: int, o: int, kernel_size: int, stride: int = 1, padding: int = 0, bias: bool = False
    ) -> nn.Conv2d:
        return nn.Conv2d(i, o, kernel_size, stride, padding, bias=bias, groups=i)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            passed, x = x.chunk(2, 1)
        else:
            passed = self.branch1(x)
        return channel_shuffle(cat([passed, self.branch2(x)], 1), 2)


class ShuffleNetV2(nn.Module):
    """Classifies (N, 3, H, W) into (N, num_classes).

    Args:
        stages_repeats: how many blocks each of the three stages has.
        stages_out_channels: of the first convolution, the stages, and the last convolution.
        num_classes: how many classes there are.
        inverted_residual: what the stages are made of.

    Raises:
        ValueError: there are not three repeats or not five numbers of channels.
    """

    def __init__(
        self,
        stages_repeats: Sequence[int],
        stages_out_channels: Sequence[int],
        num_classes: int = 1000,
        inverted_residual: Callable[..., nn.Module] = InvertedResidual,
    ) -> None:
        super().__init__()
        if len(stages_repeats) != 3:
            raise ValueError("expected stages_repeats as list of 3 positive ints")
        if len(stages_out_channels) != 5:
            raise ValueError("expected stages_out_channels as list of 5 positive ints")
        self._stage_out_channels = stages_out_channels
        first, *stages, last = stages_out_channels
        self.conv1 = nn.Sequential(
            nn.Conv2d(3, first, 3, 2, padding=1, bias=False),
            nn.BatchNorm2d(first),
            nn.ReLU(inplace=True),
        )
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        made = []
        channels = first
        for repeats, out in zip(stages_repeats, stages, strict=True):
            blocks = [inverted_residual(channels, out, 2)]
            blocks += [inverted_residual(out, out, 1) for _ in range(repeats - 1)]
            made.append(nn.Sequential(*blocks))
            channels = out
        self.stage2, self.stage3, self.stage4 = made
        self.conv5 = nn.Sequential(
            nn.Conv2d(channels, last, 1, bias=False),
            nn.BatchNorm2d(last),
            nn.ReLU(inplace=True),
        )
        self.fc = nn.Linear(last, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.conv1(x))
        x = self.conv5(self.stage4(self.stage3(self.stage2(x))))
        return self.fc(x.mean([2, 3]))


class ShuffleNet_V2_X0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x0.5-f707e7126e", 1_366_792, (60.552, 81.746))
    DEFAULT = IMAGENET1K_V1


@register_model(ShuffleNet_V2_X0_5_Weights)
def shufflenet_v2_x0_5(**kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet v2, half as wide; ``kwargs``: :class:`ShuffleNetV2`, from ``num_classes`` on."""
    return ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024], **kwargs)


class ShuffleNet_V2_X1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x1-5666bf0f80", 2_278_604, (69.362, 88.316))
    DEFAULT = IMAGENET1K_V1


@register_model(ShuffleNet_V2_X1_0_Weights)
def shufflenet_v2_x1_0(**kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet v2; ``kwargs``: :class:`ShuffleNetV2`, from ``num_classes`` on."""
    return ShuffleNetV2([4, 8, 4], [24, 116, 232, 464, 1024], **kwargs)


class ShuffleNet_V2_X1_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "shufflenetv2_x1_5-3c479a10", 3_503_624, (72.996, 91.086), resize_size=232
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ShuffleNet_V2_X1_5_Weights)
def shufflenet_v2_x1_5(**kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet v2, 1.5 as wide; ``kwargs``: :class:`ShuffleNetV2`, from ``num_classes`` on."""
    return ShuffleNetV2([4, 8, 4], [24, 176, 352, 704, 1024], **kwargs)


class ShuffleNet_V2_X2_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "shufflenetv2_x2_0-8be3c8ee", 7_393_996, (76.23, 93.006), resize_size=232
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ShuffleNet_V2_X2_0_Weights)
def shufflenet_v2_x2_0(**kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet v2, twice as wide; ``kwargs``: :class:`ShuffleNetV2`, from ``num_classes`` on."""
    return ShuffleNetV2([4, 8, 4], [24, 244, 488, 976, 2048], **kwargs)
