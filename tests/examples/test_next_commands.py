"""What is printed to be typed next works as printed; more epochs; make."""

import re
import shlex
import shutil
import signal
import subprocess
import types

import pytest

import examples.cifar10.train as program
from examples.cifar10 import finetune
from examples.cifar10.config import load_config
from examples.cifar10.data import same_images
from examples.cifar10.run_folder import parse_run, python_command
from tests.examples.conftest import STEPS_PER_EPOCH, losses, table, weights
from tests.support.source import REPOSITORY


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_each_command_that_is_printed_at_the_end_works_as_printed(
    start, synthetic_root, tmp_path, monkeypatch, capsys
):
    quick = load_config(REPOSITORY / "configs" / "cifar10_quick.toml")
    assert (REPOSITORY / quick.full_run).is_file()
    run = tmp_path / "a run"
    assert start(run, "--set", f"full_run={quick.full_run}", "--set", "epochs=1") == 0
    out = capsys.readouterr().out
    lines = [line for line in out.splitlines() if re.match("  .* -m examples", line)]
    full, longer, tune, ask = map(shlex.split, lines)
    images = ["--data-root", str(synthetic_root)]
    assert full[1:] == ["-m", "examples.cifar10.train", "--config", quick.full_run, *images]
    for command in ([*full, "--help"], ask):
        as_typed = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert as_typed.stdout.startswith("usage: "), as_typed.stderr

    assert longer[1:] == [
        "-m", "examples.cifar10.train", "--resume", str(run), "--set", "epochs=3", *images
    ]  # fmt: skip
    assert program.main(longer[3:]) == 0
    assert "Goes on in epoch 2 of 3, at its start, with a new cycle" in capsys.readouterr().out
    assert [row["epoch"] for row in table(run / "metrics.csv")] == ["1", "2", "3"]

    assert tune[1:3] == ["-m", "examples.cifar10.finetune"]
    monkeypatch.setattr(finetune, "draw_comparison", lambda *_: None)
    assert finetune.main([*tune[3:], "--steps=1"]) == 0


@pytest.mark.parametrize(
    ("typed", "environment", "is_synthetic", "again"),
    [
        ([], None, False, []),
        ([], None, True, ["--synthetic"]),  # there was no network
        ([], "set", False, ["--data-root", "set"]),
        ([], "set", True, ["--data-root", "set"]),
        (["--synthetic"], "set", True, ["--synthetic"]),
        (["--data-root", "a"], "set", True, ["--data-root", "a"]),
        (["--data-root", "a", "--synthetic"], None, True, ["--data-root", "a", "--synthetic"]),
    ],
)
def test_the_next_command_finds_the_same_images(
    monkeypatch, typed, environment, is_synthetic, again
):
    if environment:
        monkeypatch.setenv("CIFAR10_ROOT", environment)
    options = parse_run(["--config", "c", *typed], "p", "")
    data = types.SimpleNamespace(is_synthetic=is_synthetic)
    assert same_images(options, data) == again


def test_epochs_are_added_to_a_finished_run(start, resume, at_step, trained, tmp_path, capsys):
    for name in ("whole", "stopped"):
        shutil.copytree(trained, tmp_path / name)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    assert resume(whole, "--set", "epochs=4") == 0
    rates = [float(row["learning_rate"]) for row in table(whole / "metrics.csv")]
    assert losses(whole)[: 2 * STEPS_PER_EPOCH] == losses(trained)
    assert len(losses(whole)) == 4 * STEPS_PER_EPOCH
    assert rates[2] > rates[1] and rates[3] == pytest.approx(rates[1], rel=1e-3), "a new cycle"

    at_step(3, interrupt)
    assert resume(stopped, "--set", "epochs=4") == 130
    assert resume(stopped, "--set", "epochs=9") == 1
    assert "has done 2 of its 4 epochs" in capsys.readouterr().err
    assert resume(stopped, "--set", "epochs=4") == 0, "is what it has begun"
    assert losses(stopped) == losses(whole)
    assert weights(stopped) == weights(whole)
    assert resume(stopped, "--set", "epochs=5") == 0
    assert load_config(stopped / "config.toml").epochs_before == 4
    assert start(tmp_path / "new", "--config", str(stopped / "config.toml"), "--set=epochs=1") == 0
    assert load_config(tmp_path / "new" / "config.toml").epochs_before == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("epochs=1", "epochs = 1, and"),
        ("width=0.1", "only epochs can be added: --resume"),
        ("epoch=3", "unknown key 'epoch'"),
    ],
)
def test_nothing_else_is_changed_of_a_run(resume, trained, capsys, change, said):
    config = (trained / "config.toml").read_bytes()
    assert resume(trained, "--set", change) == 1
    assert said in capsys.readouterr().err
    assert (trained / "config.toml").read_bytes() == config


@pytest.mark.parametrize(
    ("executable", "typed"),
    [
        ("{here}/.venv/bin/python", ".venv/bin/python"),
        ("/usr/bin/python3.11", "/usr/bin/python3.11"),
        ("{here}/a folder/python", "'a folder/python'"),
        ("/somewhere/python", "python"),
        ("", "python"),
    ],
)
def test_the_python_to_type_is_the_one_that_runs(monkeypatch, tmp_path, executable, typed):
    monkeypatch.setattr("sys.executable", executable.format(here=tmp_path))
    monkeypatch.setattr("shutil.which", lambda name: "/somewhere/python")
    assert python_command() == typed


def make(*arguments, **options):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@needs_make
@pytest.mark.parametrize(
    ("target", "arguments", "said"),
    [
        ("cifar10", "--resume runs/one", "-m examples.cifar10.train --resume runs/one"),
        ("cifar10", "--resume=runs/one", "-m examples.cifar10.train --resume=runs/one"),
        ("cifar10", "--set epochs=1", "train --config configs/cifar10_quick.toml --set epochs=1"),
        ("finetune", "--steps 3", "-m examples.cifar10.finetune --steps 3"),
        ("gradients", "", "-m examples.cifar10.gradients"),
    ],
)
def test_make_passes_arguments_on(target, arguments, said):
    done = make("-n", target, f"ARGS={arguments}")
    assert said in " ".join(done.stdout.splitlines()[-1].split())
    assert f"make {target} " in make("help").stdout


@needs_make
@pytest.mark.parametrize(("code", "error"), [(0, False), (130, False), (1, True)])
def test_a_graceful_stop_is_no_error_of_make(tmp_path, code, error):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    python.chmod(0o755)
    for stamp in ("cifar10", "test"):
        (tmp_path / f"installed-{stamp}").touch()
    done = make("cifar10", f"VENV={tmp_path}")
    assert bool(done.returncode) == bool(done.stderr) == error
