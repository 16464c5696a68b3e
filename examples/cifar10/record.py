"""The network of the record, cut in two as the others are: good accuracy for little arithmetic.

Source: Keller Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498
(airbench94), after tysam-code's hlb-CIFAR10 and David Page's "How to Train Your ResNet".
Shapes at line ends: N images, channels × height × width.
"""

import minitorch as torch
import minitorch.nn as nn
import minitorch.nn.functional as F
from minitorch import Tensor

WHITENING_IMAGES = 5_000  # more change the eigenvectors no longer


class Record1(nn.Module):
    """A whitening of patches, then three blocks of two convolutions; 64-256-256 at width 1."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        c1, c2, c3 = block_widths(width)
        self.whiten = nn.Conv2d(3, 24, 2)
        self.block1 = Block(24, c1)
        self.block2 = Block(c1, c2)
        self.block3 = Block(c2, c3)
        nn.init.zeros_(self.whiten.bias)
        self.whiten.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, 32, 32)
        x = F.gelu(self.whiten(x))  # (N, 24, 31, 31)
        x = self.block1(x)  # (N, 64, 15, 15)
        x = self.block2(x)  # (N, 256, 7, 7)
        return self.block3(x)  # (N, 256, 3, 3)


class Record2(nn.Module):
    """The largest value of each channel, and one linear layer whose scores begin small."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        # Named as the last layer of the other networks, which fine-tuning replaces.
        self.fc3 = nn.Linear(block_widths(width)[-1], 10, bias=False)

    def forward(self, x: Tensor) -> Tensor:  # (N, 256, 3, 3)
        x = F.max_pool2d(x, 3).flatten(1)  # (N, 256)
        return self.fc3(x) / 9  # (N, 10), one score per class


class Block(nn.Module):
    """Two convolutions, each normalized; the first halves height and width."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.conv1 = identity_convolution(c_in, c_out)
        self.norm1 = shifting_norm(c_out)
        self.conv2 = identity_convolution(c_out, c_out)
        self.norm2 = shifting_norm(c_out)

    def forward(self, x: Tensor) -> Tensor:  # (N, C_in, H, W)
        x = F.max_pool2d(self.conv1(x), 2)  # (N, C_out, H/2, W/2)
        x = F.gelu(self.norm1(x))
        return F.gelu(self.norm2(self.conv2(x)))


def block_widths(width: float) -> list[int]:
    return [max(1, round(channels * width)) for channels in (64, 256, 256)]


def identity_convolution(c_in: int, c_out: int) -> nn.Conv2d:
    """3×3; its first channels begin by handing on those that come in, as a residual would."""
    conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
    with torch.no_grad():
        nn.init.dirac_(conv.weight[:c_in])
    return conv


def shifting_norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm that learns a shift and no scale, and whose averages are of few batches."""
    norm = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)
    norm.weight.requires_grad_(False)
    return norm


def whiten_(conv: nn.Conv2d, images: Tensor) -> None:
    """Makes `conv` turn patches of `images` into uncorrelated numbers of like size, and negatives.

    Its weights become the eigenvectors of the patches' covariance, each over the square root of its
    eigenvalue, then the same negated, so that GELU after it loses nothing.

    Args:
        conv: (2·C·KH·KW, C, KH, KW).
        images: (N, C, H, W), scaled as in training.
    """
    patches = F.unfold(images, conv.kernel_size)  # (N, C·KH·KW, OH·OW)
    patches = patches.transpose(0, 1).flatten(1)  # (C·KH·KW, N·OH·OW)
    covariance = patches @ patches.T / patches.shape[1]
    variances, directions = torch.linalg.eigh(covariance)  # directions in columns
    # The sign of an eigenvector is the library's choice: the largest element is to be above 0.
    largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
    whitening = (directions * largest.sign() / torch.sqrt(variances + 5e-4)).T
    with torch.no_grad():
        conv.weight.copy_(torch.cat((whitening, -whitening)).view_as(conv.weight))
