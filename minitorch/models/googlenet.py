"""GoogLeNet: blocks that look at the same pixels through windows of several sizes.

Source: "Going Deeper with Convolutions", Szegedy et al. 2014, https://arxiv.org/abs/1409.4842, with
batch norm. Names and initial weights are torchvision's.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor

Block = Callable[..., nn.Module]


class BasicConv2d(nn.Module):
    """Convolution, batch norm, ReLU; ``kwargs``: those of ``Conv2d``."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    """Four branches: (N, in_channels, H, W) -> (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W).

    The branch that is 5×5 in the paper is 3×3, as the published weights are.
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        conv_block: Block | None = None,
    ) -> None:
        super().__init__()
        conv = conv_block or BasicConv2d
        self.branch1 = conv(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(
            conv(in_channels, ch3x3red, kernel_size=1),
            conv(ch3x3red, ch3x3, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            conv(in_channels, ch5x5red, kernel_size=1),
            conv(ch5x5red, ch5x5, kernel_size=3, padding=1),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True),
            conv(in_channels, pool_proj, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    """Classifies in the middle of the network: (N, in_channels, H, W) -> (N, num_classes)."""

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        conv_block: Block | None = None,
        dropout: float = 0.7,
    ) -> None:
        super().__init__()
        self.conv = (conv_block or BasicConv2d)(in_channels, 128, kernel_size=1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(F.adaptive_avg_pool2d(x, (4, 4)))  # (N, 128, 4, 4)
        x = F.relu(self.fc1(x.flatten(1)), inplace=True)
        return self.fc2(self.dropout(x))


class GoogLeNetOutputs(NamedTuple):
    """What a network in training returns, each (N, num_classes): the last is of the first head."""

    logits: Tensor
    aux_logits2: Tensor | None
    aux_logits1: Tensor | None


def renormalise(x: Tensor) -> Tensor:
    """Normalise (N, 3, H, W) by mean and deviation 0.5, which was by those of ImageNet."""
    std = x.new_tensor([s / 0.5 for s in (0.229, 0.224, 0.225)])
    mean = x.new_tensor([(m - 0.5) / 0.5 for m in (0.485, 0.456, 0.406)])
    return x * std.view(3, 1, 1) + mean.view(3, 1, 1)


class GoogLeNet(nn.Module):
    """Classifies (N, 3, H, W), 15 × 15 or larger, into (N, num_classes).

    In training, with auxiliary heads, it returns :class:`GoogLeNetOutputs`.

    Args:
        num_classes: how many classes there are.
        aux_logits: whether two heads classify in the middle while it is training.
        transform_input: whether pictures come normalised for the other networks.
        init_weights: whether weights are drawn from a truncated normal distribution, as where
            nothing is said, else as layers do by default.
        blocks: classes to use instead of ``BasicConv2d``, ``Inception`` and ``InceptionAux``.
        dropout: probability, before the last layer.
        dropout_aux: probability, before the last layer of each head.

    Raises:
        ValueError: there are not three blocks.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        init_weights: bool | None = None,
        blocks: Sequence[Block] | None = None,
        dropout: float = 0.2,
        dropout_aux: float = 0.7,
    ) -> None:
        super().__init__()
        blocks = [BasicConv2d, Inception, InceptionAux] if blocks is None else blocks
        if len(blocks) != 3:
            raise ValueError(f"blocks length should be 3 instead of {len(blocks)}")
        conv, inception, aux = blocks
        self.aux_logits = aux_logits
        self.transform_input = transform_input

        self.conv1 = conv(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = conv(64, 64, kernel_size=1)
        self.conv3 = conv(64, 192, kernel_size=3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = inception(256, 128, 128, 192, 32, 96, 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = inception(528, 256, 160, 320, 32, 128, 128)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a = inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = aux(512, num_classes, dropout=dropout_aux) if aux_logits else None
        self.aux2 = aux(528, num_classes, dropout=dropout_aux) if aux_logits else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, num_classes)
        if init_weights or init_weights is None:
            self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        if self.transform_input:
            x = renormalise(x)
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        aux1 = self.aux1(x) if self.training and self.aux1 is not None else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        aux2 = self.aux2(x) if self.training and self.aux2 is not None else None
        x = self.maxpool4(self.inception4e(x))
        x = self.inception5b(self.inception5a(x))
        x = self.fc(self.dropout(self.avgpool(x).flatten(1)))
        return GoogLeNetOutputs(x, aux2, aux1) if self.training and self.aux_logits else x


class GoogLeNet_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("googlenet-1378be20", 6_624_904, (69.778, 89.53), min_size=(15, 15))
    DEFAULT = IMAGENET1K_V1


def _finish(model: GoogLeNet, asked: dict[str, Any]) -> None:
    """The file has heads, which nobody has trained."""
    model.transform_input = asked.get("transform_input", True)
    if asked.get("aux_logits", False):
        warnings.warn(
            "auxiliary heads in the pretrained googlenet model are NOT pretrained, "
            "so make sure to train them",
            UserWarning,
            stacklevel=4,
        )
    else:
        model.aux_logits = False
        model.aux1 = model.aux2 = None


@register_model(GoogLeNet_Weights, _finish, aux_logits=True, init_weights=False)
def googlenet(**kwargs: Any) -> GoogLeNet:
    """GoogLeNet, with published weights without auxiliary heads; ``kwargs``: :class:`GoogLeNet`."""
    return GoogLeNet(**kwargs)
