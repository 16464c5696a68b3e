"""Where a checkpoint goes, what cannot go into it, and that nothing saved before is lost."""

import errno
import io
import os
import signal
import stat
import subprocess
import sys
from collections import defaultdict, namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.core import files
from tests.serialization.checkpoints import assert_equal, saved, there_and_back

REPOSITORY = Path(__file__).resolve().parents[2]


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


def test_a_path_may_be_of_bytes(tmp_path: Path) -> None:
    class Place:
        def __fspath__(self) -> bytes:
            return os.fsencode(tmp_path / "a.pt")

    mt.save(1, Place())
    assert mt.load(Place()) == 1


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
    missing = tmp_path / "missing" / "a.pt"
    with pytest.raises(FileNotFoundError, match=r"Parent directory .*missing does not exist") as e:
        mt.save(1, missing)
    assert e.value.filename == str(missing)
    assert isinstance(e.value, RuntimeError)  # as in PyTorch
    with pytest.raises(OSError, match="File name too long") as e2:
        mt.save(1, tmp_path / ("é" * 200))
    assert e2.value.filename == str(tmp_path / ("é" * 200))
    mt.save(1, tmp_path / ("é" * 127))  # 254 bytes
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
    "set": ({"s": {object()}}, r"obj\['s'\]\[0\]\[0\], a builtins.object"),
    "lambda": ({"s": lambda: 1}, r"obj\['s'\], a builtins.function"),
    "key": ({object(): 1}, "a key of obj, a builtins.object"),
    "tensor as a key": (
        {"a": {mt.nn.Parameter(mt.ones(1)): 1}},
        r"a key of obj\['a'\]: .* Parameter",
    ),
    "range in a set": ({range(2)}, "an element of obj: files have no such keys: a range"),
    "array of objects": ([np.array([None])], r"obj\[0\], a numpy.ndarray"),
    "masked array": (np.ma.masked_array([1], [True]), "obj, a numpy.ma.*MaskedArray"),
    "raw memory": ([np.zeros(2, "V4")], r"obj\[0\], a numpy.ndarray of the dtype '\|V4'"),
    "enum": (signal.SIGTERM, r"obj, a signal.Signals: convert it with int\(\) first"),
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


def test_an_expanded_tensor_is_saved_up_to_a_size() -> None:
    assert mt.load(io.BytesIO(saved(mt.ones(1).expand(2**40)))).shape == (2**40,)
    with pytest.raises(ValueError, match=r"cannot save obj\['w'\]: it is expanded to 10{18} elem"):
        saved({"w": mt.ones(1).expand(10**18)})


def test_what_contains_itself_comes_back() -> None:
    loop: list[Any] = []
    loop.append({"x": loop})
    back = there_and_back(loop)
    assert back[0]["x"] is back


def test_what_is_nested_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match=r"cannot save obj(\[0\])+\.\.\.: it is nested more than"):
        saved(deep)


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


def test_errors_name_the_path_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, mode: str) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(files, "open", refuse, raising=False)  # a folder that cannot be written to
    with pytest.raises(PermissionError) as caught:
        mt.save(1, tmp_path / "a.pt")
    assert caught.value.filename == str(tmp_path / "a.pt")


def test_errors_of_a_file_that_is_read_meanwhile_name_that_file(tmp_path: Path) -> None:
    picture = tmp_path / "picture.npy"
    with pytest.raises(FileNotFoundError) as caught:
        files.replace_file(str(tmp_path / "a.pt"), lambda file: picture.read_bytes())
    assert caught.value.filename == str(picture)


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
    files.replace_file(str(path), lambda file: file.write(b"x"))
    assert path.read_bytes() == b"x"


KILLED = """
import sys
import zipfile
import minitorch as mt

real = zipfile.ZipFile.open

def slow(archive, info, mode="r", **options):
    if info.filename == "archive/data/1":
        print("written", flush=True)
        sys.stdin.read()  # until killed
    return real(archive, info, mode, **options)

zipfile.ZipFile.open = slow
mt.save({"w": mt.zeros(100_000), "v": mt.ones(100_000)}, sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save({"epoch": 3}, path)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        said = child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    assert said == b"written\n"
    assert child.returncode == -signal.SIGKILL
    (left,) = (p for p in tmp_path.iterdir() if p != path)
    assert left.name.startswith(".a.pt.") and left.name.endswith("-0.tmp")
    with pytest.raises(RuntimeError, match="truncated"):
        mt.load(left)
    content = left.read_bytes()
    assert mt.load(path) == {"epoch": 3}
    assert not left.exists(), "loading deletes it"
    left.write_bytes(content)
    mt.save({"epoch": 4}, path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"], "so does saving"


@pytest.mark.skipif(os.name == "nt", reason="needs flock")
def test_only_temporary_files_of_the_dead_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save(1, path)
    elsewhere = tmp_path / ".a.pt.another_machine-0.tmp"
    elsewhere.write_bytes(b"x")
    seen = []

    def write(file: Any) -> None:
        """What a saver that is under way sees, when others save and load."""
        (own,) = {*tmp_path.iterdir()} - {path, elsewhere}
        mt.save(2, path)
        assert mt.load(path) == 2
        assert own.exists()
        seen.append(own)
        os.mkfifo(own.with_name(own.name.replace("-0.tmp", "-1.tmp")))
        assert mt.load(path) == 2, "does not wait at a pipe"
        file.write(saved(3))

    files.replace_file(str(path), write)
    assert seen and mt.load(path) == 3
    assert elsewhere.exists()


def test_a_temporary_file_taken_for_dead_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another saver may find it before it is locked."""
    real, taken = files._lock, []

    def lock(descriptor: int) -> None:
        if not taken:
            (temporary,) = tmp_path.iterdir()
            taken.append(temporary)
            temporary.unlink()
        real(descriptor)

    monkeypatch.setattr(files, "_lock", lock)
    mt.save(1, tmp_path / "a.pt")
    assert taken and mt.load(tmp_path / "a.pt") == 1


def test_a_file_system_without_locks_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    mt.save(0, tmp_path / "a.pt")
    monkeypatch.setattr(files, "_lock", refuse)
    left = Path(next(files._temporaries(str(tmp_path / "a.pt"))))
    left.write_bytes(b"x")
    mt.save(1, tmp_path / "a.pt")
    assert mt.load(tmp_path / "a.pt") == 1
    assert left.exists(), "nothing is known to be dead"


@pytest.mark.skipif(os.name == "nt", reason="needs flock")
@pytest.mark.parametrize("is_there", [False, True])  # created by this saver, or left by a dead one
def test_the_name_of_what_is_locked_may_be_another_savers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    """What was opened before it was locked may have got its final name, or be deleted."""
    path, real = tmp_path / "a.pt", files._lock
    temporary = Path(next(files._temporaries(str(path))))

    def lock(descriptor: int) -> None:
        monkeypatch.setattr(files, "_lock", real)
        temporary.unlink()
        temporary.write_bytes(b"another saver's")
        real(descriptor)

    if is_there:
        temporary.write_bytes(b"left")
    monkeypatch.setattr(files, "_lock", lock)
    mt.save(1, path)
    assert temporary.read_bytes() == b"another saver's"
    assert mt.load(path) == 1
