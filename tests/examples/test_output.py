"""What a run shows and keeps: its tables, its pictures, its page."""

import csv
import re
import shutil
import signal
import subprocess

import numpy as np
import pytest
from matplotlib import image as pictures

import examples.cifar10.train as program
import minitorch as mt
from examples.cifar10.checkpoint import read_checkpoint, read_progress
from examples.cifar10.updates import gradient_norms
from tests.examples.conftest import STEPS_PER_EPOCH, losses


def test_every_step_has_its_rate_and_the_norms_of_its_gradients(trained):
    with (trained / "losses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * STEPS_PER_EPOCH
    rates = [float(row["learning_rate"]) for row in rows]
    assert max(rates) == pytest.approx(0.02, rel=0.2) and rates[-1] < 1e-4, "one cycle"
    assert all(float(row[f"gradient_norm_net{n}"]) > 0 for row in rows for n in (1, 2))


def test_the_norm_is_that_of_all_gradients_of_a_network():
    net = mt.nn.Linear(2, 3)
    net.weight.grad, net.bias.grad = mt.full((3, 2), 2.0), mt.full((3,), 1.0)
    assert gradient_norms(a=net, b=mt.nn.Linear(2, 2)) == {"a": pytest.approx(27**0.5), "b": 0}


def test_a_checkpoint_from_before_there_were_norms_is_read(start, resume, trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    path = tmp_path / "run" / "checkpoint.pt"
    content = read_checkpoint(path)
    del content["progress"]["rates"], content["progress"]["norms"]
    mt.save(content, path)
    assert np.isnan(read_progress(path, content).rates).all()
    assert resume(tmp_path / "run", "--set", "epochs=3") == 0
    steps = (tmp_path / "run" / "losses.csv").read_text(encoding="utf-8").splitlines()
    assert len(steps) == 1 + 3 * STEPS_PER_EPOCH
    assert steps[1].endswith(",nan") and not steps[-1].endswith(",nan")


def test_the_best_epoch_is_kept_beside_the_last(start, monkeypatch, tmp_path):
    accuracies = iter([0.3, 0.5, 0.4, 0.4])
    evaluate = program.evaluate

    def evaluated(*arguments, **options):
        result = evaluate(*arguments, **options)
        result.predictions[:] = (result.labels + 1) % 10
        right = round(next(accuracies) * len(result.labels))
        result.predictions[:right] = result.labels[:right]
        return result

    monkeypatch.setattr(program, "evaluate", evaluated)
    assert start(tmp_path / "run", "--set", "epochs=3") == 0
    done = {name: read_checkpoint(tmp_path / "run" / name)["progress"]["epoch"]
            for name in ("best.pt", "checkpoint.pt")}  # fmt: skip
    assert done == {"best.pt": 2, "checkpoint.pt": 3}
    log = (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")
    assert re.findall(r"^(\d)/3 .*best$", log, re.MULTILINE) == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "size"),
    [("curves", (1100, 770)), ("confusion", (814, 792)), ("predictions", (1320, 726)),
     ("mistakes", (1320, 726))],
)  # fmt: skip
def test_the_pictures_show_something(trained, name, size):
    pixels = pictures.imread(trained / f"{name}.png")
    assert pixels.shape[:2] == size[::-1]
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 100, "colours"


def test_the_report_needs_nothing_beside_it(trained):
    page = (trained / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="([^"]{9})', page) == ["data:imag"] * 4
    for part in ("<h1>run: test accuracy", "synthetic images", "<th>test accuracy</th>",
                 "conv1: Conv2d"):  # fmt: skip
        assert part in page, part
    assert len(re.findall("<tr>", page)) == 3, "a heading and two epochs"


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Appended to the page: what only a browser knows of it.
LOOK = """<script>addEventListener("load", () => { document.title =
`pictures ${[...document.images].filter(i => i.naturalWidth > 1).length}, ` +
`window ${innerWidth}, page ${document.documentElement.scrollWidth}` })</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize("width", [1280, 500])
def test_a_browser_shows_the_report(trained, tmp_path, width):
    copy = tmp_path / "report.html"
    copy.write_text((trained / "report.html").read_text(encoding="utf-8") + LOOK, encoding="utf-8")
    options = """--headless=new --no-sandbox --disable-gpu --no-first-run --disable-sync
        --disable-background-networking --disable-component-update --enable-logging=stderr"""
    shown = subprocess.run(
        [CHROMIUM, *options.split(), f"--window-size={width},900",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", copy.as_uri()],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "CONSOLE" not in shown.stderr, shown.stderr
    seen = re.search(r"<title>pictures 4, window (\d+), page (\d+)</title>", shown.stdout)
    assert seen, shown.stdout[:500]
    window, page = map(int, seen.groups())
    assert page <= window, "what is wider than the window scrolls within the page"


def test_tensorboard_gets_the_curves_where_it_is_installed(start, resume, at_step, tmp_path):
    reading = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", exc_type=ImportError
    )
    run = tmp_path / "run"
    at_step(STEPS_PER_EPOCH + 2, lambda: signal.raise_signal(signal.SIGINT))
    assert start(run) == 130
    assert resume(run) == 0
    read = reading.EventAccumulator(str(run / "tensorboard"))
    read.Reload()
    steps = read.Scalars("step/loss")
    assert [event.step for event in steps] == list(range(1, 2 * STEPS_PER_EPOCH + 1))
    np.testing.assert_allclose([event.value for event in steps], list(map(float, losses(run))))
    assert {"step/learning rate", "step/gradient norm/net1", "epoch/test accuracy"} <= set(
        read.Tags()["scalars"]
    )
    assert [event.step for event in read.Scalars("epoch/test loss")] == [5, 10]
