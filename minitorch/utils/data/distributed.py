"""``DistributedSampler``: the part of a dataset that one of several processes visits."""

import math
from collections.abc import Iterator
from typing import Any

from minitorch.generator import Generator
from minitorch.utils.data.sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every ``num_replicas``-th index, from ``rank`` on, of one order that all processes share.

    Args:
        dataset: Anything that has a length.
        num_replicas: How many processes share it; has to be said, there is no process group.
        rank: Which of them this is, from 0.
        shuffle: Whether the order is shuffled, by ``seed + epoch``, before it is dealt out.
        drop_last: Leave out what does not divide evenly; else the first indices come again.

    Raises:
        RuntimeError: ``num_replicas`` or ``rank`` is missing.
        ValueError: ``rank`` is not in [0, num_replicas).

    Source: ``torch.utils.data.DistributedSampler``.

    Example:
        >>> sampler = DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False)
        >>> list(sampler)
        [1, 3, 0]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError(
                "Requires distributed package to be available, which it is not here: say "
                "num_replicas and rank"
            )
        if rank >= num_replicas or rank < 0:
            raise ValueError(
                f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]"
            )
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        size = len(dataset)
        self.num_samples = size // num_replicas if drop_last else -(-size // num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[int]:
        size = len(self.dataset)
        if self.shuffle:
            order = Generator().manual_seed(self.seed + self.epoch).randperm(size).tolist()
        else:
            order = list(range(size))
        if len(order) < self.total_size:  # fewer samples than replicas: they come several times
            order *= math.ceil(self.total_size / len(order))
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Say which pass is next: each has an order of its own, the same in all processes."""
        self.epoch = epoch
