"""The ten seconds of tests before every commit: one thread through every layer, bottom to top."""

import itertools

import pytest

import minitorch as mt
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset


def split_network():
    """A small convolution net cut in two, as the example has it; weights from seed 0."""
    mt.manual_seed(0)
    net1 = nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    net2 = nn.Sequential(nn.Flatten(), nn.Dropout(0.1), nn.Linear(6 * 4 * 4, 10))
    return net1, net2


def test_random_numbers_are_pytorchs():
    mt.manual_seed(0)
    expected = [0.4962566, 0.7682218, 0.0884774]
    assert mt.rand(3).tolist() == pytest.approx(expected, abs=1e-7)


def test_gradients_of_a_formula():
    x = mt.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x**2 * x.exp()).sum().backward()
    expected = [8.1548, 59.1124, 301.2831]  # x (x + 2) e^x
    assert x.grad.tolist() == pytest.approx(expected, rel=1e-4)


def test_a_split_network_learns():
    net1, net2 = split_network()
    images, labels = mt.randn(32, 3, 12, 12), mt.randint(0, 10, (32,))
    parameters = itertools.chain(net1.parameters(), net2.parameters())
    optimizer = mt.optim.SGD(parameters, lr=0.1, momentum=0.9)
    loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True)
    losses = []
    for _ in range(20):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net2(net1(inputs)), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert losses[0] == pytest.approx(2.3, abs=0.5)
    assert losses[-1] < 0.5


def test_a_saved_network_comes_back(tmp_path):
    net1, _ = split_network()
    mt.save(net1.state_dict(), tmp_path / "net1.pt")
    other = nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    other.load_state_dict(mt.load(tmp_path / "net1.pt"))
    images = mt.randn(2, 3, 12, 12)
    assert (other(images) == net1(images)).all()


def test_a_mistake_is_named():
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        mt.ones(2, 3) @ mt.ones(2, 3)
