"""The learning rate that is found: the curve, the advice, and the command that goes by it."""

import csv
import shlex
import signal

import numpy as np
import pytest
from matplotlib import image as pictures

import examples.cifar10.train as program
from examples.cifar10 import find_rate
from examples.cifar10.find_rate import Found


@pytest.fixture
def look(tiny, synthetic_root, tmp_path):
    def run(*more):
        command = ["--config", str(tiny), "--data-root", str(synthetic_root)]
        return find_rate.main([*command, "--out", str(tmp_path / "rate"), *more])

    return run


def test_the_rate_grows_until_the_loss_does(look, tmp_path, no_pictures, monkeypatch, capsys):
    monkeypatch.setattr(find_rate, "LEARNT", 9)  # little is learnt in 60 steps
    assert look("--steps", "60", "--set", "dropout=0.0") == 0
    assert {path.name for path in (tmp_path / "rate").iterdir()} == {
        "config.toml", "log.txt", "rates.csv", "rates.png"
    }  # fmt: skip
    with (tmp_path / "rate" / "rates.csv").open(encoding="utf-8") as file:
        rows = [{name: float(text) for name, text in row.items()} for row in csv.DictReader(file)]
    rates = np.array([row["rate"] for row in rows])
    np.testing.assert_allclose(rates[1:] / rates[:-1], 1e6 ** (1 / 59))
    assert rates[0] == 1e-5
    assert rows[0]["smoothed"] == pytest.approx(rows[0]["loss"])
    assert pictures.imread(tmp_path / "rate" / "rates.png").shape[:2] == (528, 825)

    typed = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert typed[1:4] == ["-m", "examples.cifar10.train", "--config"]
    assert "--set=dropout=0.0" in typed
    assert program.main([*typed[3:], "--set=epochs=1", "--out", str(tmp_path / "run")]) == 0


def test_the_edge_and_what_is_advised():
    smooth = [3.0, 2.0, 1.0, 1.04, 1.2]
    found = Found([0.01, 0.03, 0.1, 0.3, 1.0], smooth, smooth)
    assert (found.lowest, found.edge) == (0.1, 0.3)
    assert found.advice("onecycle") == pytest.approx(0.1)
    assert found.advice("constant") == pytest.approx(0.03)


def test_where_nothing_is_learnt_more_steps_are_advised(look, capsys):
    assert look("--steps", "10", "--set", "learning_rate=1") == 0
    *_, said, again = capsys.readouterr().out.splitlines()
    assert "did not fall clearly below 2.30, that of guessing" in said
    typed = shlex.split(again)
    assert typed[1:3] == ["-m", "examples.cifar10.find_rate"]
    assert typed[5:7] == ["--set=learning_rate=1", "--steps=30"]
    assert find_rate.main(typed[3:]) == 0
    assert Found([0.1, 1], [2.3, 2.1], [2.3, 2.1]).has_learnt
    assert not Found([0.1, 1], [3.0, 2.2], [3.0, 2.2]).has_learnt


def test_every_image_comes_once_an_epoch():
    config = find_rate.Config(train_images=5, batch_size=2)
    seen = [list(indices) for indices in find_rate.batches(config, 5)]
    assert [len(indices) for indices in seen] == [2, 2, 1, 2, 2]
    assert sorted(np.concatenate(seen[:3])) == list(range(5))


def test_what_ends_it_early(look, monkeypatch, capsys):
    assert look("--steps", "3") == 1
    assert "--steps must be at least 10, got 3" in capsys.readouterr().err
    batch = find_rate.training_batch

    def interrupted(*arguments, **options):
        signal.raise_signal(signal.SIGINT)
        return batch(*arguments, **options)

    monkeypatch.setattr(find_rate, "training_batch", interrupted)
    assert look("--steps", "10") == 130
    assert capsys.readouterr().err.endswith("Stopped at once.\n")
