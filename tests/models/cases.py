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
}
