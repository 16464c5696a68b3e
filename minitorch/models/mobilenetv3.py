"""MobileNet V3: MobileNet V2's blocks with squeeze-and-excitation, found by a search.

Source: "Searching for MobileNetV3", Howard et al. 2019, https://arxiv.org/abs/1905.02244. Names and
initial weights are torchvision's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from minitorch import nn
from minitorch.models.layers import (
    Conv2dNormActivation,
    Layer,
    SqueezeExcitation,
    check_setting,
    initialise,
    make_divisible,
)
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor


class InvertedResidualConfig:
    """A row of the paper's tables 1 and 2, its channels times ``width_mult``.

    Args:
        input_channels: "Input".
        kernel: side of the kernel that filters each channel on its own.
        expanded_channels: "exp size".
        out_channels: "#out".
        use_se: "SE", whether there is squeeze-and-excitation.
        activation: "NL", ``"HS"`` for Hardswish, ``"RE"`` for ReLU.
        stride: "s", 1 or 2.
        dilation: of that kernel; above 1 it takes the place of the stride.
        width_mult: what the three numbers of channels are multiplied by.
    """

    def __init__(
        self,
        input_channels: int,
        kernel: int,
        expanded_channels: int,
        out_channels: int,
        use_se: bool,
        activation: str,
        stride: int,
        dilation: int,
        width_mult: float,
    ) -> None:
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se = use_se
        self.use_hs = activation == "HS"
        self.stride = stride
        self.dilation = dilation

    @staticmethod
    def adjust_channels(channels: int, width_mult: float) -> int:
        """Return the multiple of 8 near to ``channels * width_mult``."""
        return make_divisible(channels * width_mult, 8)


_HARD_EXCITATION: Layer = partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidual(nn.Module):
    """1×1 to many channels, one kernel for each, 1×1 to few: (N, C_in, H, W) -> (N, C_out, …).

    Args:
        cnf: what it is like.
        norm_layer: called with a number of channels.
        se_layer: called with a number of channels and the number that they are squeezed to.

    Raises:
        ValueError: the stride is neither 1 nor 2.
    """

    def __init__(
        self,
        cnf: InvertedResidualConfig,
        norm_layer: Layer,
        se_layer: Layer = _HARD_EXCITATION,
    ) -> None:
        super().__init__()
        if cnf.stride not in (1, 2):
            raise ValueError(f"illegal stride value: expected 1 or 2, got {cnf.stride}")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        layer = partial(Conv2dNormActivation, norm_layer=norm_layer)
        activation = nn.Hardswish if cnf.use_hs else nn.ReLU
        hidden = cnf.expanded_channels
        layers: list[nn.Module] = []
        if hidden != cnf.input_channels:
            layers.append(layer(cnf.input_channels, hidden, 1, activation_layer=activation))
        layers.append(
            layer(
                hidden,
                hidden,
                cnf.kernel,
                stride=1 if cnf.dilation > 1 else cnf.stride,
                dilation=cnf.dilation,
                groups=hidden,
                activation_layer=activation,
            )
        )
        if cnf.use_se:
            layers.append(se_layer(hidden, make_divisible(hidden // 4, 8)))
        layers.append(layer(hidden, cnf.out_channels, 1, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.out_channels = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        if self.use_res_connect:
            result += input
        return result


class MobileNetV3(nn.Module):
    """Classifies (N, 3, H, W): a 3×3 convolution, blocks, a 1×1 convolution, the mean, two linear.

    Args:
        inverted_residual_setting: what each block is like.
        last_channel: between the two linear layers.
        num_classes: length of what comes out, (N, num_classes).
        block: called with an element of the setting and the norm; InvertedResidual by default.
        norm_layer: called with a number of channels; by default BatchNorm2d that forgets slowly.
        dropout: the probability that the last layer misses an element.

    Raises:
        ValueError: ``inverted_residual_setting`` is empty.
        TypeError: it is no sequence of :class:`InvertedResidualConfig`.
    """

    def __init__(
        self,
        inverted_residual_setting: Sequence[InvertedResidualConfig],
        last_channel: int,
        num_classes: int = 1000,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        setting = inverted_residual_setting
        check_setting(setting, "inverted_residual_setting", InvertedResidualConfig)
        norm = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.Hardswish)
        channels = setting[-1].out_channels
        self.features = nn.Sequential(
            layer(3, setting[0].input_channels, stride=2),
            *((block or InvertedResidual)(cnf, norm) for cnf in setting),
            layer(channels, 6 * channels, 1),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * channels, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )
        initialise(self, partial(nn.init.normal_, std=0.01))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


LARGE = (
    (16, 3, 16, 16, False, "RE", 1),
    (16, 3, 64, 24, False, "RE", 2),
    (24, 3, 72, 24, False, "RE", 1),
    (24, 5, 72, 40, True, "RE", 2),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 3, 240, 80, False, "HS", 2),
    (80, 3, 200, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 480, 112, True, "HS", 1),
    (112, 3, 672, 112, True, "HS", 1),
    (112, 5, 672, 160, True, "HS", 2),
    (160, 5, 960, 160, True, "HS", 1),
    (160, 5, 960, 160, True, "HS", 1),
)
SMALL = (
    (16, 3, 16, 16, True, "RE", 2),
    (16, 3, 72, 24, False, "RE", 2),
    (24, 3, 88, 24, False, "RE", 1),
    (24, 5, 96, 40, True, "HS", 2),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 120, 48, True, "HS", 1),
    (48, 5, 144, 48, True, "HS", 1),
    (48, 5, 288, 96, True, "HS", 2),
    (96, 5, 576, 96, True, "HS", 1),
    (96, 5, 576, 96, True, "HS", 1),
)
Row = tuple[int, int, int, int, bool, str, int]


def _mobilenet_v3(
    rows: Sequence[Row],
    last_channel: int,
    width_mult: float = 1.0,
    reduced_tail: bool = False,
    dilated: bool = False,
    **kwargs: Any,
) -> MobileNetV3:
    """Build what a table says, its last three rows narrower or dilated as a backbone may want."""
    divisor = 2 if reduced_tail else 1
    setting = []
    for number, (inp, kernel, expanded, out, use_se, activation, stride) in enumerate(rows, 1):
        is_tail = number > len(rows) - 3
        narrows = divisor if number > len(rows) - 2 else 1  # the first of the three only its end
        setting.append(
            InvertedResidualConfig(
                inp // narrows,
                kernel,
                expanded // narrows,
                out // divisor if is_tail else out,
                use_se,
                activation,
                stride,
                dilation=2 if dilated and is_tail else 1,
                width_mult=width_mult,
            )
        )
    last = InvertedResidualConfig.adjust_channels(last_channel // divisor, width_mult)
    return MobileNetV3(setting, last, **kwargs)


class MobileNet_V3_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mobilenet_v3_large-8738ca79", 5_483_032, (74.042, 91.34))
    IMAGENET1K_V2 = imagenet(
        "mobilenet_v3_large-5c1a4163", 5_483_032, (75.274, 92.566), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(MobileNet_V3_Large_Weights)
def mobilenet_v3_large(**kwargs: Any) -> MobileNetV3:
    """MobileNet V3 large.

    Args:
        kwargs: of :class:`MobileNetV3`, and ``width_mult=1.0``, how many times the paper's channels
            there are; ``reduced_tail=False``, half of them in the last three blocks;
            ``dilated=False``, those keep height and width and spread their kernels.
    """
    return _mobilenet_v3(LARGE, 1280, **kwargs)


class MobileNet_V3_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mobilenet_v3_small-047dcff4", 2_542_856, (67.668, 87.402))
    DEFAULT = IMAGENET1K_V1


@register_model(MobileNet_V3_Small_Weights)
def mobilenet_v3_small(**kwargs: Any) -> MobileNetV3:
    """MobileNet V3 small; ``kwargs`` as for :func:`mobilenet_v3_large`."""
    return _mobilenet_v3(SMALL, 1024, **kwargs)
