"""Training from the command line to the pictures, and everything that may end it early."""

import os
import re
import signal
import subprocess
import sys

import pytest

import examples.cifar10.train as program
import minitorch as mt
from examples.cifar10.checkpoint import read_checkpoint
from examples.cifar10.config import Config, load_config
from examples.cifar10.diagnosis import explain_divergence
from examples.cifar10.models import AlexNet1, AlexNet2
from examples.cifar10.progress import Progress
from tests.examples.conftest import BOARD, STEPS_PER_EPOCH, losses, table, weights
from tests.examples.terminal import in_a_terminal
from tests.support.source import REPOSITORY

FILES = {
    "config.toml", "log.txt", "metrics.csv", "losses.csv", "checkpoint.pt", "best.pt", "curves.png",
    "confusion.png", "predictions.png", "mistakes.png", "report.html", *BOARD,
}  # fmt: skip


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_the_smoke_config_from_end_to_end(synthetic_root, tmp_path, capsys):
    config = REPOSITORY / "configs" / "cifar10_smoke.toml"
    out = tmp_path / "runs" / "smoke $a_$"  # no formula
    command = ["--config", str(config), "--data-root", str(synthetic_root), "--out", str(out)]
    assert program.main(command) == 0
    assert {path.name for path in out.iterdir()} == FILES
    assert load_config(out / "config.toml") == load_config(config)

    log = (out / "log.txt").read_text(encoding="utf-8")
    assert re.match(r"command   \S*python\S* -m examples\.cifar10\.train --config ", log)
    for part in ("\nseed      0\n", "\nversions  minitorch ", " cores\n", "width = 0.125"):
        assert part in log
    assert "drawings made by the program, not CIFAR-10" in log
    assert re.search(r"test accuracy \d+\.\d% of 400 images\n  stripes lying ", log)
    assert log in capsys.readouterr().out

    rows = table(out / "metrics.csv")
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert len(losses(out)) == 3 * 40
    assert float(rows[-1]["test_accuracy"]) > 0.15, "chance is 0.1"
    assert float(rows[-1]["test_loss"]) < float(rows[0]["test_loss"])
    for name in ("curves.png", "confusion.png", "predictions.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


TERMINAL = """
import sys
from unittest import mock
from examples.cifar10.config import Config
from examples.cifar10.monitor import Monitor
from examples.cifar10.progress import Progress

clock = iter(range(1, 10**6, 6))
progress = Progress(epoch=98, losses=[12.3456], correct=0)
with mock.patch("time.monotonic", lambda: next(clock)):
    with Monitor(Config(epochs=100, train_images=50_000), mock.Mock(), progress) as monitor:
        for progress.batch in range(1, 391):
            progress.correct = min(128 * progress.batch, 50_000)
            monitor.after_step(progress)
"""


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
@pytest.mark.parametrize("columns", [0, 40, 80, 200])
def test_a_terminal_of_any_size_shows_all(columns):
    code, said = in_a_terminal([sys.executable, "-c", TERMINAL], columns, REPOSITORY)
    assert code == 0, said
    shown = said.replace("\n", "\r").split("\r")
    lines = [line.rstrip() for line in shown if "loss" in line]
    form = r"epoch 99/100 +\d+%, loss 12\.346, accuracy 100\.0%, run +\d+%"
    form += r" [█▏▎▍▌▋▊▉ ]+ [\d:?]+ left" if columns >= 80 else r", [\d,]+ images/s, [\d:]+ left"
    assert lines and all(re.fullmatch(form, line) for line in lines), lines
    if columns >= 80:
        assert max(map(len, lines)) < columns
    else:
        assert len(lines) > 1 and "\r\n" in said


def test_the_tutorial_reports_the_mean_loss_of_so_many_batches(start, tmp_path, capsys):
    settings = ["network=tutorial", "scaling=symmetric", "schedule=constant", "augment=false",
                "batch_size=4", "epochs=1", "report_every=20"]  # fmt: skip
    assert start(tmp_path / "run", *(f"--set={setting}" for setting in settings)) == 0
    steps = [float(loss) for loss in losses(tmp_path / "run")]
    assert len(steps) == 50
    out = capsys.readouterr().out
    assert f"epoch 1, batch     40: mean loss of 20 batches {sum(steps[20:40]) / 20:.3f}" in out


def test_the_same_seed_gives_the_same_run(start, trained, tmp_path):
    assert start(tmp_path / "again") == 0
    assert losses(tmp_path / "again") == losses(trained)
    assert start(tmp_path / "other", "--set", "seed=1") == 0
    assert losses(tmp_path / "other") != losses(trained)


@pytest.mark.parametrize("step", [1, 3, STEPS_PER_EPOCH, STEPS_PER_EPOCH + 1, 8])
def test_a_run_goes_on_exactly_where_ctrl_c_stopped_it(
    start, resume, at_step, trained, tmp_path, capsys, step
):
    run = tmp_path / "a run"
    at_step(step, interrupt)
    assert start(run) == 130
    out = capsys.readouterr().out
    assert "Ctrl-C once more stops at once" in out
    assert f"python -m examples.cifar10.train --resume '{run}' --data-root " in out
    stopped = read_checkpoint(run / "checkpoint.pt")["progress"]
    assert stopped["epoch"] * STEPS_PER_EPOCH + stopped["batch"] == step
    assert resume(run) == 0
    assert losses(run) == losses(trained)
    assert weights(run) == weights(trained)
    assert {path.name for path in run.iterdir()} == FILES


def test_a_run_can_be_stopped_again_and_again(start, resume, at_step, trained, tmp_path):
    run = tmp_path / "run"
    at_step(2, interrupt)
    assert start(run) == 130
    for _ in range(2):
        at_step(3, interrupt)
        assert resume(run) == 130
    assert resume(run) == 0
    assert losses(run) == losses(trained)
    assert resume(run) == 0, "a finished run only reports again"
    assert losses(run) == losses(trained)


def test_ctrl_c_twice_stops_at_once(start, at_step, tmp_path, capsys):
    def twice():
        interrupt()
        interrupt()

    before = signal.getsignal(signal.SIGINT)
    at_step(2, twice)
    assert start(tmp_path / "run") == 130
    assert capsys.readouterr().err.endswith("Stopped at once.\n"), "nothing was saved"
    assert signal.getsignal(signal.SIGINT) is before, "ours is gone again"
    at_step(STEPS_PER_EPOCH + 1, twice)
    assert start(tmp_path / "run") == 130
    left = f"Stopped at once. What was saved before is still there, in {tmp_path / 'run'}.\n"
    assert capsys.readouterr().err.endswith(left)


def test_sigterm_saves_too(start, resume, at_step, trained, tmp_path):
    at_step(4, lambda: signal.raise_signal(signal.SIGTERM))
    assert start(tmp_path / "run") == 130
    assert resume(tmp_path / "run") == 0
    assert losses(tmp_path / "run") == losses(trained)


def test_a_full_disk_loses_nothing_saved_before(
    start, resume, at_step, trained, monkeypatch, tmp_path, capsys
):
    run = tmp_path / "run"

    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        at_step(STEPS_PER_EPOCH + 2, lambda: (patch.setattr("os.fsync", full_disk), interrupt()))
        assert start(run) == 1
    said = capsys.readouterr().err
    assert "could not write the checkpoint" in said
    assert "No space left on device. The one saved before is untouched" in said
    assert f"--resume {run}" in said
    assert said[said.index("error: ") :] in (run / "log.txt").read_text(encoding="utf-8")
    assert read_checkpoint(run / "checkpoint.pt")["progress"]["epoch"] == 1
    assert resume(run) == 0
    assert losses(run) == losses(trained)


def test_a_full_disk_before_anything_was_saved(start, at_step, monkeypatch, tmp_path, capsys):
    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        at_step(2, lambda: patch.setattr("os.fsync", full_disk))
        assert start(tmp_path / "run") == 1
    assert "None was saved before. Make room and begin again." in capsys.readouterr().err


def test_a_full_disk_before_the_run_began(start, monkeypatch, tmp_path, capsys):
    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    assert start(tmp_path / "run") == 1
    assert "cannot make the run folder" in capsys.readouterr().err
    assert not list((tmp_path / "run").iterdir()), "no part of a file"


KILLED = """
import os, sys
import examples.cifar10.checkpoint as checkpoint
from examples.cifar10.train import main

original = checkpoint.Checkpoint.save_epoch

def save_epoch(self, progress):
    if progress.epoch == 2:  # the second one: its bytes are written, the move has not happened
        os.replace = lambda source, target: os._exit(9)
    original(self, progress)

checkpoint.Checkpoint.save_epoch = save_epoch
main(sys.argv[1:])
"""


def test_a_kill_during_a_checkpoint_loses_nothing_saved_before(
    tiny, synthetic_root, resume, trained, tmp_path
):
    run = tmp_path / "run"
    command = ["--config", str(tiny), "--data-root", str(synthetic_root), "--out", str(run)]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *command], cwd=REPOSITORY, capture_output=True, check=False
    )
    assert killed.returncode == 9
    assert read_checkpoint(run / "checkpoint.pt")["progress"]["epoch"] == 1
    assert resume(run) == 0
    assert losses(run) == losses(trained)


def test_a_loss_that_is_no_number_stops_with_step_layer_and_advice(start, tmp_path, capsys):
    run = tmp_path / "run"
    assert start(run, "--set", "learning_rate=1e30", "--set", "warmup=0.5") == 1
    said = capsys.readouterr().err
    assert re.search(r"no longer finite in step \d+ \(epoch 1, batch \d\)", said)
    assert re.search(r"first layer whose output is not finite is net[12]\.(conv|fc)\d: ", said)
    assert "a lower learning rate (it was " in said
    assert "--set learning_rate=" in said
    assert "diverged" in (run / "log.txt").read_text(encoding="utf-8")


def explain(net1, net2, images):
    progress = Progress()
    optimizer = mt.optim.SGD(net1.parameters(), lr=0.5)
    schedule = mt.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    return explain_divergence(net1, net2, images, progress, schedule)


def test_the_first_broken_layer_is_found():
    net1, net2 = AlexNet1(0.05), AlexNet2(0.05)
    images = mt.zeros(2, 3, 32, 32)
    assert "it is the loss function that overflowed" in explain(net1, net2, images)
    with mt.no_grad():
        net2.fc1.bias[0] = float("inf")
        net1.conv3.weight[0, 0, 0, 0] = float("nan")
    said = explain(net1, net2, mt.zeros(2, 3, 32, 32) + 1)
    assert "first layer whose output is not finite is net1.conv3: its weight is not finite." in said
    assert "forward" not in vars(net1.conv3), "the layers are as they were"
    net1.conv3.weight.grad = net1.conv3.weight.detach().clone()
    assert "nor was the gradient that moved it" in explain(net1, net2, images)
    images[0, 0, 0, 0] = float("inf")
    assert "The images themselves" in explain(net1, net2, images)


def test_a_checkpoint_of_another_run_is_refused(start, resume, trained, tmp_path, capsys):
    run = tmp_path / "run"
    assert start(run, "--set", "width=0.1", "--set", "epochs=1") == 0
    checkpoint = (trained / "checkpoint.pt").read_bytes()
    (run / "checkpoint.pt").write_bytes(checkpoint)
    assert resume(run) == 1
    said = capsys.readouterr().err
    assert "is the checkpoint of another run: width is 0.05 there and 0.1 here" in said
    assert "epochs is 2 there and 1 here" in said
    assert (run / "checkpoint.pt").read_bytes() == checkpoint


def test_a_checkpoint_of_another_model_is_refused(resume, trained, tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    content = read_checkpoint(trained / "checkpoint.pt")
    content["net1"]["conv9.weight"] = content["net1"].pop("conv1.weight")
    mt.save(content, run / "checkpoint.pt")
    (run / "config.toml").write_bytes((trained / "config.toml").read_bytes())
    assert resume(run) == 1
    said = capsys.readouterr().err
    assert "the net1 in" in said
    assert "does not fit AlexNet1: it is of another model" in said
    assert "conv9.weight" in said


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: content[:-500], "is no checkpoint, or a damaged one"),
        (lambda content: b"", "is no checkpoint, or a damaged one"),
        (lambda content: b"some text", "is no checkpoint, or a damaged one"),
        (lambda content: content[:3000] + b"\0\0\0\0" + content[3004:], "damaged"),
    ],
)
def test_a_damaged_checkpoint_is_refused(resume, trained, tmp_path, capsys, damage, said):
    (tmp_path / "config.toml").write_bytes((trained / "config.toml").read_bytes())
    content = (trained / "checkpoint.pt").read_bytes()
    (tmp_path / "checkpoint.pt").write_bytes(damage(content))
    assert resume(tmp_path) == 1
    assert said in capsys.readouterr().err


def test_other_content_is_no_checkpoint(resume, trained, tmp_path, capsys):
    (tmp_path / "config.toml").write_bytes((trained / "config.toml").read_bytes())
    mt.save({"weight": mt.zeros(2)}, tmp_path / "checkpoint.pt")
    assert resume(tmp_path) == 1
    assert "is not a checkpoint of this example" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(config=[1]), "expected the settings of a run, got [1]"),
        (lambda c: c.update(config={1: 2}), "unknown key 1"),
        (lambda c: c.update(progress=[1]), "the progress in"),
        (lambda c: c["progress"].pop("losses"), "the progress in"),
        (lambda c: c["progress"].update(steps=3), "does not fit this program"),
        (lambda c: c.update(random=3), "does not fit the random generator"),
        (lambda c: c.update(optimizer=[1]), "does not fit SGD"),
        (lambda c: c.update(schedule=3), "does not fit OneCycleLR"),
    ],
)
def test_a_part_that_makes_no_sense_is_named(resume, trained, tmp_path, capsys, change, said):
    (tmp_path / "config.toml").write_bytes((trained / "config.toml").read_bytes())
    content = read_checkpoint(trained / "checkpoint.pt")
    change(content)
    mt.save(content, tmp_path / "checkpoint.pt")
    assert resume(tmp_path) == 1
    assert said in capsys.readouterr().err


def test_a_run_goes_on_with_the_images_it_began_with(trained, tmp_path, capsys, cifar10_root):
    for name in ("config.toml", "checkpoint.pt"):
        (tmp_path / name).write_bytes((trained / name).read_bytes())
    assert program.main(["--resume", str(tmp_path), "--data-root", str(cifar10_root)]) == 1
    said = capsys.readouterr().err
    assert "belongs to a run on synthetic images, and these are CIFAR-10" in said


def test_a_folder_with_a_run_is_not_written_over(start, tmp_path, trained, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint.pt").write_bytes((trained / "checkpoint.pt").read_bytes())
    assert start(tmp_path / "run") == 1
    assert "already holds a run" in capsys.readouterr().err


def test_a_config_that_is_no_runs_is_not_written_over(start, tmp_path, capsys):
    config = tmp_path / "config.toml"
    config.write_text("mine = 1", encoding="utf-8")
    assert start(tmp_path) == 1
    assert f"{config} is there, and not from a run" in capsys.readouterr().err
    assert config.read_text(encoding="utf-8") == "mine = 1"


def test_a_folder_that_cannot_be_written(start, monkeypatch, tmp_path, capsys):
    def read_only(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("examples.cifar10.run_folder.write_atomically", read_only)
    assert start(tmp_path / "run") == 1
    said = f"error: cannot make the run folder {tmp_path / 'run'}: Permission denied. Give another"
    assert said in capsys.readouterr().err


def test_nothing_to_resume(resume, tmp_path, capsys):
    assert resume(tmp_path / "nowhere") == 1
    assert "no run to resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "one of the arguments --config --resume is required"),
        (["--resume", "run", "--out", "other"], "leave out --out"),
        (["--config", "a.toml", "--resume", "run"], "not allowed with"),
    ],
)
def test_a_command_that_makes_no_sense(arguments, said, capsys):
    with pytest.raises(SystemExit):
        program.main(arguments)
    assert said in capsys.readouterr().err


def test_a_wrong_setting_makes_no_folder(start, tmp_path, capsys):
    assert start(tmp_path / "run", "--set", "epoch=3") == 1
    assert "unknown key 'epoch'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_without_matplotlib_nothing_begins(start, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert start(tmp_path / "run") == 1
    assert "need matplotlib, which is not installed" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_climb_of_one_step(start, tmp_path, capsys):
    assert start(tmp_path / "run", "--set", "warmup=0.5", "--set", "batch_size=200") == 1
    assert "warmup = 0.5 of 2 steps is the first one alone" in capsys.readouterr().err


def test_more_images_than_the_set_has(start, tmp_path, capsys):
    assert start(tmp_path / "run", "--set", "train_images=2001") == 1
    assert "there are only 2,000 images" in capsys.readouterr().err


def test_both_halves_have_the_shapes_of_the_papers_network():
    net1, net2 = program.build_networks(Config())
    sizes = [module.weight.shape[0] for module in [*net1.children(), *net2.children()]
             if hasattr(module, "weight")]  # fmt: skip
    assert sizes == [64, 192, 384, 256, 256, 1024, 512, 10]
    assert net2.fc1.in_features == 4096
    spread = net1.conv2.weight.detach().numpy().std()
    assert spread == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)
    assert not net2.fc1.bias.detach().numpy().any()
