"""Collating samples into batches as PyTorch does."""

from collections import OrderedDict, UserDict, namedtuple
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.utils.data import default_collate, default_convert
from minitorch.utils.data.collate import collate, default_collate_fn_map

Point = namedtuple("Point", ["x", "y"])


class Tagged(list[Any]):
    """A list with something of its own."""

    tag = "none"


BATCHES: dict[str, Any] = {
    "ints": [1, 2, 3],
    "bools": [True, False],
    "floats": [1.5, 2.5],
    "int then float": [1, 2.5],
    "text": ["a", "b"],
    "bytes": [b"a", b"b"],
    "arrays": [np.arange(3), np.arange(3) + 1],
    "float arrays": [np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)],
    "0-d arrays": [np.array(1), np.array(2)],
    "float32 scalars": [np.float32(1), np.float32(2)],
    "float64 scalars": [np.float64(1), np.float64(2)],
    "int8 scalars": [np.int8(1), np.int8(2)],
    "bool scalars": [np.bool_(True), np.bool_(False)],
    "tuples": [(1, 2.0), (3, 4.0)],
    "lists": [[1, "a"], [2, "b"]],
    "dicts": [{"a": 1, "b": [1.0]}, {"a": 2, "b": [2.0]}],
    "ordered dicts": [OrderedDict(b=1, a=2), OrderedDict(a=3, b=4)],
    "read-only dicts": [MappingProxyType({"a": 1}), MappingProxyType({"a": 2})],
    "user dicts": [UserDict(a=1), UserDict(a=2)],
    "named tuples": [Point(1, "a"), Point(2, "b")],
    "ranges": [range(3), range(1, 4)],
    "nested": [({"p": Point(1, [2])}, "x"), ({"p": Point(3, [4])}, "y")],
    "empty tuples": [(), ()],
}


def plain(value: Any) -> Any:
    """The same with tensors as (dtype, shape, numbers), so that two libraries can be compared."""
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return repr(value.dtype), tuple(value.shape), value.tolist()
    if isinstance(value, dict | UserDict | MappingProxyType):
        return type(value), {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [plain(v) for v in value]
    return value


@pytest.mark.parametrize("case", BATCHES)
def test_collate_matches_pytorch(case: str, torch: ModuleType) -> None:
    ours = default_collate(BATCHES[case])
    assert plain(ours) == plain(torch.utils.data.default_collate(BATCHES[case]))


@pytest.mark.parametrize("case", BATCHES)
def test_convert_matches_pytorch(case: str, torch: ModuleType) -> None:
    for sample in BATCHES[case]:
        theirs = torch.utils.data.default_convert(sample)
        assert plain(default_convert(sample)) == plain(theirs)


def test_tensors_are_stacked() -> None:
    batch = default_collate([mt.tensor([1, 2]), mt.tensor([3, 4])])
    assert batch.tolist() == [[1, 2], [3, 4]]
    images, labels = default_collate([(mt.zeros(2, 3), 5), (mt.ones(2, 3), 6)])
    assert images.shape == (2, 2, 3)
    assert labels.dtype is mt.int64 and labels.tolist() == [5, 6]


def test_the_map_may_be_told_of_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def joined(batch: Any, *, collate_fn_map: Any = None) -> str:
        return ", ".join(batch)

    monkeypatch.setitem(default_collate_fn_map, str, joined)
    assert default_collate([{"a": "x", "b": 1}, {"a": "y", "b": 2}])["a"] == "x, y"
    assert collate([("a", "b"), ("c", "d")], collate_fn_map={(str, bytes): joined}) == [
        "a, c",
        "b, d",
    ]


def test_golden() -> None:
    assert default_collate([0.5, 1.5]).dtype is mt.float64
    assert default_collate([np.float32(0.5)]).dtype is mt.float32
    assert default_collate([{"a": 1}, {"a": 2}])["a"].tolist() == [1, 2]
    point = default_collate([Point(1, "a"), Point(2, "b")])
    assert isinstance(point, Point) and point.x.tolist() == [1, 2] and point.y == ("a", "b")
    assert isinstance(default_collate([(1, 2), (3, 4)]), list)


def test_containers_keep_what_is_their_own() -> None:
    first = Tagged([1, 2])
    first.tag = "mine"
    batch = default_collate([first, Tagged([3, 4])])
    assert batch.tag == "mine" and batch[0].tolist() == [1, 3]
    assert first == [1, 2]  # the sample itself is untouched
    converted = default_convert(first)
    assert converted.tag == "mine" and converted is not first


def test_convert_shares_memory_and_keeps_tensors() -> None:
    array = np.zeros(2)
    default_convert([array])[0].fill_(3.0)
    assert array.tolist() == [3.0, 3.0]
    tensor = mt.zeros(2)
    assert default_convert({"a": tensor})["a"] is tensor
    assert default_convert(None) is None


@pytest.mark.parametrize(
    ("batch", "error", "text"),
    [
        (
            [object(), object()],
            TypeError,
            "default_collate: batch must contain tensors.*found.*obj",
        ),
        ([None], TypeError, "batch must contain tensors, numpy arrays, numbers, dicts or lists"),
        ([{1}], TypeError, "batch must contain tensors, numpy arrays, numbers, dicts or lists"),
        ([np.array(["a"])], TypeError, "batch must contain tensors.*found <U1"),
        ([[1], [1, 2]], RuntimeError, "each element in list of batch should be of equal size"),
        ([{"a": 1}, {"b": 1}], KeyError, "a"),
    ],
)
def test_errors(batch: Any, error: type[Exception], text: str, torch: ModuleType) -> None:
    with pytest.raises(error, match=text):
        default_collate(batch)
    with pytest.raises(error):
        torch.utils.data.default_collate(batch)


def test_unequal_shapes_are_refused() -> None:
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        default_collate([mt.zeros(2), mt.zeros(3)])
