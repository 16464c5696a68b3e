"""One pass over a loader: in this process, or with workers."""

import itertools
import warnings
from typing import Any

from minitorch.generator import default_generator
from minitorch.utils.data.fetch import Source, make_fetch


class LoaderIterator:
    """One pass over a loader, in this process."""

    def __init__(self, loader: Any) -> None:
        self._index_sampler = loader._index_sampler
        self._indices = iter(self._index_sampler)
        self._base_seed = (loader.generator or default_generator).random_int64()
        self._source = Source(
            loader.dataset,
            loader.collate_fn,
            loader.batch_sampler is not None,
            loader.drop_last,
            loader._is_stream,
        )
        self._announced = loader._announced if loader._is_stream else None
        self._yielded = 0
        self._prepare(loader)

    def _prepare(self, loader: Any) -> None:
        self._fetch = make_fetch(self._source)
        self._seeds_batches = bool(loader.seed_batches)

    def __iter__(self) -> "LoaderIterator":
        return self

    def __next__(self) -> Any:
        batch = self._next_batch()
        self._yielded += 1
        if self._announced is not None and self._yielded > self._announced:
            warnings.warn(
                f"Length of IterableDataset {self._source.dataset} was reported to be "
                f"{self._announced} (when accessing len(dataloader)), but {self._yielded} samples "
                f"have been fetched. {self._why_more}",
                stacklevel=2,
            )
        return batch

    _why_more = ""

    def _next_batch(self) -> Any:
        indices = next(self._indices)
        if not self._seeds_batches:
            return self._fetch(indices)
        from minitorch.utils.data.seeding import batch_seeds

        with batch_seeds(self._base_seed, self._yielded):
            return self._fetch(indices)

    def __len__(self) -> int:
        return len(self._index_sampler)

    def __getstate__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} cannot be pickled")


class WorkersIterator(LoaderIterator):
    """One pass over a loader whose batches are made by workers, or many if they persist."""

    _why_more = (
        "For multiprocessing data-loading, this could be caused by not properly configuring the "
        "IterableDataset replica at each worker: see get_worker_info."
    )

    def _prepare(self, loader: Any) -> None:
        from multiprocessing import get_context

        from minitorch.utils.data.pool import WorkerPool
        from minitorch.utils.data.worker import Plan

        if loader.prefetch_factor <= 0:
            raise AssertionError("prefetch_factor must be greater than 0 for worker processes")
        count = self._num_workers = loader.num_workers
        self._timeout = loader.timeout
        self._in_order = loader.in_order
        self._persists = loader.persistent_workers
        self._ahead = loader.prefetch_factor * count  # batches asked for before they are due
        seeds = not self._source.is_stream and loader.seed_batches is not False
        plan = Plan(self._source, count, self._base_seed, seeds, loader.worker_init_fn)
        self._pool = WorkerPool(plan, loader.multiprocessing_context or get_context())
        self._epoch = 0
        self._indices = iter(self._index_sampler)  # a second time, as in PyTorch: it may draw
        self._begin()

    def _begin(self) -> None:
        self._asked = 0  # number of the next batch to be asked for
        self._due = 0  # number of the next batch in order
        self._makers: dict[int, int] = {}  # number of a batch: the worker that makes it
        self._early: dict[int, Any] = {}  # batches that came before they were due
        self._is_active = [True] * self._num_workers
        self._loads = [0] * self._num_workers
        self._turns = itertools.cycle(range(self._num_workers))
        for _ in range(self._ahead):
            self._ask()

    def restart(self, loader: Any) -> None:
        """Begin another pass with the same workers."""
        from minitorch.utils.data.worker import Resume

        self._indices = iter(self._index_sampler)
        self._yielded = 0
        self._announced = loader._announced if loader._is_stream else None
        self._epoch += 1
        for worker_id in range(self._num_workers):
            self._pool.send(worker_id, Resume(self._epoch))
        waiting = self._num_workers
        while waiting:  # what comes before belongs to a pass that was broken off
            waiting -= self._pool.receive(0).number is None
        self._begin()

    @property
    def is_stopped(self) -> bool:
        """Whether there are no workers any more: a pass is over, or one of them died."""
        return self._pool.is_stopped

    def _next_batch(self) -> Any:
        from minitorch.utils.data.worker import End

        while self._skip_to_due():
            if self._due in self._early:
                return self._take(self._due, self._early.pop(self._due))
            answer = self._pool.receive(self._timeout)
            number: Any = answer.number
            if isinstance(answer.data, End):
                self._is_active[answer.worker] = False
                self._ask()
            elif number == self._due or not self._in_order:
                return self._take(number, answer.data)
            else:
                self._early[number] = answer.data
        if not self._persists:
            self._pool.stop()
        raise StopIteration

    def _skip_to_due(self) -> bool:
        """Go past batches that were taken out of order or whose worker's stream was over."""
        while self._due < self._asked:
            if self._due in self._early:
                return True
            maker = self._makers.get(self._due)
            if maker is not None and self._is_active[maker]:
                return True
            self._makers.pop(self._due, None)
            self._due += 1
        return False

    def _ask(self) -> None:
        from minitorch.utils.data.worker import Fetch

        try:
            indices = next(self._indices)
        except StopIteration:
            return
        worker_id = self._next_worker()
        if worker_id is None:
            return
        self._makers[self._asked] = worker_id
        self._loads[worker_id] += 1
        self._pool.send(worker_id, Fetch(self._asked, indices))
        self._asked += 1

    def _next_worker(self) -> int | None:
        for worker_id in itertools.islice(self._turns, self._num_workers):
            if self._is_active[worker_id]:
                share = self._ahead // sum(self._is_active)
                if self._in_order or self._loads[worker_id] < share:
                    return worker_id
        return None

    def _take(self, number: int, data: Any) -> Any:
        from minitorch.utils.data.failure import Failure

        self._loads[self._makers.pop(number)] -= 1
        self._ask()
        if isinstance(data, Failure):
            data.reraise()
        return data
