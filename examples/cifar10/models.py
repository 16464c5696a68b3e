"""Networks for 32×32 images, each cut in two: net1 convolves, net2 is fully connected.

The cut is what the example is about: two modules, one graph, one optimizer over the parameters of
both. Shapes at line ends: N images, channels × height × width.
"""

from collections import OrderedDict

import minitorch as torch
import minitorch.nn as nn
import minitorch.nn.functional as F
from examples.cifar10.config import Config
from examples.cifar10.record import Record1, Record2
from minitorch import Tensor


class Net1(nn.Module):
    """The convolutions of the small network that PyTorch's CIFAR-10 tutorial trains."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, 32, 32)
        x = self.pool(F.relu(self.conv1(x)))  # (N, 6, 14, 14)
        return self.pool(F.relu(self.conv2(x)))  # (N, 16, 5, 5)


class Net2(nn.Module):
    """Its fully connected layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:  # (N, 16, 5, 5)
        x = x.flatten(1)  # (N, 400)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)  # (N, 10), one score per class


class AlexNet1(nn.Module):
    """The five convolutions of AlexNet, sized for 32×32 images.

    `width` scales the channels: 1.0 is 64-192-384-256-256.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        c1, c2, c3, c4, c5 = (scaled(size, width) for size in (64, 192, 384, 256, 256))
        self.conv1 = nn.Conv2d(3, c1, 3, padding=1)
        self.conv2 = nn.Conv2d(c1, c2, 3, padding=1)
        self.conv3 = nn.Conv2d(c2, c3, 3, padding=1)
        self.conv4 = nn.Conv2d(c3, c4, 3, padding=1)
        self.conv5 = nn.Conv2d(c4, c5, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.apply(initialize)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, 32, 32)
        # Pooling first gives the same result, and leaves ReLU a quarter of the work.
        x = F.relu(self.pool(self.conv1(x)))  # (N, 64, 16, 16)
        x = F.relu(self.pool(self.conv2(x)))  # (N, 192, 8, 8)
        x = F.relu(self.conv3(x))  # (N, 384, 8, 8)
        x = F.relu(self.conv4(x))  # (N, 256, 8, 8)
        return F.relu(self.pool(self.conv5(x)))  # (N, 256, 4, 4)


class AlexNet2(nn.Module):
    """Its classifier: three fully connected layers, the first two behind dropout."""

    def __init__(self, width: float = 1.0, dropout: float = 0.5) -> None:
        super().__init__()
        channels, hidden1, hidden2 = (scaled(size, width) for size in (256, 1024, 512))
        self.dropout = nn.Dropout(dropout)
        self.fc1 = nn.Linear(channels * 4 * 4, hidden1)
        self.fc2 = nn.Linear(hidden1, hidden2)
        self.fc3 = nn.Linear(hidden2, 10)
        self.apply(initialize)

    def forward(self, x: Tensor) -> Tensor:  # (N, 256, 4, 4)
        x = self.dropout(x.flatten(1))  # (N, 4096)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(self.dropout(x)))
        return self.fc3(x)  # (N, 10), one score per class


def summarize(net1: nn.Module, net2: nn.Module) -> str:
    """What the layers of both halves give, hold and cost, for one image."""
    both = nn.Sequential(OrderedDict(net1=net1, net2=net2))
    return f"\n{nn.summary(both, torch.zeros(1, 3, 32, 32))}\n"


def build_networks(config: Config) -> tuple[nn.Module, nn.Module]:
    """The two halves that `config` names, net1 first: the order decides the random weights."""
    if config.network == "tutorial":
        return Net1(), Net2()
    if config.network == "record":
        return Record1(config.width), Record2(config.width)
    return AlexNet1(config.width), AlexNet2(config.width, config.dropout)


def replace_head(net2: nn.Module, classes: int) -> None:
    """Gives the second half a new last layer, for another task."""
    net2.fc3 = nn.Linear(net2.fc3.in_features, classes)


def scaled(size: int, width: float) -> int:
    return max(1, round(size * width))


def initialize(module: nn.Module) -> None:
    """He-normal weights keep the signal's variance through ReLUs; biases start at zero.

    The default (uniform, PyTorch's) shrinks the signal by √6 a layer, and eight layers learn late.
    """
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)
