"""``DistributedDataParallel``, which needs what is not there."""

from __future__ import annotations

from typing import Any

from minitorch.nn.modules.module import Module


class DistributedDataParallel(Module):
    """A module in several processes; there is nothing that joins them, so none can be made.

    Raises:
        ValueError: always, as PyTorch does without a process group.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.parallel.DistributedDataParallel.html
    """

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        raise ValueError(
            "Default process group has not been initialized, please make sure to call "
            "init_process_group: DistributedDataParallel needs torch.distributed, which is not "
            "there. Train in one process, without it."
        )
