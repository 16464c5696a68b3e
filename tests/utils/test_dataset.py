"""Datasets and random splits."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)


class Numbers(Dataset[int]):
    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return [self.numbers[i] for i in index]
        return self.numbers[index]

    def __len__(self) -> int:
        return len(self.numbers)


class Stream(IterableDataset[int]):
    def __init__(self, n: int) -> None:
        self.n = n

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.n))

    def __len__(self) -> int:
        return self.n


def test_the_base_classes_ask_for_their_methods() -> None:
    with pytest.raises(NotImplementedError, match="Subclasses of Dataset should implement __geti"):
        Dataset()[0]
    with pytest.raises(NotImplementedError, match="Subclasses of IterableDataset should implement"):
        iter(IterableDataset())
    with pytest.raises(TypeError):
        len(Dataset())  # type: ignore[arg-type]


def test_tensor_dataset() -> None:
    data = TensorDataset(mt.arange(6).reshape(3, 2), mt.tensor([5, 6, 7]))
    assert len(data) == 3
    x, y = data[1]
    assert x.tolist() == [2, 3] and y.item() == 6
    assert [t.tolist() for t in data[-1]] == [[4, 5], 7]
    assert [t.tolist() for t in data[1:]] == [[[2, 3], [4, 5]], [6, 7]]


def test_tensor_dataset_needs_equal_sizes() -> None:
    with pytest.raises(AssertionError, match=r"Size mismatch between tensors.*\[3, 2\]"):
        TensorDataset(mt.zeros(3, 2), mt.zeros(2))
    with pytest.raises(AssertionError, match="at least one"):
        TensorDataset()


def test_stack() -> None:
    pairs = StackDataset(Numbers(1, 2, 3), Subset(Numbers(4, 5, 6), [2, 1, 0]))
    assert len(pairs) == 3 and pairs[0] == (1, 6)
    assert pairs.__getitems__([2, 0]) == [(3, 4), (1, 6)]
    named = StackDataset(image=Numbers(1, 2), text=Numbers(3, 4))
    assert named[1] == {"image": 2, "text": 4}
    assert named.__getitems__([1]) == [{"image": 2, "text": 4}]


def test_stack_errors(torch: ModuleType) -> None:
    class Short(Numbers):
        def __getitems__(self, indices: list[int]) -> list[int]:
            return [0]

    one, two = Numbers(1), Numbers(1, 2)
    for library in (mt, torch):
        stacked = library.utils.data.StackDataset
        for text, args, names in [
            ("At least one dataset should be passed", (), {}),
            ("but both types are given", (one,), {"b": one}),
            ("Size mismatch between datasets", (one, two), {}),
            ("Size mismatch between datasets", (), {"a": one, "b": two}),
        ]:
            with pytest.raises(ValueError, match=text):
                stacked(*args, **names)
        with pytest.raises(ValueError, match=r"output size mismatch. Expected 2, got 1"):
            stacked(Short(1, 2)).__getitems__([0, 1])


def test_concat() -> None:
    data = Numbers(1, 2) + Numbers() + Numbers(3)
    assert isinstance(data, ConcatDataset)
    assert [data[i] for i in range(len(data))] == [1, 2, 3]
    assert [data[i] for i in (-1, -3)] == [3, 1]
    assert ConcatDataset([Numbers(1, 2), Numbers(3)]).cumulative_sizes == [2, 3]
    with pytest.raises(ValueError, match="absolute value of index should not exceed"):
        data[-4]
    with pytest.raises(IndexError):
        data[3]


def test_concat_refuses_nothing_and_streams() -> None:
    with pytest.raises(AssertionError, match="datasets should not be an empty iterable"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="ConcatDataset does not support IterableDataset"):
        ConcatDataset([Stream(2)])


def test_chain() -> None:
    data = Stream(2) + Stream(3)
    assert isinstance(data, ChainDataset)
    assert list(data) == [0, 1, 0, 1, 2]
    assert len(data) == 5
    wrong: Any = ChainDataset([Stream(1), Numbers(1)])
    with pytest.raises(AssertionError, match="ChainDataset only supports IterableDataset"):
        list(wrong)
    with pytest.raises(AssertionError, match="ChainDataset only supports IterableDataset"):
        len(wrong)


def test_subset() -> None:
    data = Subset(Numbers(10, 11, 12, 13), [3, 1])
    assert len(data) == 2
    assert [data[0], data[1], data[-1]] == [13, 11, 11]
    assert data[[1, 0]] == [11, 13]
    assert data.__getitems__([1, 1]) == [11, 11]
    assert Subset(data, [1]).__getitems__([0]) == [11]


def test_a_subset_of_a_dataset_that_fetches_batches() -> None:
    class Batches(Numbers):
        def __getitems__(self, indices: list[int]) -> list[int]:
            return [100 + i for i in indices]

    assert Subset(Batches(1, 2), [1, 0]).__getitems__([0, 1]) == [101, 100]


def test_half_a_subclass_of_subset_is_refused() -> None:
    class Doubled(Subset[int]):
        def __getitem__(self, index: Any) -> int:
            return 2 * super().__getitem__(index)

    with pytest.raises(NotImplementedError, match="Doubled overrides __getitem__ but not __getit"):
        Doubled(Numbers(1), [0])


# --- random_split


def test_split_golden() -> None:
    """Read off PyTorch 2.13 with seed 42."""
    first, second = random_split(range(10), [3, 7], mt.Generator().manual_seed(42))  # type: ignore[arg-type]
    assert first.indices == [2, 6, 1]
    assert second.indices == [8, 4, 5, 0, 9, 3, 7]
    assert list(second)[:2] == [8, 4]  # type: ignore[call-overload]


@given(
    size=st.integers(0, 40),
    weights=st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(any),
    seed=st.integers(0, 2**32),
    fractions=st.booleans(),
)
def test_split_matches_pytorch(
    torch: ModuleType, size: int, weights: list[int], seed: int, fractions: bool
) -> None:
    if fractions:
        lengths: list[Any] = [w / sum(weights) for w in weights]
        if sum(lengths) > 1:
            lengths[lengths.index(max(lengths))] -= sum(lengths) - 1
    else:
        cuts = sorted(w * size // 5 for w in weights)
        lengths = [b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    results = []
    for library in (mt, torch):
        generator = library.Generator().manual_seed(seed)
        split = library.utils.data.random_split
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("warnings.warn", lambda *a, **k: None)
                results.append([s.indices for s in split(range(size), lengths, generator)])
        except ValueError as error:
            results.append(str(error)[:70])
    assert results[0] == results[1]


def test_split_uses_the_default_generator() -> None:
    mt.manual_seed(0)
    first = [s.indices for s in random_split(Numbers(*range(9)), [4, 5])]
    mt.manual_seed(0)
    again = [s.indices for s in random_split(Numbers(*range(9)), [4, 5], None)]
    assert first == again


def test_split_errors() -> None:
    with pytest.raises(ValueError, match=r"Sum of input lengths does not equal the length.*for 3"):
        random_split(Numbers(1, 2, 3), [1, 1])
    with pytest.raises(ValueError, match="Fraction at index 2 is not between 0 and 1"):
        random_split(Numbers(1, 2, 3), [0.5, 0.75, -0.25])
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0") as caught:
        random_split(Numbers(1), [0.5, 0.5])
    assert caught[0].filename == __file__


def test_absent_names_lead_to_near_ones() -> None:
    with pytest.raises(AttributeError, match=r"'TensorDatset'\. Did you mean 'TensorDataset'"):
        mt.utils.data.TensorDatset  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'IterDataPipe'.*an IterableDataset"):
        mt.utils.data.IterDataPipe  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'dat'\. Did you mean 'data'\?"):
        mt.utils.dat  # noqa: B018
