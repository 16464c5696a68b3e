"""Lazy layers: before their first input, on it, and after it."""

import copy
import pickle

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import assert_same_values, outcome
from tests.nn.walks import signature

# How each is made, and the size of an input.
CASES = {
    "LazyLinear(3)": (2, 4),
    "LazyLinear(3, bias=False)": (2, 5, 4),
    "LazyConv1d(4, 3, padding=1)": (2, 2, 8),
    "LazyConv2d(4, 3, stride=2, groups=2)": (2, 2, 8, 8),
    "LazyConv2d(4, 3, bias=False, padding_mode='reflect', padding=1)": (3, 8, 8),
    "LazyConv3d(2, 3, dilation=2)": (1, 2, 6, 6, 6),
    "LazyConvTranspose1d(4, 3, 2, 1, 1, 2)": (2, 6, 5),
    "LazyConvTranspose2d(4, 3, bias=False)": (2, 3, 5, 5),
    "LazyConvTranspose3d(2, 2)": (3, 4, 4, 4),
    "LazyBatchNorm1d()": (5, 3),
    "LazyBatchNorm2d(track_running_stats=False)": (2, 3, 4, 4),
    "LazyBatchNorm3d(1e-3, None, affine=False)": (2, 3, 2, 2, 2),
    "LazyBatchNorm1d(bias=False)": (5, 3, 2),
    "LazyInstanceNorm1d()": (2, 3, 4),
    "LazyInstanceNorm2d(affine=False)": (2, 3, 4, 4),
    "LazyInstanceNorm3d(track_running_stats=False)": (2, 3, 2, 2, 2),
}
every_case = pytest.mark.parametrize("call", CASES)


def make(torch, call):
    return eval(f"torch.nn.{call}", {"torch": torch})


def fed(torch, call):
    random = np.random.default_rng(0)
    return torch.from_numpy(random.standard_normal(CASES[call]).astype(np.float32))


def test_every_lazy_layer_of_pytorch_is_here_and_has_a_case(torch):
    names = [name for name in dir(torch.nn) if name.startswith("Lazy")]
    for name in names:
        assert signature(getattr(nn, name).__init__) == signature(getattr(torch.nn, name).__init__)
        assert any(call.startswith(f"{name}(") for call in CASES), name


@every_case
def test_first_call_is_pytorchs(torch, call):
    def script(lib):
        lib.manual_seed(0)
        layer = make(lib, call)
        before = [repr(layer), list(layer.state_dict()), layer.has_uninitialized_params()]
        kinds = [type(x).__name__ for x in layer.state_dict().values()]
        output = layer(fed(lib, call))
        after = [repr(layer), type(layer).__name__, *(type(p).__name__ for p in layer.parameters())]
        return [before, kinds, output, after, dict(layer.state_dict())]

    assert_same_values(script(mt), script(torch), 1e-5)


@every_case
def test_loaded_before_the_first_call(call):
    done = make(mt, call)
    expected = done(fed(mt, call))
    open_ = make(mt, call)
    open_.load_state_dict(make(mt, call).state_dict())  # as little is known there
    assert repr(open_) == repr(make(mt, call))
    state = make(mt, call).state_dict()
    fresh = make(mt, call)
    given = {name: x.clone() for name, x in done.state_dict().items()}
    fresh.load_state_dict(given)
    assert not fresh.has_uninitialized_params()
    fresh.eval()(fed(mt, call))
    assert repr(fresh) == repr(done)
    assert type(fresh) is type(done)
    assert_same_values(dict(fresh.state_dict()), given, 0)
    assert expected.shape == fresh(fed(mt, call)).shape
    if any(nn.parameter.is_lazy(x) for x in state.values()):
        with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized"):
            done.load_state_dict(state)


@every_case
def test_copies_are_lazy_apart(call):
    layer = make(mt, call).double()
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert repr(copied) == repr(layer)
        copied(fed(mt, call).double())
        assert type(copied).__name__ == call.split("(")[0].removeprefix("Lazy")
        assert all(p.dtype is mt.float64 for p in copied.parameters())
        assert type(layer).__name__ == call.split("(")[0]  # still
    layer(fed(mt, call).double())


def test_trains_like_any_other():
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1))
    before = list(net.parameters())
    x = mt.randn(4, 2)
    net(x).sum().backward()
    assert [id(p) for p in net.parameters()] == [id(p) for p in before]
    assert all(p.grad is not None for p in net.parameters())


# What an uninitialised parameter lets be done.
REFUSED = [
    "p.shape",
    "p.numel()",
    "p + 1",
    "p.clone()",
    "len(p)",
    "p[0]",
    "p.zero_()",
    "p.share_memory_()",
    "torch.nn.init.ones_(p)",
    "p.backward()",
    "torch.cat([p, p])",
    "torch.nn.LazyConv2d(2, 3)(torch.ones(2, 2))",
    "torch.nn.LazyConv2d(2, 3, groups=2)(torch.ones(2, 3, 5, 5))",
    "torch.nn.LazyLinear()",
    "torch.nn.LazyBatchNorm2d()(torch.ones(2, 2))",
    "torch.nn.modules.lazy.LazyModuleMixin.initialize_parameters(torch.nn.Linear(1, 1))",
]


@pytest.mark.parametrize("call", REFUSED)
def test_refused_as_by_pytorch(torch, call):
    results = []
    for lib in (mt, torch):
        p = lib.nn.UninitializedParameter()
        results.append(outcome(lambda lib, p=p: eval(call, {"torch": lib, "p": p}), lib))
    (ours, (message, _)), (theirs, (wanted, _)) = results
    assert ours == theirs != "value"
    assert message[:28] == wanted[:28]


def test_what_an_uninitialised_parameter_knows():
    p = nn.UninitializedParameter(dtype=mt.float64)
    assert repr(p) == "<UninitializedParameter>"
    assert (p.dtype, p.requires_grad, p.is_leaf, p.grad) == (mt.float64, True, True, None)
    assert p.float().dtype is mt.float32
    p.materialize((2, 3))
    assert type(p) is nn.Parameter
    assert p.shape == (2, 3)
    assert p.requires_grad
    b = nn.UninitializedBuffer(persistent=False)
    module = nn.Module()
    module.b = b
    assert list(module.named_buffers()) == [("b", b)]
    assert not module.state_dict()
    b.materialize((2,), dtype=mt.int64)
    assert type(b) is mt.Tensor
    assert b.dtype is mt.int64


def test_a_users_lazy_module(torch):
    def script(lib):
        class Scale(lib.nn.modules.lazy.LazyModuleMixin, lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = lib.nn.UninitializedParameter()
                self.other = lib.nn.UninitializedParameter()

            def initialize_parameters(self, x, also=False):
                if self.has_uninitialized_params():
                    self.scale.materialize(x.shape[-1:])
                    lib.nn.init.ones_(self.scale)
                    if also:
                        self.other.materialize((1,))

            def forward(self, x, also=False):
                return x * self.scale

        module = Scale()
        first = outcome(lambda lib: module(lib.ones(2, 3)), lib)[1][0]
        module = Scale()
        return [first, module(lib.ones(2, 3), also=True), type(module).__name__]

    assert_same_values(script(mt), script(torch), 0)
