"""Data sets and trunks of the tests of cached features."""

from collections.abc import Callable
from typing import Any

import minitorch as mt
from minitorch import nn
from minitorch.utils.data import Dataset

N = 20


class Samples(Dataset[Any]):
    """Sample i is what a function makes of the i-th of some fixed inputs, and of i."""

    def __init__(self, make: Callable[[mt.Tensor, int], Any], n: int = N) -> None:
        self.make = make
        self.inputs = mt.randn(n, 3, 8, 8, generator=mt.Generator().manual_seed(0))

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> Any:
        return self.make(self.inputs[index], index)


class Pictures(Samples):
    """Pictures with numbers as labels, and a transform as data sets have it."""

    def __init__(self, n: int = N, transform: Any = None) -> None:
        super().__init__(lambda x, i: (transform(x) if transform else x, i % 10), n)
        self.transform = transform


class Trunk(nn.Module):
    """Convolution, batch norm and dropout; it counts what it is called with."""

    def __init__(self) -> None:
        super().__init__()
        mt.manual_seed(1)
        self.body = nn.Sequential(
            nn.Conv2d(3, 5, 3, bias=False), nn.BatchNorm2d(5), nn.ReLU(inplace=True), nn.Dropout()
        )
        self.register_buffer("scale", mt.ones(1), persistent=False)
        self.batches: list[int] = []

    def forward(self, x: mt.Tensor) -> mt.Tensor:
        self.batches.append(len(x))
        return self.body(x).mean((2, 3)) * self.scale


class Apply(nn.Module):
    """A trunk out of a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.forward = function


def plain(entry: Any) -> Any:
    """What two samples or batches have to have in common."""
    if isinstance(entry, mt.Tensor):
        return entry.dtype, entry.shape, entry.tolist()
    if isinstance(entry, dict):
        return {key: plain(part) for key, part in entry.items()}
    return type(entry), [plain(part) for part in entry]
