"""``DataLoader``: batches of a dataset, in the order of a sampler."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from minitorch.generator import Generator, default_generator
from minitorch.utils.data.collate import default_collate, default_convert
from minitorch.utils.data.dataset import Dataset, IterableDataset
from minitorch.utils.data.fetch import make_fetch
from minitorch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

T_co = TypeVar("T_co", covariant=True)

# What the samplers were built from: a change would be silently ignored.
_FIXED = frozenset(
    {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"}
)


class DataLoader(Generic[T_co]):
    """Iterates over a dataset in batches.

    From the same seed it gives PyTorch's batches: ``iter()`` draws a base seed (which worker
    processes will need) from ``generator``, then ``RandomSampler`` its own.

    Args:
        dataset: Map-style, or an ``IterableDataset``.
        batch_size: Samples per batch; None gives single samples, not collated.
        shuffle: Visit in a new random order at each pass.
        sampler: Gives the indices instead; excludes ``shuffle``.
        batch_sampler: Gives lists of indices; excludes all of the above and ``drop_last``.
        num_workers: Must be 0: worker processes come later.
        collate_fn: Makes a batch of a list of samples; ``default_collate`` if None.
        pin_memory: Accepted with a warning: there is no accelerator to copy to.
        drop_last: Leave out a last batch that is not full.
        timeout: Seconds to wait for workers; must be 0.
        worker_init_fn: Accepted; there are no workers to call it.
        generator: The source of the base seed and the shuffles; the default one if None.
        in_order: Accepted; without workers batches are always in order.

    Raises:
        ValueError: arguments that exclude each other or are out of range.
        NotImplementedError: ``num_workers`` above 0.

    Source: ``torch.utils.data.DataLoader``.

    Example:
        >>> for images, labels in DataLoader(train, batch_size=128, shuffle=True):
        ...     ...
    """

    _initialized = False

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
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        _check_context(multiprocessing_context)
        is_stream = isinstance(dataset, IterableDataset)
        if is_stream:
            _check_stream(shuffle, sampler, batch_sampler)
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
        self.prefetch_factor = prefetch_factor
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
        self._is_stream = is_stream
        self._announced: int | None = None  # samples that a stream said it has
        self._initialized = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized; "
                "make a new one"
            )
        super().__setattr__(name, value)

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> "LoaderIterator":
        if self.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device "
                "pinned memory won't be used.",
                stacklevel=2,
            )
        return LoaderIterator(self)

    def __len__(self) -> int:
        if not self._is_stream:
            return len(self._index_sampler)
        samples = self._announced = len(self.dataset)
        if self.batch_size is None:
            return samples
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)


class LoaderIterator:
    """One pass over a loader."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self._index_sampler = loader._index_sampler
        self._indices = iter(self._index_sampler)
        # Unused until there are workers, but drawn: the random stream is PyTorch's.
        self._base_seed = (loader.generator or default_generator).random_int64()
        self._fetch = make_fetch(loader)
        self._dataset = loader.dataset
        self._announced = loader._announced if loader._is_stream else None
        self._yielded = 0

    def __iter__(self) -> "LoaderIterator":
        return self

    def __next__(self) -> Any:
        batch = self._fetch(next(self._indices))
        self._yielded += 1
        if self._announced is not None and self._yielded > self._announced:
            warnings.warn(
                f"Length of IterableDataset {self._dataset} was reported to be {self._announced} "
                f"(when accessing len(dataloader)), but {self._yielded} samples have been fetched.",
                stacklevel=2,
            )
        return batch

    def __len__(self) -> int:
        return len(self._index_sampler)


class _Endless(Sampler[None]):
    """Indices of a stream, which only says itself when it is over."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


def get_worker_info() -> None:
    """Return None: this is the main process, the only one that loads so far."""
    return None


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
    if num_workers > 0:
        raise NotImplementedError(
            f"DataLoader worker processes are not there yet (got num_workers={num_workers}): they "
            "come with a later release. Use num_workers=0, which loads in the main process and "
            "gives the same batches."
        )
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, got {timeout}")
    if timeout != 0:
        raise AssertionError(
            f"loading without worker processes requires timeout == 0, got {timeout}: there is "
            "nobody to wait for"
        )
    if prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing. Let num_workers "
            "> 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if persistent_workers:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_context(multiprocessing_context: Any) -> None:
    if multiprocessing_context is not None:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > "
            "0), but got num_workers=0"
        )


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
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
