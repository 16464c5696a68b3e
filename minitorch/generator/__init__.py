"""Random numbers with PyTorch's own CPU streams: the same seed gives the same numbers."""

from minitorch.generator.generator import Generator, default_generator, manual_seed
from minitorch.generator.transforms import memory_order
from minitorch.generator.truncated import trunc_normal

__all__ = [
    "Generator",
    "default_generator",
    "manual_seed",
    "memory_order",
    "trunc_normal",
]
