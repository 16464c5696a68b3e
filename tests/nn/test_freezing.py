"""Frozen parts: no gradient, no movement, no graph; what stands around them still trains."""

import pytest

import minitorch as mt
from minitorch import nn


def step(net, x, *, lr=0.1):
    """One plain gradient step on what has a gradient."""
    net.zero_grad()
    loss = (net(x) ** 2).mean()
    loss.backward()
    with mt.no_grad():
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter -= lr * parameter.grad


def snapshot(module):
    return [t.detach().numpy().tobytes() for t in module.state_dict().values()]


def three_layers():
    mt.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 2))


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_a_frozen_layer_keeps_its_weights_and_the_others_train(frozen):
    net = three_layers()
    for parameter in net[frozen].parameters():
        parameter.requires_grad = False
    before = [snapshot(layer) for layer in net]
    for _ in range(3):
        step(net, mt.randn(5, 3))
    for index, layer in enumerate(net):
        assert (snapshot(layer) == before[index]) is (index == frozen)
        assert all((p.grad is None) is (index == frozen) for p in layer.parameters())


def test_a_frozen_trunk_builds_no_graph():
    net = three_layers()
    net[:2].requires_grad_(False)
    features = net[:2](mt.randn(5, 3))
    assert not features.requires_grad
    assert features.grad_fn is None
    assert net[2](features).requires_grad


def test_a_new_head_trains_by_default():
    net = three_layers().requires_grad_(False)
    net[2] = nn.Linear(4, 7)
    assert [p.requires_grad for p in net.parameters()] == [False] * 4 + [True] * 2
    trunk = snapshot(net[:2])
    step(net, mt.randn(5, 3))
    assert snapshot(net[:2]) == trunk
    assert net[2].weight.grad is not None


def test_thawing_trains_again():
    net = three_layers().requires_grad_(False)
    net.requires_grad_(True)
    before = snapshot(net)
    step(net, mt.randn(5, 3))
    assert all(a != b for a, b in zip(before, snapshot(net), strict=True))


def test_batch_norm_statistics_are_frozen_by_eval_alone():
    norm = nn.BatchNorm1d(3).requires_grad_(False)
    before = snapshot(norm)
    norm(mt.randn(5, 3))
    assert snapshot(norm) != before, "requires_grad=False stops weights, not running statistics"
    norm.eval()
    before = snapshot(norm)
    norm(mt.randn(5, 3))
    assert snapshot(norm) == before


def test_a_train_method_can_keep_batch_norm_frozen():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(3)
            self.head = nn.Linear(3, 1)

        def forward(self, x):
            return self.head(self.norm(x))

        def train(self, mode=True):
            super().train(mode)
            self.norm.eval()
            return self

    outer = nn.Sequential(Net()).train()
    assert outer[0].head.training
    assert not outer[0].norm.training
    before = snapshot(outer[0].norm)
    outer(mt.randn(5, 3))
    assert snapshot(outer[0].norm) == before


def test_gradients_flow_through_a_frozen_batch_norm():
    norm = nn.BatchNorm1d(3).requires_grad_(False).eval()
    x = mt.randn(5, 3, requires_grad=True)
    norm(x).sum().backward()
    assert x.grad is not None
    assert norm.weight.grad is None
