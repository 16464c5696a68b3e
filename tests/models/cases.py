"""Models that are compared with torchvision's number by number, a few of each file.

They are small, and together take every branch of the code; that a published size is built as it
should be is seen by names and shapes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A model as an expression, in which ``models`` is either library's, and its batch.

    Narrow: linear layers 4,096 wide, which no argument makes narrower, are 16 wide.
    """

    model: str
    shape: tuple[int, int, int, int] = (2, 3, 32, 32)
    narrow: bool = False


CASES: dict[str, list[Case]] = {
    "alexnet": [Case("models.alexnet(num_classes=7, dropout=0.3)", (2, 3, 70, 64), narrow=True)],
    "densenet": [
        Case("models.DenseNet(4, (2, 1), 8, bn_size=2, num_classes=7)", (2, 3, 38, 45)),
        Case("models.DenseNet(4, (2, 3), 8, drop_rate=0.3, memory_efficient=True, num_classes=7)"),
    ],
    "lenet": [Case("models.lenet(num_classes=7)", (2, 1, 32, 32)), Case("models.LeNet(10, 3)")],
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
    "squeezenet": [
        Case("models.squeezenet1_0(num_classes=7)", (2, 3, 40, 33)),
        Case("models.squeezenet1_1(num_classes=7, dropout=0.2)"),
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
}
