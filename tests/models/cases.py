"""Models that are compared with torchvision's number by number, a few of each file.

They are small, and together take every branch of the code; that a published size is built as it
should be is seen by names and shapes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A model as an expression, in which ``models`` and ``nn`` are either library's, and its batch.

    Narrow: linear layers 4,096 wide, which no argument makes narrower, are 16 wide.
    """

    model: str
    shape: tuple[int, int, int, int] = (2, 3, 32, 32)
    narrow: bool = False


# What the skeletons of GoogLeNet and Inception are seen with: blocks of the same channels.
GOOGLENET = (
    "[models.inception.BasicConv2d, lambda c, one, _, three, __, five, pool: "
    "models.inception.BasicConv2d(c, one + three + five + pool, kernel_size=1, groups=16), "
    "lambda c, classes, dropout: nn.Sequential("
    "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(c, classes))]"
)
INCEPTION = (
    "[models.inception.BasicConv2d, "
    "lambda c, pool_features: nn.Conv2d(c, 224 + pool_features, 1, groups=32), "
    "lambda c: nn.Conv2d(c, 768, 3, 2, groups=32), "
    "lambda c, channels_7x7: nn.Conv2d(c, 768, 1, groups=32), "
    "lambda c: nn.Conv2d(c, 1280, 3, 2, groups=32), "
    "lambda c: nn.Conv2d(c, 2048, 1, groups=32), "
    "lambda c, classes: nn.Sequential("
    "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, classes))]"
)

CASES: dict[str, list[Case]] = {
    "alexnet": [Case("models.alexnet(num_classes=7, dropout=0.3)", (2, 3, 70, 64), narrow=True)],
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
    "densenet": [
        Case("models.DenseNet(4, (2, 1), 8, bn_size=2, num_classes=7)", (2, 3, 38, 45)),
        Case("models.DenseNet(4, (2, 3), 8, drop_rate=0.3, memory_efficient=True, num_classes=7)"),
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
    "googlenet": [
        Case("models.GoogLeNet(num_classes=7, aux_logits=False)", (2, 3, 40, 33)),
        Case(f"models.GoogLeNet(7, transform_input=True, init_weights=False, blocks={GOOGLENET})"),
    ],
    "inception": [
        Case("models.inception.InceptionA(6, 8)", (2, 6, 8, 9)),
        Case("models.inception.InceptionB(6)", (2, 6, 8, 9)),
        Case("models.inception.InceptionC(6, channels_7x7=8)", (2, 6, 8, 9)),
        Case("models.inception.InceptionD(6)", (2, 6, 8, 9)),
        Case("models.inception.InceptionE(6)", (2, 6, 5, 4)),
        Case("models.inception.InceptionAux(6, 7)", (2, 6, 17, 18)),
        Case(f"models.Inception3(7, inception_blocks={INCEPTION}, dropout=0.2)", (2, 3, 77, 75)),
        Case(
            "models.Inception3(7, False, transform_input=True, init_weights=False, "
            f"inception_blocks={INCEPTION})",
            (2, 3, 77, 75),
        ),
    ],
    "lenet": [Case("models.lenet(num_classes=7)", (2, 1, 32, 32)), Case("models.LeNet(10, 3)")],
    "mnasnet": [
        Case("models.MNASNet(0.1, 7)", (2, 3, 40, 33)),
        Case("models.mnasnet0_5(num_classes=7, dropout=0.4)"),
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
    "shufflenetv2": [
        Case("models.ShuffleNetV2([2, 1, 3], [8, 12, 16, 24, 32], 7)", (2, 3, 64, 40)),
        Case("models.shufflenet_v2_x0_5(num_classes=7)"),
    ],
    "squeezenet": [
        Case("models.squeezenet1_0(num_classes=7)", (2, 3, 40, 33)),
        Case("models.squeezenet1_1(num_classes=7, dropout=0.2)"),
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
    "vgg": [
        Case(
            "models.VGG(models.vgg.make_layers([8, 'M', 16, 512, 'M']), num_classes=7)",
            (2, 3, 40, 33),
            narrow=True,
        ),
        Case(
            "models.VGG(models.vgg.make_layers([8, 'M', 512, 'M'], batch_norm=True), "
            "init_weights=False, dropout=0.2)",
            narrow=True,
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
