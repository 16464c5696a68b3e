"""What goes in comes out: values, kinds, shared memory; and the format that carries it."""

import copy
import io
import json
import pickle
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.core import dtypes
from minitorch.serialization.pickles.tensors import with_attributes
from tests.serialization.checkpoints import assert_equal, saved, there_and_back
from tests.serialization.first_format import rewritten

# --- what goes in comes out

numbers = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
keys = st.text() | st.integers() | st.none() | st.booleans() | st.tuples(st.integers(), st.text())
shapes = st.lists(st.integers(0, 3), max_size=3)


@st.composite
def tensors(draw: st.DrawFn) -> mt.Tensor:
    dtype = draw(st.sampled_from(dtypes.ALL))
    shape = draw(shapes)
    size = int(np.prod(shape, dtype=int)) * dtype.itemsize
    data = draw(st.binary(min_size=size, max_size=size))
    if dtype is mt.bool:
        data = bytes(byte & 1 for byte in data)
    array = np.frombuffer(data, dtype.numpy).reshape(shape).copy()
    return mt.from_numpy(array.T if draw(st.booleans()) else array)


structures = st.recursive(
    numbers | tensors() | st.sampled_from(dtypes.ALL) | shapes.map(mt.Size),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4).map(OrderedDict)
    ),
    max_leaves=12,
)


@given(structures)
def test_structures_come_back(obj: Any) -> None:
    assert_equal(there_and_back(obj), obj)


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=repr)
def test_every_dtype(dtype: Any) -> None:
    tensor = mt.from_numpy(np.array([[0, 1], [1, 0]], dtype.numpy))
    assert_equal(
        there_and_back({"x": tensor, "empty": tensor[:0]}), {"x": tensor, "empty": tensor[:0]}
    )


@pytest.mark.parametrize(
    "obj",
    [
        float("inf"), float("-inf"), -0.0, 5e-324, 0.1, 10**40, -(2**63), "", "é\n\0\ud800",
        b"\xff\0",
        Counter([3, 3, 5]), OrderedDict(b=1, a=2), {1: 2, "1": 3, (1, None): 4, 2.5: 5},
        mt.Size([2, 3]), mt.float16, mt.bool, [[], (), {}, [()]],
        {1, 2}, frozenset({(1, "a")}), 1 + 2j, bytearray(b"ab"), slice(1, None), range(3),
        mt.strided, mt.device("cpu"), np.str_("a"), np.dtype(">i4"), np.dtype([("a", "<f4")]),
        np.dtype("M8[ms]"),
        np.float64(0.1), np.float32(0.1), np.int8(-3), np.bool_(True), np.float16("nan"),
        np.arange(6).reshape(2, 3), np.array("text"), np.array(["a", "bc"]), np.array(3 + 4j),
        np.array([1, 2], ">f4").astype("<f4"),
        np.array(["2020-01-01", "NaT"], "M8[25s]"), np.array([1], "m8"), np.array([b"", b"ab"]),
        np.array([(1, 2.0)], [("a", "<i4"), ("é", "<f8")]), np.zeros((0, 2**40)),
        np.array([1], np.longdouble),
    ],
    ids=repr,
)  # fmt: skip
def test_single_objects_come_back(obj: Any) -> None:
    assert_equal(there_and_back(obj), obj)


def test_nan_comes_back() -> None:
    back = there_and_back([float("nan"), mt.tensor([float("nan"), 1.0])])
    assert back[0] != back[0]
    assert np.isnan(back[1].numpy()).tolist() == [True, False]


def test_foreign_byte_order_comes_back_in_ours() -> None:
    back = there_and_back(np.array([1, 2], ">i4"))
    assert back.dtype == np.dtype("i4") and back.tolist() == [1, 2]
    big = np.arange(4, dtype=">i4")
    assert [a.tolist() for a in there_and_back([big, big.view(">i2")[2:4]])] == [
        [0, 1, 2, 3],
        [0, 1],
    ]


def test_requires_grad_comes_back_and_the_graph_does_not() -> None:
    w = mt.tensor([1.0, 2.0], requires_grad=True)
    leaf, result, plain = there_and_back([w, w * 2, w.detach()])
    assert leaf.requires_grad and leaf.is_leaf
    assert result.requires_grad and result.is_leaf and result.tolist() == [2.0, 4.0]
    assert not plain.requires_grad


def test_loaded_tensors_can_be_written_to() -> None:
    back = there_and_back({"w": mt.zeros(3)})
    back["w"].add_(1)
    assert back["w"].tolist() == [1.0] * 3


def test_the_metadata_of_a_state_dict_comes_back() -> None:
    state = OrderedDict(w=mt.zeros(1))
    state._metadata = OrderedDict({"": {"version": 1}})  # type: ignore[attr-defined]
    assert there_and_back(state)._metadata == {"": {"version": 1}}
    assert list(there_and_back(state)) == ["w"]


# --- memory


def test_one_object_stays_one_object() -> None:
    w = mt.ones(3)
    a, (b, c) = there_and_back([w, (w, mt.ones(3))])
    assert a is b and a is not c


def test_tied_tensors_stay_tied() -> None:
    w = mt.ones(3)
    back = there_and_back({"encoder": w.detach(), "decoder": w.detach()})
    back["encoder"].add_(1)
    assert back["decoder"].tolist() == [2.0] * 3


def test_views_share_memory_again() -> None:
    base = np.arange(24, dtype=np.float32).reshape(4, 6)
    pieces = [base[1], base[:, 2:4], base.T, base[::2], base[3, 5:]]
    data = [mt.from_numpy(piece) for piece in pieces]
    back = there_and_back(data)
    assert_equal(back, data)
    whole = back[2].numpy()
    assert all(np.shares_memory(whole, piece.numpy()) for piece in back)
    back[0].fill_(-1.0)
    assert whole[:, 1].tolist() == [-1.0] * 6


def test_views_without_the_whole_share_what_they_have() -> None:
    base = np.arange(12, dtype=np.int32)
    first, second, apart = (mt.from_numpy(a) for a in (base[:6], base[4:10], base[10:]))
    first_back, second_back, apart_back = there_and_back([first, second, apart])
    assert_equal([first_back, second_back, apart_back], [first, second, apart])
    first_back.fill_(0)
    assert second_back.tolist() == [0, 0, 6, 7, 8, 9]


def test_interleaved_and_0d_views() -> None:
    base = np.arange(6, dtype=np.float64)
    data = [mt.from_numpy(a) for a in (base[0, ...], base[0:5:2], base[1::2], base[:0])]
    assert_equal(there_and_back(data), data)


def test_one_buffer_seen_as_two_dtypes() -> None:
    numbers = np.array([1.0, 2.0], np.float32)
    data = [mt.from_numpy(numbers[:1]), mt.from_numpy(numbers.view(np.int32)[:2])]
    back = there_and_back(data)
    assert_equal(back, data)
    back[0].fill_(0.0)
    assert back[1].tolist()[0] == 0


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 3)),
        min_size=1,
        max_size=6,
    )
)
def test_any_views_of_one_buffer(spans: list[tuple[int, int, int]]) -> None:
    base = np.arange(30, dtype=np.int16)
    data = [mt.from_numpy(base)[start:stop:step] for start, stop, step in spans]
    back = there_and_back(data)
    assert_equal(back, data)
    for i, a in enumerate(data):
        for j, b in enumerate(data):
            assert np.shares_memory(back[i], back[j]) == np.shares_memory(a, b)


def test_strides_are_kept() -> None:
    weight = mt.from_numpy(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    assert there_and_back(weight).numpy().strides == weight.numpy().strides
    expanded = mt.tensor(3.0).expand(1000, 1000)
    assert there_and_back(expanded).numpy().strides == (0, 0)
    assert len(saved(expanded)) < 2000


def test_a_small_view_does_not_save_its_big_buffer() -> None:
    big = np.zeros((1000, 1000))
    for view in (big[3], big[:, 3], big[10:12, ::100]):
        assert len(saved(mt.from_numpy(view))) < 40_000
        assert_equal(there_and_back(view), np.ascontiguousarray(view))


def test_equal_content_gives_equal_bytes() -> None:
    def state() -> dict[str, Any]:
        base = np.arange(1000.0)
        return {"b": mt.from_numpy(base[500:]), "a": mt.from_numpy(base[:600].copy()), "n": 1}

    first = saved(state())
    assert saved(state()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- the format


def test_a_file_of_version_1_stays_readable() -> None:
    """Written out by hand: what was saved once must load for ever."""
    array = io.BytesIO()
    np.save(array, np.array([1, 2, 3, 4], np.float32))
    view = {"dtype": "<f4", "shape": [2, 2], "strides": [4, 8], "offset": 0}
    content = {
        "ordereddict": [
            ["w", {"tensor": 0}],
            ["v", {"tensor": 1}],
            [{"tuple": [1, 2]}, {"size": [3]}],
            ["inf", {"float": "inf"}],
            ["bytes", {"bytes": "/wA="}],
            ["scalar", {"scalar": ["float32", 0.5]}],
            ["dtype", {"dtype": "int64"}],
            ["counter", {"counter": [[1, 2]]}],
            ["array", {"array": 0}],
            [{"dict": [["", {"dict": [["version", 1]]}]]}],
        ]
    }
    header = {
        "format": "minitorch checkpoint",
        "version": 1,
        "tensors": [{"entry": 0, "requires_grad": True}, {"entry": 0, "view": view}],
        "content": content,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("minitorch.json", json.dumps(header))
        archive.writestr("data/0.npy", array.getvalue())
    file.seek(0)
    back = mt.load(file)
    assert type(back) is OrderedDict
    assert back["w"].tolist() == [1, 2, 3, 4] and back["w"].requires_grad
    assert back["v"].tolist() == [[1, 3], [2, 4]]
    assert back[(1, 2)] == mt.Size([3])
    assert back["inf"] == float("inf") and back["bytes"] == b"\xff\0"
    assert back["scalar"] == np.float32(0.5) and back["dtype"] is mt.int64
    assert back["counter"] == Counter({1: 2})
    assert isinstance(back["array"], np.ndarray)
    assert back._metadata == {"": {"version": 1}}


def test_a_newer_format_is_named(tmp_path: Path) -> None:
    path = rewritten(tmp_path, lambda header: header.update(version=2))
    with pytest.raises(RuntimeError, match=r"new.pt: written by a newer minitorch, in version 2"):
        mt.load(path)


def test_only_what_the_user_put_on_a_tensor_comes_along() -> None:
    parameter = mt.nn.Parameter(mt.ones(2))
    parameter.mine = [1]  # type: ignore[attr-defined]
    parameter.grad = mt.ones(2)
    for other in (copy.deepcopy(parameter), pickle.loads(pickle.dumps(parameter))):
        assert other._attributes() == {"mine": [1]}
        assert other.grad is None
    fields = {"mine": 2, "_array": 3, "_requires_grad": True, "_grad": 4}
    loaded = with_attributes(mt.ones(2), fields)
    assert loaded.tolist() == [1, 1]
    assert loaded.mine == 2
    assert "_grad" not in vars(loaded)
    assert not loaded.requires_grad
