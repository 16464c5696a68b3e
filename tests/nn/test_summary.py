"""``nn.summary``: its numbers, its table, and that it leaves no trace."""

import pytest

import minitorch as mt
from minitorch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, groups=1)
        self.norm = nn.BatchNorm2d(8)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(32, 5))
        self.unused = nn.Linear(2, 2)
        self.conv.requires_grad_(False)
        self.norm.bias.requires_grad_(False)

    def forward(self, x, scale=1):
        mt.rand(3)
        return self.head(self.norm(self.conv(x))) * scale


def test_fields():
    found = nn.summary(Net(), mt.ones(2, 3, 2, 2), scale=2)
    assert [x.name for x in found.layers] == [
        *("", "conv", "norm", "head", "head.0", "head.1", "head.2", "unused")
    ]
    conv, norm, linear = found["conv"], found["norm"], found["head.2"]
    assert (conv.kind, conv.output_shape, conv.parameters) == ("Conv2d", [2, 8, 2, 2], 224)
    assert (conv.state, norm.state, linear.state) == ("frozen", "partly", "trainable")
    assert conv.multiply_adds == 2 * 8 * 2 * 2 * 27
    assert linear.multiply_adds == 2 * 5 * 32
    assert found.multiply_adds == conv.multiply_adds + linear.multiply_adds
    assert found["unused"].calls == 0
    assert found["unused"].output_shape is None
    assert found.parameters == 224 + 16 + 165 + 6
    assert (found.trainable, found.frozen) == (8 + 165 + 6, 224 + 8)
    assert found.parameter_bytes == 4 * (found.parameters + 16) + 8
    with pytest.raises(KeyError, match="'x' is no module of the model"):
        found["x"]


def test_table():
    lines = str(nn.summary(Net(), mt.ones(2, 3, 2, 2))).split("\n")
    assert lines[0].split() == ["layer", "output", "parameters", "multiply-adds"]
    assert lines[3].split()[-6:] == ["8,", "2,", "2]", "224", "frozen", "1,728"]
    assert lines[8].startswith("    2: Linear")
    assert lines[-2] == "parameters: 411 (179 trainable, 232 frozen), 1.7 KB with buffers"
    assert lines[-1].startswith("forward: 2,048 multiply-adds, ")


def test_no_trace():
    net = Net()
    net.head.eval()
    state = {name: x.clone() for name, x in net.state_dict().items()}
    modes = [m.training for m in net.modules()]
    mt.manual_seed(0)
    before = mt.get_rng_state()
    for wrong in (False, True):
        if wrong:
            with pytest.raises(RuntimeError):
                nn.summary(net, mt.ones(2, 4, 2, 2))
        else:
            nn.summary(net, mt.ones(2, 3, 2, 2))
        assert mt.get_rng_state().equal(before)
        assert [m.training for m in net.modules()] == modes
        assert not any(m._forward_hooks for m in net.modules())
        assert all(x.equal(state[name]) for name, x in net.state_dict().items())
    assert all(p.grad is None for p in net.parameters())


def test_shared_modules_count_once_and_calls_add():
    layer = nn.Linear(4, 4)
    found = nn.summary(nn.Sequential(layer, layer), mt.ones(3, 4))
    assert found.parameters == 20
    assert found["0"].calls == 2
    assert found.multiply_adds == 2 * 3 * 16


@pytest.mark.parametrize(
    ("model", "shapes", "expected"),
    [
        (nn.ConvTranspose1d(2, 3, 4), [(2, 2, 5)], 2 * 2 * 5 * 12),
        (nn.Conv1d(4, 6, 3, groups=2), [(1, 4, 5)], 6 * 3 * 2 * 3),
        (nn.Bilinear(2, 3, 4), [(5, 2), (5, 3)], 5 * 4 * (2 * 3 + 3)),
        (nn.GRU(3, 5), [(7, 2, 3)], 14 * 3 * 5 * (3 + 5)),
        (nn.LSTMCell(3, 5), [(2, 3)], 2 * 4 * 5 * (3 + 5)),
        (nn.MultiheadAttention(4, 2), [(3, 2, 4)] * 3, 6 * 16 * 4 + 2 * 2 * 3 * 3 * 4),
        (nn.ReLU(), [(3,)], 0),
    ],
)
def test_multiply_adds(model, shapes, expected):
    assert nn.summary(model, tuple(mt.ones(s) for s in shapes)).multiply_adds == expected


def test_lazy_models_are_called_first():
    with pytest.raises(ValueError, match="uninitialized parameters: call it once"):
        nn.summary(nn.LazyLinear(2), mt.ones(1, 1))


def test_what_is_no_module():
    with pytest.raises(TypeError, match="calls a Module, but got Tensor"):
        nn.summary(mt.ones(2), mt.ones(2))
