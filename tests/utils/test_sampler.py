"""Samplers give PyTorch's indices."""

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.utils.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)


def test_sequential() -> None:
    sampler = SequentialSampler("abc")
    assert list(sampler) == [0, 1, 2] == list(sampler)
    assert len(sampler) == 3


def test_the_base_class_asks_for_iter() -> None:
    with pytest.raises(NotImplementedError):
        iter(Sampler())


@given(
    size=st.integers(1, 80),
    replacement=st.booleans(),
    num_samples=st.none() | st.integers(1, 150),
    own=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_random_matches_pytorch(
    torch: ModuleType, size: int, replacement: bool, num_samples: int | None, own: bool, seed: int
) -> None:
    seen = []
    for library in (mt, torch):
        library.manual_seed(seed)
        generator = library.Generator().manual_seed(seed + 1) if own else None
        sampler = library.utils.data.RandomSampler(range(size), replacement, num_samples, generator)
        passes = [list(sampler), list(sampler), len(sampler)]
        seen.append([passes, library.randint(0, 1000, (3,)).tolist()])  # and both go on alike
    assert seen[0] == seen[1]


def test_random_golden() -> None:
    """Read off PyTorch 2.13."""
    mt.manual_seed(0)
    sampler = RandomSampler(range(8))
    assert list(sampler) == [2, 5, 4, 6, 1, 7, 0, 3]
    assert list(sampler) != [2, 5, 4, 6, 1, 7, 0, 3]


def test_random_follows_a_dataset_that_grows() -> None:
    data = [1, 2]
    sampler = RandomSampler(data)
    data.append(3)
    assert len(sampler) == 3
    assert sorted(sampler) == [0, 1, 2]


def test_draws_with_replacement_are_made_as_they_are_needed() -> None:
    generator = mt.Generator().manual_seed(0)
    indices = iter(RandomSampler(range(5), True, 1000, generator))
    next(indices)
    other = mt.Generator().manual_seed(0)
    other.randint(0, 5, (32,))
    assert (generator.get_state() == other.get_state()).all()


@given(size=st.integers(0, 50), seed=st.integers(0, 2**32))
def test_subset_random_matches_pytorch(torch: ModuleType, size: int, seed: int) -> None:
    indices = [i * i for i in range(size)]
    seen = []
    for library in (mt, torch):
        library.manual_seed(seed)
        own = library.Generator().manual_seed(seed)
        kind = library.utils.data.SubsetRandomSampler
        seen.append([list(kind(indices)), list(kind(indices, own)), len(kind(indices))])
    assert seen[0] == seen[1]


def test_subset_random_golden() -> None:
    generator = mt.Generator().manual_seed(0)
    assert list(SubsetRandomSampler([10, 20, 30, 40, 50], generator)) == [50, 10, 20, 40, 30]


@given(
    weights=st.lists(st.floats(0.1, 10), min_size=3, max_size=20),
    replacement=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_weighted_matches_pytorch(
    torch: ModuleType, weights: list[float], replacement: bool, seed: int
) -> None:
    seen = []
    for library in (mt, torch):
        generator = library.Generator().manual_seed(seed)
        kind = library.utils.data.WeightedRandomSampler
        sampler = kind(weights, 3, replacement, generator)
        seen.append([list(sampler), list(sampler), len(sampler)])
    assert seen[0] == seen[1]


def test_weighted_prefers_the_heavy() -> None:
    mt.manual_seed(0)
    drawn = list(WeightedRandomSampler([0.0, 1.0, 0.0, 3.0], 1000))
    assert set(drawn) == {1, 3}
    assert 700 < drawn.count(3) < 800


@given(size=st.integers(0, 20), batch_size=st.integers(1, 9), drop_last=st.booleans())
def test_batches_match_pytorch(
    torch: ModuleType, size: int, batch_size: int, drop_last: bool
) -> None:
    ours = BatchSampler(range(size), batch_size, drop_last)
    theirs = torch.utils.data.BatchSampler(range(size), batch_size, drop_last)
    assert list(ours) == list(theirs)
    assert len(ours) == len(theirs) == len(list(ours))


def test_batches_golden() -> None:
    assert list(BatchSampler("abcdefg", 3, False)) == [list("abc"), list("def"), ["g"]]
    assert list(BatchSampler("abcdefg", 3, True)) == [list("abc"), list("def")]
    assert list(BatchSampler(iter("ab"), 3, True)) == []


@given(
    size=st.integers(1, 20),
    replicas=st.integers(1, 7),
    shuffle=st.booleans(),
    drop_last=st.booleans(),
    seed=st.integers(0, 9),
    epoch=st.integers(0, 3),
)
def test_distributed_matches_pytorch(
    torch: ModuleType,
    size: int,
    replicas: int,
    shuffle: bool,
    drop_last: bool,
    seed: int,
    epoch: int,
) -> None:
    seen = []
    for library in (mt, torch):
        parts: list[Any] = []
        for rank in range(replicas):
            sampler = library.utils.data.DistributedSampler(
                range(size), replicas, rank, shuffle, seed, drop_last
            )
            sampler.set_epoch(epoch)
            parts.append([list(sampler), len(sampler), sampler.total_size])
        seen.append(parts)
    assert seen[0] == seen[1]


def test_distributed_has_no_process_group_to_ask() -> None:
    assert list(DistributedSampler(range(5), 2, 1, shuffle=False)) == [1, 3, 0]
    with pytest.raises(RuntimeError, match="Requires distributed package to be available"):
        DistributedSampler(range(5))


WRONG: dict[str, tuple[str, tuple[Any, ...], type[Exception], str]] = {
    "replacement": (
        "RandomSampler",
        (range(3), 1),
        TypeError,
        "replacement should be a boolean value, but got replacement=1",
    ),
    "num_samples": (
        "RandomSampler",
        (range(3), False, 0),
        ValueError,
        "num_samples should be a positive integer value, but got num_samples=0",
    ),
    "empty": (
        "RandomSampler",
        (range(0),),
        ValueError,
        "num_samples should be a positive integer value, but got num_samples=0",
    ),
    "weighted num_samples": (
        "WeightedRandomSampler",
        ([1.0], True),
        ValueError,
        "num_samples should be a positive integer value, but got num_samples=True",
    ),
    "weighted replacement": (
        "WeightedRandomSampler",
        ([1.0], 1, 0),
        ValueError,
        "replacement should be a boolean value, but got replacement=0",
    ),
    "weights": (
        "WeightedRandomSampler",
        ([[1.0]], 1),
        ValueError,
        r"weights should be a 1d sequence but given weights have shape \(1, 1\)",
    ),
    "rank": (
        "DistributedSampler",
        (range(3), 2, 2),
        ValueError,
        r"Invalid rank 2, rank should be in the interval \[0, 1\]",
    ),
    "batch_size": (
        "BatchSampler",
        (range(3), 0, False),
        ValueError,
        "batch_size should be a positive integer value, but got batch_size=0",
    ),
    "batch_size bool": (
        "BatchSampler",
        (range(3), True, False),
        ValueError,
        "batch_size should be a positive integer value, but got batch_size=True",
    ),
    "drop_last": (
        "BatchSampler",
        (range(3), 1, 1),
        ValueError,
        "drop_last should be a boolean value, but got drop_last=1",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused(case: str) -> None:
    name, arguments, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        getattr(mt.utils.data, name)(*arguments)


@pytest.mark.parametrize("case", WRONG)
def test_pytorch_refuses_them_the_same_way(case: str, torch: ModuleType) -> None:
    name, arguments, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        getattr(torch.utils.data, name)(*arguments)
