"""Checkpoints: what goes in comes out, nothing saved is lost, nothing loaded runs code."""

import errno
import io
import json
import os
import pickle
import signal
import stat
import subprocess
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict, namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch as mt
from minitorch import dtypes
from minitorch.serialization import files

REPOSITORY = Path(__file__).resolve().parent.parent


def there_and_back(obj: Any) -> Any:
    file = io.BytesIO()
    mt.save(obj, file)
    file.seek(0)
    return mt.load(file)


def saved(obj: Any) -> bytes:
    file = io.BytesIO()
    mt.save(obj, file)
    return file.getvalue()


def assert_equal(a: Any, b: Any) -> None:
    """Equal in value and in kind, all the way down."""
    assert type(a) is type(b)
    if isinstance(a, mt.Tensor):
        assert a.dtype is b.dtype and a.shape == b.shape
        assert a.requires_grad == b.requires_grad
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_equal(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_equal(x, y)
    else:
        assert repr(a) == repr(b)  # also tells -0.0 and nan


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
        np.float64(0.1), np.float32(0.1), np.int8(-3), np.bool_(True), np.float16("nan"),
        np.arange(6).reshape(2, 3), np.array("text"), np.array(["a", "bc"]), np.array(3 + 4j),
        np.array([1, 2], ">f4").astype("<f4"),
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
    pieces = [base[1], base[:, 2:4], base.T, base[::2], base[::-1], base[3, 5:]]
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
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from([-3, -2, -1, 1, 2, 3])),
        min_size=1,
        max_size=6,
    )
)
def test_any_views_of_one_buffer(spans: list[tuple[int, int, int]]) -> None:
    base = np.arange(30, dtype=np.int16)
    data = [base[start:stop:step] for start, stop, step in spans]
    back = there_and_back(data)
    assert_equal(back, data)
    for i, a in enumerate(data):
        for j, b in enumerate(data):
            assert np.shares_memory(back[i], back[j]) == np.shares_memory(a, b)


def test_strides_are_kept() -> None:
    weight = mt.from_numpy(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    assert there_and_back(weight).numpy().strides == weight.numpy().strides
    expanded = mt.from_numpy(np.broadcast_to(np.float32(3), (1000, 1000)))
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


def test_numpy_alone_can_read_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    mt.save({"w": mt.arange(6).float().reshape(2, 3), "lr": 0.1}, path)
    with np.load(path) as archive:
        assert archive["data/0"].tolist() == [[0, 1, 2], [3, 4, 5]]
        header = json.loads(archive["minitorch.json"])
    assert header["format"] == "minitorch checkpoint" and header["version"] == 1
    assert header["content"] == {"dict": [["w", {"tensor": 0}], ["lr", 0.1]]}
    assert header["tensors"] == [{"entry": 0}]


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


# --- where to


def test_paths_and_files(tmp_path: Path) -> None:
    state = {"w": mt.ones(2)}
    mt.save(state, tmp_path / "a.pt")
    mt.save(state, str(tmp_path / "b.pt"))
    with open(tmp_path / "c.pt", "wb") as file:
        mt.save(state, file)
    for name in "abc":
        assert_equal(mt.load(tmp_path / f"{name}.pt"), state)
        assert_equal(mt.load(str(tmp_path / f"{name}.pt")), state)
        with open(tmp_path / f"{name}.pt", "rb") as file:
            assert_equal(mt.load(file), state)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pt", "b.pt", "c.pt"]


def test_a_file_is_written_and_read_from_its_position() -> None:
    file = io.BytesIO()
    file.write(b"header")
    mt.save([1], file)
    file.seek(6)
    assert mt.load(file) == [1]


def test_large_tensors(tmp_path: Path) -> None:
    big = mt.from_numpy(np.arange(5_000_000, dtype=np.float32))
    mt.save(big, tmp_path / "big.pt")
    assert (tmp_path / "big.pt").stat().st_size < big.numpy().nbytes + 2000
    assert_equal(mt.load(tmp_path / "big.pt"), big)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    mt.save(1, tmp_path / "real.pt")
    (tmp_path / "link.pt").symlink_to("real.pt")
    mt.save(2, tmp_path / "link.pt")
    assert (tmp_path / "link.pt").is_symlink()
    assert mt.load(tmp_path / "real.pt") == 2


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save(1, path)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    path.chmod(0o640)
    mt.save(2, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_read_only_file_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    mt.save(1, path)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # for root, too
    with pytest.raises(PermissionError, match="read-only"):
        mt.save(2, path)
    assert mt.load(path) == 1


@pytest.mark.skipif(os.name == "nt", reason="devices of POSIX")
def test_a_device_is_written_to_not_replaced() -> None:
    mt.save([1], os.devnull)
    assert not Path(os.devnull).is_file()


def test_wrong_targets(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="name a file"):
        mt.save(1, tmp_path)
    with pytest.raises(FileNotFoundError):
        mt.save(1, tmp_path / "missing" / "a.pt")
    with pytest.raises(TypeError, match="second argument, got int"):
        mt.save(mt.zeros(1), 3)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        mt.load(tmp_path / "missing.pt")
    with pytest.raises(TypeError, match="got int"):
        mt.load(3)  # type: ignore[arg-type]


# --- what cannot be saved

Pair = namedtuple("Pair", ["a", "b"])


class Module:
    def state_dict(self) -> dict[str, Any]:
        return {}


UNSAVABLE: dict[str, tuple[Any, str]] = {
    "object": ({"a": [1, {"b": object()}]}, r"obj\['a'\]\[1\]\['b'\], a builtins.object: a check"),
    "function": ((1, len), r"obj\[1\], a builtins.builtin_function"),
    "module": ({"net": Module()}, r"obj\['net'\], a .*Module: save its .state_dict\(\) instead"),
    "named tuple": ([Pair(1, 2)], r"obj\[0\], a .*Pair: convert it with tuple\(\) first"),
    "defaultdict": (defaultdict(int), r"obj, a collections.defaultdict: convert it with dict\(\)"),
    "set": ({"s": {1}}, r"obj\['s'\], a builtins.set"),
    "complex": (1j, "obj, a builtins.complex"),
    "key": ({object(): 1}, "a key of obj, a builtins.object"),
    "array of objects": ([np.array([None])], r"obj\[0\], a numpy.ndarray"),
    "masked array": (np.ma.masked_array([1], [True]), "obj, a numpy.ma.*MaskedArray"),
    "enum": (signal.SIGTERM, r"obj, a signal.Signals: convert it with int\(\) first"),
    "numpy text": (np.str_("a"), r"obj, a numpy.str_: convert it with str\(\) first"),
}


@pytest.mark.parametrize("case", UNSAVABLE)
def test_what_cannot_be_saved_is_named_with_its_place(case: str, tmp_path: Path) -> None:
    obj, text = UNSAVABLE[case]
    path = tmp_path / "a.pt"
    mt.save("before", path)
    with pytest.raises(TypeError, match=f"cannot save {text}"):
        mt.save(obj, path)
    assert mt.load(path) == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]


def test_what_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append({"x": loop})
    with pytest.raises(ValueError, match=r"cannot save obj\[0\]\['x'\]\[0\].* contain itself"):
        saved(loop)


# --- nothing that was saved is lost


class Stopped(BaseException):
    """Like KeyboardInterrupt: not an Exception."""


def failing_write(fail_at: int, error: BaseException) -> Any:
    """A stand-in for a file that fails after so many bytes."""

    class Failing(io.FileIO):
        written = 0

        def write(self, data: Any) -> int:
            self.written += memoryview(data).nbytes
            if self.written > fail_at:
                raise error
            return super().write(data)

    return lambda path, mode: Failing(path, mode)


@pytest.mark.parametrize("make", [lambda: OSError(errno.ENOSPC, "No space left"), Stopped])
@pytest.mark.parametrize("fail_at", [0, 100, 5000])
def test_a_full_disk_loses_nothing(
    make: Any, fail_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, error = tmp_path / "a.pt", make()
    mt.save("before", path)
    monkeypatch.setattr(files, "open", failing_write(fail_at, error), raising=False)
    with pytest.raises(type(error)) as caught:
        mt.save({"w": mt.zeros(10_000)}, path)
    assert caught.value.__notes__ == [
        f"while saving {path}: what was there before is unchanged",
    ]
    monkeypatch.undo()
    assert mt.load(path) == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_failure_of_any_step_loses_nothing(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pt"
    mt.save("before", path)

    def fail(*args: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="Input/output error"):
        mt.save("after", path)
    monkeypatch.undo()
    assert mt.load(path) == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]


def test_data_is_on_disk_before_the_name_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def replace(source: Any, target: Any) -> None:
        calls.append("replace")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    mt.save(1, tmp_path / "a.pt")
    assert calls == ["file", "replace", "directory"]


def test_a_file_system_that_cannot_sync_directories_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> int:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "open", refuse)
    path = tmp_path / "a.pt"
    files.replace_file(path, lambda file: file.write(b"x"))
    assert path.read_bytes() == b"x"


KILLED = """
import sys
import numpy as np
import minitorch as mt
from minitorch.serialization import archive

real = np.lib.format.write_array

def slow(file, array, **options):
    real(file, array, **options)
    print("written", flush=True)
    sys.stdin.read()  # until killed

np.lib.format.write_array = slow
mt.save({"w": mt.zeros(100_000), "v": mt.ones(100_000)}, sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save({"epoch": 3}, path)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"written\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert mt.load(path) == {"epoch": 3}
    (left,) = (p for p in tmp_path.iterdir() if p != path)
    assert left.name.startswith(".a.pt.") and left.name.endswith(".tmp")
    with pytest.raises(RuntimeError, match="truncated"):
        mt.load(left)


# --- damaged and foreign files


def rewritten(tmp_path: Path, change: Any, obj: Any = None) -> Path:
    """A checkpoint whose JSON was changed by hand."""
    path = tmp_path / "new.pt"
    with (
        zipfile.ZipFile(io.BytesIO(saved(obj or {"w": mt.zeros(2), "x": 1}))) as old,
        zipfile.ZipFile(path, "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "minitorch.json":
                header = json.loads(data)
                change(header)
                data = json.dumps(header).encode()
            new.writestr(name, data)
    return path


STATE = {"w": mt.from_numpy(np.arange(50.0)), "name": "net", "lr": 0.1, "steps": [1, 2, 3]}


@given(st.data())
def test_a_truncated_file_is_noticed(data: Any) -> None:
    whole = saved(STATE)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(RuntimeError, match=r"BytesIO: .*(truncated|empty|begins with)"):
        mt.load(io.BytesIO(whole[:cut]))


@given(st.data())
def test_a_flipped_bit_is_noticed_or_harmless(data: Any) -> None:
    whole = bytearray(saved(STATE))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    try:
        back = mt.load(io.BytesIO(bytes(whole)))
    except RuntimeError as error:
        assert str(error).startswith("BytesIO: ")
    else:
        assert_equal(back, STATE)  # it was in a date or a permission


def test_a_flipped_bit_in_the_numbers_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save(STATE, path)
    whole = bytearray(path.read_bytes())
    at = whole.index(np.float64(7.0).tobytes())
    whole[at + 6] ^= 1
    path.write_bytes(whole)
    with pytest.raises(RuntimeError, match=r"a.pt: the checkpoint is corrupt.*Bad CRC-32.*0.npy"):
        mt.load(path)


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.zeros(2))
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(2))
    return file.getvalue()


def zipped(**entries: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/"), text)
    return file.getvalue()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "text": (b"hello, world: not a checkpoint", "not a checkpoint.*begins with b'hello, world"),
    "pickle": (pickle.dumps({"w": 1}, protocol=2), "this is a pickle.*could run code"),
    "npy": (npy(), "this is a NumPy array"),
    "npz": (npz(), "this is a NumPy .npz file"),
    "zip": (zipped(readme="hi"), "this is a zip file, but not a checkpoint"),
    "pytorch": (zipped(model__data__pkl="x").replace(b"data/pkl", b"data.pkl"), "PyTorch checkp"),
    "safetensors": ((8).to_bytes(8, "little") + b"{}      ", "looks like a safetensors file"),
    "other json": (zipped(**{"minitorch.json": "[]"}), "corrupt"),
    "not json": (zipped(**{"minitorch.json": "{"}), "corrupt.*JSONDecodeError"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_foreign_files_are_named_for_what_they_are(case: str, tmp_path: Path) -> None:
    content, text = FOREIGN[case]
    path = tmp_path / "strange.pt"
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match=f"strange.pt: .*{text}"):
        mt.load(path)


@pytest.mark.parametrize("legacy", [False, True])
def test_pytorchs_own_files_come_later(legacy: bool, tmp_path: Path, torch: ModuleType) -> None:
    path = tmp_path / "model.pth"
    torch.save({"w": torch.zeros(2)}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(RuntimeError, match=r"model.pth: .*PyTorch.*later release"):
        mt.load(path)


def test_pytorch_refuses_our_files_cleanly(tmp_path: Path, torch: ModuleType) -> None:
    mt.save(STATE, tmp_path / "a.pt")
    with pytest.raises(RuntimeError):
        torch.load(tmp_path / "a.pt")


DAMAGE: dict[str, Any] = {
    "no tensors": lambda h: h.pop("tensors"),
    "no content": lambda h: h.pop("content"),
    "other format": lambda h: h.update(format="other"),
    "unknown tag": lambda h: h.update(content={"code": "1"}),
    "two tags": lambda h: h.update(content={"tuple": [], "size": []}),
    "missing tensor": lambda h: h.update(content={"tensor": 5}),
    "missing entry": lambda h: h["tensors"][0].update(entry=7),
    "unhashable key": lambda h: h.update(content={"dict": [[[1], 2]]}),
    "bad dtype": lambda h: h.update(content={"dtype": "complex64"}),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_structure_that_makes_no_sense_is_corrupt(case: str, tmp_path: Path) -> None:
    path = rewritten(tmp_path, DAMAGE[case])
    with pytest.raises(RuntimeError, match=r"new.pt: the checkpoint is corrupt"):
        mt.load(path)


def test_a_structure_nested_without_end_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "deep.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("minitorch.json", "[" * 200_000)
    with pytest.raises(RuntimeError, match=r"deep.pt: the checkpoint is corrupt"):
        mt.load(path)


@pytest.mark.parametrize(
    "view",
    [
        {"offset": 4},
        {"offset": -4},
        {"shape": [3]},
        {"shape": [-1]},
        {"strides": [400]},
        {"dtype": "<i8"},
        {"dtype": "O"},
        {"dtype": "O", "shape": [1]},
    ],
)
def test_views_cannot_leave_their_memory(view: dict[str, Any], tmp_path: Path) -> None:
    good = {"dtype": "<f4", "shape": [2], "strides": [4], "offset": 0}

    def change(header: dict[str, Any]) -> None:
        header["tensors"][0]["view"] = {**good, **view}

    assert mt.load(rewritten(tmp_path, lambda h: h["tensors"][0].update(view=good)))["x"] == 1
    with pytest.raises(RuntimeError, match=r"new.pt: the checkpoint is corrupt"):
        mt.load(rewritten(tmp_path, change))


# --- nothing loaded runs code


class Bomb:
    def __reduce__(self) -> Any:
        return os.mkdir, ("exploded",)


def arrays_of_objects() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Bomb()], object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize("weights_only", [None, True, False])
def test_nothing_in_a_file_can_run(
    weights_only: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    header = {"format": "minitorch checkpoint", "version": 1, "tensors": [{"entry": 0}]}
    with zipfile.ZipFile("bomb.pt", "w") as archive:
        archive.writestr("minitorch.json", json.dumps({**header, "content": {"array": 0}}))
        archive.writestr("data/0.npy", arrays_of_objects())
    Path("bomb.pkl").write_bytes(pickle.dumps(Bomb()))
    for name in ("bomb.pt", "bomb.pkl"):
        with pytest.raises(RuntimeError):
            mt.load(name, weights_only=weights_only)
    assert not Path("exploded").exists()


def test_compressed_entries_are_refused(tmp_path: Path) -> None:
    """A few bytes may become gigabytes."""
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("minitorch.json", " " * 1000)
    with pytest.raises(RuntimeError, match=r"minitorch.json is compressed"):
        mt.load(path)


# --- the arguments of load


@pytest.mark.parametrize("where", [None, "cpu", "cpu:0", lambda s, _: s, {"cuda:0": "cpu"}])
def test_map_location_to_the_cpu(where: Any) -> None:
    assert mt.load(io.BytesIO(saved([1])), map_location=where) == [1]


def test_arguments_that_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO(saved([1]))
    with pytest.raises(RuntimeError, match="Attempting to deserialize object on a cuda:0 device"):
        mt.load(file, map_location="cuda:0")
    with pytest.raises(ValueError, match="pickle_module"):
        mt.load(file, pickle_module=pickle)  # type: ignore[arg-type]
    with pytest.raises(NotImplementedError, match="mmap"):
        mt.load(file, mmap=True)
    assert mt.load(file, mmap=False) == [1]


def test_a_file_at_its_end_is_to_be_rewound() -> None:
    file = io.BytesIO()
    mt.save([1], file)
    with pytest.raises(RuntimeError, match=r"\.seek\(0\)"):
        mt.load(file)
