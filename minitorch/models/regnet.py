"""RegNet: ResNeXt's blocks, their widths on a line that few numbers describe.

Source: "Designing Network Design Spaces", Radosavovic et al. 2020,
https://arxiv.org/abs/2003.13678. Names and initial weights are torchvision's.
"""

import math
from collections import Counter, OrderedDict
from functools import partial
from typing import Any, Self

from minitorch import nn
from minitorch.models.layers import Conv2dNormActivation, Layer, SqueezeExcitation, make_divisible
from minitorch.models.registry import register_model
from minitorch.models.weights import SWAG, WeightsEnum, imagenet
from minitorch.sequences import arange
from minitorch.tensor import Tensor
from minitorch.vision.transforms import InterpolationMode


class SimpleStemIN(Conv2dNormActivation):
    """A 3×3 convolution of stride 2: (N, width_in, H, W) -> (N, width_out, H / 2, W / 2)."""

    def __init__(
        self, width_in: int, width_out: int, norm_layer: Layer, activation_layer: Layer
    ) -> None:
        super().__init__(
            width_in, width_out, stride=2, norm_layer=norm_layer, activation_layer=activation_layer
        )


class BottleneckTransform(nn.Sequential):
    """1×1, 3×3 in groups, maybe squeeze-and-excitation, 1×1; arguments: ResBottleneckBlock."""

    def __init__(
        self,
        width_in: int,
        width_out: int,
        stride: int,
        norm_layer: Layer,
        activation_layer: Layer,
        group_width: int,
        bottleneck_multiplier: float,
        se_ratio: float | None,
    ) -> None:
        width = round(width_out * bottleneck_multiplier)
        layer = partial(
            Conv2dNormActivation, norm_layer=norm_layer, activation_layer=activation_layer
        )
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["a"] = layer(width_in, width, 1)
        layers["b"] = layer(width, width, 3, stride, groups=width // group_width)
        if se_ratio:
            # The ratio is to what goes into the block, which is narrower than what is squeezed.
            squeezed = round(se_ratio * width_in)
            layers["se"] = SqueezeExcitation(width, squeezed, activation=activation_layer)
        layers["c"] = layer(width, width_out, 1, activation_layer=None)
        super().__init__(layers)


class ResBottleneckBlock(nn.Module):
    """Adds to what comes in: (N, width_in, H, W) -> (N, width_out, H / stride, W / stride).

    Args:
        width_in: channels in.
        width_out: channels out; where they or the size change, a convolution does that to what
            comes in.
        stride: of the 3×3 convolution.
        norm_layer: called with a number of channels.
        activation_layer: called with ``inplace``.
        group_width: channels of a group of the 3×3 convolution.
        bottleneck_multiplier: its channels to those that come out.
        se_ratio: squeezed channels to those that come in; None for no squeeze-and-excitation.
    """

    def __init__(
        self,
        width_in: int,
        width_out: int,
        stride: int,
        norm_layer: Layer,
        activation_layer: Layer,
        group_width: int = 1,
        bottleneck_multiplier: float = 1.0,
        se_ratio: float | None = None,
    ) -> None:
        super().__init__()
        self.proj = None
        if width_in != width_out or stride != 1:
            self.proj = Conv2dNormActivation(
                width_in, width_out, 1, stride, norm_layer=norm_layer, activation_layer=None
            )
        self.f = BottleneckTransform(
            width_in,
            width_out,
            stride,
            norm_layer,
            activation_layer,
            group_width,
            bottleneck_multiplier,
            se_ratio,
        )
        self.activation = activation_layer(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.proj is None else self.proj(x)
        return self.activation(identity + self.f(x))


class AnyStage(nn.Sequential):
    """Blocks of one width, of which the first has the stride.

    Args:
        width_in: channels in.
        width_out: of each block.
        stride: of the first.
        depth: blocks.
        block_constructor: called as :class:`ResBottleneckBlock`.
        norm_layer: of each.
        activation_layer: of each.
        group_width: of each.
        bottleneck_multiplier: of each.
        se_ratio: of each.
        stage_index: for their names.
    """

    def __init__(
        self,
        width_in: int,
        width_out: int,
        stride: int,
        depth: int,
        block_constructor: Layer,
        norm_layer: Layer,
        activation_layer: Layer,
        group_width: int,
        bottleneck_multiplier: float,
        se_ratio: float | None = None,
        stage_index: int = 0,
    ) -> None:
        super().__init__()
        options = (norm_layer, activation_layer, group_width, bottleneck_multiplier, se_ratio)
        for number in range(depth):
            block = block_constructor(width_in, width_out, stride, *options)
            self.add_module(f"block{stage_index}-{number}", block)
            width_in, stride = width_out, 1


class BlockParams:
    """What the stages are like: lists with an element for each.

    Args:
        depths: blocks.
        widths: channels.
        group_widths: channels of a group.
        bottleneck_multipliers: channels of the 3×3 convolution to those of the stage.
        strides: of the first block.
        se_ratio: squeezed channels to those that come in, of all stages.
    """

    def __init__(
        self,
        depths: list[int],
        widths: list[int],
        group_widths: list[int],
        bottleneck_multipliers: list[float],
        strides: list[int],
        se_ratio: float | None = None,
    ) -> None:
        self.depths = depths
        self.widths = widths
        self.group_widths = group_widths
        self.bottleneck_multipliers = bottleneck_multipliers
        self.strides = strides
        self.se_ratio = se_ratio

    @classmethod
    def from_init_params(
        cls,
        depth: int,
        w_0: int,
        w_a: float,
        w_m: float,
        group_width: int,
        bottleneck_multiplier: float = 1.0,
        se_ratio: float | None = None,
    ) -> Self:
        """Return the stages of a line: block i has the width ``w_0 + w_a * i``, but rounded.

        It becomes the nearest ``w_0 * w_m ** k``, k an integer, and that a multiple of 8 (section
        3.3 of the paper); neighbours of one width are a stage.

        Args:
            depth: blocks of all stages.
            w_0: width of the first, a multiple of 8.
            w_a: how much wider each is than the one before.
            w_m: times that a stage is wider than the one before, above 1.
            group_width: channels of a group, of narrower stages all there are.
            bottleneck_multiplier: of all stages.
            se_ratio: of all stages.

        Raises:
            ValueError: numbers that make no such line.
        """
        if w_a < 0 or w_0 <= 0 or w_m <= 1 or w_0 % 8 != 0:
            raise ValueError(
                "Invalid RegNet settings: expected w_a >= 0, w_m > 1 and w_0 a multiple of 8, "
                f"got w_a={w_a}, w_m={w_m} and w_0={w_0}"
            )
        # In float32, as torchvision does it: where two widths are as near, that decides.
        steps = (((arange(depth) * w_a + w_0) / w_0).log() / math.log(w_m)).round()
        blocks = ((w_0 * w_m**steps) / 8).round() * 8
        stages = Counter(blocks.int().tolist())  # how many blocks, by width
        widths, groups = [], []
        for width in stages:
            inner = int(width * bottleneck_multiplier)
            groups.append(min(group_width, inner))
            widths.append(int(make_divisible(inner, groups[-1]) / bottleneck_multiplier))
        n = len(stages)
        multipliers = [bottleneck_multiplier] * n
        return cls(list(stages.values()), widths, groups, multipliers, [2] * n, se_ratio)


class RegNet(nn.Module):
    """Classifies (N, 3, H, W): a stem, stages of which each halves height and width, mean, linear.

    Args:
        block_params: what the stages are like.
        num_classes: length of what comes out, (N, num_classes).
        stem_width: channels of the stem.
        stem_type: called as :class:`SimpleStemIN`.
        block_type: called as :class:`ResBottleneckBlock`.
        norm_layer: called with a number of channels; BatchNorm2d by default.
        activation: called with ``inplace``; ReLU by default.
    """

    def __init__(
        self,
        block_params: BlockParams,
        num_classes: int = 1000,
        stem_width: int = 32,
        stem_type: Layer | None = None,
        block_type: Layer | None = None,
        norm_layer: Layer | None = None,
        activation: Layer | None = None,
    ) -> None:
        super().__init__()
        norm, act = norm_layer or nn.BatchNorm2d, activation or nn.ReLU
        self.stem = (stem_type or SimpleStemIN)(3, stem_width, norm, act)
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        width_in = stem_width
        for number, (width, stride, depth, group_width, multiplier) in enumerate(
            zip(
                block_params.widths,
                block_params.strides,
                block_params.depths,
                block_params.group_widths,
                block_params.bottleneck_multipliers,
                strict=True,
            ),
            1,
        ):
            stages[f"block{number}"] = AnyStage(
                width_in,
                width,
                stride,
                depth,
                block_type or ResBottleneckBlock,
                norm,
                act,
                group_width,
                multiplier,
                block_params.se_ratio,
                stage_index=number,
            )
            width_in = width
        self.trunk_output = nn.Sequential(stages)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width_in, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.01)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.avgpool(self.trunk_output(self.stem(x))).flatten(1))


def _regnet(
    depth: int,
    w_0: int,
    w_a: float,
    w_m: float,
    group_width: int,
    se_ratio: float | None = None,
    **kwargs: Any,
) -> RegNet:
    line = (depth, w_0, w_a, w_m, group_width)
    return RegNet(BlockParams.from_init_params(*line, se_ratio=se_ratio), **kwargs)


class RegNet_Y_400MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_400mf-c65dace8", 4_344_144, (74.046, 91.716))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_400mf-e6988f5f", 4_344_144, (75.804, 92.742), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_400MF_Weights)
def regnet_y_400mf(**kwargs: Any) -> RegNet:
    """RegNetY, 400 million multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(16, 48, 27.89, 2.09, 8, se_ratio=0.25, **kwargs)


class RegNet_Y_800MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_800mf-1b27b58c", 6_432_512, (76.42, 93.136))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_800mf-58fc7688", 6_432_512, (78.828, 94.502), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_800MF_Weights)
def regnet_y_800mf(**kwargs: Any) -> RegNet:
    """RegNetY, 800 million multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(14, 56, 38.84, 2.4, 16, se_ratio=0.25, **kwargs)


class RegNet_Y_1_6GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_1_6gf-b11a554e", 11_202_430, (77.95, 93.966))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_1_6gf-0d7bc02a", 11_202_430, (80.876, 95.444), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_1_6GF_Weights)
def regnet_y_1_6gf(**kwargs: Any) -> RegNet:
    """RegNetY, 1.6 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(27, 48, 20.71, 2.65, 24, se_ratio=0.25, **kwargs)


class RegNet_Y_3_2GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_3_2gf-b5a9779c", 19_436_338, (78.948, 94.576))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_3_2gf-9180c971", 19_436_338, (81.982, 95.972), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_3_2GF_Weights)
def regnet_y_3_2gf(**kwargs: Any) -> RegNet:
    """RegNetY, 3.2 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(21, 80, 42.63, 2.66, 24, se_ratio=0.25, **kwargs)


class RegNet_Y_8GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_8gf-d0d0e4a8", 39_381_472, (80.032, 95.048))
    IMAGENET1K_V2 = imagenet("regnet_y_8gf-dc2b1b54", 39_381_472, (82.828, 96.33), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_8GF_Weights)
def regnet_y_8gf(**kwargs: Any) -> RegNet:
    """RegNetY, 8 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(17, 192, 76.82, 2.19, 56, se_ratio=0.25, **kwargs)


class RegNet_Y_16GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_16gf-9e6ed7dd", 83_590_140, (80.424, 95.24))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_16gf-3e4a00f9", 83_590_140, (82.886, 96.328), resize_size=232
    )
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "regnet_y_16gf_swag-43afe44d",
        83_590_140,
        (86.012, 98.054),
        crop_size=384,
        resize_size=384,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "regnet_y_16gf_lc_swag-f3ec0043",
        83_590_140,
        (83.976, 97.244),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_16GF_Weights)
def regnet_y_16gf(**kwargs: Any) -> RegNet:
    """RegNetY, 16 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(18, 200, 106.23, 2.48, 112, se_ratio=0.25, **kwargs)


class RegNet_Y_32GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_32gf-4dee3f7a", 145_046_770, (80.878, 95.34))
    IMAGENET1K_V2 = imagenet(
        "regnet_y_32gf-8db6d4b5", 145_046_770, (83.368, 96.498), resize_size=232
    )
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "regnet_y_32gf_swag-04fdfa75",
        145_046_770,
        (86.838, 98.362),
        crop_size=384,
        resize_size=384,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "regnet_y_32gf_lc_swag-e1583746",
        145_046_770,
        (84.622, 97.48),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_Y_32GF_Weights)
def regnet_y_32gf(**kwargs: Any) -> RegNet:
    """RegNetY, 32 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(20, 232, 115.89, 2.53, 232, se_ratio=0.25, **kwargs)


class RegNet_Y_128GF_Weights(WeightsEnum):
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "regnet_y_128gf_swag-c8ce3e52",
        644_812_894,
        (88.228, 98.682),
        crop_size=384,
        resize_size=384,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "regnet_y_128gf_lc_swag-cbe8ce12",
        644_812_894,
        (86.068, 97.844),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_SWAG_E2E_V1


@register_model(RegNet_Y_128GF_Weights)
def regnet_y_128gf(**kwargs: Any) -> RegNet:
    """RegNetY, 128 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(27, 456, 160.83, 2.52, 264, se_ratio=0.25, **kwargs)


class RegNet_X_400MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_400mf-adf1edd5", 5_495_976, (72.834, 90.95))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_400mf-62229a5f", 5_495_976, (74.864, 92.322), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_400MF_Weights)
def regnet_x_400mf(**kwargs: Any) -> RegNet:
    """RegNetX, 400 million multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(22, 24, 24.48, 2.54, 16, **kwargs)


class RegNet_X_800MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_800mf-ad17e45c", 7_259_656, (75.212, 92.348))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_800mf-94a99ebd", 7_259_656, (77.522, 93.826), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_800MF_Weights)
def regnet_x_800mf(**kwargs: Any) -> RegNet:
    """RegNetX, 800 million multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(16, 56, 35.73, 2.28, 16, **kwargs)


class RegNet_X_1_6GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_1_6gf-e3633e7f", 9_190_136, (77.04, 93.44))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_1_6gf-a12f2b72", 9_190_136, (79.668, 94.922), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_1_6GF_Weights)
def regnet_x_1_6gf(**kwargs: Any) -> RegNet:
    """RegNetX, 1.6 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(18, 80, 34.01, 2.25, 24, **kwargs)


class RegNet_X_3_2GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_3_2gf-f342aeae", 15_296_552, (78.364, 93.992))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_3_2gf-7071aa85", 15_296_552, (81.196, 95.43), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_3_2GF_Weights)
def regnet_x_3_2gf(**kwargs: Any) -> RegNet:
    """RegNetX, 3.2 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(25, 88, 26.31, 2.25, 48, **kwargs)


class RegNet_X_8GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_8gf-03ceed89", 39_572_648, (79.344, 94.686))
    IMAGENET1K_V2 = imagenet("regnet_x_8gf-2b70d774", 39_572_648, (81.682, 95.678), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_8GF_Weights)
def regnet_x_8gf(**kwargs: Any) -> RegNet:
    """RegNetX, 8 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(23, 80, 49.56, 2.88, 120, **kwargs)


class RegNet_X_16GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_16gf-2007eb11", 54_278_536, (80.058, 94.944))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_16gf-ba3796d7", 54_278_536, (82.716, 96.196), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_16GF_Weights)
def regnet_x_16gf(**kwargs: Any) -> RegNet:
    """RegNetX, 16 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(22, 216, 55.59, 2.1, 128, **kwargs)


class RegNet_X_32GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_32gf-9d47f8d0", 107_811_560, (80.622, 95.248))
    IMAGENET1K_V2 = imagenet(
        "regnet_x_32gf-6eb8fdc6", 107_811_560, (83.014, 96.288), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(RegNet_X_32GF_Weights)
def regnet_x_32gf(**kwargs: Any) -> RegNet:
    """RegNetX, 32 billion multiplications; ``kwargs``: :class:`RegNet`."""
    return _regnet(23, 320, 69.86, 2.0, 168, **kwargs)
