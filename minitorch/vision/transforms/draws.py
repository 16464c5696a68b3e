"""Single random numbers of the default generator, as torchvision draws them from PyTorch's."""

import numpy as np
from numpy.typing import NDArray

from minitorch.generator import default_generator


def _unit() -> float:
    return (int(default_generator._words(1)[0]) & 0xFFFFFF) * 2.0**-24


def happens(p: float) -> bool:
    """Tell whether ``torch.rand(1) < p``."""
    return _unit() < float(np.float32(p))


def happens_at_most(p: float) -> bool:
    """Tell whether ``torch.rand(1) <= p``."""
    return _unit() <= float(np.float32(p))


def integer(low: int, high: int) -> int:
    """Draw ``torch.randint(low, high, (1,)).item()``."""
    return low + int(default_generator._words(1)[0]) % (high - low)


def uniform(low: float, high: float) -> float:
    """Draw ``torch.empty(1).uniform_(low, high).item()``."""
    return float(default_generator.uniform((1,), low, high)[0])


def permutation(n: int) -> list[int]:
    """Draw ``torch.randperm(n).tolist()``."""
    order: list[int] = default_generator.randperm(n).tolist()
    return order


def normal(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Draw ``torch.empty(shape).normal_()``."""
    return default_generator.randn(shape)
