"""What SummaryWriter writes, read back by tensorboard, and equal to what PyTorch's writes."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

import minitorch as mt
from tests.support.source import REPOSITORY

RANDOM = np.random.RandomState(0)
NUMBERS = RANDOM.randn(1000)
PICTURES = RANDOM.rand(11, 3, 5, 4).astype(np.float32)
PICTURE = PICTURES[0]

# What is done with a writer `w`, tensors by the library `t`.
CALLS = [
    lambda w, t: w.add_scalar("a/b", 1.5, 3, 5.0),
    lambda w, t: w.add_scalar("of a tensor", t.tensor([2.5], requires_grad=True).detach(), 4, 5.0),
    lambda w, t: w.add_scalar("half", t.tensor(2.5, dtype=t.bfloat16), 4, 5.0),
    lambda w, t: w.add_scalar("without a step", np.float32(3), walltime=5.0),
    lambda w, t: w.add_scalar("new", 0.1, 1, 5.0, new_style=True),
    lambda w, t: w.add_scalar("double", 0.1, 1, 5.0, new_style=True, double_precision=True),
    lambda w, t: w.add_scalars("two/curves", {"one": 1, "other": 2.0}, 7, 5.0),
    lambda w, t: w.add_histogram("h", t.from_numpy(NUMBERS), 1, walltime=5.0),
    lambda w, t: w.add_histogram("h", NUMBERS, 1, bins="auto", walltime=5.0),
    lambda w, t: w.add_histogram("h", NUMBERS, 1, bins=53, walltime=5.0, max_bins=10),
    lambda w, t: w.add_histogram("h", np.zeros(4), 1, walltime=5.0),
    lambda w, t: w.add_histogram("h", np.arange(4), 1, walltime=5.0),
    lambda w, t: w.add_image("i", t.from_numpy(PICTURE), 1, 5.0),
    lambda w, t: w.add_image("i", PICTURE[0], 1, 5.0, "HW"),
    lambda w, t: w.add_image("i", (PICTURE * 255).astype("u1").transpose(1, 2, 0), 1, 5.0, "HWC"),
    lambda w, t: w.add_image("i", PICTURE[:1], 1, 5.0),
    lambda w, t: w.add_images("i", PICTURES, 1, 5.0),
    lambda w, t: w.add_images("i", PICTURES[:2, :1].transpose(0, 2, 3, 1), 1, 5.0, "NHWC"),
    lambda w, t: w.add_figure("f", figure(), 1, walltime=5.0),
    lambda w, t: w.add_text("text", "**bold** é", 1, 5.0),
]
WRONG = [
    lambda w: w.add_scalar("a", np.ones(2)),
    lambda w: w.add_scalar("a", "x"),
    lambda w: w.add_scalar("a", None),
    lambda w: w.add_histogram("a", np.zeros(0)),
    lambda w: w.add_histogram("a", [1, 2]),
    lambda w: w.add_histogram("a", np.full(4, 1e25)),
    lambda w: w.add_image("a", np.zeros((2, 2))),
    lambda w: w.add_image("a", np.zeros((2, 2)), dataformats="HH"),
    lambda w: w.add_images("a", np.zeros((3, 2, 4, 4))),
    lambda w: w.add_hparams([], {}),
    lambda w: w.add_hparams({"a": [1]}, {}),
    lambda w: w.add_hparams({"a": 1}, {}, {"a": ["x"]}),
    lambda w: w.add_hparams({"a": 1}, {}, {"b": [1]}),
    lambda w: w.add_hparams({"a": 1}, {}, [1]),
]


def figure():
    from matplotlib.figure import Figure

    made = Figure(figsize=(2, 1))
    made.subplots().plot([1, 2])
    return made


@pytest.fixture
def writer_of():
    """writer_of("minitorch") is its SummaryWriter, where tensorboard is installed."""
    pytest.importorskip("tensorboard", exc_type=ImportError)
    return lambda library: importlib.import_module(f"{library}.utils.tensorboard").SummaryWriter


def events(folder):
    """By folder, what its files hold."""
    loading = importlib.import_module("tensorboard.backend.event_processing.event_file_loader")
    found = {}
    for path in sorted(folder.rglob("*tfevents*")):
        read = list(loading.LegacyEventFileLoader(str(path)).Load())
        found.setdefault(str(path.parent.relative_to(folder)), []).extend(read)
    return found


def test_what_is_written_is_read_back(writer_of, tmp_path):
    with writer_of("minitorch")(tmp_path) as writer:
        for call in CALLS:
            call(writer, mt)
        assert writer.get_logdir() == str(tmp_path)
    found = events(tmp_path)
    assert found.keys() == {".", "two_curves_one", "two_curves_other"}
    version, first, *_ = found["."]
    assert version.file_version == "brain.Event:2"
    assert (first.step, first.wall_time) == (3, 5.0)
    assert (first.summary.value[0].tag, first.summary.value[0].simple_value) == ("a/b", 1.5)
    assert len(found["."]) == 1 + len(CALLS) - 1


def test_pytorch_writes_the_same(writer_of, torch, tmp_path):
    found = []
    for library, tensors in (("minitorch", mt), ("torch", torch)):
        with writer_of(library)(str(tmp_path / library), purge_step=3) as writer:
            for call in CALLS:
                call(writer, tensors)
        found.append(events(tmp_path / library))
    ours, theirs = found
    assert ours.keys() == theirs.keys()
    for folder in ours:
        for mine, other in zip(ours[folder], theirs[folder], strict=True):
            if mine.WhichOneof("what") != "summary":  # then the time is that of the call
                mine.wall_time = other.wall_time
                mine.ClearField("source_metadata")
                other.ClearField("source_metadata")
            assert mine == other


def add_hparams(writer, tensors):
    settings = {"rate": 0.1, "steps": 3, "name": "é", "flip": True, "none": None}
    settings["of a tensor"] = tensors.tensor([2.5])
    domains = {"rate": [0.1, 0.2], "name": ["é", "b"]}
    writer.add_hparams(settings, {"hparam/accuracy": 0.5}, domains, "first", 7)
    writer.add_hparams({"rate": 1.0}, {}, run_name="second")


def test_hyperparameters_are_in_a_run_of_their_own(writer_of, tmp_path):
    plugin = pytest.importorskip("tensorboard.plugins.hparams.plugin_data_pb2")
    with writer_of("minitorch")(tmp_path) as writer:
        add_hparams(writer, mt)
    found = events(tmp_path)
    assert found.keys() == {".", "first", "second"}
    _, experiment, started, ended, metric = [
        event.summary.value[0] if event.HasField("summary") else None for event in found["first"]
    ]
    contents = [
        plugin.HParamsPluginData.FromString(value.metadata.plugin_data.content)
        for value in (experiment, started, ended)
    ]
    infos = {info.name: info for info in contents[0].experiment.hparam_infos}
    assert list(infos) == ["rate", "steps", "name", "flip", "of a tensor"]
    assert list(infos["rate"].domain_discrete) == [0.1, 0.2]
    hparams = contents[1].session_start_info.hparams
    assert (hparams["rate"].number_value, hparams["name"].string_value) == (0.1, "é")
    assert (metric.tag, metric.simple_value) == ("hparam/accuracy", 0.5)


def test_pytorch_writes_the_same_hyperparameters(writer_of, torch, tmp_path):
    found = []
    for library, tensors in (("minitorch", mt), ("torch", torch)):
        with writer_of(library)(str(tmp_path / library)) as writer:
            add_hparams(writer, tensors)
        found.append(events(tmp_path / library))
    ours, theirs = found
    assert ours.keys() == theirs.keys()
    for folder in ours:
        for mine, other in zip(ours[folder], theirs[folder], strict=True):
            assert (mine.step, mine.summary) == (other.step, other.summary)


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_wrong_arguments_are_refused_as_by_pytorch(writer_of, torch, tmp_path, number):
    raised = []
    for library in ("minitorch", "torch"):
        with pytest.raises(Exception) as caught:
            WRONG[number](writer_of(library)(str(tmp_path / library)))
        raised.append((caught.type, " ".join(str(caught.value).split())[:60]))
    assert raised[0] == raised[1]


def test_without_tensorboard_the_import_says_what_to_install():
    program = (
        "import sys; sys.modules['tensorboard'] = None\n"
        "try:\n    from minitorch.utils.tensorboard import SummaryWriter\n"
        "except ImportError as error:\n    print(type(error).__name__, error.name, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(
        "ModuleNotFoundError tensorboard minitorch writes for TensorBoard"
    )
    assert done.stdout.endswith("python -m pip install tensorboard\n")
