"""Models that are compared with torchvision's number by number, a few of each file.

They are small, and together take every branch of the code; that a published size is built as it
should be is seen by names and shapes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A model as an expression, in which ``models`` is either library's, and its batch."""

    model: str
    shape: tuple[int, int, int, int] = (2, 3, 32, 32)


CASES: dict[str, list[Case]] = {
    "convnext": [
        Case(
            "models.ConvNeXt([models.convnext.CNBlockConfig(16, 24, 2), "
            "models.convnext.CNBlockConfig(24, None, 1)], stochastic_depth_prob=0.5, "
            "layer_scale=0.5, num_classes=7)",
            (4, 3, 36, 32),
        ),
        Case(
            "models.ConvNeXt([models.convnext.CNBlockConfig(8, 16, 2)], num_classes=7, "
            "norm_layer=lambda channels: models.convnext.LayerNorm2d(channels, bias=False))"
        ),
    ],
    "efficientnet": [
        Case(
            "models.EfficientNet([models.efficientnet.MBConvConfig(1, 3, 1, 16, 8, 1, 1.5), "
            "models.efficientnet.MBConvConfig(6, 5, 2, 8, 16, 2, 1.5, 1.2)], dropout=0.3, "
            "stochastic_depth_prob=0.7, num_classes=7)",
            (4, 3, 37, 32),
        ),
        Case(
            "models.EfficientNet([models.efficientnet.FusedMBConvConfig(1, 3, 1, 8, 8, 2), "
            "models.efficientnet.FusedMBConvConfig(4, 3, 2, 8, 16, 2), "
            "models.efficientnet.MBConvConfig(4, 3, 1, 16, 16, 2)], dropout=0.0, last_channel=40, "
            "num_classes=7)",
            (4, 3, 32, 32),
        ),
    ],
    "mobilenetv2": [
        Case("models.mobilenet_v2(num_classes=7, width_mult=0.25)", (4, 3, 33, 40)),
        Case(
            "models.MobileNetV2(num_classes=7, width_mult=1.1, round_nearest=4, dropout=0.5, "
            "inverted_residual_setting=[[1, 8, 1, 2], [3, 8, 2, 1]])"
        ),
    ],
    "mobilenetv3": [
        Case("models.mobilenet_v3_large(num_classes=7, width_mult=0.25)", (4, 3, 33, 40)),
        Case(
            "models.mobilenet_v3_small(num_classes=7, width_mult=0.25, reduced_tail=True, "
            "dilated=True, dropout=0.5)",
            (4, 3, 32, 32),
        ),
    ],
    "regnet": [
        Case(
            "models.RegNet(models.regnet.BlockParams.from_init_params("
            "5, 8, 6.0, 2.5, 8, bottleneck_multiplier=0.5, se_ratio=0.25), num_classes=7)",
            (4, 3, 64, 64),
        ),
        Case(
            "models.RegNet(models.regnet.BlockParams([1, 2], [8, 24], [4, 8], [1.0, 1.0], [1, 2]), "
            "stem_width=8, num_classes=7)",
            (4, 3, 33, 32),
        ),
    ],
    "resnet": [
        Case("models.resnet18(num_classes=7)"),
        Case("models.resnet18(num_classes=7, zero_init_residual=True)", (3, 3, 45, 38)),
        Case(
            "models.ResNet(models.resnet.Bottleneck, [1, 2, 1, 1], num_classes=7, "
            "zero_init_residual=True, replace_stride_with_dilation=[False, True, True])"
        ),
        Case(
            "models.ResNet(models.resnet.Bottleneck, [1, 1, 2, 1], num_classes=7, "
            "groups=32, width_per_group=4)"
        ),
    ],
    "swin_transformer": [
        Case(
            "models.SwinTransformer([2, 3], 8, [2, 2], [2, 4], [4, 3], 2.0, 0.2, 0.3, 0.5, 7)",
            (4, 3, 33, 32),
        ),
        Case(
            "models.SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 8], num_classes=7, "
            "block=models.swin_transformer.SwinTransformerBlockV2, attention_dropout=0.1, "
            "downsample_layer=models.swin_transformer.PatchMergingV2)",
            (2, 3, 64, 64),
        ),
    ],
    "vision_transformer": [
        Case("models.VisionTransformer(32, 8, 2, 4, 32, 48, num_classes=7)"),
        Case(
            "models.VisionTransformer(32, 8, 2, 4, 32, 48, 0.2, 0.3, 7, representation_size=20, "
            "conv_stem_configs=[models.vision_transformer.ConvStemConfig(8, 3, 2), "
            "models.vision_transformer.ConvStemConfig(12, 5, 4)])"
        ),
    ],
}
