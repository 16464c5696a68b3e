"""Damaged and foreign files are named for what they are; nothing in a file runs."""

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from tests.serialization.checkpoints import assert_equal, saved
from tests.serialization.first_format import rewritten

# --- damaged and foreign files


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
    with pytest.raises(
        RuntimeError,
        match=r"a.pt: the checkpoint is corrupt.*archive/data/0 is not what was written",
    ):
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
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return file.getvalue()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "text": (b"hello, world: not a checkpoint", "not a checkpoint.*begins with b'hello, world"),
    "pickle": (
        pickle.dumps({"w": 1}, protocol=2),
        "Weights only load failed.*does not begin as PyTorch's",
    ),
    "npy": (npy(), "this is a NumPy array"),
    "zip": (zipped(readme="hi"), "this is a zip file, but not a checkpoint"),
    "pytorch": (zipped(model__data_pkl="x"), "Weights only load failed"),
    "safetensors": ((80).to_bytes(8, "little") + b"{}      ", "the safetensors file is corrupt"),
    "gzip": (b"\x1f\x8b\x08" + bytes(20), "compressed file"),
    "torchscript": (zipped(model__constants_pkl="", model__data_pkl=""), "TorchScript archive"),
    "other json": (zipped(**{"minitorch.json": "[]"}), "corrupt"),
    "not json": (zipped(**{"minitorch.json": "{"}), "corrupt.*JSONDecodeError"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_foreign_files_are_named_for_what_they_are(case: str, tmp_path: Path) -> None:
    content, text = FOREIGN[case]
    path = tmp_path / "strange.pt"
    path.write_bytes(content)
    with pytest.raises((RuntimeError, pickle.UnpicklingError), match=f"strange.pt: .*{text}"):
        mt.load(path)


DAMAGE: dict[str, Any] = {
    "no tensors": lambda h: h.pop("tensors"),
    "no content": lambda h: h.pop("content"),
    "other format": lambda h: h.update(format="other"),
    "unknown tag": lambda h: h.update(content={"code": "1"}),
    "two tags": lambda h: h.update(content={"tuple": [], "size": []}),
    "missing tensor": lambda h: h.update(content={"tensor": 5}),
    "missing entry": lambda h: h["tensors"][0].update(entry=7),
    "unhashable key": lambda h: h.update(content={"dict": [[[1], 2]]}),
    "bad dtype": lambda h: h.update(content={"dtype": "complex32"}),
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
        with pytest.raises((RuntimeError, pickle.UnpicklingError)):
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
    with pytest.raises(ValueError, match="f must be a file path"):
        mt.load(file, mmap=True)
    assert mt.load(file, mmap=False) == [1]


def test_a_file_at_its_end_is_to_be_rewound() -> None:
    file = io.BytesIO()
    mt.save([1], file)
    with pytest.raises(RuntimeError, match=r"\.seek\(0\)"):
        mt.load(file)
