"""``DataLoader``: batches of a dataset, in the order of a sampler."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from minitorch.core.threads import usable_cores
from minitorch.generator import Generator
from minitorch.utils.data.collate import default_collate, default_convert
from minitorch.utils.data.dataset import Dataset, IterableDataset
from minitorch.utils.data.iterator import LoaderIterator, WorkersIterator
from minitorch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

T_co = TypeVar("T_co", covariant=True)

# What the samplers were built from: a change would be silently ignored.
_FIXED = frozenset(
    {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"}
)


class DataLoader(Generic[T_co]):
    """Iterates over a dataset in batches.

    From the same seed it gives PyTorch's batches: ``iter()`` draws a base seed for workers from
    ``generator``, then ``RandomSampler`` its own. Neither the order of the batches nor, with
    workers, the random numbers that the dataset draws for them depend on how many workers there
    are, Note [Seeds of batches].

    Args:
        dataset: Map-style, or an ``IterableDataset``.
        batch_size: Samples per batch; None gives single samples, not collated.
        shuffle: Visit in a new random order at each pass.
        sampler: Gives the indices instead; excludes ``shuffle``.
        batch_sampler: Gives lists of indices; excludes all of the above and ``drop_last``.
        num_workers: Processes that make batches ahead of time; 0 makes them in this one.
        collate_fn: Makes a batch of a list of samples; ``default_collate`` if None.
        pin_memory: Accepted with a warning: there is no accelerator to copy to.
        drop_last: Leave out a last batch that is not full.
        timeout: Seconds to wait for a batch of a worker; 0 waits as long as they are alive.
        worker_init_fn: Called with its id in each worker, once it is seeded.
        multiprocessing_context: A start method ("fork", "spawn", "forkserver") or a context of
            ``multiprocessing``; Python's default if None.
        generator: The source of the base seed and the shuffles; the default one if None.
        prefetch_factor: Batches that each worker is asked for in advance; None means 2.
        persistent_workers: Keep the workers, and their copies of the dataset, between passes.
        in_order: False gives batches as they come.
        seed_batches: Whether minitorch's, NumPy's and Python's generators are seeded for each batch
            of a map-style dataset. None does it in workers; True also without them, so that 0
            workers give the same as 2; False never, which leaves PyTorch's streams.

    Raises:
        ValueError: arguments that exclude each other or are out of range.
        TypeError: ``multiprocessing_context`` is neither of the above.
        RuntimeError: while iterating: a worker died, or took longer than ``timeout``. An exception
            in a worker is raised here, with its class and traceback.

    Source: ``torch.utils.data.DataLoader``.

    Example:
        >>> for images, labels in DataLoader(train, batch_size=128, shuffle=True):
        ...     ...
    """

    _initialized = False
    _context: Any = None

    def __init__(
        self,
        dataset: Dataset[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[list[Any]] | Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
        seed_batches: bool | None = None,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        is_stream = isinstance(dataset, IterableDataset)
        if is_stream:
            _check_stream(shuffle, sampler, batch_sampler, seed_batches)
        _check_exclusive(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if sampler is None:
            sampler = _default_sampler(dataset, bool(shuffle), generator)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate

        self.dataset: Any = dataset
        self.batch_size = batch_size
        self.sampler: Any = sampler
        self.batch_sampler: Any = batch_sampler
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.collate_fn = collate_fn
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self.seed_batches = seed_batches
        self._is_stream = is_stream
        self._announced: int | None = None  # samples that a stream said it has
        self._iterator: WorkersIterator | None = None  # whose workers persist
        self._initialized = True
        self.check_worker_number_rationality()

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized; "
                "make a new one"
            )
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> Any:
        """The context that starts the workers, or None for Python's default."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            context = _checked_context(context, self.num_workers)
        self._context = context

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> LoaderIterator:
        if self.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device "
                "pinned memory won't be used.",
                stacklevel=2,
            )
        if self.num_workers == 0:
            return LoaderIterator(self)
        if not self.persistent_workers:
            return WorkersIterator(self)
        if self._iterator is None or self._iterator.is_stopped:
            self._iterator = WorkersIterator(self)
        else:
            self._iterator.restart(self)
        return self._iterator

    def check_worker_number_rationality(self) -> None:
        """Warn about more workers than there are cores to run them."""
        if self.num_workers > usable_cores():
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker processes in total. Our "
                f"suggested max number of worker in current system is {usable_cores()}, which is "
                "smaller than what this DataLoader is going to create. Please be aware that "
                "excessive worker creation might get DataLoader running slow or even freeze, lower "
                "the worker number to avoid potential slowness/freeze if necessary.",
                stacklevel=3,
            )

    def __len__(self) -> int:
        if not self._is_stream:
            return len(self._index_sampler)
        samples = self._announced = len(self.dataset)
        if self.batch_size is None:
            return samples
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)


class _Endless(Sampler[None]):
    """Indices of a stream, which only says itself when it is over."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


def _default_sampler(dataset: Any, shuffle: bool, generator: Generator | None) -> Sampler[Any]:
    if isinstance(dataset, IterableDataset):
        return _Endless()
    if shuffle:
        return RandomSampler(dataset, generator=generator)
    return SequentialSampler(dataset)


def _check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable "
            f"multiprocessing. Got num_workers={num_workers}."
        )
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, got {timeout}")
    if timeout != 0 and num_workers == 0:
        raise AssertionError(
            f"loading without worker processes requires timeout == 0, got {timeout}: there is "
            "nobody to wait for"
        )
    if prefetch_factor is not None and num_workers == 0:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing. Let num_workers "
            "> 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"prefetch_factor option should be non-negative, got {prefetch_factor}")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _checked_context(context: Any, num_workers: int) -> Any:
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > "
            "0), but got num_workers=0"
        )
    import multiprocessing

    if isinstance(context, str):
        known = multiprocessing.get_all_start_methods()
        if context not in known:
            raise ValueError(
                "multiprocessing_context option should specify a valid start method in "
                f"{known!r}, but got multiprocessing_context={context!r}"
            )
        return multiprocessing.get_context(context)
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string "
            f"specifying the start method, but got multiprocessing_context={context}"
        )
    return context


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any, seed_batches: Any) -> None:
    given = {
        "shuffle": shuffle or None,
        "sampler": sampler,
        "batch_sampler": batch_sampler,
        "seed_batches": seed_batches or None,
    }
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                f"{name}={value}. A stream has its own order."
            )


def _check_exclusive(
    batch_size: int | None, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    if sampler is not None and shuffle:
        raise ValueError(
            "sampler option is mutually exclusive with shuffle: the sampler decides the order"
            " [explain: sampler-and-shuffle]"
        )
    if batch_sampler is not None:
        if batch_size != 1 or shuffle or sampler is not None or drop_last:
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
                "drop_last"
            )
    elif batch_size is None and drop_last:
        raise ValueError(
            "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
        )
