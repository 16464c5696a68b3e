"""Frozen parts: no gradient, no movement, no graph; what stands around them still trains."""

import copy
import pickle

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


class Trunk(nn.Module):
    """What resnets have: convolutions, batch norm and dropout in rooms, and a head."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.layer1 = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Dropout(0.5), nn.BatchNorm2d(3))
        self.layer2 = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3))
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        x = self.layer2(self.layer1(self.bn1(self.conv1(x)).relu()))
        return self.fc(x.mean((2, 3)))


def trunk():
    mt.manual_seed(0)
    return Trunk()


def trained(net):
    """Train a step with all that moves parameters; return the names in the state that moved."""
    optimizer = mt.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    before = {name: t.numpy().tobytes() for name, t in net.state_dict().items()}
    for _ in range(2):
        optimizer.zero_grad()
        net(mt.randn(4, 1, 6, 6, requires_grad=True)).square().sum().backward()
        optimizer.step()
    return {name for name, t in net.state_dict().items() if t.numpy().tobytes() != before[name]}


@pytest.mark.filterwarnings("ignore:parameter group 0 is frozen")
@pytest.mark.parametrize(
    ("patterns", "moving"),
    [
        ((), set()),
        (("*",), set()),
        (("conv1", "bn1", "layer?"), {"fc"}),
        (("conv*", "bn1.*", "layer[12].*"), {"fc"}),
        (("layer1",), {"conv1", "bn1", "layer2", "fc"}),
        (("*.weight", "*.bias"), set()),  # and so the modules that hold nothing else
    ],
)
def test_what_freeze_names_stays_and_the_rest_moves(patterns, moving):
    net = trunk()
    net(mt.randn(4, 1, 6, 6)).sum().backward()  # gradients that would move what is frozen
    net.freeze(*patterns)
    net.train()
    assert {name.split(".")[0] for name in trained(net)} == moving
    assert all(p.requires_grad or p.grad is None for p in net.parameters())
    assert {n.split(".")[0] for n, _ in net.named_trainable_parameters()} == moving
    assert [id(p) for p in net.trainable_parameters()] == [
        id(p) for p in net.parameters() if p.requires_grad
    ]


def test_frozen_modules_survive_train_and_thaw_into_the_mode_set_last():
    net = trunk()
    net.freeze("layer1", "bn1.weight")
    net.train()
    assert not any(module.training for module in net.layer1.modules())
    assert net.training
    assert net.bn1.training  # its bias still trains
    net.eval()
    net.unfreeze("layer1")
    assert not net.layer1.training
    net.freeze()
    net.train()
    net.unfreeze("layer2.*")
    assert net.layer2[0].training
    assert net.training  # for something in it trains
    assert not net.conv1.training
    assert not net.layer1[1].training


def test_a_frozen_batch_norm_keeps_its_statistics_where_requires_grad_alone_does_not():
    for freeze, moves in ((lambda m: m.requires_grad_(False), True), (lambda m: m.freeze(), False)):
        net = trunk()
        freeze(net.bn1)
        net.train()
        assert ("bn1.running_mean" in trained(net)) is moves


def test_freeze_for_the_time_of_a_with():
    net = trunk()
    net.fc.bias.requires_grad_(False)
    net.freeze("layer1")
    with pytest.raises(RuntimeError, match="inside"), net.freeze() as frozen:
        assert repr(frozen) == "Frozen(13 parameters, 7 modules)"
        assert not list(net.trainable_parameters())
        raise RuntimeError("inside")
    assert not net.fc.bias.requires_grad
    assert net.fc.weight.requires_grad
    assert net.layer1.is_frozen()  # as it was before
    assert not net.layer1[0].weight.requires_grad
    assert [net.training, net.layer2.training, net.layer1.training] == [True, True, False]


def test_complex_parameters_thaw_and_integer_ones_do_not():
    net = nn.Linear(2, 2, dtype=mt.complex64)
    net.count = nn.Parameter(mt.tensor(0), requires_grad=False)
    net.freeze()
    net.unfreeze()
    assert [name for name, _ in net.named_trainable_parameters()] == ["weight", "bias"]


def test_a_frozen_module_says_so_and_copies_stay_frozen():
    net = trunk()
    plain = repr(net)
    net.freeze("conv1", "layer2")
    assert "(conv1): frozen Conv2d(1, 3" in repr(net)
    assert "(layer2): frozen Sequential(\n" in repr(net)
    assert "(bn1): BatchNorm2d" in repr(net)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        other.train()
        assert not other.conv1.training
        assert repr(other) == repr(net)
    assert repr(net.unfreeze()) == plain
    assert "_thawed_mode" not in net.conv1.__dict__


def test_a_pattern_that_fits_nothing_is_an_error_that_changes_nothing():
    net = trunk()
    with pytest.raises(ValueError, match=r"fits 'layer3'\. Did you mean 'layer[12]'\?"):
        net.freeze("conv1", "layer3")
    assert all(p.requires_grad for p in net.parameters())


def test_a_tied_weight_is_frozen_by_either_name():
    net = nn.Module()
    net.a, net.b = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    net.b.weight = net.a.weight
    net.freeze("b")
    assert not net.a.weight.requires_grad
    assert net.a.is_frozen()


def test_an_optimizer_tells_of_a_frozen_group_and_takes_it_up_again():
    net = trunk()
    groups = [{"params": net.fc.parameters()}, {"params": net.layer1.parameters(), "lr": 0.01}]
    optimizer = mt.optim.Adam(groups, lr=0.1, weight_decay=0.1)
    net.freeze("layer1")
    net(mt.randn(4, 1, 6, 6)).sum().backward()
    before = snapshot(net.layer1)
    with pytest.warns(UserWarning, match="group 1 is frozen: none of its 4 parameters") as told:
        optimizer.step()
    assert told[0].filename == __file__
    with pytest.warns(UserWarning, match="group 1 is frozen") as told:
        mt.amp.GradScaler(enabled=False).step(optimizer)
    assert told[0].filename == __file__
    assert snapshot(net.layer1) == before
    net.unfreeze()
    net(mt.randn(4, 1, 6, 6)).sum().backward()
    optimizer.step()
    assert snapshot(net.layer1) != before


def test_an_optimizer_without_gradients_yet_says_nothing():
    mt.optim.SGD(trunk().parameters(), lr=0.1).step()
