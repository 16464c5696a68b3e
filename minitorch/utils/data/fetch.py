"""From indices to a batch: how one step of a loader gets its data."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from minitorch.utils.data.collate import default_collate
from minitorch.utils.data.dataset import Subset, fetch_samples

Fetch = Callable[[Any], Any]


class Source(NamedTuple):
    """What a loader takes its batches from; ``batched`` says whether it collates samples."""

    dataset: Any
    collate: Callable[[Any], Any]
    batched: bool
    drop_last: bool
    is_stream: bool


def make_fetch(source: Source) -> Fetch:
    """Return the function that makes a batch out of what the loader's sampler gives."""
    dataset, collate = source.dataset, source.collate
    if source.is_stream:
        return _fetch_from_stream(iter(dataset), collate, source.batched, source.drop_last)
    if not source.batched:
        return lambda index: collate(dataset[index])
    if collate is default_collate and _is_plain(dataset):
        return lambda indices: _take(dataset, indices)
    return lambda indices: collate(fetch_samples(dataset, indices))


def _fetch_from_stream(
    samples: Iterator[Any], collate: Callable[[Any], Any], batched: bool, drop_last: bool
) -> Fetch:
    def fetch(indices: Any) -> Any:
        if not batched:
            return collate(next(samples))
        batch = [sample for _, sample in zip(indices, samples, strict=False)]
        if not batch or (drop_last and len(batch) < len(indices)):
            raise StopIteration
        return collate(batch)

    return fetch


# Note [Whole batches at once]
# A TensorDataset's batch is made of `tensor[i]` per sample and a stack of them. Taking all rows in
# one NumPy call gives the same tensors some ten times faster. It is done where nobody can tell:
# only for classes that write `_take` themselves (a subclass may change what a sample is) and
# subsets of them, for default_collate, for tensors that record nothing (`_take` gives None of
# others), and for plain integers as indices.


def _is_plain(dataset: Any) -> bool:
    while type(dataset) is Subset:
        dataset = dataset.dataset
    return "_take" in vars(type(dataset))


def _take(dataset: Any, indices: list[Any]) -> Any:
    """Make a batch by Note [Whole batches at once]."""
    source = dataset
    rows: Any = indices
    while type(source) is Subset:
        rows = [source.indices[i] for i in rows]
        source = source.dataset
    size = len(source)
    if all(type(i) is int and -size <= i < size for i in rows):
        batch = source._take(np.array(rows, dtype=np.intp))
        if batch is not None:
            return batch
    return default_collate(fetch_samples(dataset, indices))
