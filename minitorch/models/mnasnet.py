"""MNASNet: inverted residuals, whose numbers a search for fast networks has found.

Source: "MnasNet: Platform-Aware Neural Architecture Search for Mobile", Tan et al. 2018,
https://arxiv.org/abs/1807.11626, variant B1. Names and initial weights are torchvision's.
"""

import warnings
from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor

_BN_MOMENTUM = 1 - 0.9997  # TensorFlow's momentum is the share that stays, not the one that comes


class _InvertedResidual(nn.Module):
    """Many channels between few: (N, in_ch, H, W) -> (N, out_ch, H / stride, W / stride).

    Raises:
        ValueError: a stride that is not 1 or 2, or a kernel that is not 3 or 5.
    """

    def __init__(
        self,
        in_ch: int,
        out_ch: int,
        kernel_size: int,
        stride: int,
        expansion_factor: int,
        bn_momentum: float = 0.1,
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        if kernel_size not in (3, 5):
            raise ValueError(f"kernel_size should be 3 or 5 instead of {kernel_size}")
        mid = in_ch * expansion_factor
        padding = kernel_size // 2
        self.apply_residual = in_ch == out_ch and stride == 1
        self.layers = nn.Sequential(
            nn.Conv2d(in_ch, mid, 1, bias=False),
            nn.BatchNorm2d(mid, momentum=bn_momentum),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, mid, kernel_size, stride, padding, groups=mid, bias=False),
            nn.BatchNorm2d(mid, momentum=bn_momentum),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, out_ch, 1, bias=False),
            nn.BatchNorm2d(out_ch, momentum=bn_momentum),
        )

    def forward(self, input: Tensor) -> Tensor:
        out = self.layers(input)
        return out + input if self.apply_residual else out


def _stack(
    in_ch: int,
    out_ch: int,
    kernel_size: int,
    stride: int,
    exp_factor: int,
    repeats: int,
    bn_momentum: float,
) -> nn.Sequential:
    """Return blocks of which the first has the stride and changes the channels."""
    if repeats < 1:
        raise ValueError(f"repeats should be >= 1, instead got {repeats}")
    blocks = [_InvertedResidual(in_ch, out_ch, kernel_size, stride, exp_factor, bn_momentum)]
    while len(blocks) < repeats:
        blocks.append(_InvertedResidual(out_ch, out_ch, kernel_size, 1, exp_factor, bn_momentum))
    return nn.Sequential(*blocks)


def _get_depths(alpha: float) -> list[int]:
    """Return alpha times the channels, as multiples of 8 that are not below nine tenths of that."""

    def rounded(channels: float) -> int:
        multiple = max(8, int(channels + 4) // 8 * 8)
        return multiple if multiple >= 0.9 * channels else multiple + 8

    return [rounded(depth * alpha) for depth in (32, 16, 24, 40, 80, 96, 192, 320)]


class MNASNet(nn.Module):
    """Classifies (N, 3, H, W) into (N, num_classes).

    Args:
        alpha: how many times the channels of the paper.
        num_classes: how many classes there are.
        dropout: probability, before the last layer.

    Raises:
        ValueError: ``alpha`` is not above 0.
    """

    _version = 2  # in 1 the first layers were as wide for every alpha

    def __init__(self, alpha: float, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        if alpha <= 0.0:
            raise ValueError(f"alpha should be greater than 0.0 instead of {alpha}")
        self.alpha = alpha
        self.num_classes = num_classes
        depths = _get_depths(alpha)
        self.layers = nn.Sequential(
            *_stem(depths),
            _stack(depths[2], depths[3], 5, 2, 3, 3, _BN_MOMENTUM),
            _stack(depths[3], depths[4], 5, 2, 6, 3, _BN_MOMENTUM),
            _stack(depths[4], depths[5], 3, 1, 6, 2, _BN_MOMENTUM),
            _stack(depths[5], depths[6], 5, 2, 6, 4, _BN_MOMENTUM),
            _stack(depths[6], depths[7], 3, 1, 6, 1, _BN_MOMENTUM),
            nn.Conv2d(depths[7], 1280, 1, bias=False),
            nn.BatchNorm2d(1280, momentum=_BN_MOMENTUM),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(dropout, inplace=True), nn.Linear(1280, num_classes)
        )
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="sigmoid")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.layers(x).mean([2, 3]))

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *args: Any
    ) -> None:
        """Load; for a file of version 1 the first layers are made as they were then.

        Raises:
            ValueError: the file does not say of which of both versions it is.
        """
        version = local_metadata.get("version")
        if version not in (1, 2):
            raise ValueError(f"version should be set to 1 or 2 instead of {version}")
        if version == 1 and self.alpha != 1.0:
            stem = _stem([32, 16, *_get_depths(self.alpha)[2:]])
            for index, layer in enumerate(stem):
                self.layers[index] = layer.train(self.training)
            self._version = 1  # and saved as such
            warnings.warn(
                "A new version of MNASNet model has been implemented. Your checkpoint was saved "
                "using the previous version. It will load and work as before, but a newer one "
                "would be better to start from.",
                UserWarning,
                stacklevel=4,
            )
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)


def _stem(depths: list[int]) -> list[nn.Module]:
    """Return the first layers: a convolution, a depthwise separable one, and the first stack."""
    return [
        nn.Conv2d(3, depths[0], 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(depths[0], momentum=_BN_MOMENTUM),
        nn.ReLU(inplace=True),
        nn.Conv2d(depths[0], depths[0], 3, padding=1, groups=depths[0], bias=False),
        nn.BatchNorm2d(depths[0], momentum=_BN_MOMENTUM),
        nn.ReLU(inplace=True),
        nn.Conv2d(depths[0], depths[1], 1, bias=False),
        nn.BatchNorm2d(depths[1], momentum=_BN_MOMENTUM),
        _stack(depths[1], depths[2], 3, 2, 3, 3, _BN_MOMENTUM),
    ]


class MNASNet0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet0.5_top1_67.823-3ffadce67e", 2_218_512, (67.734, 87.49))
    DEFAULT = IMAGENET1K_V1


@register_model(MNASNet0_5_Weights)
def mnasnet0_5(**kwargs: Any) -> MNASNet:
    """MNASNet, half as wide; ``kwargs``: :class:`MNASNet`, without ``alpha``."""
    return MNASNet(0.5, **kwargs)


class MNASNet0_75_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet0_75-7090bc5f", 3_170_208, (71.18, 90.496), resize_size=232)
    DEFAULT = IMAGENET1K_V1


@register_model(MNASNet0_75_Weights)
def mnasnet0_75(**kwargs: Any) -> MNASNet:
    """MNASNet, three quarters as wide; ``kwargs``: :class:`MNASNet`, without ``alpha``."""
    return MNASNet(0.75, **kwargs)


class MNASNet1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet1.0_top1_73.512-f206786ef8", 4_383_312, (73.456, 91.51))
    DEFAULT = IMAGENET1K_V1


@register_model(MNASNet1_0_Weights)
def mnasnet1_0(**kwargs: Any) -> MNASNet:
    """MNASNet as in the paper; ``kwargs``: :class:`MNASNet`, without ``alpha``."""
    return MNASNet(1.0, **kwargs)


class MNASNet1_3_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet1_3-a4c69d6f", 6_282_256, (76.506, 93.522), resize_size=232)
    DEFAULT = IMAGENET1K_V1


@register_model(MNASNet1_3_Weights)
def mnasnet1_3(**kwargs: Any) -> MNASNet:
    """MNASNet, 1.3 times as wide; ``kwargs``: :class:`MNASNet`, without ``alpha``."""
    return MNASNet(1.3, **kwargs)
