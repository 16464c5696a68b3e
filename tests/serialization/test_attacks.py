"""Files of the first format made to kill, stop or fill the process that loads them."""

import contextlib
import copy
import io
import os
import socket
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.serialization.checkpoints import there_and_back
from tests.serialization.first_format import rewritten, saved_first
from tests.support.source import REPOSITORY

posix = pytest.mark.skipif(os.name == "nt", reason="special files of POSIX")


def made(content: str, tensors: str = "[]", **entries: bytes) -> bytes:
    """A checkpoint written by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "minitorch.json",
            f'{{"format": "minitorch checkpoint", "version": 1, "tensors": {tensors}, '
            f'"content": {content}}}',
        )
        for name, data in entries.items():
            archive.writestr(f"data/{name.lstrip('_')}.npy", data)
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(RuntimeError, match=r"^BytesIO: the checkpoint is corrupt") as caught:
        mt.load(io.BytesIO(content))
    assert len(str(caught.value)) < 1000
    return str(caught.value)


# --- what a header declares

DTYPES = [
    "|V0", "V4", "S0", "<U0", "O", "|O8", "S", "", "f4,f4", "M8[0s]", "M8[1/7s]", "<f3", "i4 ", "٣",
    [], [["a", "O"]], [["a", "<i4"], ["a", "<i4"]], [["", "<i4"]], [["a", "<i4", [2]]],
    [["a", "|V0"]], ["<i4"], {"names": []}, None, 4, True,
]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES, ids=repr)
@pytest.mark.parametrize("shape", [[-1], [0], [1], []], ids=repr)
def test_a_dtype_is_one_of_a_closed_list(dtype: Any, shape: list[int], tmp_path: Path) -> None:
    view = {"dtype": dtype, "shape": shape, "strides": [0] * len(shape), "offset": 0}
    with pytest.raises(RuntimeError, match=r"new.pt: the checkpoint is corrupt"):
        mt.load(rewritten(tmp_path, lambda h: h["tensors"][0].update(view=view)))


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|V0', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|V0', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [], 'fortran_order': False, 'shape': (), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': " + "(" * 9000 + ")" * 9000 + ", }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, " * 65 + "2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,), }",
        "__import__('os')",
    ],
)  # fmt: skip
def test_an_entry_is_what_its_header_says(header: str) -> None:
    text = header.encode() + b"\n"
    entry = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(8)
    refusal(made('{"array": 0}', '[{"entry": 0}]', _0=entry))


@pytest.mark.parametrize(
    "view",
    [
        {"shape": [5], "strides": [2**62]},  # 4 · 2**62 is 0 in 64 bits
        {"shape": [3, 3], "strides": [2**63 - 1, -(2**63) + 1]},
        {"shape": [2], "strides": [2**64]},
        {"shape": [2**63], "strides": [0]},
        {"shape": [10**18], "strides": [0]},
        {"shape": [10**6, 10**6, 10**6], "strides": [0, 0, 0]},
        {"shape": [10**15, 10**15, 0], "strides": [4, 4, 4]},
        {"shape": [1] * 65, "strides": [4] * 65},
        {"shape": [1] * 10**5, "strides": [4] * 10**5},
        {"shape": [2], "strides": [4, 4]},
        {"shape": [], "strides": [], "offset": 9},
        {"shape": [0], "strides": [4], "offset": 9},
        {"shape": [True], "strides": [4]},
        {"shape": [2.0], "strides": [4]},
        {"shape": "22", "strides": [4, 4]},
        {"offset": None},
    ],
    ids=lambda view: f"{view!r:.60}",
)
def test_a_view_stays_in_its_entry(view: dict[str, Any], tmp_path: Path) -> None:
    good = {"dtype": "<f4", "shape": [2], "strides": [4], "offset": 0}
    with pytest.raises(RuntimeError, match=r"new.pt: the checkpoint is corrupt"):
        mt.load(rewritten(tmp_path, lambda h: h["tensors"][0].update(view={**good, **view})))


@pytest.mark.parametrize("stride", [0, 4])
def test_an_empty_entry_has_no_views(stride: int, tmp_path: Path) -> None:
    """NumPy takes a buffer of no bytes for one of any size."""
    view = {"dtype": "<f4", "shape": [1000], "strides": [stride], "offset": 0}
    with pytest.raises(RuntimeError, match=r"a view from 0 to \d+ of 0 bytes"):
        mt.load(rewritten(tmp_path, lambda h: h["tensors"][0].update(view=view), {"w": mt.ones(0)}))


@pytest.mark.parametrize(
    "content",
    [
        '{"scalar": ["V1000000000000", 0]}', '{"scalar": ["object", 0]}', '{"scalar": ["int8"]}',
        '{"scalar": ["float64", "1"]}', '{"scalar": ["float64", [1, 2]]}', '{"float": "1"}',
        '{"bytes": "a"}', '{"bytes": [1]}', '{"tuple": "abc"}', '{"size": [0.5]}', '{"dict": "ab"}',
        '{"dict": [[1, 2, 3]]}', '{"dict": [[]]}', '{"dict": [[{"dict": []}]]}', '{"dict": {}}',
        '{"tensor": "0"}', '{"tensor": 1.0}', '{"dtype": ["float32"]}', "{}",
        '{"scalar": ["float16", 1e9]}',
    ],
)  # fmt: skip
def test_what_a_tag_holds_is_checked(content: str) -> None:
    refusal(made(content))


@pytest.mark.parametrize("entry", ["-1", "1", "0.0", '"0"', "null", "[0]", str(2**61 - 1)])
def test_an_entry_has_a_number(entry: str) -> None:
    refusal(made('{"tensor": 0}', f'[{{"entry": {entry}}}]', _0=b""))


# --- time


@pytest.mark.parametrize("form", ["{}", '{{"tuple": [{}]}}'], ids=["integers", "tuples"])
def test_keys_that_collide_are_refused_in_linear_time(form: str) -> None:
    """Compared with each other, 200,000 of them would take minutes."""
    pairs = ",".join(f"[{form.format((2**61 - 1) * i)}, 0]" for i in range(200_000))
    said = refusal(made(f'{{"dict": [{pairs}]}}'))
    assert "200000 of the 200000 keys of a dict have the same hash" in said


def test_nesting_is_bounded_as_it_is_when_saving() -> None:
    obj: Any = {"x": (1,)}
    for _ in range(49):
        obj = [{"x": obj}]
    assert there_and_back(obj) == obj
    for content in ("[" * 101 + "]" * 101, '{"tuple": [' * 101 + "]}" * 101):
        assert "nested more than 100 levels deep" in refusal(made(content))


# --- memory


def with_directory(change: Any) -> bytes:
    """A checkpoint of one tensor whose zip directory was changed."""
    file = io.BytesIO(saved_first([mt.zeros(1000)]))
    with zipfile.ZipFile(file, "a") as archive:
        change(archive, archive.getinfo("data/0.npy"))
        archive.comment = b"changed"  # so that the directory is written anew
    return file.getvalue()


def test_entries_do_not_overlap() -> None:
    def twice(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        again = copy.copy(info)
        again.filename, again.header_offset = "data/1.npy", info.header_offset + 100
        archive.filelist.append(again)

    assert "data/1.npy overlaps the entry before it" in refusal(with_directory(twice))


def test_entries_end_before_the_file_does() -> None:
    def large(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        info.file_size = info.compress_size = 10**15

    assert "the entries end at 1000000" in refusal(with_directory(large))


def test_an_entry_is_not_larger_than_what_stands_for_it() -> None:
    def large(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        info.file_size = 10**15

    assert "data/0.npy is compressed" in refusal(with_directory(large))


GREEDY = {
    "lists in lists": "[" + ("[" * 90 + "]" * 90 + ",") * 500 + "0]",
    "lists": "[" + "[]," * 50_000 + "0]",
    "tuples": "[" + '{"tuple":[]},' * 10_000 + "0]",
    "dicts": "[" + '{"dict":[[0,0]]},' * 10_000 + "0]",
    "a dict": '{"dict":[' + ",".join(f"[{n},0]" for n in range(30_000)) + "]}",
    "objects": "[" + '{"":' * 90 + "0" + "}" * 90 + "]",
    "text": '"' + r"\ud83d\ude00" + "a" * 100_000 + '"',
    "tensors": "[" + ",".join(f'{{"tensor":{n}}}' for n in range(10_000)) + "]",
}


@pytest.mark.parametrize("case", GREEDY)
def test_loading_takes_no_more_memory_than_it_says(case: str, tmp_path: Path) -> None:
    records = "[" + '{"entry":0},' * 10_000 + "0]"
    path = tmp_path / "greedy.pt"
    content = made(GREEDY[case], records if case == "tensors" else "[]", _0=npy(np.ones(1)))
    path.write_bytes(content)
    assert peak(path) < 50 * len(content)


def test_tensors_take_what_they_take_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.pt"
    mt.save({"w": mt.ones(2_000_000)}, path)
    assert peak(path) < 8_000_000 + 3_000_000
    path.write_bytes(saved_first(mt.ones(2_000_000)))
    assert peak(path) < 8_000_000 + 3_000_000


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def peak(path: Path) -> int:
    """The largest memory while a file is loaded, or refused."""
    with contextlib.suppress(RuntimeError):
        mt.load(path)  # what is imported and cached counts once
    tracemalloc.start()
    with contextlib.suppress(RuntimeError):
        mt.load(path)
    largest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return largest


def test_too_little_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    mt.save(mt.zeros(3), path)

    def empty(*args: Any) -> None:
        raise MemoryError("Unable to allocate 12 bytes")

    monkeypatch.setattr(np, "empty", empty)
    with pytest.raises(MemoryError, match=r"a.pt: there is not enough memory.*12 bytes"):
        mt.load(path)


# --- files without an end


@posix
def test_devices_pipes_and_sockets_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket"))  # absolute, it may be too long
        for path in ("/dev/zero", os.devnull, tmp_path / "pipe", tmp_path / "socket"):
            with pytest.raises(RuntimeError, match=rf"^{path}: a device, pipe or socket"):
                mt.load(path)
    with pytest.raises(IsADirectoryError):
        mt.load(tmp_path)


@posix
def test_open_files_without_a_size_are_refused() -> None:
    with open("/dev/zero", "rb") as file, pytest.raises(RuntimeError, match="is empty"):
        mt.load(file)
    reading, writing = os.pipe()
    with (
        open(reading, "rb") as file, open(writing, "wb"),
        pytest.raises(OSError, match=r"only torch.load from a file that is seekable"),
    ):  # fmt: skip
        mt.load(file)


def test_what_can_only_be_read_is_refused() -> None:
    class Endless:
        def read(self, size: int = -1) -> bytes:
            return bytes(1000)

    with pytest.raises(AttributeError, match=r"only torch.load from a file that is seekable"):
        mt.load(Endless())  # type: ignore[arg-type]


# --- and all that nobody thought of


@posix
def test_a_few_thousand_random_changes() -> None:
    """By hand a million: python -m tests.serialization.fuzz_load 1000000."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.serialization.fuzz_load", "3000"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3,000 files: 0 deaths, 0 hangs" in done.stdout
