"""``get_worker_info``: which worker of a loader this process is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What `get_worker_info` returns in a worker; ``dataset`` is the worker's own copy."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any = None
    worker_method: str | None = "multiprocessing"


_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Return who this worker of a ``DataLoader`` is, and None in the main process.

    It has ``id`` (from 0), ``num_workers``, ``seed`` and ``dataset``, the copy in this process.

    Source: ``torch.utils.data.get_worker_info``.
    """
    return _info


def set_worker_info(worker_id: int, num_workers: int, seed: int, dataset: Any) -> None:
    """Make this process a worker."""
    global _info
    _info = WorkerInfo(worker_id, num_workers, seed, dataset)
