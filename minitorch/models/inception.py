"""Inception v3: GoogLeNet's idea, its large windows taken apart into small and one-sided ones.

Source: "Rethinking the Inception Architecture for Computer Vision", Szegedy et al. 2015,
https://arxiv.org/abs/1512.00567. Names and initial weights are torchvision's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from minitorch import nn
from minitorch.models.googlenet import BasicConv2d, Block, renormalise
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


class InceptionA(nn.Module):
    """Windows up to 5×5: (N, in_channels, H, W) -> (N, 224 + pool_features, H, W)."""

    def __init__(
        self, in_channels: int, pool_features: int, conv_block: Block | None = None
    ) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.branch1x1 = conv(in_channels, 64, kernel_size=1)
        self.branch5x5_1 = conv(in_channels, 48, kernel_size=1)
        self.branch5x5_2 = conv(48, 64, kernel_size=5, padding=2)
        self.branch3x3dbl_1 = conv(in_channels, 64, kernel_size=1)
        self.branch3x3dbl_2 = conv(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = conv(96, 96, kernel_size=3, padding=1)
        self.branch_pool = conv(in_channels, pool_features, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        branches = [
            self.branch1x1(x),
            self.branch5x5_2(self.branch5x5_1(x)),
            self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))),
            self.branch_pool(F.avg_pool2d(x, 3, stride=1, padding=1)),
        ]
        return cat(branches, 1)


class InceptionB(nn.Module):
    """Halves height and width: (N, in_channels, H, W) -> (N, 480 + in_channels, H / 2, W / 2)."""

    def __init__(self, in_channels: int, conv_block: Block | None = None) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.branch3x3 = conv(in_channels, 384, kernel_size=3, stride=2)
        self.branch3x3dbl_1 = conv(in_channels, 64, kernel_size=1)
        self.branch3x3dbl_2 = conv(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = conv(96, 96, kernel_size=3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        branches = [
            self.branch3x3(x),
            self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))),
            F.max_pool2d(x, 3, stride=2),
        ]
        return cat(branches, 1)


class InceptionC(nn.Module):
    """Windows 7 long, one-sided, channels_7x7 deep: (N, in_channels, H, W) -> (N, 768, H, W)."""

    def __init__(
        self, in_channels: int, channels_7x7: int, conv_block: Block | None = None
    ) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        c7 = channels_7x7
        self.branch1x1 = conv(in_channels, 192, kernel_size=1)
        self.branch7x7_1 = conv(in_channels, c7, kernel_size=1)
        self.branch7x7_2 = conv(c7, c7, kernel_size=(1, 7), padding=(0, 3))
        self.branch7x7_3 = conv(c7, 192, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7dbl_1 = conv(in_channels, c7, kernel_size=1)
        self.branch7x7dbl_2 = conv(c7, c7, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7dbl_3 = conv(c7, c7, kernel_size=(1, 7), padding=(0, 3))
        self.branch7x7dbl_4 = conv(c7, c7, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7dbl_5 = conv(c7, 192, kernel_size=(1, 7), padding=(0, 3))
        self.branch_pool = conv(in_channels, 192, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        branches = [self.branch1x1(x), self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))]
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        branches.append(self.branch7x7dbl_5(self.branch7x7dbl_4(double)))
        branches.append(self.branch_pool(F.avg_pool2d(x, 3, stride=1, padding=1)))
        return cat(branches, 1)


class InceptionD(nn.Module):
    """Halves height and width: (N, in_channels, H, W) -> (N, 512 + in_channels, H / 2, W / 2)."""

    def __init__(self, in_channels: int, conv_block: Block | None = None) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.branch3x3_1 = conv(in_channels, 192, kernel_size=1)
        self.branch3x3_2 = conv(192, 320, kernel_size=3, stride=2)
        self.branch7x7x3_1 = conv(in_channels, 192, kernel_size=1)
        self.branch7x7x3_2 = conv(192, 192, kernel_size=(1, 7), padding=(0, 3))
        self.branch7x7x3_3 = conv(192, 192, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7x3_4 = conv(192, 192, kernel_size=3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        branch3x3 = self.branch3x3_2(self.branch3x3_1(x))
        one_sided = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return cat([branch3x3, self.branch7x7x3_4(one_sided), F.max_pool2d(x, 3, stride=2)], 1)


class InceptionE(nn.Module):
    """Windows 3 long, both ways side by side: (N, in_channels, H, W) -> (N, 2048, H, W)."""

    def __init__(self, in_channels: int, conv_block: Block | None = None) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.branch1x1 = conv(in_channels, 320, kernel_size=1)
        self.branch3x3_1 = conv(in_channels, 384, kernel_size=1)
        self.branch3x3_2a = conv(384, 384, kernel_size=(1, 3), padding=(0, 1))
        self.branch3x3_2b = conv(384, 384, kernel_size=(3, 1), padding=(1, 0))
        self.branch3x3dbl_1 = conv(in_channels, 448, kernel_size=1)
        self.branch3x3dbl_2 = conv(448, 384, kernel_size=3, padding=1)
        self.branch3x3dbl_3a = conv(384, 384, kernel_size=(1, 3), padding=(0, 1))
        self.branch3x3dbl_3b = conv(384, 384, kernel_size=(3, 1), padding=(1, 0))
        self.branch_pool = conv(in_channels, 192, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        branches = [self.branch1x1(x)]
        single = self.branch3x3_1(x)
        branches += [self.branch3x3_2a(single), self.branch3x3_2b(single)]
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        branches += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        branches.append(self.branch_pool(F.avg_pool2d(x, 3, stride=1, padding=1)))
        return cat(branches, 1)


class InceptionAux(nn.Module):
    """Classifies in the middle of the network: (N, in_channels, H, W) -> (N, num_classes)."""

    def __init__(self, in_channels: int, num_classes: int, conv_block: Block | None = None) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.conv0 = conv(in_channels, 128, kernel_size=1)
        self.conv1 = conv(128, 768, kernel_size=5)
        self.fc = nn.Linear(768, num_classes)
        self.fc.stddev = 0.001

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(self.conv0(F.avg_pool2d(x, 5, stride=3)))
        return self.fc(F.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


class InceptionOutputs(NamedTuple):
    """What a network in training returns, each (N, num_classes)."""

    logits: Tensor
    aux_logits: Tensor | None


class Inception3(nn.Module):
    """Classifies (N, 3, H, W), 75 × 75 or larger, made for 299 × 299, into (N, num_classes).

    In training, with an auxiliary head, it returns :class:`InceptionOutputs`; the head takes
    pictures from 299 × 299 on.

    Args:
        num_classes: how many classes there are.
        aux_logits: whether a head classifies in the middle while it is training.
        transform_input: whether pictures come normalised for the other networks.
        inception_blocks: classes to use instead of ``BasicConv2d``, ``InceptionA`` to
            ``InceptionE`` and ``InceptionAux``.
        init_weights: whether weights are drawn from a truncated normal distribution, as where
            nothing is said, else as layers do by default.
        dropout: probability, before the last layer.

    Raises:
        ValueError: there are not seven blocks.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        inception_blocks: Sequence[Block] | None = None,
        init_weights: bool | None = None,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        blocks = inception_blocks
        if blocks is None:
            blocks = [BasicConv2d, InceptionA, InceptionB, InceptionC, InceptionD, InceptionE]
            blocks.append(InceptionAux)
        if len(blocks) != 7:
            raise ValueError(f"length of inception_blocks should be 7 instead of {len(blocks)}")
        conv, inception_a, inception_b, inception_c, inception_d, inception_e, aux = blocks
        self.aux_logits = aux_logits
        self.transform_input = transform_input

        self.Conv2d_1a_3x3 = conv(3, 32, kernel_size=3, stride=2)
        self.Conv2d_2a_3x3 = conv(32, 32, kernel_size=3)
        self.Conv2d_2b_3x3 = conv(32, 64, kernel_size=3, padding=1)
        self.maxpool1 = nn.MaxPool2d(3, stride=2)
        self.Conv2d_3b_1x1 = conv(64, 80, kernel_size=1)
        self.Conv2d_4a_3x3 = conv(80, 192, kernel_size=3)
        self.maxpool2 = nn.MaxPool2d(3, stride=2)
        self.Mixed_5b = inception_a(192, pool_features=32)
        self.Mixed_5c = inception_a(256, pool_features=64)
        self.Mixed_5d = inception_a(288, pool_features=64)
        self.Mixed_6a = inception_b(288)
        self.Mixed_6b = inception_c(768, channels_7x7=128)
        self.Mixed_6c = inception_c(768, channels_7x7=160)
        self.Mixed_6d = inception_c(768, channels_7x7=160)
        self.Mixed_6e = inception_c(768, channels_7x7=192)
        self.AuxLogits = aux(768, num_classes) if aux_logits else None
        self.Mixed_7a = inception_d(768)
        self.Mixed_7b = inception_e(1280)
        self.Mixed_7c = inception_e(2048)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2048, num_classes)
        if init_weights or init_weights is None:
            self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=float(getattr(module, "stddev", 0.1)))

    def forward(self, x: Tensor) -> Tensor | InceptionOutputs:
        if self.transform_input:
            x = renormalise(x)
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(self.maxpool1(x)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(self.maxpool2(x))))
        x = self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))
        x = self.Mixed_6e(self.Mixed_6d(x))  # (N, 768, 17, 17) of 299 × 299
        aux = self.AuxLogits(x) if self.training and self.AuxLogits is not None else None
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        x = self.fc(self.dropout(self.avgpool(x)).flatten(1))
        return InceptionOutputs(x, aux) if self.training and self.aux_logits else x


class Inception_V3_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "inception_v3_google-0cc3c7bd",
        27_161_264,
        (77.294, 93.45),
        min_size=(75, 75),
        crop_size=299,
        resize_size=342,
    )
    DEFAULT = IMAGENET1K_V1


def _finish(model: Inception3, asked: dict[str, Any]) -> None:
    model.transform_input = asked.get("transform_input", True)
    if not asked.get("aux_logits", True):
        model.aux_logits = False
        model.AuxLogits = None


@register_model(Inception_V3_Weights, _finish, aux_logits=True, init_weights=False)
def inception_v3(**kwargs: Any) -> Inception3:
    """Inception v3; ``kwargs``: :class:`Inception3`."""
    return Inception3(**kwargs)
