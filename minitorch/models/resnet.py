"""ResNet, ResNeXt and Wide ResNet: networks whose blocks add to what they are given.

Sources: "Deep Residual Learning for Image Recognition", He et al. 2015,
https://arxiv.org/abs/1512.03385; "Aggregated Residual Transformations for Deep Neural Networks",
Xie et al. 2016, https://arxiv.org/abs/1611.05431; "Wide Residual Networks", Zagoruyko and Komodakis
2016, https://arxiv.org/abs/1605.07146. Names and initial weights are torchvision's.
"""

from collections.abc import Callable, Sequence
from typing import Any

from minitorch import nn
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.tensor import Tensor

Norm = Callable[[int], nn.Module]


def conv3x3(
    in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1
) -> nn.Conv2d:
    """Return a convolution that keeps height and width, but for the stride."""
    return nn.Conv2d(
        in_planes,
        out_planes,
        3,
        stride,
        padding=dilation,
        dilation=dilation,
        groups=groups,
        bias=False,
    )


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_planes, out_planes, 1, stride, bias=False)


class BasicBlock(nn.Module):
    """Two 3×3 convolutions: (N, inplanes, H, W) -> (N, planes, H / stride, W / stride)."""

    expansion = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError(
                "BasicBlock only supports groups=1 and base_width=64, "
                f"got groups={groups} and base_width={base_width}"
            )
        if dilation > 1:
            raise NotImplementedError(
                f"Dilation > 1 not supported in BasicBlock, got {dilation}: Bottleneck takes it"
            )
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """1×1 to few channels, 3×3, 1×1 to many: (N, inplanes, H, W) -> (N, 4 planes, H / stride, …).

    The 3×3 convolution has the stride ("ResNet v1.5"), where the paper gives it to the first.
    """

    expansion = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """Classifies (N, 3, H, W): a 7×7 convolution, four stages of blocks, the mean, a linear layer.

    Args:
        block: what the stages are made of.
        layers: how many of them each stage has.
        num_classes: length of what comes out, (N, num_classes).
        zero_init_residual: let each block begin as the identity.
        groups: of the 3×3 convolutions of a Bottleneck.
        width_per_group: their channels per group, in the first stage.
        replace_stride_with_dilation: for each of the last three stages, whether it keeps height and
            width and spreads its convolutions instead.
        norm_layer: called with a number of channels; BatchNorm2d by default.

    Raises:
        ValueError: the block is not made for the groups or the width, or
            ``replace_stride_with_dilation`` has not three elements.
        NotImplementedError: BasicBlock with dilation.
    """

    _norm_layer: Norm = nn.BatchNorm2d  # no field: files of whole models do not hold functions

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        if norm_layer is not None:
            self._norm_layer = norm_layer
        dilate = replace_stride_with_dilation
        if dilate is None:
            dilate = [False, False, False]
        if len(dilate) != 3:
            raise ValueError(
                "replace_stride_with_dilation should be None or a 3-element tuple, "
                f"got {replace_stride_with_dilation}"
            )
        self.inplanes = 64
        self.dilation = 1
        self.groups = groups
        self.base_width = width_per_group

        self.conv1 = nn.Conv2d(3, self.inplanes, 7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        self._initialise(zero_init_residual)

    def _make_layer(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        planes: int,
        blocks: int,
        stride: int = 1,
        dilate: bool = False,
    ) -> nn.Sequential:
        first_dilation = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        out = planes * block.expansion
        shape = (self.groups, self.base_width)
        downsample = None
        if stride != 1 or self.inplanes != out:
            downsample = nn.Sequential(conv1x1(self.inplanes, out, stride), self._norm_layer(out))
        stage = [
            block(
                self.inplanes, planes, stride, downsample, *shape, first_dilation, self._norm_layer
            )
        ]
        self.inplanes = out
        while len(stage) < blocks:
            stage.append(block(out, planes, 1, None, *shape, self.dilation, self._norm_layer))
        return nn.Sequential(*stage)

    def _initialise(self, zero_init_residual: bool) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, BasicBlock | Bottleneck):
                last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
                if last.weight is not None:
                    nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


class ResNet18_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet18-f37072fd", 11_689_512, (69.758, 89.078))
    DEFAULT = IMAGENET1K_V1


@register_model(ResNet18_Weights)
def resnet18(**kwargs: Any) -> ResNet:
    """ResNet-18; ``kwargs``: :class:`ResNet`."""
    return ResNet(BasicBlock, [2, 2, 2, 2], **kwargs)


class ResNet34_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet34-b627a593", 21_797_672, (73.314, 91.42))
    DEFAULT = IMAGENET1K_V1


@register_model(ResNet34_Weights)
def resnet34(**kwargs: Any) -> ResNet:
    """ResNet-34; ``kwargs``: :class:`ResNet`."""
    return ResNet(BasicBlock, [3, 4, 6, 3], **kwargs)


class ResNet50_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet50-0676ba61", 25_557_032, (76.13, 92.862))
    IMAGENET1K_V2 = imagenet("resnet50-11ad3fa6", 25_557_032, (80.858, 95.434), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(ResNet50_Weights)
def resnet50(**kwargs: Any) -> ResNet:
    """ResNet-50; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


class ResNet101_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet101-63fe2227", 44_549_160, (77.374, 93.546))
    IMAGENET1K_V2 = imagenet("resnet101-cd907fc2", 44_549_160, (81.886, 95.78), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(ResNet101_Weights)
def resnet101(**kwargs: Any) -> ResNet:
    """ResNet-101; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


class ResNet152_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet152-394f9c45", 60_192_808, (78.312, 94.046))
    IMAGENET1K_V2 = imagenet("resnet152-f82ba261", 60_192_808, (82.284, 96.002), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model(ResNet152_Weights)
def resnet152(**kwargs: Any) -> ResNet:
    """ResNet-152; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 8, 36, 3], **kwargs)


class ResNeXt50_32X4D_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnext50_32x4d-7cdf4587", 25_028_904, (77.618, 93.698))
    IMAGENET1K_V2 = imagenet(
        "resnext50_32x4d-1a0047aa", 25_028_904, (81.198, 95.34), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(ResNeXt50_32X4D_Weights)
def resnext50_32x4d(**kwargs: Any) -> ResNet:
    """ResNeXt-50, 32 groups 4 wide; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4, **kwargs)


class ResNeXt101_32X8D_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnext101_32x8d-8ba56ff5", 88_791_336, (79.312, 94.526))
    IMAGENET1K_V2 = imagenet(
        "resnext101_32x8d-110c445d", 88_791_336, (82.834, 96.228), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(ResNeXt101_32X8D_Weights)
def resnext101_32x8d(**kwargs: Any) -> ResNet:
    """ResNeXt-101, 32 groups 8 wide; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=8, **kwargs)


class ResNeXt101_64X4D_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "resnext101_64x4d-173b62eb", 83_455_272, (83.246, 96.454), resize_size=232
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ResNeXt101_64X4D_Weights)
def resnext101_64x4d(**kwargs: Any) -> ResNet:
    """ResNeXt-101, 64 groups 4 wide; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=64, width_per_group=4, **kwargs)


class Wide_ResNet50_2_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("wide_resnet50_2-95faca4d", 68_883_240, (78.468, 94.086))
    IMAGENET1K_V2 = imagenet(
        "wide_resnet50_2-9ba9bcbe", 68_883_240, (81.602, 95.758), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(Wide_ResNet50_2_Weights)
def wide_resnet50_2(**kwargs: Any) -> ResNet:
    """Wide ResNet-50-2: ResNet-50, its 3×3 twice as wide; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], width_per_group=128, **kwargs)


class Wide_ResNet101_2_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("wide_resnet101_2-32ee1156", 126_886_696, (78.848, 94.284))
    IMAGENET1K_V2 = imagenet(
        "wide_resnet101_2-d733dc28", 126_886_696, (82.51, 96.02), resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


@register_model(Wide_ResNet101_2_Weights)
def wide_resnet101_2(**kwargs: Any) -> ResNet:
    """Wide ResNet-101-2: ResNet-101, its 3×3 twice as wide; ``kwargs``: :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], width_per_group=128, **kwargs)
