"""The benchmarks run and measure the same work on both sides; no test asserts a time."""

import importlib.util
import json
import mmap
import subprocess
import sys

import pytest

import minitorch as mt
from benchmarks import (
    features,
    files,
    freezing,
    import_time,
    loader,
    op_chain,
    processes,
    record,
    table,
    train_step,
)
from examples.cifar10.config import Config, load_config


def turn(seconds: list[float], peak: float | None = 100.0) -> dict[str, object]:
    return {"version": "1", "seconds": seconds, "peak_mb": peak, "loss": 2.3}


@pytest.mark.parametrize(
    ("case", "batch"),
    [
        ("tutorial", None),
        ("gru", None),
        ("lstm", None),
        ("gpt", None),
        ("resnet18_head", None),
        ("resnet18_cifar", 4),
        ("vgg", 8),
        ("mlp", 8),
    ],
)
def test_both_sides_train_the_same_network_to_the_same_loss(torch, case, batch):
    sides = ("minitorch", "torch")
    turns = {side: train_step.run_turn(side, case, 5, 1, batch=batch) for side in sides}
    assert turns["minitorch"]["loss"] == pytest.approx(turns["torch"]["loss"], abs=1e-4)
    assert turns["torch"]["version"] == str(torch.__version__)
    assert all(len(turn["seconds"]) == 5 for turn in turns.values())


def test_both_sides_follow_the_record_to_the_same_losses(torch, tmp_path, capsys):
    """In float64: in float32 the sixth losses are 1e-4 apart, by rounding alone."""
    small = ("width=0.1", "batch_size=32", "lookahead_after=1")
    changes = [part for change in small for part in ("--set", change)]
    path = tmp_path / "results.json"
    sizes = ["--turns", "1", "--steps", "7", "--threads", "1", "--dtype", "float64"]
    record.main([*sizes, "--json", str(path), *changes])
    summary = json.loads(path.read_text(encoding="utf-8"))["results"]
    ours, theirs = (summary[side]["losses"] for side in ("minitorch", "torch"))
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert len(ours) == 16
    assert ours[-1] < ours[0] - 0.3
    assert f"a whole run is {load_config(record.CONFIG).epochs} epochs" in capsys.readouterr().out


def test_the_minutes_of_a_whole_run_are_its_steps_and_tests():
    config = Config(
        epochs=10, whitening_epochs=3, train_images=1000, batch_size=300, test_images=100,
        augment_test=True,
    )  # fmt: skip
    turn = {"version": "1", "losses": [], "peak_mb": None, "learning whitening": [3.0],
            "afterwards": [2.0], "test": [0.01]}  # fmt: skip
    # 4 steps an epoch; 10 tests, and one of six views
    assert record.summarize([turn], config)["minutes"] * 60 == 12 * 3.0 + 28 * 2.0 + 16 * 1.0


def test_a_run_writes_its_numbers_and_where_they_come_from(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # no PyTorch: one side
    path = tmp_path / "new" / "results.json"
    arguments = ["--cases", "tutorial", "--turns", "1", "--steps", "3", "--json", str(path)]
    train_step.main(arguments)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert "seed 0" in written["provenance"]
    assert written["results"]["tutorial"]["minitorch"]["seconds"] > 0
    shown = capsys.readouterr().out
    assert "ms/step" in shown and "Not installed: torch. So minitorch alone" in shown


def test_a_side_is_summed_up_by_the_lower_quartile_of_its_turns():
    turns = [turn([1.0, 5.0, 2.0, 3.0, 9.0]), turn([9.0], peak=300.0), turn([3.0])]
    summary = train_step.summarize(turns)
    assert summary["seconds"] == 2.5
    assert summary["turns"] == [2.0, 9.0, 3.0]
    assert summary["peak_mb"] == 300.0


def test_the_ratio_says_how_fast_minitorch_is():
    ours = train_step.summarize([turn([2.0], 150.0), turn([2.0], 150.0)])
    theirs = train_step.summarize([turn([1.0]), turn([2.0])])
    shown = "\n".join(train_step.report("alexnet", 128, {"minitorch": ours, "torch": theirs}))
    assert "speed  0.62 x PyTorch's (turn by turn 0.50 to 1.00)" in shown
    assert "memory 1.50 x PyTorch's" in shown


def test_beside_a_busy_loop_each_side_is_measured_on_one_thread_and_on_all(capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    arguments = ["--cases", "tutorial", "--turns", "1", "--steps", "3", "--threads", "2"]
    train_step.main([*arguments, "--batch", "8", "--beside-busy-loop"])
    shown = capsys.readouterr().out
    assert "tutorial, batch 8, ms/step on one thread, on 2, ratio of the two, peak" in shown
    rows = [line for line in shown.splitlines() if line.startswith("  minitorch")]
    assert [name for name in train_step.SITUATIONS if any(name in row for row in rows)][:2] == [
        "alone",
        "beside a busy loop",
    ]


def test_a_turn_that_fails_shows_why():
    with pytest.raises(SystemExit, match="invalid choice: 'nothing'"):
        train_step.run_turn("minitorch", "nothing", 1, 1)


@pytest.mark.parametrize(
    "module",
    [features, files, freezing, import_time, loader, op_chain, record, table, train_step],
)
def test_nothing_is_measured_no_times(module, monkeypatch, capsys):
    count = "--runs" if module is import_time else "--turns"
    monkeypatch.setattr("sys.argv", ["benchmark", count, "0"])
    with pytest.raises(SystemExit, match="2"):
        module.main()
    assert f"argument {count}: expected 1 or more, got 0" in capsys.readouterr().err


def test_figures_come_from_an_unknown_commit_where_git_is_missing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert processes.provenance(2, 3).startswith("commit unknown, seed 0, ")
    assert "2 threads of" in processes.provenance(2, 3)


def test_the_process_that_is_measured_loads_one_of_the_libraries(torch):
    program = "import sys, benchmarks.{}; assert 'minitorch' not in sys.modules"
    for name in ("features", "files", "step_worker", "record_worker"):
        command = [sys.executable, "-c", program.format(name)]
        subprocess.run(command, cwd=processes.REPOSITORY, check=True)


def test_peak_memory_is_in_megabytes():
    if sys.platform == "win32":
        pytest.skip("ru_maxrss is not there")
    assert 10 < (processes.peak_megabytes() or 0) < 100_000


def test_a_process_is_not_charged_for_the_memory_of_who_started_it():
    if not processes.STATUS.exists():
        pytest.skip("ru_maxrss is all there is")
    before = processes.forget_peak()  # of what other tests took
    # From the system: an array may get memory that this process has kept from other tests.
    with mmap.mmap(-1, 200 << 20) as held:
        for page in range(0, len(held), mmap.PAGESIZE):
            held[page] = 1
    assert processes.peak_megabytes() > before + 150
    program = "from benchmarks.processes import peak_megabytes; print(peak_megabytes())"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=processes.REPOSITORY, capture_output=True, check=True
    )
    assert float(run.stdout) < 100
    assert processes.forget_peak() < before + 150


def test_a_frozen_network_is_measured_beside_the_whole_one(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = tmp_path / "results.json"
    freezing.main(["--turns=1", "--steps=2", "--batch=2", "--json", str(path)])
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    for case in freezing.ROWS:
        row = results[case]["minitorch"]
        assert min(row["seconds"], row["forward"], row["backward"]) > 0
    shown = capsys.readouterr().out
    assert "ResNet-18, batch 2\n" in shown and "minitorch: a step of the frozen network" in shown


def test_the_ratio_of_frozen_networks_is_said_for_each():
    row = {"version": "1", "seconds": 2.0, "forward": 1.0, "backward": 0.5, "peak_mb": None}
    row["loss"] = 2.3
    summary = {
        "resnet18": {"minitorch": row, "torch": row | {"seconds": 1.0}},
        "resnet18_head": {"minitorch": row | {"seconds": 0.5}, "torch": row | {"seconds": 0.6}},
    }
    shown = "\n".join(freezing.report(summary))
    assert "minitorch: a step of the frozen network takes 0.25 x the time of a whole one" in shown
    assert "everything: speed 0.50 x PyTorch's; last losses 2.3000 and 2.3000" in shown
    assert "only fc: speed 1.20 x PyTorch's" in shown


def test_both_sides_read_the_same_weights(torch, tmp_path):
    files.write_weights(tmp_path, [".pth", ".safetensors"])
    for task in files.TASKS:
        path = tmp_path / f"resnet18{files.suffix_of(task)}"
        ours, theirs = (files.carry_out(side, task, path) for side in ("minitorch", "torch"))
        assert ours["check"] == theirs["check"]
        assert min(ours["seconds"], theirs["seconds"]) > 0


def test_a_kind_whose_library_is_missing_is_left_out(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = tmp_path / "results.json"
    files.main(["--turns=1", "--only", "read", "write safetensors", "--json", str(path)])
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert list(results) == ["read"]
    assert 44 < results["read"]["minitorch"]["file_mb"] < 46
    shown = capsys.readouterr().out
    assert "read, 45 MB" in shown and "safetensors is not installed" in shown
    files.main(["--only", "write safetensors"])


def test_import_time_counts_from_numpy():
    numpy, beyond = import_time.import_seconds("minitorch")
    assert numpy > 0
    assert beyond > 0


def test_a_chain_has_as_many_ops_as_its_time_is_divided_by():
    y = op_chain.chain(mt.ones(2, requires_grad=True), mt.ones(2))
    count, node = 0, y.grad_fn
    while node.next_functions:
        count, node = count + 1, node.next_functions[0][0]
    assert count == op_chain.OPS
    assert min(op_chain.run_turn("minitorch", 2)) > 0


def test_both_loaders_give_the_same_pictures(torchvision, monkeypatch):
    monkeypatch.delenv("CIFAR10_ROOT", raising=False)
    threads = mt.get_num_threads()
    turns = [loader.load(side, 0, 64, 200) for side in ("minitorch", "torch")]
    mt.set_num_threads(threads)
    assert turns[0]["first"] == turns[1]["first"] and turns[0]["batches"] == 4
    assert all(turn["images_per_second"] > 0 for turn in turns)


def test_a_loader_alone_is_measured_alone(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("CIFAR10_ROOT", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    loader.main(["--workers", "1", "--turns", "1", "--images", "100"])
    shown = capsys.readouterr().out
    assert "batch 128, 1 workers" in shown and "speed" not in shown
    assert shown.startswith("commit ") and f"not at hand ({tmp_path}" in shown


def test_features_are_measured_on_the_same_work_each_way(torch, tmp_path):
    ways = [features.train(way, 12, 4, 2, tmp_path / "f.npy") for way in features.WAYS]
    assert all(len(way["seconds"]) == 2 for way in ways)
    for way in ways:
        assert way["losses"] == pytest.approx(ways[0]["losses"], abs=1e-4)


def test_features_are_reported_beside_the_trunk_in_the_loop(capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    features.main(["--turns", "1", "--images", "8", "--batch", "4", "--epochs", "2"])
    shown = capsys.readouterr().out
    assert "seed 0" in shown and "PyTorch" not in shown
    assert "features in a file" in shown and "ready in" in shown
