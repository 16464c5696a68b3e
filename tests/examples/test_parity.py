"""The tutorial config beside PyTorch: same weights, same order of images, same losses."""

import itertools
import signal

import numpy as np
import pytest

import examples.cifar10.train as program
from examples.cifar10.data import read_folder
from examples.cifar10.files import FOLDER
from tests.support.source import REPOSITORY

TUTORIAL = REPOSITORY / "configs" / "cifar10_tutorial.toml"


def run_steps(monkeypatch, out, root, steps, *changes):
    """Runs the tutorial config for so many steps; returns their losses."""
    losses = []
    original = program.Progress.end_step

    def end_step(self, loss, *others):
        original(self, loss, *others)
        losses.append(loss)
        if len(losses) == steps:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(program.Progress, "end_step", end_step)
    command = ["--config", str(TUTORIAL), "--data-root", str(root), "--out", str(out)]
    assert program.main([*command, *(f"--set={change}" for change in changes)]) == 130
    return losses


def torch_losses(torch, images, labels, steps):
    """The tutorial as one writes it in PyTorch, with the network cut in two."""
    nn, functional = torch.nn, torch.nn.functional
    torch.manual_seed(0)
    conv1, conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
    fc1, fc2, fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
    parameters = itertools.chain(*(m.parameters() for m in (conv1, conv2, fc1, fc2, fc3)))
    optimizer = torch.optim.SGD(parameters, lr=0.001, momentum=0.9)
    inputs = (torch.from_numpy(images).float() / 255 - 0.5) / 0.5
    targets = torch.from_numpy(labels)
    losses = []
    for indices in torch.randperm(len(labels)).split(4)[:steps]:
        x = functional.max_pool2d(functional.relu(conv1(inputs[indices])), 2)
        x = functional.max_pool2d(functional.relu(conv2(x)), 2).flatten(1)
        scores = fc3(functional.relu(fc2(functional.relu(fc1(x)))))
        loss = functional.cross_entropy(scores, targets[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.fixture
def first_losses(monkeypatch, synthetic_root, tmp_path):
    """Of a hundred steps on the small synthetic set."""
    small = ("train_images=2000", "test_images=400")
    return run_steps(monkeypatch, tmp_path / "run", synthetic_root, 100, *small)


def test_the_first_losses_are_pytorchs(first_losses, torch, synthetic_root):
    data = read_folder(synthetic_root / FOLDER)
    theirs = torch_losses(torch, data.train.images, data.train.labels, steps=100)
    np.testing.assert_allclose(first_losses, theirs, atol=1e-4)


def test_the_first_losses_are_those_on_record(first_losses):
    """Golden: PyTorch 2.13, every twentieth of the hundred steps."""
    golden = [2.305209, 2.313738, 2.256874, 2.308808, 2.317744]
    np.testing.assert_allclose(first_losses[::20], golden, atol=1e-3)


def test_two_thousand_batches_of_cifar10_follow_pytorch(monkeypatch, cifar10_root, tmp_path):
    """The first mean loss that the tutorial prints; PyTorch 2.13's is 2.208."""
    losses = run_steps(monkeypatch, tmp_path / "run", cifar10_root, 2000)
    assert np.mean(losses) == pytest.approx(2.208, abs=0.02)
