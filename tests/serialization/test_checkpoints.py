"""A folder of checkpoints keeps the last and the best, and after a crash a whole one is there."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import minitorch as mt
from minitorch.serialization import Checkpoints
from tests.support.source import REPOSITORY


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_last_and_the_best_stay(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "a" / "run", keep=2)
    assert not checkpoints
    for step, score in enumerate([0.1, 0.9, 0.3, None, 0.9, float("nan")]):
        path = checkpoints.save({"step": step}, step, score)
        assert path == checkpoints.path(step) and path.exists()
    assert checkpoints.steps() == [1, 4, 5] and len(checkpoints) == 3
    assert checkpoints.latest() == (5, {"step": 5})
    assert checkpoints.best() == (1, {"step": 1})
    assert len(names(checkpoints.folder)) == 4


def test_the_lowest_score_may_be_the_best(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1, mode="min")
    for step, loss in enumerate([3.0, 1.0, 2.0]):
        checkpoints.save(step, step, loss)
    assert Checkpoints(tmp_path, mode="min").best() == (1, 1)
    assert checkpoints.steps() == [1, 2]


def test_scores_are_numbers_of_any_kind(tmp_path: Path) -> None:
    checkpoints = mt.serialization.Checkpoints(tmp_path)
    for step, score in enumerate([mt.tensor(0.5), np.float32(0.75), 0]):
        checkpoints.save(step, step, score)
    assert checkpoints.best() == (1, 1)
    (tmp_path / "scores.json").write_text("{")
    with pytest.raises(RuntimeError, match=r"scores.json: the scores are corrupt"):
        checkpoints.best()


def test_a_step_may_be_saved_again_and_an_earlier_one_after_it(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1)
    checkpoints.save("a", 5)
    checkpoints.save("b", 5)
    checkpoints.save("c", 3)
    assert checkpoints.latest() == (5, "b")
    assert checkpoints.steps() == [3, 5]


def test_a_damaged_one_is_passed_over(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for step in range(3):
        checkpoints.save({"w": mt.full((100,), step)}, step)
    path = checkpoints.path(2)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.warns(UserWarning, match=r"step-00000002\.pt: .*truncated"):
        step, state = checkpoints.latest()
    assert step == 1 and state["w"][0] == 1


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    with pytest.raises(FileNotFoundError, match="no whole checkpoint"):
        checkpoints.latest()
    checkpoints.save(1, 0)
    with pytest.raises(FileNotFoundError, match="no checkpoint was saved with a score"):
        checkpoints.best()
    with pytest.raises(ValueError, match="keep must be at least 1"):
        Checkpoints(tmp_path, keep=0)
    with pytest.raises(ValueError, match="mode must be"):
        Checkpoints(tmp_path, mode="most")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="step must be"):
        checkpoints.save(1, -1)


KILLED = """
import os, random, signal, sys, time
import minitorch as mt
from minitorch.serialization import Checkpoints

folder, times = sys.argv[1], int(sys.argv[2])
Checkpoints(folder).save(0, 0)  # what is imported at the first one is there now
os.unlink(f"{folder}/step-00000000.pt")
draw = random.Random(0)
last = -1
for _ in range(times):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        step = last
        checkpoints = Checkpoints(folder, keep=2)
        while True:
            step += 1
            state = {"w": mt.full((5000,), step), "step": step}
            checkpoints.save(state, step, score=-abs(step - 50))
            os.write(writing, b".")
    for _ in range(draw.randrange(3)):
        os.read(reading, 1)
    time.sleep(draw.uniform(0, 0.01))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    checkpoints = Checkpoints(folder, keep=2)
    if checkpoints:
        step, state = checkpoints.latest()
        assert step >= last, (step, last)
        assert state["step"] == step and state["w"].tolist() == [step] * 5000
        best, state = checkpoints.best()
        assert abs(best - 50) == min(abs(s - 50) for s in range(step + 1)), (best, step)
        last = step
    assert len(os.listdir(folder)) <= 10, os.listdir(folder)
print(last)
"""


@pytest.mark.skipif(os.name == "nt", reason="fork and SIGKILL are POSIX's")
def test_a_writer_killed_hundreds_of_times_goes_on_from_a_whole_checkpoint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path), "200"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
