"""What the programs say, at 80 columns and without a terminal, is what is kept in golden/."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from examples.cifar10.run_folder import wrapped
from tests.examples.terminal import in_a_terminal, python, settled
from tests.support.source import REPOSITORY

GOLDEN = Path(__file__).parent / "golden"
needs_terminal = pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")


@pytest.fixture
def typed(tiny, synthetic_root, trained, tmp_path, monkeypatch):
    """typed(name) is a command, the images being in data/ and a finished run in trained/."""
    (tmp_path / "data").symlink_to(synthetic_root)
    shutil.copytree(trained, tmp_path / "trained")
    Image.fromarray(np.full((40, 60, 3), 99, np.uint8)).save(tmp_path / "picture.png")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv("COLUMNS", raising=False)
    data = ("--data-root", "data")
    tuning = ("--checkpoint", "trained", "--steps", "4", "--test-every", "2", "--out", "tuned")
    rates = ("--steps", "10", "--out", "rates")
    commands = {
        "train": python("cifar10.train", "--config", "tiny.toml", *data, "--out", "run"),
        "resume": python("cifar10.train", "--resume", "trained", *data),
        "longer": python("cifar10.train", "--resume", "trained", "--set", "epochs=3", *data),
        "finetune": python("cifar10.finetune", *tuning, *data),
        "find_rate": python("cifar10.find_rate", "--config", "tiny.toml", *rates, *data),
        "classify": python("cifar10.classify", "picture.png", "--run", "trained"),
    }
    return commands.__getitem__


def shown(name):
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def begin(name):
    return "picture.png" if name == "classify" else "Synthetic images"


@needs_terminal
@pytest.mark.parametrize("name", ["train", "resume", "longer", "finetune", "find_rate", "classify"])
def test_in_a_terminal_of_80_columns(typed, name):
    code, text = in_a_terminal(typed(name), 80)
    assert code == 0, text
    said, bars = settled(text, begin(name))
    said = re.sub(r"(?<=  |, )[a-z][a-z ]* 0%", "CLASS 0%", said)  # the first three of ten
    assert said == shown(name)
    assert max(map(len, bars), default=0) < 80
    ways = {"finetune": ("fine-tuned head", "from scratch"), "find_rate": ("learning rate",)}
    for way in ways.get(name, ()):  # each step, where a step takes long enough
        form = rf"{way}.*, (training|all steps) +\d+% .* left"
        assert any(re.fullmatch(form, line) for line in bars), bars
    too_wide = [line for line in said.splitlines() if len(line) > 80]
    assert all(line.startswith("  python -m ") for line in too_wide), "commands alone wrap"


def test_without_a_terminal(typed):
    done = subprocess.run(typed("train"), capture_output=True, text=True, check=True)
    said, bars = settled(done.stdout)
    assert (said.split(), bars) == (shown("train").split(), []), "the same, in lines of any length"
    lines = done.stderr.splitlines()  # none, where nothing takes five seconds
    assert all(re.match(r"epoch \d/2.*, run +\d+%", line) for line in lines), lines


def test_a_long_path_is_not_broken(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    path = "/somewhere/" + "a-long-name/" * 8
    lines = wrapped(f"Everything is in {path}: the log and the pictures of it.").splitlines()
    assert f"{path}:" in lines
    assert all(len(line) < 40 for line in lines if path not in line)
