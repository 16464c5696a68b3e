"""Datasets: what can be indexed (or iterated) for samples."""

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from minitorch.core.dtypes import Array
from minitorch.generator import Generator, default_generator
from minitorch.tensor import Tensor

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Dataset(Generic[T_co]):
    """A map from indices to samples.

    Subclasses write ``__getitem__`` and, for samplers and ``len(loader)``, ``__len__``. A
    ``__getitems__(indices)`` that returns a list of samples is used for whole batches where it is
    there.
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: "Dataset[Any]") -> "Dataset[Any]":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """A stream of samples: subclasses write ``__iter__`` and may write ``__len__``."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Dataset[Any]) -> "Dataset[Any]":
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors of equal first size; sample i is the tuple of their i-th entries.

    Raises:
        AssertionError: the first sizes differ.
    """

    def __init__(self, *tensors: Tensor) -> None:
        sizes = [tensor.size(0) for tensor in tensors]
        if len(set(sizes)) != 1:
            raise AssertionError(
                f"Size mismatch between tensors: the first dimensions are {sizes}, expected at "
                "least one tensor and all of one size"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return int(self.tensors[0].size(0))

    def _take(self, rows: Array) -> list[Tensor] | None:
        """Make a batch of these samples, by Note [Whole batches at once]."""
        if any(tensor.requires_grad for tensor in self.tensors):
            return None
        return [Tensor._wrap(tensor._array.take(rows, axis=0)) for tensor in self.tensors]


class StackDataset(Dataset[Any]):
    """Datasets side by side: sample i is the tuple, or by keyword the dict, of their samples i.

    Raises:
        ValueError: their lengths differ, there is none, or some have names and some have not.
    """

    def __init__(self, *args: Dataset[Any], **kwargs: Dataset[Any]) -> None:
        if args and kwargs:
            raise ValueError(
                "Supported either ``tuple``- (via ``args``) or ``dict``- (via ``kwargs``) like "
                "input/output, but both types are given."
            )
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        self.datasets: Any = kwargs or args
        sizes = [len(dataset) for dataset in self._columns()]
        if len(set(sizes)) > 1:
            raise ValueError(f"Size mismatch between datasets: they have {sizes} samples")
        self._length = sizes[0]

    def _columns(self) -> list[Any]:
        is_named = isinstance(self.datasets, dict)
        return list(self.datasets.values() if is_named else self.datasets)

    def _sample(self, entries: Iterable[Any]) -> Any:
        if isinstance(self.datasets, dict):
            return dict(zip(self.datasets, entries, strict=True))
        return tuple(entries)

    def __getitem__(self, index: Any) -> Any:
        return self._sample(dataset[index] for dataset in self._columns())

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        columns = [fetch_samples(dataset, indices) for dataset in self._columns()]
        for column in columns:
            if len(column) != len(indices):
                raise ValueError(
                    "Nested dataset's output size mismatch. Expected "
                    f"{len(indices)}, got {len(column)}"
                )
        return [self._sample(row) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T_co]):
    """Datasets one after the other.

    Raises:
        AssertionError: there is none, or one is an ``IterableDataset``.
    """

    def __init__(self, datasets: Iterable[Dataset[T_co]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError(
                "ConcatDataset does not support IterableDataset; ChainDataset does"
            )
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> T_co:
        if index < -len(self):
            raise ValueError(
                "absolute value of index should not exceed dataset length: got "
                f"{index} for {len(self)} samples"
            )
        index = index + len(self) if index < 0 else index
        which = bisect.bisect_right(self.cumulative_sizes, index)
        if which == len(self.datasets):
            raise IndexError(f"index {index} is out of range for {len(self)} samples")
        before = self.cumulative_sizes[which - 1] if which else 0
        sample: T_co = self.datasets[which][index - before]
        return sample


class ChainDataset(IterableDataset[T_co]):
    """Streams one after the other.

    Raises:
        AssertionError: when it comes to one that is not an ``IterableDataset``.
    """

    def __init__(self, datasets: Iterable[Dataset[T_co]]) -> None:
        self.datasets = datasets

    def _streams(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(
                    f"ChainDataset only supports IterableDataset, got {type(dataset).__name__}"
                )
            yield dataset

    def __iter__(self) -> Iterator[T_co]:
        for dataset in self._streams():
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self._streams())


class Subset(Dataset[T_co]):
    """The samples of ``dataset`` at ``indices``, in that order.

    Raises:
        NotImplementedError: a subclass writes ``__getitem__`` without ``__getitems__``; batches
            would go round it.
    """

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        self.dataset: Any = dataset
        self.indices = indices
        cls = type(self)
        one_written = cls.__getitem__ is not Subset.__getitem__
        if one_written and cls.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{cls.__name__} overrides __getitem__ but not __getitems__. Write both, for "
                "example: def __getitems__(self, indices): return [self[i] for i in indices]"
            )

    def __getitem__(self, index: Any) -> T_co:
        if isinstance(index, list):
            sample: T_co = self.dataset[[self.indices[i] for i in index]]
        else:
            sample = self.dataset[self.indices[index]]
        return sample

    def __getitems__(self, indices: list[int]) -> list[T_co]:
        return fetch_samples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def fetch_samples(dataset: Any, indices: Iterable[Any]) -> list[Any]:
    """Return the samples at ``indices``, by ``__getitems__`` where the dataset has it."""
    if getattr(dataset, "__getitems__", None):
        samples: list[Any] = dataset.__getitems__(indices)
        return samples
    return [dataset[i] for i in indices]


def random_split(
    dataset: Dataset[T],
    lengths: Sequence[int | float],
    generator: Generator | None = default_generator,
) -> list[Subset[T]]:
    """Split at random into subsets of the given lengths, or fractions that sum to 1.

    A fraction gets ⌊fraction·n⌋ samples; those left over go one each to the first subsets.

    Raises:
        ValueError: the lengths do not sum to the size of the dataset; a fraction outside [0, 1].

    Example:
        >>> train, held_out = random_split(data, [0.9, 0.1], Generator().manual_seed(42))
    """
    size = len(dataset)  # type: ignore[arg-type]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        lengths = _lengths_of_fractions(size, lengths)
    if sum(lengths) != size:
        raise ValueError(
            "Sum of input lengths does not equal the length of the input dataset! Got "
            f"{list(lengths)}, which sum to {sum(lengths)}, for {size} samples; fractions must "
            "sum to 1."
        )
    order = (generator or default_generator).randperm(size).tolist()
    ends = itertools.accumulate(int(length) for length in lengths)
    pieces = [(int(end - length), end) for end, length in zip(ends, lengths, strict=True)]
    return [Subset(dataset, order[start:end]) for start, end in pieces]


def _lengths_of_fractions(size: int, fractions: Sequence[float]) -> list[int]:
    for index, fraction in enumerate(fractions):
        if not 0 <= fraction <= 1:
            raise ValueError(f"Fraction at index {index} is not between 0 and 1: {fraction}")
    lengths = [math.floor(size * fraction) for fraction in fractions]
    for i in range(size - sum(lengths)):
        lengths[i % len(lengths)] += 1
    for index, length in enumerate(lengths):
        if length == 0:
            warnings.warn(
                f"Length of split at index {index} is 0. This might result in an empty dataset.",
                stacklevel=3,
            )
    return lengths
