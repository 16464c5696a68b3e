"""Files of named tensors: safetensors and `.npz`, as their own libraries see them."""

import io
import os
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from minitorch.core import dtypes
from tests.serialization.checkpoints import assert_equal

safetensors_numpy = pytest.importorskip("safetensors.numpy")
SUFFIXES = [".safetensors", ".npz"]


def state() -> dict[str, mt.Tensor]:
    base = mt.arange(12.0).reshape(3, 4)
    turned = {"plain": base, "turned": base.T, "column": base[:, 1], "none": base[:0]}
    return {**turned, "number": mt.tensor(3), "flags": base > 5}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_there_and_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    mt.save(state(), path)
    assert_equal(
        mt.load(path), dict(sorted(state().items())) if suffix == ".safetensors" else state()
    )
    back = mt.load(path)
    back["plain"].add_(1)  # can be written to
    assert mt.load(path)["plain"].tolist() == state()["plain"].tolist()


@pytest.mark.parametrize("names", [[], ["file", "allow_pickle", "a/b", "x.npy", "é", ""]])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_name(suffix: str, names: list[str], tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    mt.save({name: mt.ones(1) for name in names}, path)
    assert sorted(mt.load(path)) == sorted(names)
    if suffix == ".safetensors":
        with pytest.raises(TypeError, match="keep the name '__metadata__'"):
            mt.save({"__metadata__": mt.ones(1)}, path)


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=repr)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_dtype(dtype: Any, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    tensor = mt.tensor([[0, 1], [1, 0]], dtype=dtype)
    refused = {
        (".npz", mt.bfloat16): r"no code for bfloat16: save obj\['x'\]\.float\(\)",
        (".safetensors", mt.complex128): r"no code for torch.complex128, the dtype of obj\['x'\]",
    }
    if (suffix, dtype) in refused:
        with pytest.raises(TypeError, match=refused[suffix, dtype]):
            mt.save({"x": tensor}, path)
        return
    mt.save({"x": tensor}, path)
    assert_equal(mt.load(path), {"x": tensor})


def test_other_libraries_read_what_is_written(tmp_path: Path) -> None:
    mt.save(state(), tmp_path / "a.safetensors")
    mt.save(state(), tmp_path / "a.npz")
    theirs = safetensors_numpy.load_file(tmp_path / "a.safetensors")
    with np.load(tmp_path / "a.npz") as arrays:
        for name, tensor in state().items():
            np.testing.assert_array_equal(theirs[name], tensor.numpy())
            np.testing.assert_array_equal(arrays[name], tensor.numpy())


def test_what_other_libraries_write_is_read(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([True])}
    safetensors_numpy.save_file(arrays, tmp_path / "x.bin")
    np.savez_compressed(tmp_path / "y.npz", **arrays, f=np.asfortranarray(arrays["a"]))
    assert_equal(mt.load(tmp_path / "x.bin"), {k: mt.from_numpy(x) for k, x in arrays.items()})
    back = mt.load(tmp_path / "y.npz")
    assert back["f"].tolist() == arrays["a"].tolist()


def test_pytorch_reads_our_safetensors(tmp_path: Path, torch: Any) -> None:
    from safetensors.torch import load_file

    net = nn.Linear(2, 3)
    mt.save(net.state_dict(), tmp_path / "a.safetensors")
    theirs = torch.nn.Linear(2, 3)
    theirs.load_state_dict(load_file(tmp_path / "a.safetensors"))
    assert theirs.weight.tolist() == net.weight.tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("obj", [mt.ones(1), {"a": {"b": mt.ones(1)}}, {1: mt.ones(1)}, {"a": 1}])
def test_only_named_tensors_go_into_such_files(obj: Any, suffix: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=f"a {suffix} file holds tensors by their names"):
        mt.save(obj, tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


def test_without_the_library_there_is_a_plain_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mt.save(state(), tmp_path / "a.safetensors")
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    for call in (lambda path: mt.load(path), lambda path: mt.save(state(), path)):
        with pytest.raises(ImportError, match="python -m pip install safetensors"):
            call(tmp_path / "a.safetensors")


def test_tensors_are_read_into_the_memory_that_they_stay_in(tmp_path: Path) -> None:
    mt.save({str(i): mt.ones(250_000) for i in range(8)}, tmp_path / "a.safetensors")
    mt.load(tmp_path / "a.safetensors")  # imports
    tracemalloc.start()
    mt.load(tmp_path / "a.safetensors")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * 8_000_000


class OldOpen:
    """What the library had before it told the order of tensors."""


@pytest.mark.parametrize("case", ["alone", "in memory", "replaced", "gone", "an old library"])
def test_a_file_is_read_as_it_was_when_it_was_opened(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name != "posix" and case in ("replaced", "gone"):
        pytest.skip("the system keeps open files as they are")
    path, other = tmp_path / "é.safetensors", tmp_path / "other.safetensors"
    tensors = state() | {"narrow": mt.tensor([[1.5], [-2]], dtype=mt.bfloat16)}
    mt.save(tensors, path)
    mt.save({name: tensor.flip(0) for name, tensor in state().items() if tensor.ndim}, other)
    real = safetensors_numpy.safe_open

    def meanwhile(name: str, framework: str) -> Any:
        other.replace(path) if case == "replaced" else path.unlink()
        return real(name, framework)

    meanwhile.offset_keys = None
    if case in ("replaced", "gone"):
        monkeypatch.setattr("safetensors.safe_open", meanwhile)
    if case == "an old library":
        monkeypatch.setattr("safetensors.safe_open", OldOpen)
    back = mt.load(io.BytesIO(path.read_bytes()) if case == "in memory" else path)
    assert_equal(back, dict(sorted(tensors.items())))
    back["plain"].add_(1)  # can be written to


def test_arrays_of_objects_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([{}], object))
    with pytest.raises(RuntimeError, match=r"a.npz: the checkpoint is corrupt.*'\|O'"):
        mt.load(tmp_path / "a.npz")


def test_a_bomb_is_not_believed(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=np.zeros(20_000_000))
    with pytest.raises(RuntimeError, match="more than 100 times as much is not believed"):
        mt.load(tmp_path / "a.npz")
    np.savez_compressed(tmp_path / "b.npz", a=np.zeros(1_000_000))  # small enough in any case
    assert mt.load(tmp_path / "b.npz")["a"].shape == (1_000_000,)


def test_a_damaged_safetensors_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    mt.save(state(), path)
    content = path.read_bytes()
    for damaged in (content[:-5], content.replace(b"F32", b"Q32"), content.replace(b"[0,", b"[9,")):
        path.write_bytes(damaged)
        with pytest.raises(RuntimeError, match=r"a.safetensors: .*corrupt"):
            mt.load(path)


def test_text_stays_an_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", names=np.array(["x", "y"]), w=np.ones(2))
    back = mt.load(tmp_path / "a.npz")
    assert back["names"].tolist() == ["x", "y"] and isinstance(back["w"], mt.Tensor)


def test_other_zips_are_not_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme", "hi")
    file.seek(0)
    with pytest.raises(RuntimeError, match=r"it has no data\.pkl"):
        mt.load(file)
