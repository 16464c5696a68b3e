"""The loader gives PyTorch's batches and refuses what it cannot do."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
    fetch,
)


class Squares(Dataset[tuple[int, str]]):
    def __init__(self, n: int) -> None:
        self.n = n

    def __getitem__(self, index: int) -> tuple[int, str]:
        return index * index, str(index)

    def __len__(self) -> int:
        return self.n


class Stream(IterableDataset[int]):
    def __init__(self, n: int, announced: int | None = None) -> None:
        self.n = n
        self.announced = announced

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.n))

    def __len__(self) -> int:
        if self.announced is None:
            raise TypeError("of unknown length")
        return self.announced


def tensors(library: Any, n: int) -> Any:
    data = library.arange(2 * n).reshape(n, 2), library.arange(n) * 10
    return library.utils.data.TensorDataset(*data)


def plain(batch: Any) -> Any:
    return [plain(b) for b in batch] if isinstance(batch, list | tuple) else batch.tolist()


# --- the same batches


@given(
    n=st.integers(1, 30),
    batch_size=st.none() | st.integers(1, 8),
    shuffle=st.booleans(),
    drop_last=st.booleans(),
    own=st.booleans(),
    subset=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_batches_match_pytorch(
    torch: ModuleType, n: int, batch_size: int | None, shuffle: bool, drop_last: bool, own: bool,
    subset: bool, seed: int,
) -> None:  # fmt: skip
    seen = []
    for library in (mt, torch):
        library.manual_seed(seed)
        data = tensors(library, n)
        if subset:
            data = library.utils.data.Subset(data, list(range(0, n, 2)))
        loader = library.utils.data.DataLoader(
            data,
            batch_size,
            shuffle,
            drop_last=drop_last and batch_size is not None,
            generator=library.Generator().manual_seed(seed) if own else None,
        )
        passes = [[plain(batch) for batch in loader] for _ in range(2)]
        seen.append([passes, len(loader), library.rand(3).tolist()])
    assert seen[0] == seen[1]


def test_shuffled_batches_golden() -> None:
    """Read off PyTorch 2.13."""
    mt.manual_seed(0)
    loader = DataLoader(TensorDataset(mt.arange(10)), batch_size=4, shuffle=True)
    epochs = [[batch[0].tolist() for batch in loader] for _ in range(2)]
    assert epochs == [
        [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]],
        [[2, 4, 7, 0], [8, 9, 5, 3], [6, 1]],
    ]


def test_an_iterator_draws_its_base_seed_at_once() -> None:
    """As in PyTorch: `iter()` advances the stream even if nothing is taken from it."""
    mt.manual_seed(0)
    iter(DataLoader([1, 2]))
    after = mt.rand(1).item()
    mt.manual_seed(0)
    mt.empty((), dtype=mt.int64)
    mt.generator.default_generator.random_int64()
    assert mt.rand(1).item() == after


def test_a_generator_of_its_own_leaves_the_default_alone() -> None:
    mt.manual_seed(0)
    before = mt.get_rng_state().tolist()
    list(DataLoader(range(9), 2, shuffle=True, generator=mt.Generator().manual_seed(1)))
    assert mt.get_rng_state().tolist() == before


def test_two_passes_may_run_at_once() -> None:
    loader = DataLoader(TensorDataset(mt.arange(4)), batch_size=2)
    pairs = [(a[0].tolist(), b[0].tolist()) for a in loader for b in loader]
    assert pairs == [([0, 1], [0, 1]), ([0, 1], [2, 3]), ([2, 3], [0, 1]), ([2, 3], [2, 3])]


# --- what a batch is


def test_samples_are_collated() -> None:
    numbers, names = next(iter(DataLoader(Squares(5), batch_size=3)))
    assert numbers.tolist() == [0, 1, 4]
    assert names == ("0", "1", "2")


def test_without_batches_single_samples_come() -> None:
    samples = list(DataLoader(Squares(3), batch_size=None))
    assert samples == [[0, "0"], [1, "1"], [4, "2"]]  # default_convert makes lists of tuples
    (first,) = DataLoader([np.ones(2)], batch_size=None)
    assert isinstance(first, mt.Tensor)


def test_own_collate() -> None:
    assert list(DataLoader(Squares(3), 2, collate_fn=len)) == [2, 1]
    assert list(DataLoader(Squares(2), None, collate_fn=str)) == ["(0, '0')", "(1, '1')"]


def test_datasets_may_fetch_whole_batches() -> None:
    class Batches(Squares):
        def __getitems__(self, indices: list[int]) -> list[int]:
            return [-i for i in indices]

    assert [b.tolist() for b in DataLoader(Batches(3), 2)] == [[0, -1], [-2]]


def test_any_indexable_will_do() -> None:
    assert [b.tolist() for b in DataLoader([1, 2, 3], 2)] == [[1, 2], [3]]
    by_name = DataLoader({"a": 1, "b": 2}, sampler=["b", "a"])  # type: ignore[arg-type]
    assert [b.tolist() for b in by_name] == [[2], [1]]


def test_samplers_decide_the_order() -> None:
    assert [b.tolist() for b in DataLoader([5, 6, 7], 2, sampler=[2, 0, 1])] == [[7, 5], [6]]
    loader = DataLoader([5, 6, 7], batch_sampler=[[2], [0, 1]])
    assert [b.tolist() for b in loader] == [[7], [5, 6]]
    assert loader.batch_size is None and len(loader) == 2


def test_the_samplers_are_there_to_see() -> None:
    loader = DataLoader(Squares(5), 2, shuffle=True)
    assert isinstance(loader.sampler, RandomSampler)
    assert isinstance(loader.batch_sampler, BatchSampler)
    assert isinstance(DataLoader(Squares(5)).sampler, SequentialSampler)
    assert DataLoader(Squares(5), None).batch_sampler is None


# --- whole batches at once, Note [Whole batches at once]


def both_ways(data: Any, indices: list[Any]) -> tuple[Any, Any]:
    fast = next(iter(DataLoader(data, batch_sampler=[indices])))
    slow = next(
        iter(DataLoader(data, batch_sampler=[indices], collate_fn=lambda b: default_collate(b)))
    )
    return fast, slow


@given(
    n=st.integers(1, 12),
    shape=st.sampled_from([(), (3,), (2, 3), (0,)]),
    dtype=st.sampled_from(["float32", "float16", "int64", "uint8", "bool"]),
    data=st.data(),
)
def test_the_fast_way_gives_the_same(n: int, shape: Any, dtype: str, data: Any) -> None:
    indices = data.draw(st.lists(st.integers(-n, n - 1), min_size=1, max_size=8))
    array = np.random.default_rng(0).integers(0, 2, (n, *shape)).astype(dtype)
    source = TensorDataset(mt.from_numpy(array), mt.arange(n))
    fast, slow = both_ways(source, indices)
    assert type(fast) is type(slow) is list
    for a, b in zip(fast, slow, strict=True):
        assert a.dtype is b.dtype and a.shape == b.shape and a.tolist() == b.tolist()
        assert a.numpy().flags.c_contiguous and a.numpy().flags.writeable


def test_the_fast_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("one by one")

    monkeypatch.setattr(TensorDataset, "__getitem__", refuse)
    data = TensorDataset(mt.arange(6))
    assert [b[0].tolist() for b in DataLoader(data, 4)] == [[0, 1, 2, 3], [4, 5]]
    nested = Subset(Subset(data, [5, 4, 3, 2]), [3, 0])
    assert [b[0].tolist() for b in DataLoader(nested, 4)] == [[2, 5]]


def test_batches_are_copies() -> None:
    source = mt.zeros(4)
    (batch,) = next(iter(DataLoader(TensorDataset(source), 4)))
    batch.fill_(1.0)
    assert source.tolist() == [0.0] * 4


def test_other_indices_go_the_slow_way() -> None:
    data = TensorDataset(mt.arange(6))
    for indices in ([slice(0, 2), slice(2, 4)], [mt.tensor(1), 2], [np.int64(1), np.int64(2)]):
        fast, slow = both_ways(data, indices)
        assert plain(fast) == plain(slow)
    with pytest.raises(IndexError):
        next(iter(DataLoader(data, batch_sampler=[[7]])))


def test_subclasses_go_the_slow_way() -> None:
    class Negated(TensorDataset):
        def __getitem__(self, index: Any) -> tuple[mt.Tensor, ...]:
            return tuple(-t for t in super().__getitem__(index))

    assert not fetch._is_plain(Negated(mt.arange(3)))
    assert [b[0].tolist() for b in DataLoader(Negated(mt.arange(3)), 2)] == [[0, -1], [-2]]


def test_gradients_flow_to_tensors_that_require_them() -> None:
    weight = mt.ones(3, requires_grad=True)
    (batch,) = next(iter(DataLoader(TensorDataset(weight), 2)))
    batch.sum().backward()
    assert weight.grad is not None and weight.grad.tolist() == [1.0, 1.0, 0.0]


# --- streams


@pytest.mark.parametrize(
    ("n", "batch_size", "drop_last"),
    [(5, 2, False), (5, 2, True), (4, 2, False), (0, 2, False), (3, None, False)],
)
def test_streams_match_pytorch(
    n: int, batch_size: int | None, drop_last: bool, torch: ModuleType
) -> None:
    class TorchStream(torch.utils.data.IterableDataset):  # type: ignore[name-defined, misc]
        def __iter__(self) -> Iterator[int]:
            return iter(range(n))

    ours = DataLoader(Stream(n), batch_size, drop_last=drop_last)
    theirs = torch.utils.data.DataLoader(TorchStream(), batch_size, drop_last=drop_last)
    shown = [[b.tolist() if batch_size else b for b in loader] for loader in (ours, theirs)]
    assert shown[0] == shown[1]


def test_stream_lengths() -> None:
    stream = Stream(5, announced=5)
    assert len(DataLoader(stream, 2)) == 3
    assert len(DataLoader(stream, 2, drop_last=True)) == 2
    assert len(DataLoader(stream, None)) == 5
    with pytest.raises(TypeError, match="of unknown length"):
        len(DataLoader(Stream(5)))


def test_a_stream_that_gives_more_than_it_said_warns() -> None:
    loader = DataLoader(Stream(3, announced=2), None)
    assert len(loader) == 2
    with pytest.warns(UserWarning, match=r"Length of IterableDataset.* reported to be 2.*but 3"):
        list(loader)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"shuffle": True}, "expected unspecified shuffle option, but got shuffle=True"),
        ({"sampler": [0]}, r"expected unspecified sampler option, but got sampler=\[0\]"),
        ({"batch_sampler": [[0]]}, "expected unspecified batch_sampler option"),
    ],
)
def test_streams_have_their_own_order(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=f"DataLoader with IterableDataset: {text}"):
        DataLoader(Stream(3), **options)
    DataLoader(Stream(3), shuffle=False)


# --- arguments


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "shuffle and sampler": (
        {"shuffle": True, "sampler": [0]},
        "sampler option is mutually exclusive with shuffle",
    ),
    "batch_sampler and batch_size": (
        {"batch_sampler": [[0]], "batch_size": 2},
        "mutually exclusive with batch_size, shuffle, sampler, and drop_last",
    ),
    "batch_sampler and shuffle": (
        {"batch_sampler": [[0]], "shuffle": True},
        "batch_sampler option is mutually exclusive",
    ),
    "batch_sampler and sampler": (
        {"batch_sampler": [[0]], "sampler": [0]},
        "batch_sampler option is mutually exclusive",
    ),
    "batch_sampler and drop_last": (
        {"batch_sampler": [[0]], "drop_last": True},
        "batch_sampler option is mutually exclusive",
    ),
    "no batches but drop_last": (
        {"batch_size": None, "drop_last": True},
        "batch_size=None option disables auto-batching and is mutually exclusive with drop_last",
    ),
    "batch_size": (
        {"batch_size": 0},
        "batch_size should be a positive integer value, but got batch_size=0",
    ),
    "num_workers": ({"num_workers": -1}, "num_workers option should be non-negative"),
    "timeout": ({"timeout": -1}, "timeout option should be non-negative"),
    "prefetch": (
        {"prefetch_factor": 2},
        "prefetch_factor option could only be specified in multiprocessing",
    ),
    "persistent": (
        {"persistent_workers": True},
        "persistent_workers option needs num_workers > 0",
    ),
    "context": (
        {"multiprocessing_context": "fork"},
        "multiprocessing_context can only be used with multi-process loading",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused(case: str) -> None:
    options, text = WRONG[case]
    with pytest.raises(ValueError, match=text):
        DataLoader(Squares(3), **options)


@pytest.mark.parametrize("case", WRONG)
def test_pytorch_refuses_them_the_same_way(case: str, torch: ModuleType) -> None:
    options, text = WRONG[case]
    with pytest.raises(ValueError, match=text):
        torch.utils.data.DataLoader(range(3), **options)


def test_shuffling_nothing_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"num_samples should be a positive integer.*empty dataset"
    ):
        DataLoader([], shuffle=True)
    assert list(DataLoader([])) == []


def test_a_timeout_needs_workers() -> None:
    with pytest.raises(AssertionError, match="requires timeout == 0"):
        DataLoader(Squares(3), timeout=5)


def test_pinned_memory_warns_and_loads() -> None:
    loader = DataLoader([1, 2], pin_memory=True)
    with pytest.warns(UserWarning, match="no accelerator is found") as caught:
        assert [b.tolist() for b in loader] == [[1], [2]]
    assert caught[0].filename == __file__


def test_harmless_options_are_accepted() -> None:
    loader = DataLoader([1], worker_init_fn=print, in_order=False, pin_memory_device="cpu")
    assert len(list(loader)) == 1


@pytest.mark.parametrize("name", ["batch_size", "sampler", "batch_sampler", "drop_last", "dataset"])
def test_what_is_built_in_cannot_be_changed(name: str) -> None:
    loader = DataLoader(Squares(3))
    with pytest.raises(ValueError, match=f"{name} attribute should not be set after DataLoader"):
        setattr(loader, name, None)
    loader.collate_fn = len
    assert list(loader) == [1, 1, 1]


def test_iterators_know_their_length() -> None:
    assert len(iter(DataLoader(Squares(5), 2))) == 3


def test_an_error_in_a_sample_is_not_swallowed() -> None:
    class Broken(Squares):
        def __getitem__(self, index: int) -> tuple[int, str]:
            raise KeyError("label 7")

    with pytest.raises(KeyError, match="label 7"):
        next(iter(DataLoader(Broken(3))))
