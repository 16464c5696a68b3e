"""What programs ask of ``torch.distributed`` before they use it: there is one process."""

from __future__ import annotations

import enum
from typing import Any, NoReturn

from minitorch.core.errors import missing_attribute


class ReduceOp(enum.Enum):
    """How processes would combine their tensors."""

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4


def is_available() -> bool:
    """Return False, as a PyTorch that was built without it does."""
    return False


def is_initialized() -> bool:
    """Return False."""
    return False


def is_nccl_available() -> bool:
    """Return False."""
    return False


def is_gloo_available() -> bool:
    """Return False."""
    return False


def is_mpi_available() -> bool:
    """Return False."""
    return False


def is_torchelastic_launched() -> bool:
    """Return False."""
    return False


def init_process_group(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there is nothing to set up.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(
        "minitorch has no torch.distributed: it computes in one process. Ask "
        "torch.distributed.is_available() first, as for a PyTorch that was built without it."
    )


def get_rank(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as PyTorch does before ``init_process_group``; so do all that need other processes.

    Raises:
        ValueError: always.
    """
    raise ValueError(
        "Default process group has not been initialized, please make sure to call "
        "init_process_group: which minitorch does not have, it computes in one process."
    )


get_world_size = get_backend = destroy_process_group = new_group = barrier = get_rank
all_reduce = all_gather = all_gather_object = broadcast = broadcast_object_list = get_rank
reduce = reduce_scatter = gather = scatter = send = recv = get_rank


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
