"""Fine-tuning from the command line to the picture, and everything that may end it early."""

import csv
import dataclasses
import os
import re
import shutil
import signal
import sys
import tomllib

import numpy as np
import pytest

import minitorch as mt
from examples.cifar10 import classify, finetune, freezing
from examples.cifar10.checkpoint import TUNED_FORMAT, read_checkpoint
from examples.cifar10.config import Config, Tuning
from examples.cifar10.data import load_data
from examples.cifar10.evaluation import evaluate
from examples.cifar10.models import build_networks

FILES = {"config.toml", "log.txt", "metrics.csv", "checkpoint.pt", "curves.png", "report.html"}
SETTINGS = ["--steps", "20", "--test-every", "8"]


def table(folder):
    with (folder / "metrics.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def files(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def tuned(tmp_path_factory, trained, synthetic_root):
    """The folder of a fine-tuning that went through, with its picture; do not write into it."""
    out = tmp_path_factory.mktemp("tuned") / "run $a_$"  # no formula
    command = ["--checkpoint", str(trained), "--data-root", str(synthetic_root), "--out", str(out)]
    assert finetune.main([*command, *SETTINGS]) == 0
    return out


@pytest.fixture
def tune(trained, synthetic_root, monkeypatch):
    """tune(folder, "--steps", ...) fine-tunes without a picture and returns the exit code."""
    monkeypatch.setattr(finetune, "draw_comparison", lambda path, *_: path.write_bytes(b"picture"))

    def run(out, *more, checkpoint=trained, steps=3):
        return finetune.main(
            ["--checkpoint", str(checkpoint), "--data-root", str(synthetic_root), "--out", str(out),
             "--steps", str(steps), *more]
        )  # fmt: skip

    return run


@pytest.fixture
def at_batch(monkeypatch):
    """at_batch(7, action) does something when the seventh batch of the test is made."""

    def arrange(number, action):
        original = finetune.scale_pixels
        made = iter(range(1, 10**6))

        def scale_pixels(*arguments):
            if next(made) == number:
                action()
            return original(*arguments)

        monkeypatch.setattr(finetune, "scale_pixels", scale_pixels)

    return arrange


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_only_the_head_moves(tuned, trained):
    assert files(tuned) == FILES
    log = (tuned / "log.txt").read_text(encoding="utf-8")
    assert re.match(r"command   \S*python\S* -m examples\.cifar10\.finetune --checkpoint ", log)
    for part in (
        "\nseed      0\n", "\nversions  minitorch ", "drawings made by the program",
        "Two classes: shapes and textures; always saying the more frequent one",
        "\nWhat is frozen stays in evaluation mode", " frozen ", "trainable",
    ):  # fmt: skip
        assert part in log
    for line in (
        r"Moved: +net2\.fc3\.weight, net2\.fc3\.bias",
        r"Bit for bit as they were: +net1\.conv1\.weight, .*net2\.fc2\.bias",
        r"outputs1 = net1\(images\) +requires_grad False +grad_fn none",
        r"outputs2 = net2\(…\) +requires_grad True +grad_fn \w+Backward0",
        r"everything trains( +\d+\.\d\d){3}\nonly fc3 trains( +\d+\.\d\d){3}",
    ):
        assert re.search(f"^{line}$", log, re.MULTILINE), line
    assert (tuned / "curves.png").read_bytes().startswith(b"\x89PNG")

    rows = table(tuned)
    assert [(row["network"], int(row["step"])) for row in rows] == [
        (name, step) for name in (finetune.TUNED, finetune.SCRATCH) for step in (0, 8, 16, 20)
    ]
    assert float(rows[3]["test_loss"]) < float(rows[0]["test_loss"])
    settings = tomllib.loads((tuned / "config.toml").read_text(encoding="utf-8"))
    assert settings == dataclasses.asdict(
        Tuning(checkpoint=str((trained / "checkpoint.pt").resolve()), steps=20, test_every=8)
    )


def test_the_tuned_network_is_there_again(tuned, trained, synthetic_root):
    saved = mt.load(tuned / "checkpoint.pt")
    assert saved["format"] == "cifar10 example, fine-tuned network 1"
    assert saved["classes"] == ["shapes", "textures"]
    assert saved["trained"] == ["net2.fc3.weight", "net2.fc3.bias"]
    assert (saved["steps"], saved["is_synthetic"]) == (20, True)
    net1, net2 = finetune.restore(saved)
    test_set = finetune.two_classes(load_data(synthetic_root).test)
    result = evaluate(net1, net2, test_set, saved["config"]["scaling"])
    row = table(tuned)[3]
    assert (repr(result.loss), repr(result.accuracy)) == (row["test_loss"], row["test_accuracy"])

    classifier = classify.load_classifier(tuned)
    result = evaluate(classifier.net1, classifier.net2, test_set, classifier.config.scaling)
    assert (classifier.classes, repr(result.loss)) == (("shapes", "textures"), row["test_loss"])

    before = read_checkpoint(trained / "checkpoint.pt")
    for net in ("net1", "net2"):
        for name, value in saved[net].items():
            is_same = value.numpy().tobytes() == before[net][name].numpy().tobytes()
            assert is_same == (f"{net}.{name}" not in saved["trained"]), name


def test_what_is_frozen_gets_no_gradient_and_stays_in_evaluation_mode(trained):
    path = trained / "checkpoint.pt"
    _, net1, net2 = finetune.load_networks(path, read_checkpoint(path))
    net1.train()
    net2.train()
    assert net1.is_frozen() and not net2.is_frozen()
    modes = {name: module.training for name, module in net2.named_modules()}
    assert modes == {"": True, "dropout": False, "fc1": False, "fc2": False, "fc3": True}
    images, labels = mt.randn(4, 3, 32, 32), mt.tensor([0, 1, 0, 1])
    outputs1 = net1(images)
    assert not outputs1.requires_grad
    mt.nn.functional.cross_entropy(net2(outputs1), labels).backward()
    with_grad = [name for net in (net1, net2) for name, parameter in net.named_parameters()
                 if parameter.grad is not None]  # fmt: skip
    assert with_grad == ["fc3.weight", "fc3.bias"]


def test_the_report_notices_what_moved():
    before = {"net1.conv1.weight": np.zeros(2), "net2.fc3.weight": np.zeros(2), "b": np.ones(1)}
    after = {"net1.conv1.weight": np.full(2, -0.0), "net2.fc3.weight": np.ones(2), "b": np.ones(1)}
    moved = freezing.moved_names(before, after)
    assert moved == ["net1.conv1.weight", "net2.fc3.weight"]
    assert freezing.movement(list(before), moved).splitlines() == [
        "Moved: net1.conv1.weight, net2.fc3.weight",
        "Bit for bit as they were: b",
    ]


def test_the_same_seed_gives_the_same_numbers(tune, tmp_path):
    assert tune(tmp_path / "one") == tune(tmp_path / "two") == 0
    assert table(tmp_path / "one") == table(tmp_path / "two")
    assert tune(tmp_path / "other", "--seed", "1", steps=1) == 0
    assert table(tmp_path / "other")[0] != table(tmp_path / "one")[0]


@pytest.mark.parametrize(("network", "frozen"), [("tutorial", "Net1"), ("record", "Record1")])
def test_the_other_networks_are_tuned_as_well(tune, trained, tmp_path, network, frozen):
    content = read_checkpoint(trained / "checkpoint.pt")
    config = Config(network=network, width=0.1, scaling="symmetric")
    net1, net2 = build_networks(config)
    content |= {
        "config": dataclasses.asdict(config), "net1": net1.state_dict(), "net2": net2.state_dict(),
    }  # fmt: skip
    mt.save(content, tmp_path / "checkpoint.pt")
    assert tune(tmp_path / "run", checkpoint=tmp_path / "checkpoint.pt") == 0
    assert f"\n  net1: {frozen} " in (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")


def test_steps_too_small_to_move_anything_are_no_success(tune, tmp_path, capsys):
    assert tune(tmp_path / "run", "--learning-rate", "1e-30") == 1
    said = "net2.fc3.weight and net2.fc3.bias were to move, nothing else. A --learning-rate"
    assert said in capsys.readouterr().err
    assert said in (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("step", "tuned_steps", "networks"),
    [(2, 2, {finetune.TUNED}), (6, 3, {finetune.TUNED, finetune.SCRATCH})],
)
def test_ctrl_c_leaves_whole_files(tune, at_batch, tmp_path, capsys, step, tuned_steps, networks):
    at_batch(step, interrupt)
    assert tune(tmp_path / "run") == 130
    assert f"holds the fine-tuned network as of step {tuned_steps}" in capsys.readouterr().out
    assert files(tmp_path / "run") == FILES - {"curves.png", "report.html"}
    saved = mt.load(tmp_path / "run" / "checkpoint.pt")
    assert saved["steps"] == tuned_steps
    finetune.restore(saved)
    assert {row["network"] for row in table(tmp_path / "run")} == networks


def test_ctrl_c_twice_stops_at_once(tune, at_batch, tmp_path, capsys):
    before = signal.getsignal(signal.SIGINT)
    at_batch(2, lambda: (interrupt(), interrupt()))
    assert tune(tmp_path / "run") == 130
    assert "Stopped at once" in capsys.readouterr().err
    assert files(tmp_path / "run") == {"config.toml", "log.txt"}
    assert signal.getsignal(signal.SIGINT) is before, "ours is gone again"


def test_a_full_disk(tune, at_batch, monkeypatch, tmp_path, capsys):
    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        at_batch(2, lambda: patch.setattr("os.fsync", full_disk))
        assert tune(tmp_path / "run") == 1
    said = capsys.readouterr().err
    assert "could not write the checkpoint" in said
    assert "No space left on device. None was saved before." in said
    assert files(tmp_path / "run") == {"config.toml", "log.txt"}
    assert "No space left" in (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")


def test_a_loss_that_is_no_number_ends_it(tune, tmp_path, capsys):
    assert tune(tmp_path / "run", "--learning-rate", "1e30") == 1
    said = capsys.readouterr().err
    assert re.search(r"from scratch: the loss is no longer finite in step \d", said)
    assert "Try a lower --learning-rate (it was 1e+30)" in said
    assert mt.load(tmp_path / "run" / "checkpoint.pt")["steps"] == 3


@pytest.mark.parametrize("was_synthetic", [True, False])
def test_it_goes_on_with_the_images_the_network_knows(
    tune, trained, monkeypatch, tmp_path, capsys, was_synthetic
):
    content = read_checkpoint(trained / "checkpoint.pt") | {"is_synthetic": was_synthetic}
    mt.save(content, tmp_path / "checkpoint.pt")
    monkeypatch.setattr(
        finetune, "load_data",
        lambda *a, **k: dataclasses.replace(load_data(*a, **k), is_synthetic=not was_synthetic),
    )  # fmt: skip
    assert tune(tmp_path / "run", checkpoint=tmp_path) == 1
    was, now = ("synthetic images", "CIFAR-10")[:: 1 if was_synthetic else -1]
    said = capsys.readouterr().err
    assert f"belongs to a run on {was}, and these are {now}" in said
    assert ("give --synthetic, or --data-root" in said) == was_synthetic


def test_without_a_checkpoint_the_newest_run_is_taken(
    tuned, trained, synthetic_root, monkeypatch, tmp_path, capsys
):
    command = ["--data-root", str(synthetic_root), "--steps=1", "--out", str(tmp_path / "out")]
    assert finetune.main(command) == 1
    assert "no network in runs/. Give --checkpoint, or train one:" in capsys.readouterr().err
    monkeypatch.setattr(finetune, "draw_comparison", lambda *_: None)
    for age, (name, folder) in enumerate({"tuned": tuned, "new": trained, "old": trained}.items()):
        shutil.copytree(folder, tmp_path / "runs" / name)
        os.utime(tmp_path / "runs" / name / "checkpoint.pt", (1e9 - age, 1e9 - age))
    assert finetune.main(command) == 0
    log = (tmp_path / "out" / "log.txt").read_text(encoding="utf-8")
    assert str(tmp_path / "runs" / "new" / "checkpoint.pt") in log


@pytest.mark.parametrize("content", [b"", b"text"])
def test_it_needs_a_checkpoint(tune, tmp_path, monkeypatch, capsys, content):
    path = tmp_path / "checkpoint.pt"
    monkeypatch.setattr(finetune, "load_data", None)  # no image is looked for
    assert tune(tmp_path / "run", checkpoint=path) == 1
    assert "cannot read the checkpoint" in capsys.readouterr().err
    path.write_bytes(content)
    assert tune(tmp_path / "run", checkpoint=path) == 1
    assert "is no checkpoint, or a damaged one" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("is_synthetic"), "lacks is_synthetic"),
        (lambda c: c.update(config=[1]), "expected the settings of a run"),
        (lambda c: c["config"].update(depth=3), "unknown key 'depth'"),
        (lambda c: c["config"].update(width=1e9), "width must be 0.01 … 4"),
        (lambda c: c["config"].update(width=0.5), "the net1 in"),
        (lambda c: c["config"].update(network="tutorial"), "does not fit Net1"),
        (lambda c: c.update(net2=[1]), "the net2 in"),
        (lambda c: c.update(format=TUNED_FORMAT), "Give one that examples.cifar10.train wrote"),
    ],
)
def test_it_needs_one_that_fits(tune, trained, tmp_path, monkeypatch, capsys, change, said):
    content = read_checkpoint(trained / "checkpoint.pt")
    change(content)
    mt.save(content, tmp_path / "checkpoint.pt")
    monkeypatch.setattr(finetune, "load_data", None)
    assert tune(tmp_path / "run", checkpoint=tmp_path) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "value"),
    [("steps", 0), ("test-every", 0), ("batch-size", 0), ("learning-rate", "nan"),
     ("momentum", 1), ("seed", -1)],
)  # fmt: skip
def test_a_setting_out_of_bounds_makes_no_folder(tune, tmp_path, capsys, setting, value):
    assert tune(tmp_path / "run", f"--{setting}={value}") == 1
    assert f"error: --{setting}: {setting.replace('-', '_')} must be " in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_folder_it_cannot_have(tune, trained, tmp_path, capsys):
    assert tune(trained) == 1
    assert "already holds a run. Give another --out" in capsys.readouterr().err
    (tmp_path / "file").write_text("text", encoding="utf-8")
    assert tune(tmp_path / "file") == 1
    assert "cannot make the run folder" in capsys.readouterr().err


def test_without_matplotlib_nothing_begins(tune, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert tune(tmp_path / "run") == 1
    assert "need matplotlib, which is not installed" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
