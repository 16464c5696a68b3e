"""`make bench`: what it measures, keeps and writes; no test asserts a time."""

import json
import shutil
import subprocess
import sys
from importlib import metadata
from math import inf
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import minitorch as mt
from benchmarks import chart, others, page, peak, processes, table, throughput
from benchmarks.step_worker import CASES, train


@pytest.mark.parametrize(
    ("seconds", "timed", "all_"), [(inf, 10, 14), (0, 2, 5)], ids=["enough time", "no time"]
)
def test_steps_are_taken_until_the_time_is_over(seconds, timed, all_):
    count = iter(range(100))
    measured, losses = processes.take_steps(lambda: ((i := next(count)), -i), 4, 10, seconds)
    assert measured == list(range(all_))[-timed:]
    assert losses == [-i for i in range(all_)]


def test_a_quarter_of_the_times_is_below_the_lower_quartile():
    assert processes.lower_quartile([5, 1, 2, 3, 9]) == 2
    assert processes.lower_quartile([7]) == 7


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_peak_is_that_of_one_thread_and_of_all():
    assert all(rate > 0 for rate in peak.measured_peak(2).values())
    assert list(peak.measured_peak(2)) == ["1", "2"]


def test_without_a_compiler_there_is_no_peak(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert peak.measured_peak(2) == {}
    assert "takes a C compiler" in page.peak_of({"peak": {"runs": {"peak": [{}]}}})[0]


@pytest.mark.parametrize("side", ["minitorch", "torch"])
def test_a_convolution_and_both_gradients_have_a_rate(side, request):
    library = mt if side == "minitorch" else request.getfixturevalue("torch")
    rates = throughput.convolution_rates(library, throughput.Convolution(2, 3, 4, 3, 8, 2, 1), 0)
    assert list(rates) == list(throughput.PARTS) and min(rates.values()) > 0
    assert throughput.product_rate(library, (4, 5, 6), 0) > 0
    assert throughput.product_rate(np, (4, 5, 6), 0) > 0


def test_the_arithmetic_of_a_step_is_counted_layer_by_layer():
    first, second = 2 * 128 * 10 * 32, 2 * 128 * 32 * 10
    assert throughput.step_flops(mt, CASES["small_mlp"]) == 2 * first + 3 * second


def test_others_begin_where_minitorch_does(tmp_path):
    path = tmp_path / "new" / "start.npz"
    others.write_start(path, "small_mlp", 4)
    start = others.read_start(path)
    assert [p.shape for p in start.parameters] == [(32, 10), (32,), (10, 32), (10,)]
    assert len(start.batches) == CASES["small_mlp"].batches
    assert (start.lr, start.momentum) == (0.1, 0.0)


@pytest.mark.parametrize("framework", others.FRAMEWORKS)
@pytest.mark.parametrize("case", others.NETWORKS)
def test_others_train_the_same_network_to_the_same_loss(framework, case, tmp_path):
    if framework not in others.installed() or framework not in others.NETWORKS[case]:
        pytest.skip(f"{framework} is not there, or has no such layers")
    others.write_start(tmp_path / "start.npz", case, CASES[case].batch)
    arguments = ["--start", tmp_path / "start.npz", "--seconds", 0]
    turn = processes.run_worker("benchmarks.others", framework, case, *arguments)
    assert turn["losses"] == pytest.approx(train(mt, CASES[case], 10, 0)[1], abs=1e-4)


def test_others_that_are_installed_are_found():
    for name, version in others.installed().items():
        assert metadata.version(name) == version


def measured(times: list[float], losses: list[float], peak_mb: float = 100.0) -> list[dict]:
    return [
        {"version": "1", "seconds": [t], "losses": losses, "loss": losses[-1], "peak_mb": peak_mb}
        for t in times
    ]


def results() -> dict:
    """Of every kind of row one, by nobody measured."""
    step = {
        "minitorch": measured([0.002, 0.004], [2.3, 2.2], 50.0),
        "numpy": measured([0.008], [2.3, 2.2]),
        "torch": measured([0.005, 0.005], [2.3, 2.2]),
        "jax": measured([0.001], [2.3, 1.9]),
        "tinygrad": [{"error": "No such file or directory: 'clang'"}],
    }
    beside = {
        page.beside_key(side, situation, threads): measured([0.001 * threads], [2.3])
        for side in ("minitorch", "torch")
        for situation in page.SITUATIONS
        for threads in (1, 2)
    }
    layer = dict.fromkeys(throughput.PARTS, 50.0)
    peaks = [{"1": 90.0, "2": 150.0}, {"1": 100.0, "2": 200.0}]
    rates = [{"version": "1", "convolutions": {"a layer": layer}, "products": {"512": 80.0}}]
    return {
        "provenance": "commit abc",
        "seconds": 2.5,
        "load": 0.25,
        "versions": {"NumPy": "2"},
        "rows": {
            "mlp-128": {"kind": "step", "runs": step, "flops": 2e8},
            "mlp-128-beside": {"kind": "beside", "runs": beside},
            "peak": {"kind": "peak", "runs": {"peak": peaks}},
            "arithmetic": {"kind": "arithmetic", "runs": {"minitorch": rates, "numpy": rates}},
        },
    }


def test_the_page_shows_every_kind_of_row():
    shown = page.page(results(), "benchmarks.png")
    assert "Measured on commit abc, 2 turns of 2.5 s; load average when it began: 0.25." in shown
    assert "minitorch 1, PyTorch 1, JAX 1, NumPy 2." in shown
    assert "Other programs" not in shown
    assert "Other programs" in page.page(results() | {"load": 3.0}, None)
    name = "MLP 784-512-512-10, batch 128"
    assert f"| {name} | 2.50 | 8.00 | 5.00 | **2.00** (1.25 … 2.50) | 0.62 | 0 |" in shown
    assert f"| {name} | 50 | 100 | 100 | 0.50 | 1.00 |" in shown
    beside = "| 1.00 | 2.00 | 2.00 | 1.00 | 2.00 | 2.00 | 1.00 | 100 | 100 |"
    assert f"| {name} | beside a busy loop {beside}" in shown
    assert f"| {name} | JAX 1 | 1.00 | 0.40 | 100 | **0.1: other work** |" in shown
    assert f"| {name} | tinygrad | did not run |" in shown
    assert "tinygrad did not run here: `No such file or directory: 'clang'`." in shown
    assert "GFLOP/s by threads: 100 on 1, 200 on 2." in shown
    assert f"| {name} | 0.2 | 80 (40%) | 25 (12%) | 40 (20%) |" in shown
    assert "| a layer | 50 (25%) | 50 (25%) | 50 (25%) |" in shown
    assert "| 512 | 80 (40%) | 80 (40%) |" in shown
    for block in shown.split("\n\n"):
        if block.startswith("|"):  # a table: as many cells in each line
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_the_page_does_without_what_is_not_there(tmp_path, monkeypatch):
    alone = results()
    alone["rows"] = {"mlp-128": alone["rows"]["mlp-128"]}
    runs = alone["rows"]["mlp-128"]["runs"]
    for side in ("numpy", "torch", "jax", "tinygrad"):
        del runs[side]
    page.write_page(tmp_path, alone, table.write)
    shown = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "batch 128 | 2.50 | – | – | – | – | – |" in shown
    assert "benchmarks.png" not in shown and not (tmp_path / "benchmarks.png").exists()
    monkeypatch.setattr(chart.importlib.util, "find_spec", lambda name: None)
    page.write_page(tmp_path, results(), table.write)
    assert not (tmp_path / "benchmarks.png").exists()


def test_the_page_has_its_picture(tmp_path):
    pytest.importorskip("matplotlib")
    page.write_page(tmp_path, results(), table.write)
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")
    assert "](benchmarks.png)" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")


def test_every_row_has_a_name_and_a_title():
    options = SimpleNamespace(
        sides=["minitorch", "torch"], frameworks=list(others.FRAMEWORKS), seconds=1.0, threads=2,
        others=sys.executable, folder=Path("runs"), rows=[],
    )  # fmt: skip
    rows = table.all_rows(options)
    assert [row.name for row in rows] == table.NAMES
    for row in rows:
        if row.kind in ("step", "beside"):
            assert page.title(row.name)
        assert set(row.runs) <= {*page.NAMES, "peak"} or row.kind == "beside"


ONE_ROW = ["--turns=1", "--seconds=0", "--rows", "chain", "small_mlp-128"]


@pytest.fixture
def alone(monkeypatch):
    """Nothing but minitorch is installed."""
    monkeypatch.setattr(table, "installed_sides", lambda: ["minitorch"])
    monkeypatch.setattr(others, "installed", dict)
    real = table.run_worker

    def without_others(module, *arguments, **settings):
        return {} if module == "benchmarks.others" else real(module, *arguments, **settings)

    monkeypatch.setattr(table, "run_worker", without_others)


def test_what_was_measured_is_kept_and_gone_on_with(tmp_path, alone, monkeypatch, capsys):
    table.main([*ONE_ROW, "--folder", str(tmp_path)])
    first = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert list(first["rows"]) == ["small_mlp-128", "chain"]
    assert "| chain of 150 small ops |" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    again = []

    def interrupted(run):
        again.append(run)
        if len(again) > 1:
            raise KeyboardInterrupt
        return measured([1.0], [2.3])[0]

    monkeypatch.setattr(table.Run, "take", interrupted)
    with pytest.raises(SystemExit, match="--resume goes on"):
        table.main([*ONE_ROW, "--turns=2", "--resume", "--folder", str(tmp_path)])
    second = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert len(second["rows"]["small_mlp-128"]["runs"]["minitorch"]) == 2
    assert second["rows"]["chain"] == first["rows"]["chain"]
    capsys.readouterr()


def test_what_was_measured_elsewhere_is_not_gone_on_with(tmp_path, alone):
    found = json.dumps(results())
    (tmp_path / "results.json").write_text(found, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"measured elsewhere:\n  commit abc"):
        table.main([*ONE_ROW, "--resume", "--folder", str(tmp_path)])
    assert (tmp_path / "results.json").read_text(encoding="utf-8") == found


def test_a_run_that_is_optional_may_fail():
    run = table.Run("step_worker", ("minitorch", "nothing"), 1, is_optional=True)
    assert "invalid choice: 'nothing'" in run.take()["error"]


def test_a_process_of_another_framework_loads_no_minitorch():
    program = "import sys, benchmarks.{}; assert 'minitorch' not in sys.modules"
    for name in ("others", "throughput", "op_chain", "peak"):
        command = [sys.executable, "-c", program.format(name)]
        subprocess.run(command, cwd=processes.REPOSITORY, check=True)
