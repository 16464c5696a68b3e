"""A small synthetic set, a run that takes a second, and no way to the network."""

import csv
import importlib.util

import pytest

import examples.cifar10.train as program
from examples.cifar10.checkpoint import read_checkpoint
from examples.cifar10.errors import DataError
from examples.cifar10.synthetic import write_synthetic

TINY = """
network = "alexnet"
width = 0.05
dropout = 0.3
epochs = 2
batch_size = 40
learning_rate = 0.02
train_images = 200
test_images = 50
"""
STEPS_PER_EPOCH = 5
# The folder that a run has besides, where TensorBoard is installed.
BOARD = {"tensorboard"} if importlib.util.find_spec("tensorboard") else set()


def table(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def losses(folder):
    """Of every step, as text: equal text is equal bits."""
    return [row["loss"] for row in table(folder / "losses.csv")]


def weights(folder):
    content = read_checkpoint(folder / "checkpoint.pt")
    return {
        f"{net}.{name}": value.detach().numpy().tobytes()
        for net in ("net1", "net2")
        for name, value in content[net].items()
    }


@pytest.fixture(scope="session")
def synthetic_root(tmp_path_factory):
    """2,000 training and 400 test images: what the smoke config asks for."""
    root = tmp_path_factory.mktemp("synthetic")
    write_synthetic(root, images_per_file=400)
    return root


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """An empty working folder, no data named in the environment, no network."""

    def unreachable():
        raise DataError("the network is off in the tests")

    monkeypatch.setattr("examples.cifar10.download._check_reachable", unreachable)
    monkeypatch.delenv("CIFAR10_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tiny(tmp_path):
    """The config of a run of ten steps, with dropout and augmentation."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def no_pictures(monkeypatch):
    """Files of the right names instead of pictures, which take most of a tiny run's time."""

    def draw(path, *_):
        path.write_bytes(b"a picture")

    for name in ("draw_curves", "draw_confusion", "draw_predictions", "draw_mistakes"):
        monkeypatch.setattr(program, name, draw)


@pytest.fixture
def start(tiny, synthetic_root, no_pictures):
    """start(folder, "--set", ...) runs the training and returns its exit code."""

    def run(out, *more):
        return program.main(
            ["--config", str(tiny), "--data-root", str(synthetic_root), "--out", str(out), *more]
        )

    return run


@pytest.fixture
def resume(synthetic_root, no_pictures):
    """resume(folder, "--set", ...) goes on with a run and returns its exit code."""

    def run(out, *more):
        return program.main(["--resume", str(out), "--data-root", str(synthetic_root), *more])

    return run


@pytest.fixture
def at_step(monkeypatch):
    """at_step(7, action) does something when the seventh batch of the test is made."""

    def arrange(number, action):
        made = 0
        original = program.training_batch

        def training_batch(*arguments):
            nonlocal made
            made += 1
            if made == number:
                action()
            return original(*arguments)

        monkeypatch.setattr(program, "training_batch", training_batch)

    return arrange


@pytest.fixture(scope="session")
def trained(tmp_path_factory, synthetic_root):
    """The folder of a finished tiny run; do not write into it."""
    folder = tmp_path_factory.mktemp("trained")
    config = folder / "tiny.toml"
    config.write_text(TINY, encoding="utf-8")
    out = folder / "run"
    code = program.main(
        ["--config", str(config), "--data-root", str(synthetic_root), "--out", str(out)]
    )
    assert code == 0
    return out
