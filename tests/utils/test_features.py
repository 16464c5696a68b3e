"""Features of a frozen trunk: what it computes, computed once, and never those of another."""

import os
import pickle
import random
import subprocess
import sys
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from minitorch.utils.data import (
    CachedFeatures,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    StackDataset,
    TensorDataset,
    default_collate,
    random_split,
)
from tests.support.source import REPOSITORY
from tests.utils.trunks import Apply, N, Pictures, Samples, Trunk, plain


@pytest.fixture
def trunk() -> Trunk:
    made = Trunk()
    made.freeze()
    return made


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "new" / "features.npy" if request.param == "file" else None


# --- what they are


def test_features_are_the_outputs_of_the_trunk(trunk: Trunk, path: Path | None) -> None:
    data = Pictures()
    features = CachedFeatures(trunk, data, path, batch_size=8)
    with mt.no_grad():
        direct = mt.cat([trunk(data.inputs[i : i + 8]) for i in range(0, N, 8)])
    assert len(features) == N
    outputs, labels = features[:]
    assert outputs.equal(direct) and labels.tolist() == [i % 10 for i in range(N)]
    x, y = features[3]
    assert x.equal(direct[3]) and plain(y) == (mt.int64, mt.Size([]), 3)
    assert plain(features[-1]) == plain(features[N - 1])
    other = CachedFeatures(trunk, data, batch_size=7)[:][0]
    mt.testing.assert_close(other, direct, rtol=1e-6, atol=1e-6)
    with pytest.raises(IndexError):
        features[N]
    assert len(list(features)) == N  # type: ignore[call-overload]
    assert f"{N} samples of features float32 [5], 1 int64 []; in " in repr(features)


def halves(x: mt.Tensor) -> Any:
    return {"left": x[..., :4], "right": (x[..., 4:].double(), x.sum((1, 2, 3)) > 0)}


SAMPLES = {
    "inputs alone": lambda x, i: x,
    "a tuple of one": lambda x, i: (x,),
    "arrays": lambda x, i: (x.numpy(), np.float32(i)),
    "floats": lambda x, i: [x, i / 2],
    "several": lambda x, i: (x, i, mt.arange(2, dtype=mt.uint8), True),
    "nested": lambda x, i: (x, {"a": (i, mt.tensor([1j])), "ü.b": mt.zeros(0, 2)}),
}
TRUNKS = {
    "a view": lambda x: x[:, :, 0].transpose(1, 2),
    "several": halves,
    "one number": lambda x: x[:, 0, 0, 0],
    "nothing": lambda x: x[:, :0],
    "half": lambda x: x.half(),
    "integers": lambda x: (x * 10).int(),
    "truths": lambda x: x > 0,
    "complex": lambda x: x + 1j,
    "names alike": lambda x: {"'": {"b": x}, "'.b": x + 1, "ü": x + 2, "\\xfc": x + 3},
}


def collated(entry: Any) -> Any:
    """What `default_collate` makes of containers: lists of tuples."""
    if isinstance(entry, dict):
        return {key: collated(part) for key, part in entry.items()}
    return [collated(part) for part in entry] if isinstance(entry, tuple | list) else entry


@pytest.mark.parametrize(
    ("outputs", "samples"),
    [("a view", s) for s in SAMPLES]
    + [(t, s) for t in TRUNKS for s in ("inputs alone", "several")],
)
def test_batches_are_those_of_the_data_set_with_features_in_place_of_inputs(
    outputs: str, samples: str, path: Path | None
) -> None:
    function, data = TRUNKS[outputs], Samples(SAMPLES[samples])
    features = CachedFeatures(Apply(function), data, path, batch_size=8)
    for indices in ([3], [5, 0, 19, 5]):
        expected = default_collate([data[i] for i in indices])
        if isinstance(expected, mt.Tensor):
            expected = collated(function(expected))
        else:
            expected = [collated(function(expected[0])), *expected[1:]]
        (fast,) = DataLoader(features, batch_sampler=[indices])
        assert plain(fast) == plain(expected)
        assert plain(default_collate([features[i] for i in indices])) == plain(expected)


def test_bfloat16_is_kept(path: Path | None) -> None:
    pytest.importorskip("ml_dtypes")
    data = Samples(lambda x, i: x)
    features = CachedFeatures(Apply(lambda x: x.bfloat16()), data, path)
    assert plain(features[:]) == plain(data.inputs.bfloat16())


def test_what_is_given_out_may_be_written_to(trunk: Trunk, path: Path | None) -> None:
    features = CachedFeatures(trunk, Pictures(), path)
    before = plain(features[:])
    features[2][0].zero_()
    for x, y in DataLoader(features, 8):
        x.zero_()
        y.zero_()
    assert plain(features[:]) == before


def test_a_file_is_read_by_numpy(trunk: Trunk, tmp_path: Path) -> None:
    features = CachedFeatures(trunk, Pictures(), str(tmp_path / "f.npy"))
    read = np.load(tmp_path / "f.npy", mmap_mode="r")
    assert read["features"].tolist() == features[:][0].tolist()
    assert read["1"].tolist() == features[:][1].tolist()


def test_subsets_splits_and_features_of_features(trunk: Trunk, path: Path | None) -> None:
    features = CachedFeatures(trunk, Pictures(), path)
    outputs, labels = features[:]
    train, held_out = random_split(features, [15, 5], mt.Generator().manual_seed(0))
    for part in (train, held_out):
        (batch,) = DataLoader(part, N)
        assert plain(batch) == plain([outputs[part.indices], labels[part.indices]])
    both = ConcatDataset([held_out, features])
    assert plain(both[7]) == plain(features[2])
    assert plain(StackDataset(features, Samples(lambda x, i: i))[4][0]) == plain(features[4])
    again = CachedFeatures(Apply(lambda x: x * 2), held_out)
    assert plain(again[1]) == plain((outputs[held_out.indices[1]] * 2, labels[held_out.indices[1]]))


# --- how the trunk is run


def test_the_trunk_is_left_as_it_was() -> None:
    trunk = Trunk().train()
    trunk.body[0].eval()
    for parameter in trunk.parameters():
        parameter.requires_grad_(False)
    before = [module.training for module in trunk.modules()]
    state = {name: plain(tensor) for name, tensor in trunk.state_dict().items()}
    first, second = (CachedFeatures(trunk, Pictures())[:] for _ in range(2))
    assert plain(first) == plain(second)  # no dropout
    assert {name: plain(tensor) for name, tensor in trunk.state_dict().items()} == state
    trunk.body[1].register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        CachedFeatures(trunk, Pictures())
    assert [module.training for module in trunk.modules()] == before


def test_the_mode_that_freezing_remembers_stays(trunk: Trunk) -> None:
    CachedFeatures(trunk, Pictures())
    assert trunk.unfreeze().training


@pytest.mark.parametrize("has_seeds", [False, True])
def test_training_draws_the_same_whether_features_had_to_be_computed(
    has_seeds: bool, trunk: Trunk, tmp_path: Path
) -> None:
    data = Samples(lambda x, i: (seeded(x, i), i)) if has_seeds else Pictures()
    drawn = []
    for _ in range(2):
        mt.manual_seed(0)
        np.random.seed(0)
        random.seed(0)
        CachedFeatures(trunk, data, tmp_path / "f.npy")
        drawn.append((mt.rand(1).item(), np.random.rand(), random.random()))
    assert drawn[0] == drawn[1]


def test_progress_is_told_where_there_is_work(trunk: Trunk, tmp_path: Path) -> None:
    seen = []

    def progress(batches: Any) -> Any:
        seen.append(len(batches))
        return batches

    for _ in range(2):
        CachedFeatures(trunk, Pictures(), tmp_path / "f.npy", batch_size=8, progress=progress)
    assert seen == [3]


def test_progress_is_to_hand_on_all_batches(trunk: Trunk, path: Path | None) -> None:
    with pytest.raises(ValueError, match="progress gave batches of 16 samples in all, expected"):
        CachedFeatures(
            trunk, Pictures(), path, batch_size=8, progress=lambda batches: islice(batches, 2)
        )
    assert path is None or not path.exists()


# --- what is refused


def seeded(x: mt.Tensor, i: int) -> mt.Tensor:
    mt.manual_seed(i)
    return x + mt.randn(3, 8, 8)


def test_samples_drawn_with_seeds_of_their_own_are_taken() -> None:
    assert len(CachedFeatures(Apply(lambda x: x), Samples(seeded))) == N


own = np.random.default_rng(0)
RANDOM = {
    "minitorch": lambda x, i: x + mt.rand(1),
    "minitorch, seldom": lambda x, i: x + (mt.rand(1) < 1e-6),
    "numpy": lambda x, i: x * (1 if np.random.rand() < 0.99 else 2),
    "python": lambda x, i: (x, random.randrange(10)),
    "its own": lambda x, i: x + own.random(),
}


@pytest.mark.parametrize("drawing", RANDOM)
def test_random_samples_are_refused(trunk: Trunk, drawing: str) -> None:
    with pytest.raises(ValueError, match=r"sample 0 .* without its random transforms"):
        CachedFeatures(trunk, Samples(RANDOM[drawing]))
    assert trunk.batches == []


class Stream(IterableDataset[Any]):
    pass


class Unsized(Dataset[Any]):
    pass


def frozen(*modules: nn.Module) -> nn.Module:
    made = nn.Sequential(*modules)
    made.freeze()
    return made


REFUSED: dict[str, tuple[Any, Any, Any, str]] = {
    "a trunk that trains": (
        lambda: nn.Linear(8, 2),
        Pictures(),
        ValueError,
        r"weight, bias require grad.*trunk\.freeze\(\)",
    ),
    "a function": (lambda: abs, Pictures(), TypeError, "nn.Module, got builtin"),
    "a stream": (frozen, Stream(), TypeError, "not of a stream: got Stream"),
    "no length": (frozen, Unsized(), TypeError, "a length"),
    "no samples": (frozen, [], ValueError, "the data set is empty"),
    "dicts": (frozen, Samples(lambda x, i: {"x": x}), TypeError, "which entry is the input"),
    "text": (
        frozen,
        Samples(lambda x, i: (x, str(i))),
        TypeError,
        r"sample.1.*got str.*StackDataset",
    ),
    "no outputs": (
        lambda: Apply(lambda x: [{}, ()]),
        Pictures(),
        TypeError,
        "trunk gives no tensor",
    ),
    "outputs of text": (lambda: Apply(str), Pictures(), TypeError, "features: only tensors"),
    "batch norm without statistics": (
        lambda: frozen(nn.BatchNorm2d(3, track_running_stats=False)),
        Pictures(),
        ValueError,
        "other features in another batch",
    ),
    "a random trunk": (
        lambda: Apply(lambda x: nn.functional.dropout(x)),
        Pictures(),
        ValueError,
        "random numbers in evaluation mode",
    ),
    "no batch dimension": (
        lambda: Apply(lambda x: x.mean()),
        Pictures(),
        ValueError,
        r"samples 0 to 7 give \{'features': \[\].*one entry of the first dimension",
    ),
    "another first dimension": (
        lambda: Apply(lambda x: x[:1]),
        Pictures(),
        ValueError,
        "expected are 8 of",
    ),
    "other shapes later": (
        frozen,
        Samples(lambda x, i: x[:, :2] if i in (6, 7) else x),
        ValueError,
        r"samples 6 to 7 give .*\[2, 3, 2, 8\].*All samples are to give the same shapes",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_cached_is_refused(case: str, path: Path | None) -> None:
    trunk, data, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        CachedFeatures(trunk(), data, path, batch_size=2)
    assert path is None or not path.exists()


# --- files: crashes, and several processes


def test_an_error_on_the_way_leaves_nothing_new(trunk: Trunk, tmp_path: Path) -> None:
    path = tmp_path / "f.npy"
    old = CachedFeatures(trunk, Pictures(), path)
    whole = path.read_bytes()

    def fail(x: mt.Tensor, i: int) -> Any:
        if i == 10:
            raise FileNotFoundError(2, "No such file or directory", "picture10.png")
        return x, i % 10

    with pytest.warns(UserWarning), pytest.raises(FileNotFoundError) as caught:
        CachedFeatures(trunk, Samples(fail), path, batch_size=4)
    assert caught.value.filename == "picture10.png"
    assert path.read_bytes() == whole and os.listdir(tmp_path) == ["f.npy"]
    assert plain(old[:]) == plain(CachedFeatures(trunk, Pictures(), path)[:])


@pytest.mark.skipif(os.name != "posix", reason="locks tell the dead from the living")
def test_what_a_killed_process_had_written_is_not_taken(trunk: Trunk, tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom minitorch.utils.data import CachedFeatures\n"
        "from tests.utils.trunks import *\n"
        "trunk = Trunk(); trunk.freeze()\n"
        "die = lambda x, i: (x, i % 10) if i != 10 else os._exit(1)\n"
        "CachedFeatures(trunk, Samples(die), sys.argv[1], batch_size=4)"
    )
    path = tmp_path / "f.npy"
    subprocess.run([sys.executable, "-c", program, str(path)], cwd=REPOSITORY)
    assert not path.exists() and len(os.listdir(tmp_path)) == 1
    CachedFeatures(trunk, Pictures(), path)
    assert os.listdir(tmp_path) == ["f.npy"]


@pytest.mark.timeout(60)
@pytest.mark.skipif(os.name != "posix", reason="the tests fork")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_map_the_file(trunk: Trunk, path: Path | None, start: str) -> None:
    features = CachedFeatures(trunk, TensorDataset(Pictures().inputs), path, num_workers=1)
    loader = DataLoader(features, 8, num_workers=1, multiprocessing_context=start)
    assert [plain(b) for b in loader] == [plain(b) for b in DataLoader(features, 8)]


def test_a_pickle_holds_the_path_and_not_the_features(trunk: Trunk, tmp_path: Path) -> None:
    path = tmp_path / "f.npy"
    features = CachedFeatures(trunk, Pictures(100), path)
    text = pickle.dumps(features)
    assert len(text) < 1500 < path.stat().st_size
    assert plain(pickle.loads(text)[:]) == plain(features[:])
    before = plain(features[:])
    trunk.scale.mul_(2)
    with pytest.warns(UserWarning):
        CachedFeatures(trunk, Pictures(100), path)
    assert plain(features[:]) == before  # mapped while it was there
    with pytest.raises(RuntimeError, match="differs in the trunk's weights: something else has"):
        pickle.loads(text)


def test_two_programs_at_once(trunk: Trunk, tmp_path: Path) -> None:
    path, inner = tmp_path / "f.npy", []

    def meanwhile(batches: Any) -> Any:
        inner.append(CachedFeatures(trunk, Pictures(), path))
        return batches

    features = CachedFeatures(trunk, Pictures(), path, progress=meanwhile)
    assert plain(features[:]) == plain(inner[0][:])
    assert os.listdir(tmp_path) == ["f.npy"]


# --- memory


def test_a_file_takes_a_batch_of_memory_and_memory_takes_the_features_once(tmp_path: Path) -> None:
    big = Apply(lambda x: x.new_zeros(len(x), 20_000))  # 80 kB each
    data = Samples(lambda x, i: x, 300)

    def peak(path: Path | None) -> float:
        CachedFeatures(big, data, path, batch_size=4)
        tracemalloc.start()
        CachedFeatures(big, data, path and path.with_name("again.npy"), batch_size=4)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found / 80_000

    assert peak(tmp_path / "f.npy") < 80  # most of it to look at eight
    assert peak(None) < 380
