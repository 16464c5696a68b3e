"""Which random numbers a dataset draws in a worker.

Note [Seeds of batches]
    In PyTorch each worker has one stream, of seed ``base_seed + id``, that goes on from batch to
    batch: another number of workers gives other pictures. Here the generators of a worker,
    minitorch's, NumPy's and Python's apart, are seeded anew for each batch, from the base seed, the
    epoch (of workers that persist) and the number of the batch: which worker makes it does not
    matter. Without workers the dataset runs in the main process and draws from the streams there,
    as in PyTorch. ``DataLoader(seed_batches=…)`` asks for the one or the other.

    A PyTorch that is loaded beside, because torchvision's transforms draw from it, is seeded too.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from minitorch.generator import default_generator, manual_seed


def seed_worker(base_seed: int, worker_id: int) -> int:
    """Seed every generator of a worker as PyTorch does; return minitorch's seed."""
    seed = base_seed + worker_id
    _seed_all(seed, seed, _sequence(worker_id, base_seed, 0).generate_state(4))
    return seed


def seed_batch(base_seed: int, epoch: int, number: int) -> None:
    """Seed every generator for one batch, Note [Seeds of batches]."""
    words = _sequence(number, base_seed, epoch).generate_state(8).tolist()
    _seed_all(words[4] << 32 | words[5], words[6] << 32 | words[7], words[:4])


@contextmanager
def batch_seeds(base_seed: int, number: int) -> Iterator[None]:
    """Seed for one batch, and put the streams of the main process back where they were."""
    import random

    torch = _pytorch()
    kept = default_generator.get_state(), random.getstate(), np.random.get_state()
    kept_by_torch = torch and torch.get_rng_state()
    try:  # Ctrl-C may come while seeds are set
        seed_batch(base_seed, 0, number)
        yield
    finally:
        default_generator.set_state(kept[0])
        random.setstate(kept[1])
        np.random.set_state(kept[2])
        if torch:
            torch.set_rng_state(kept_by_torch)


def states() -> list[Any]:
    """Return the state of each generator, to be compared."""
    import random

    numpy = np.random.get_state(legacy=False)["state"]
    torch = _pytorch()
    return [
        default_generator.get_state().tolist(),
        random.getstate(),
        (numpy["pos"], numpy["key"].tolist()),
        torch and torch.get_rng_state().tolist(),
    ]


def use_one_thread() -> None:
    """Leave the other cores to the other workers."""
    from minitorch.core.threads import set_num_threads

    set_num_threads(1)
    if torch := _pytorch():
        torch.set_num_threads(1)


def _sequence(number: int, base_seed: int, epoch: int) -> np.random.SeedSequence:
    # The words that PyTorch gives np.random.seed, with the epoch where it has a zero.
    return np.random.SeedSequence([number, base_seed & 0xFFFFFFFF, base_seed >> 32, epoch])


def _seed_all(ours: int, python: int, numpy: Any) -> None:
    import random

    random.seed(python)
    manual_seed(ours)
    np.random.seed(numpy)
    if torch := _pytorch():
        torch.manual_seed(ours)


def _pytorch() -> ModuleType | None:
    module = sys.modules.get("torch")  # which may be another name of this package
    return module if module is not None and module.__name__ == "torch" else None
