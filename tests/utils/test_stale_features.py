"""Files of cached features: which are used, which are stale, and which are left alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from minitorch.utils.data import CachedFeatures, ConcatDataset, Subset, TensorDataset
from tests.support.source import REPOSITORY
from tests.utils.trunks import Apply, N, Pictures, Samples, Trunk, plain


@pytest.fixture
def trunk() -> Trunk:
    made = Trunk()
    made.freeze()
    return made


def rewritten(trunk: Trunk) -> None:
    old = trunk.forward
    trunk.forward = lambda x: old(x) + 1  # type: ignore[method-assign]


CHANGES: dict[str, tuple[Callable[[Trunk], Any], Callable[[], Any], str]] = {
    "weights": (lambda t: t.body[0].weight.data.mul_(1.0001), Pictures, "the trunk's weights"),
    "statistics": (lambda t: t.body[1].running_mean.add_(1e-3), Pictures, "the trunk's weights"),
    "a buffer that is not saved": (lambda t: t.scale.mul_(2), Pictures, "the trunk's weights"),
    "a layer": (
        lambda t: t.body.__setitem__(2, nn.GELU()),
        Pictures,
        "the trunk's structure, what a sample is made of|the trunk's structure",
    ),
    "the code of the trunk": (rewritten, Pictures, "what the trunk computes"),
    "more samples": (lambda t: None, lambda: Pictures(N + 1), "the number of samples, the samples"),
    "a transform": (
        lambda t: None,
        lambda: Pictures(transform=nn.Threshold(0, 0)),
        "the transforms, the samples",
    ),
    "other samples": (
        lambda t: None,
        lambda: Samples(lambda x, i: (x + 1e-3, i % 10)),
        "the transforms, the samples",
    ),
    "other labels": (
        lambda t: None,
        lambda: Samples(lambda x, i: (x, i % 9)),
        "the transforms, the samples",
    ),
    "other indices": (
        lambda t: None,
        lambda: Subset(Pictures(), [*range(N)]),
        "the indices of subsets",
    ),
    "a transform further down": (
        lambda t: None,
        lambda: ConcatDataset([Subset(Pictures(transform=nn.Identity()), range(N))]),
        "the transforms, the indices of subsets",
    ),
    "no labels": (lambda t: None, lambda: Samples(lambda x, i: x), "what a sample is made of"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_stale_file_is_noticed(trunk: Trunk, tmp_path: Path, change: str) -> None:
    path = tmp_path / "f.npy"
    CachedFeatures(trunk, Pictures(), path)
    trunk.batches.clear()
    CachedFeatures(trunk, Pictures(), path)
    assert trunk.batches == [8, 4]  # the samples that are looked at
    changed, data, why = CHANGES[change]
    changed(trunk)
    with pytest.warns(UserWarning, match=rf"f\.npy differs in .*({why}).*computed anew") as caught:
        stale = CachedFeatures(trunk, data(), path)
    assert caught[0].filename == __file__
    assert plain(stale[:]) == plain(CachedFeatures(trunk, data())[:])
    assert plain(CachedFeatures(trunk, data(), path)[:]) == plain(stale[:])  # without a warning


class Labelled(Samples):
    """Samples with what torchvision's data sets keep of all of them."""

    def __init__(self, **kept: Any) -> None:
        super().__init__(lambda x, i: (x, 0))
        vars(self).update(kept)

    @property
    def labels(self) -> Any:
        raise AssertionError("this reads all files")


NAMES = [(f"data/cat/{i}.png", 0) for i in range(N)]
# A data set, and the same with a change that no sample that is looked at has; None: none at all.
TOLD: dict[str, tuple[Any, Any, str | None]] = {
    "a list": (Labelled(targets=[0] * N), Labelled(targets=[0, 1] * (N // 2)), "targets"),
    "an array": (
        Labelled(targets=np.zeros(9999)),
        Labelled(targets=np.arange(9999) // 5000),
        "targets",
    ),
    "arrays": (
        Labelled(targets=[np.zeros(2000)] * N),
        Labelled(targets=[np.arange(2000) // 1000] * N),
        "targets",
    ),
    "a tensor of a subset": (
        Subset(TensorDataset(mt.ones(99, 3), mt.zeros(99)), range(99)),
        Subset(TensorDataset(mt.ones(99, 3), (mt.arange(99) == 5).float()), range(99)),
        "targets",
    ),
    "files": (
        Labelled(samples=NAMES, root="data"),
        Labelled(samples=[*NAMES[:5], *NAMES[6:7], *NAMES[6:]], root="data"),
        "files",
    ),
    "files elsewhere": (
        Labelled(samples=NAMES, root="data"),
        Labelled(samples=[("/mnt/" + path, i) for path, i in NAMES], root=Path("/mnt/data")),
        None,
    ),
    "no data sets": (
        Labelled(datasets=1, dataset="cifar", samples=[()]),
        Labelled(datasets=2, dataset="mnist", samples=[(3,)]),
        None,
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_is_told_of_all_samples_is_compared(case: str, tmp_path: Path) -> None:
    before, after, what = TOLD[case]
    path = tmp_path / "f.npy"
    CachedFeatures(Apply(lambda x: x), before, path)
    if what is None:
        CachedFeatures(Apply(lambda x: x), after, path)
        return
    with pytest.warns(UserWarning, match=rf"f\.npy differs in the {what}\. "):
        found = CachedFeatures(Apply(lambda x: x), after, path)
    assert plain(found[:]) == plain(CachedFeatures(Apply(lambda x: x), after)[:])


def test_a_data_set_may_lead_back_to_itself() -> None:
    data = Labelled()
    vars(data).update(dataset=data, datasets=[data])
    assert len(CachedFeatures(Apply(lambda x: x), data)) == N


def test_the_next_run_of_a_program_uses_the_file(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom minitorch.utils.data import CachedFeatures\n"
        "from tests.utils.trunks import *\n"
        "trunk = Trunk(); trunk.body[2] = Apply(lambda x: x); trunk.freeze()\n"
        "CachedFeatures(trunk, Pictures(transform=lambda x: x * 2), sys.argv[1])\n"
        "print(len(trunk.batches))"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "f.npy")]
    runs = [subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True) for _ in "12"]
    assert [run.stderr for run in runs] == ["", ""]
    assert [run.stdout for run in runs] == ["3\n", "2\n"]


@pytest.mark.parametrize("kept", [0, 100, 128, 500, -200, -10, -1])
def test_a_file_that_is_cut_short_is_noticed(trunk: Trunk, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "f.npy"
    features = plain(CachedFeatures(trunk, Pictures(), path)[:])
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.warns(UserWarning, match="is empty" if kept == 0 else "is cut short"):
        assert plain(CachedFeatures(trunk, Pictures(), path)[:]) == features


def test_a_file_with_a_piece_missing_is_noticed(trunk: Trunk, tmp_path: Path) -> None:
    path = tmp_path / "f.npy"
    CachedFeatures(trunk, Pictures(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + whole[300:])
    with pytest.warns(UserWarning, match="is cut short"):
        CachedFeatures(trunk, Pictures(), path)
    path.write_bytes(whole[:200] + b"\xff" * 200 + whole[400:])
    with pytest.warns(UserWarning, match="what the trunk computes"):
        CachedFeatures(trunk, Pictures(), path)
    assert path.read_bytes() == whole


def test_files_of_others_are_left_alone(trunk: Trunk, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(3))
    mt.save(mt.zeros(3), tmp_path / "a.pt")
    (tmp_path / "folder").mkdir()
    for name in ("a.npy", "a.pt", "folder", os.devnull):
        with pytest.raises(FileExistsError, match=r"holds no features\. It stays as it is"):
            CachedFeatures(trunk, Pictures(), tmp_path / name)
    assert np.load(tmp_path / "a.npy").tolist() == mt.load(tmp_path / "a.pt").tolist() == [0, 0, 0]
