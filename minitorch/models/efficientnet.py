"""EfficientNet: MobileNet's blocks, in depth, width and size of the picture grown together.

Sources: "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", Tan and Le
2019, https://arxiv.org/abs/1905.11946; "EfficientNetV2: Smaller Models and Faster Training", Tan
and Le 2021, https://arxiv.org/abs/2104.00298. Names and initial weights are torchvision's.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.models.layers import (
    Conv2dNormActivation,
    Layer,
    SqueezeExcitation,
    StochasticDepth,
    check_setting,
    initialise,
    make_divisible,
)
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor
from minitorch.vision.transforms import InterpolationMode


@dataclass
class _MBConvConfig:
    """A stage: a row of table 1 of the first paper, or of table 4 of the second."""

    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int
    block: Layer

    @staticmethod
    def adjust_channels(channels: int, width_mult: float, min_value: int | None = None) -> int:
        """Return the multiple of 8 near to ``channels * width_mult``."""
        return make_divisible(channels * width_mult, 8, min_value)


class MBConvConfig(_MBConvConfig):
    """A stage of blocks that filter each channel on its own.

    Args:
        expand_ratio: how many times the channels in there are between.
        kernel: side of the kernel.
        stride: of the first block, 1 or 2.
        input_channels: before ``width_mult``.
        out_channels: before ``width_mult``.
        num_layers: blocks, before ``depth_mult``.
        width_mult: what numbers of channels are multiplied by.
        depth_mult: what the number of blocks is multiplied by.
        block: called with a config, the probability that it is skipped, and the norm; MBConv by
            default.
    """

    def __init__(
        self,
        expand_ratio: float,
        kernel: int,
        stride: int,
        input_channels: int,
        out_channels: int,
        num_layers: int,
        width_mult: float = 1.0,
        depth_mult: float = 1.0,
        block: Layer | None = None,
    ) -> None:
        super().__init__(
            expand_ratio,
            kernel,
            stride,
            self.adjust_channels(input_channels, width_mult),
            self.adjust_channels(out_channels, width_mult),
            self.adjust_depth(num_layers, depth_mult),
            block or MBConv,
        )

    @staticmethod
    def adjust_depth(num_layers: int, depth_mult: float) -> int:
        """Return a number of blocks, not less than ``num_layers * depth_mult``."""
        return math.ceil(num_layers * depth_mult)


class FusedMBConvConfig(_MBConvConfig):
    """A stage of blocks whose first convolution widens and filters at once.

    Args:
        expand_ratio: how many times the channels in there are between.
        kernel: side of the kernel.
        stride: of the first block, 1 or 2.
        input_channels: channels in.
        out_channels: channels out.
        num_layers: blocks.
        block: as for :class:`MBConvConfig`; FusedMBConv by default.
    """

    def __init__(
        self,
        expand_ratio: float,
        kernel: int,
        stride: int,
        input_channels: int,
        out_channels: int,
        num_layers: int,
        block: Layer | None = None,
    ) -> None:
        super().__init__(
            expand_ratio,
            kernel,
            stride,
            input_channels,
            out_channels,
            num_layers,
            block or FusedMBConv,
        )


class _Block(nn.Module):
    """What blocks share: what comes in is added where neither channels nor size change."""

    def __init__(
        self, cnf: _MBConvConfig, stochastic_depth_prob: float, layers: Sequence[nn.Module]
    ) -> None:
        super().__init__()
        if cnf.stride not in (1, 2):
            raise ValueError(f"illegal stride value: expected 1 or 2, got {cnf.stride}")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class MBConv(_Block):
    """1×1 to many channels, one kernel for each, their scales, 1×1 to few.

    Shapes: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride).

    Args:
        cnf: what it is like.
        stochastic_depth_prob: the probability that in training all but what comes in is dropped.
        norm_layer: called with a number of channels.
        se_layer: called with a number of channels and the number that they are squeezed to.

    Raises:
        ValueError: the stride is neither 1 nor 2.
    """

    def __init__(
        self,
        cnf: MBConvConfig,
        stochastic_depth_prob: float,
        norm_layer: Layer,
        se_layer: Layer = SqueezeExcitation,
    ) -> None:
        layer = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        hidden = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        layers: list[nn.Module] = []
        if hidden != cnf.input_channels:
            layers.append(layer(cnf.input_channels, hidden, 1))
        squeezed = max(1, cnf.input_channels // 4)
        layers += [
            layer(hidden, hidden, cnf.kernel, stride=cnf.stride, groups=hidden),
            se_layer(hidden, squeezed, activation=partial(nn.SiLU, inplace=True)),
            layer(hidden, cnf.out_channels, 1, activation_layer=None),
        ]
        super().__init__(cnf, stochastic_depth_prob, layers)


class FusedMBConv(_Block):
    """A convolution to many channels, 1×1 to few; one convolution where there are not more.

    Shapes: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride).

    Args:
        cnf: what it is like.
        stochastic_depth_prob: the probability that in training all but what comes in is dropped.
        norm_layer: called with a number of channels.

    Raises:
        ValueError: the stride is neither 1 nor 2.
    """

    def __init__(
        self, cnf: FusedMBConvConfig, stochastic_depth_prob: float, norm_layer: Layer
    ) -> None:
        layer = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        hidden = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        widens = hidden != cnf.input_channels
        first = hidden if widens else cnf.out_channels
        layers = [layer(cnf.input_channels, first, cnf.kernel, stride=cnf.stride)]
        if widens:
            layers.append(layer(hidden, cnf.out_channels, 1, activation_layer=None))
        super().__init__(cnf, stochastic_depth_prob, layers)


class EfficientNet(nn.Module):
    """Classifies (N, 3, H, W): a 3×3 convolution, stages, a 1×1 convolution, the mean, linear.

    Args:
        inverted_residual_setting: what each stage is like.
        dropout: the probability that the last layer misses an element.
        stochastic_depth_prob: the probability that a block is skipped in training, which grows
            from nothing at the first to nearly this at the last.
        num_classes: length of what comes out, (N, num_classes).
        norm_layer: called with a number of channels; BatchNorm2d by default.
        last_channel: features for the last layer; four times those of the last stage by default.

    Raises:
        ValueError: ``inverted_residual_setting`` is empty, or a stride is neither 1 nor 2.
        TypeError: it is no sequence of :class:`MBConvConfig` and :class:`FusedMBConvConfig`.
    """

    def __init__(
        self,
        inverted_residual_setting: Sequence[_MBConvConfig],
        dropout: float,
        stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000,
        norm_layer: Layer | None = None,
        last_channel: int | None = None,
    ) -> None:
        super().__init__()
        setting = inverted_residual_setting
        check_setting(setting, "inverted_residual_setting", _MBConvConfig)
        norm = norm_layer or nn.BatchNorm2d
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.SiLU)
        features: list[nn.Module] = [layer(3, setting[0].input_channels, stride=2)]
        total = sum(cnf.num_layers for cnf in setting)
        blocks_before = 0
        for stage in setting:
            blocks = []
            cnf = copy.copy(stage)
            for _ in range(cnf.num_layers):
                skipped = stochastic_depth_prob * blocks_before / total
                blocks.append(cnf.block(cnf, skipped, norm))
                blocks_before += 1
                cnf = copy.copy(cnf)
                cnf.input_channels, cnf.stride = cnf.out_channels, 1
            features.append(nn.Sequential(*blocks))
        channels = setting[-1].out_channels
        last = 4 * channels if last_channel is None else last_channel
        features.append(layer(channels, last, 1))
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout, inplace=True), nn.Linear(last, num_classes)
        )
        initialise(self, _spread)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _spread(weight: Tensor) -> Tensor:
    bound = 1 / math.sqrt(weight.shape[0])
    return nn.init.uniform_(weight, -bound, bound)


def _scaled(width_mult: float, depth_mult: float) -> list[MBConvConfig]:
    """Return the stages of B0, which a search found, made wider and deeper."""
    stage = partial(MBConvConfig, width_mult=width_mult, depth_mult=depth_mult)
    return [
        stage(1, 3, 1, 32, 16, 1),
        stage(6, 3, 2, 16, 24, 2),
        stage(6, 5, 2, 24, 40, 2),
        stage(6, 3, 2, 40, 80, 3),
        stage(6, 5, 1, 80, 112, 3),
        stage(6, 5, 2, 112, 192, 4),
        stage(6, 3, 1, 192, 320, 1),
    ]


_SLOW_NORM = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)  # forgets slowly
_V2_NORM = partial(nn.BatchNorm2d, eps=0.001)


class EfficientNet_B0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b0_rwightman-7f5810bc",
        5_288_548,
        (77.692, 93.532),
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B0_Weights)
def efficientnet_b0(**kwargs: Any) -> EfficientNet:
    """EfficientNet B0; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.2."""
    return EfficientNet(_scaled(1.0, 1.0), **{"dropout": 0.2, **kwargs})


class EfficientNet_B1_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b1_rwightman-bac287d4",
        7_794_184,
        (78.642, 94.186),
        crop_size=240,
        interpolation=InterpolationMode.BICUBIC,
    )
    IMAGENET1K_V2 = imagenet(
        "efficientnet_b1-c27df63c", 7_794_184, (79.838, 94.934), crop_size=240, resize_size=255
    )
    DEFAULT = IMAGENET1K_V2


@register_model(EfficientNet_B1_Weights)
def efficientnet_b1(**kwargs: Any) -> EfficientNet:
    """EfficientNet B1; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.2."""
    return EfficientNet(_scaled(1.0, 1.1), **{"dropout": 0.2, **kwargs})


class EfficientNet_B2_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b2_rwightman-c35c1473",
        9_109_994,
        (80.608, 95.31),
        crop_size=288,
        resize_size=288,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B2_Weights)
def efficientnet_b2(**kwargs: Any) -> EfficientNet:
    """EfficientNet B2; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.3."""
    return EfficientNet(_scaled(1.1, 1.2), **{"dropout": 0.3, **kwargs})


class EfficientNet_B3_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b3_rwightman-b3899882",
        12_233_232,
        (82.008, 96.054),
        crop_size=300,
        resize_size=320,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B3_Weights)
def efficientnet_b3(**kwargs: Any) -> EfficientNet:
    """EfficientNet B3; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.3."""
    return EfficientNet(_scaled(1.2, 1.4), **{"dropout": 0.3, **kwargs})


class EfficientNet_B4_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b4_rwightman-23ab8bcd",
        19_341_616,
        (83.384, 96.594),
        crop_size=380,
        resize_size=384,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B4_Weights)
def efficientnet_b4(**kwargs: Any) -> EfficientNet:
    """EfficientNet B4; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.4."""
    return EfficientNet(_scaled(1.4, 1.8), **{"dropout": 0.4, **kwargs})


class EfficientNet_B5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b5_lukemelas-1a07897c",
        30_389_784,
        (83.444, 96.628),
        crop_size=456,
        resize_size=456,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B5_Weights)
def efficientnet_b5(**kwargs: Any) -> EfficientNet:
    """EfficientNet B5; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.4."""
    return EfficientNet(_scaled(1.6, 2.2), **{"dropout": 0.4, "norm_layer": _SLOW_NORM, **kwargs})


class EfficientNet_B6_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b6_lukemelas-24a108a5",
        43_040_704,
        (84.008, 96.916),
        crop_size=528,
        resize_size=528,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B6_Weights)
def efficientnet_b6(**kwargs: Any) -> EfficientNet:
    """EfficientNet B6; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.5."""
    return EfficientNet(_scaled(1.8, 2.6), **{"dropout": 0.5, "norm_layer": _SLOW_NORM, **kwargs})


class EfficientNet_B7_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b7_lukemelas-c5b4e57e",
        66_347_960,
        (84.122, 96.908),
        crop_size=600,
        resize_size=600,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_B7_Weights)
def efficientnet_b7(**kwargs: Any) -> EfficientNet:
    """EfficientNet B7; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.5."""
    return EfficientNet(_scaled(2.0, 3.1), **{"dropout": 0.5, "norm_layer": _SLOW_NORM, **kwargs})


class EfficientNet_V2_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_s-dd5fe13b",
        21_458_488,
        (84.228, 96.878),
        min_size=(33, 33),
        crop_size=384,
        resize_size=384,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_V2_S_Weights)
def efficientnet_v2_s(**kwargs: Any) -> EfficientNet:
    """EfficientNet V2 S; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.2."""
    setting = [
        FusedMBConvConfig(1, 3, 1, 24, 24, 2),
        FusedMBConvConfig(4, 3, 2, 24, 48, 4),
        FusedMBConvConfig(4, 3, 2, 48, 64, 4),
        MBConvConfig(4, 3, 2, 64, 128, 6),
        MBConvConfig(6, 3, 1, 128, 160, 9),
        MBConvConfig(6, 3, 2, 160, 256, 15),
    ]
    return EfficientNet(
        setting, **{"dropout": 0.2, "last_channel": 1280, "norm_layer": _V2_NORM, **kwargs}
    )


class EfficientNet_V2_M_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_m-dc08266a",
        54_139_356,
        (85.112, 97.156),
        min_size=(33, 33),
        crop_size=480,
        resize_size=480,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_V2_M_Weights)
def efficientnet_v2_m(**kwargs: Any) -> EfficientNet:
    """EfficientNet V2 M; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.3."""
    setting = [
        FusedMBConvConfig(1, 3, 1, 24, 24, 3),
        FusedMBConvConfig(4, 3, 2, 24, 48, 5),
        FusedMBConvConfig(4, 3, 2, 48, 80, 5),
        MBConvConfig(4, 3, 2, 80, 160, 7),
        MBConvConfig(6, 3, 1, 160, 176, 14),
        MBConvConfig(6, 3, 2, 176, 304, 18),
        MBConvConfig(6, 3, 1, 304, 512, 5),
    ]
    return EfficientNet(
        setting, **{"dropout": 0.3, "last_channel": 1280, "norm_layer": _V2_NORM, **kwargs}
    )


class EfficientNet_V2_L_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_l-59c71312",
        118_515_272,
        (85.808, 97.788),
        min_size=(33, 33),
        crop_size=480,
        resize_size=480,
        interpolation=InterpolationMode.BICUBIC,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
    )
    DEFAULT = IMAGENET1K_V1


@register_model(EfficientNet_V2_L_Weights)
def efficientnet_v2_l(**kwargs: Any) -> EfficientNet:
    """EfficientNet V2 L; ``kwargs``: :class:`EfficientNet`, ``dropout`` being 0.4."""
    setting = [
        FusedMBConvConfig(1, 3, 1, 32, 32, 4),
        FusedMBConvConfig(4, 3, 2, 32, 64, 7),
        FusedMBConvConfig(4, 3, 2, 64, 96, 7),
        MBConvConfig(4, 3, 2, 96, 192, 10),
        MBConvConfig(6, 3, 1, 192, 224, 19),
        MBConvConfig(6, 3, 2, 224, 384, 25),
        MBConvConfig(6, 3, 1, 384, 640, 7),
    ]
    return EfficientNet(
        setting, **{"dropout": 0.4, "last_channel": 1280, "norm_layer": _V2_NORM, **kwargs}
    )
