"""What PyTorch's modules can be asked, and what is said of modules in plain lists."""

import multiprocessing
import sys
import warnings

import pytest

import minitorch as mt
import minitorch.nn.modules
from minitorch import nn
from tests.nn.both import assert_same_values, outcome

# Inner parts of PyTorch's modules, and what is absent.
ABSENT = {
    *("_compiled_call_impl", "_get_backward_hooks", "_get_backward_pre_hooks"),
    *("_maybe_warn_non_full_backward_hook", "_slow_forward"),
}


def test_nothing_of_pytorchs_is_absent(torch):
    assert set(dir(torch.nn.Module)) - set(dir(nn.Module)) <= ABSENT


def names_with_memo(t):
    net = t.nn.Sequential(t.nn.ReLU(), t.nn.Sequential(t.nn.Tanh()))
    net.append(net[0])
    memo = {net[1]}
    return [
        [n for n, _ in net.named_modules(remove_duplicate=False)],
        [n for n, _ in net.named_modules(prefix="a")],
        [n for n, _ in net.named_modules(memo=memo)],
        len(memo),
        [n for n, _ in net.named_modules(memo={net[1]}, remove_duplicate=False)],
    ]


def cooperative_init(t):
    class Other:
        def __init__(self, x, y=0):
            self.seen = (x, y)

    class Both(t.nn.Module, Other):
        call_super_init = True

        def __init__(self):
            super().__init__(1, y=2)

    return Both().seen


def extra_state(t):
    class Kept(t.nn.Module):
        def get_extra_state(self):
            return {"a": 1}

        def set_extra_state(self, state):
            self.state = state

    one, two = Kept(), Kept()
    two.load_state_dict(one.state_dict())
    return [list(one.state_dict()), two.state]


def parameter_dict(t):
    one = t.nn.ParameterDict({"b": t.ones(1), "a": t.ones(2)})
    two = t.nn.ParameterDict([("z", t.ones(1)), ("a", t.zeros(1))])
    both, other = one | two, {"q": 1} | two
    one |= {"c": 3}
    seen = [list(both), list(other), list(reversed(one)), one.popitem(), one.setdefault("x", 5)]
    made = one.fromkeys(["k"], 1)
    kept = one.copy()
    one.clear()
    return [*seen, len(one), list(kept), made["k"], kept["a"]]


def without_prefix(t):
    state = t.nn.DataParallel(t.nn.Sequential(t.nn.Linear(1, 1))).state_dict()
    t.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    return [list(state), list(state._metadata)]


def helpers(t):
    utils = t.nn.modules.utils
    sizes = [utils._pair(1), utils._triple((1, 2)), utils._single(1), utils._quadruple("ab")]
    more = [utils._reverse_repeat_tuple((1, 2), 2), utils._list_with_default([None, 2], [7, 8, 9])]
    return [sizes, more, str(t.nn.common_types._size_2_t)]


SCRIPTS = {
    "ParameterDict": parameter_dict,
    "without prefix": without_prefix,
    "helpers": helpers,
    "memo": names_with_memo,
    "cooperative init": cooperative_init,
    "extra state": extra_state,
    "share_memory": lambda t: repr(t.nn.Linear(2, 2).share_memory()),
    "positional state_dict": lambda t: list(t.nn.Linear(2, 2).state_dict({}, "a.")),
    "register_module": lambda t: t.nn.ReLU().register_module("a", t.nn.ReLU()),
    "DataParallel": lambda t: repr(t.nn.DataParallel(t.nn.ReLU())),
}
REFUSED = [
    "nn.ParameterDict(3)",
    "nn.ParameterDict([3])",
    "nn.ParameterDict([(1, 2, 3)])",
    "nn.modules.utils._list_with_default([1], [2])",
    "nn.Linear(2, 2).cuda()",
    "nn.Linear(2, 2).xpu()",
    "nn.Linear(2, 2).mtia()",
    "nn.Linear(2, 2).ipu()",
    "nn.Linear(2, 2).get_extra_state()",
    "nn.Linear(2, 2).set_extra_state(1)",
    "nn.Module(1)",
    "nn.Module(a=1)",
    "nn.Linear(2, 2, bias=False).get_parameter('bias')",
    "nn.Linear(2, 2).get_buffer('weight')",
    "nn.Linear(2, 2).get_submodule('x.y')",
    "nn.Linear(2, 2).set_submodule('', nn.ReLU())",
    "nn.Linear(2, 2).set_submodule('x', nn.ReLU(), strict=True)",
    "nn.Linear(2, 2).set_submodule('weight', nn.ReLU())",
    "nn.Linear(2, 2).set_submodule('x', 3)",
    "nn.LazyLinear(2).share_memory()",
    "nn.parallel.DistributedDataParallel(nn.Linear(2, 2))",
    "nn.DataParallel(nn.LazyLinear(2))._replicate_for_data_parallel().module"
    "._replicate_for_data_parallel()",
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_does_as_in_pytorch(torch, name):
    ours, theirs = (outcome(SCRIPTS[name], lib) for lib in (mt, torch))
    assert ours[0] == theirs[0] == "value", ours
    assert ours[1][1] == theirs[1][1]
    assert_same_values(ours[1][0], theirs[1][0], 0)


@pytest.mark.parametrize("call", REFUSED)
def test_refused_as_by_pytorch(torch, call):
    ours, theirs = (
        outcome(lambda lib: eval(call, {"nn": lib.nn, "torch": lib}), lib) for lib in (mt, torch)
    )
    assert ours[0] == theirs[0] != "value", ours
    assert ours[1][0][:20] == theirs[1][0][:20]


def test_parameters_in_shared_memory_are_one_for_forked_processes():
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    net.append(net[0])
    net[1].register_buffer("first", net[1].running_mean[:1])
    assert net.share_memory().share_memory() is net
    plain, sums = mt.zeros(2, 3).T, mt.optim.Adagrad(net.parameters())
    sums.share_memory()
    assert not plain.is_shared()
    assert plain.share_memory_().stride() == (1, 3)
    assert all(x.is_shared() for x in (plain, sums.state[net[0].weight]["sum"], *net.buffers()))

    def train():
        with mt.no_grad():
            net[0].weight.fill_(3.0)
            net[1].running_mean.fill_(4.0)
            plain[1, 0] = 5.0

    child = multiprocessing.get_context("fork").Process(target=train)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert net[2].weight.tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert net[1].running_mean.tolist() == [4.0, 4.0]
    assert net[1].first.tolist() == [4.0]
    assert plain.tolist() == [[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]]


# Modules in plain lists and dicts


def assigned(value, *known):
    """The warnings of assigning a value to an attribute of a module that has some children."""
    module = nn.Sequential(*known)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module.kept = value
        line = sys._getframe().f_lineno - 1
    assert all((w.filename, w.lineno) == (__file__, line) for w in caught)
    assert module.kept is value
    return [str(w.message) for w in caught]


def test_a_module_in_a_plain_list_is_noticed():
    (message,) = assigned([nn.ReLU(), nn.Linear(1, 1)])
    assert message.startswith("Sequential.kept is a plain list with modules in it (ReLU)")
    assert "self.kept = nn.ModuleList([...])" in message
    (message,) = assigned({"a": nn.Linear(1, 1)})
    assert "self.kept = nn.ModuleDict({'a': ...})" in message
    assert len(assigned([None, nn.ReLU()])) == 1


def test_ordinary_data_is_not():
    layer = nn.Linear(1, 1)
    for value in ([], {}, [1, 2], {"a": [layer]}, (layer,), [mt.ones(1)], "text", None, {layer}):
        assert assigned(value) == []
    assert assigned([layer], layer) == []  # registered under another name
    assert assigned([layer], nn.Sequential(layer)) == []


# Import paths


def test_layers_under_nn_modules(torch):
    modules = minitorch.nn.modules
    assert modules.Linear is modules.linear.Linear is nn.Linear
    assert modules.rnn.LSTM is nn.LSTM
    assert modules.container.ParameterDict is nn.ParameterDict
    assert modules.conv.LazyConv2d is nn.LazyConv2d
    assert set(nn.__all__) & set(torch.nn.modules.__all__) <= set(modules.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Lineer'"):
        modules.Lineer  # noqa: B018


def test_data_parallel_calls_the_module():
    double = nn.parallel.data_parallel(nn.Linear(2, 2), mt.ones(3, 2))
    assert double.shape == (3, 2)
    assert nn.parallel.DataParallel is nn.DataParallel


def test_compile_does_nothing():
    layer = nn.ReLU()
    assert layer.compile(fullgraph=True) is None
    assert layer(mt.ones(1)).item() == 1.0
