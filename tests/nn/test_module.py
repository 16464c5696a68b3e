"""Registration, walking, modes and conversion of modules."""

import copy
import importlib
import pickle

import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import assert_same_values, outcome


class Scale(nn.Module):
    """At module level, so that it can be pickled."""

    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(mt.tensor([2.0, 3.0]))
        self.register_buffer("count", mt.zeros(()), persistent=False)
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        self.label = "plain"

    def forward(self, x, shift=0.0):
        return x * self.factor + shift


def test_calling_runs_forward_with_all_arguments():
    assert Scale()(mt.ones(2), shift=1.0).tolist() == [3.0, 4.0]


def test_attributes_are_registered_by_kind():
    module = Scale()
    assert list(module._parameters) == ["factor"]
    assert list(module._buffers) == ["count"]
    assert list(module._modules) == ["inner"]
    assert "label" in module.__dict__
    assert [name for name, _ in module.named_parameters()] == [
        "factor",
        "inner.0.weight",
        "inner.0.bias",
    ]


def make_net(torch):
    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 2, 3)
            self.norm = torch.nn.BatchNorm2d(2)
            self.down = None
            self.register_module("skip", None)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = Block()
            self.second = Block()
            self.again = self.first
            self.head = torch.nn.Linear(2, 2)
            self.register_buffer("temp", torch.ones(2), persistent=False)
            self.tied = self.head.weight

    return Net()


def names(pairs):
    return [name for name, _ in pairs]


WALKS = {
    "modules": lambda torch: names(make_net(torch).named_modules()),
    "modules with prefix": lambda torch: names(make_net(torch).named_modules(prefix="net")),
    "modules with duplicates": lambda torch: names(
        make_net(torch).named_modules(remove_duplicate=False)
    ),
    "count of modules": lambda torch: len(list(make_net(torch).modules())),
    "children": lambda torch: names(make_net(torch).named_children()),
    "count of children": lambda torch: len(list(make_net(torch).children())),
    "parameters": lambda torch: names(make_net(torch).named_parameters()),
    "parameters with prefix": lambda torch: names(make_net(torch).named_parameters("net")),
    "own parameters": lambda torch: names(make_net(torch).named_parameters(recurse=False)),
    "parameters with duplicates": lambda torch: names(
        make_net(torch).named_parameters(remove_duplicate=False)
    ),
    "shapes": lambda torch: [tuple(p.shape) for p in make_net(torch).parameters()],
    "buffers": lambda torch: names(make_net(torch).named_buffers()),
    "own buffers": lambda torch: names(make_net(torch).named_buffers("net", recurse=False)),
    "buffers with duplicates": lambda torch: names(
        make_net(torch).named_buffers(remove_duplicate=False)
    ),
    "state": lambda torch: list(make_net(torch).state_dict()),
    "state with prefix": lambda torch: list(make_net(torch).state_dict(prefix="net_")),
    "printed form": lambda torch: repr(make_net(torch)),
    "dir": lambda torch: [
        name
        for name in dir(make_net(torch))
        if name in ("first", "again", "head", "tied", "temp", "0", "training", "forward")
    ],
    "submodule": lambda torch: type(make_net(torch).get_submodule("first.conv")).__name__,
    "itself": lambda torch: type(make_net(torch).get_submodule("")).__name__,
    "parameter": lambda torch: tuple(make_net(torch).get_parameter("first.conv.weight").shape),
    "buffer": lambda torch: tuple(make_net(torch).get_buffer("first.norm.running_mean").shape),
}


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_walks_give_what_pytorch_gives(torch, walk):
    assert walk(mt) == walk(torch)


def test_walks_without_pytorch():
    assert names(make_net(mt).named_modules()) == [
        "", "first", "first.conv", "first.norm", "second", "second.conv", "second.norm", "head",
    ]  # fmt: skip
    assert names(make_net(mt).named_parameters())[:5] == [
        "tied", "first.conv.weight", "first.conv.bias", "first.norm.weight", "first.norm.bias",
    ]  # fmt: skip


def on_linear(action):
    def script(torch):
        return action(torch, torch.nn.Linear(2, 3))

    return script


def in_init(action):
    def script(torch):
        class Careless(torch.nn.Module):
            def __init__(self):
                action(torch, self)

        Careless()

    return script


# Each runs on both; class and key phrase of the error must be PyTorch's.
ERRORS = {
    "no such attribute": (
        on_linear(lambda torch, m: m.foo),
        "AttributeError",
        "'Linear' object has no attribute 'foo'",
    ),
    "delete what is not there": (
        on_linear(lambda torch, m: delattr(m, "foo")),
        "AttributeError",
        "'Linear' object has no attribute 'foo'",
    ),
    "after deleting": (
        on_linear(lambda torch, m: (delattr(m, "bias"), m.bias)),
        "AttributeError",
        "'Linear' object has no attribute 'bias'",
    ),
    "tensor as parameter": (
        on_linear(lambda torch, m: setattr(m, "weight", torch.ones(3))),
        "TypeError",
        "cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None "
        "expected)",
    ),
    "number as parameter": (
        on_linear(lambda torch, m: setattr(m, "weight", 3)),
        "TypeError",
        "cannot assign 'int' as parameter 'weight'",
    ),
    "number as module": (
        lambda torch: setattr(torch.nn.Sequential(torch.nn.ReLU()), "0", 3),
        "TypeError",
        "cannot assign 'int' as child module '0' (torch.nn.Module or None expected)",
    ),
    "number as buffer": (
        lambda torch: setattr(torch.nn.BatchNorm1d(2), "running_mean", 3),
        "TypeError",
        "cannot assign 'int' as buffer 'running_mean' (torch.nn.Buffer, torch.Tensor or None "
        "expected)",
    ),
    "dot in parameter name": (
        on_linear(lambda torch, m: m.register_parameter("a.b", None)),
        "KeyError",
        'parameter name can\\\'t contain "."',
    ),
    "empty parameter name": (
        on_linear(lambda torch, m: m.register_parameter("", None)),
        "KeyError",
        'parameter name can\\\'t be empty string ""',
    ),
    "parameter name no string": (
        on_linear(lambda torch, m: m.register_parameter(3, None)),
        "TypeError",
        "parameter name should be a string. Got int",
    ),
    "parameter name taken": (
        on_linear(lambda torch, m: m.register_parameter("forward", None)),
        "KeyError",
        "attribute 'forward' already exists",
    ),
    "tensor registered as parameter": (
        on_linear(lambda torch, m: m.register_parameter("w", torch.ones(2))),
        "TypeError",
        "cannot assign 'torch.FloatTensor' object to parameter 'w' (torch.nn.Parameter or None "
        "required)",
    ),
    "dot in buffer name": (
        on_linear(lambda torch, m: m.register_buffer("a.b", None)),
        "KeyError",
        'buffer name can\\\'t contain "."',
    ),
    "buffer name taken": (
        on_linear(lambda torch, m: m.register_buffer("weight", None)),
        "KeyError",
        "attribute 'weight' already exists",
    ),
    "number registered as buffer": (
        on_linear(lambda torch, m: m.register_buffer("w", 3)),
        "TypeError",
        "cannot assign 'int' object to buffer 'w' (torch Tensor or None required)",
    ),
    "dot in module name": (
        on_linear(lambda torch, m: m.add_module("a.b", None)),
        "KeyError",
        'module name can\\\'t contain ".", got: a.b',
    ),
    "module name taken": (
        on_linear(lambda torch, m: m.add_module("weight", torch.nn.ReLU())),
        "KeyError",
        "attribute 'weight' already exists",
    ),
    "number as child": (
        on_linear(lambda torch, m: m.add_module("w", 3)),
        "TypeError",
        "int is not a Module subclass",
    ),
    "module before init": (
        in_init(lambda torch, m: setattr(m, "x", torch.nn.ReLU())),
        "AttributeError",
        "cannot assign module before Module.__init__() call",
    ),
    "parameter before init": (
        in_init(lambda torch, m: setattr(m, "x", torch.nn.Parameter(torch.ones(2)))),
        "AttributeError",
        "cannot assign parameters before Module.__init__() call",
    ),
    "buffer before init": (
        in_init(lambda torch, m: m.register_buffer("x", None)),
        "AttributeError",
        "cannot assign buffer before Module.__init__() call",
    ),
    "no forward": (
        lambda torch: torch.nn.Module()(3),
        "NotImplementedError",
        'Module [Module] is missing the required "forward" function',
    ),
    "no such submodule": (
        on_linear(lambda torch, m: m.get_submodule("a.b")),
        "AttributeError",
        "Linear has no attribute `a`",
    ),
    "submodule is none": (
        on_linear(lambda torch, m: m.get_submodule("weight")),
        "AttributeError",
        "`weight` is not an nn.Module",
    ),
    "no such parameter": (
        on_linear(lambda torch, m: m.get_parameter("foo")),
        "AttributeError",
        "Linear has no attribute `foo`",
    ),
    "parameter is none": (
        on_linear(lambda torch, m: m.get_parameter("in_features")),
        "AttributeError",
        "`in_features` is not an nn.Parameter",
    ),
    "buffer is none": (
        on_linear(lambda torch, m: m.get_buffer("weight")),
        "AttributeError",
        "`weight` is not a buffer",
    ),
    "mode is no bool": (
        on_linear(lambda torch, m: m.train(3)),
        "ValueError",
        "training mode is expected to be boolean",
    ),
    "to an integer dtype": (
        on_linear(lambda torch, m: m.to(torch.int64)),
        "TypeError",
        "nn.Module.to only accepts floating point or complex dtypes, but got desired "
        "dtype=torch.int64",
    ),
    "arguments nobody takes": (
        lambda torch: torch.nn.Module(3),
        "TypeError",
        "takes 1 positional argument but 2 were given",
    ),
}


@pytest.mark.parametrize(("script", "kind", "phrase"), ERRORS.values(), ids=ERRORS)
def test_errors_say_what_pytorch_says(script, kind, phrase):
    came, (message, _) = outcome(script, mt)
    assert came == kind
    assert phrase in message


@pytest.mark.parametrize(("script", "kind", "phrase"), ERRORS.values(), ids=ERRORS)
def test_the_table_of_errors_is_pytorchs(torch, script, kind, phrase):
    came, (message, _) = outcome(script, torch)
    assert came == kind
    assert phrase in message


def test_what_is_absent_says_so():
    with pytest.raises(AttributeError, match=r"no attribute 'Conv4d'.*'Conv[123]d'"):
        nn.Conv4d  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'silou'.*'silu'"):
        nn.functional.silou  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'xavier'"):
        nn.init.xavier  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'weight_drop'"):
        nn.utils.weight_drop  # noqa: B018
    assert not hasattr(nn, "QuantStub")


def test_layers_are_found_under_pytorchs_file_names(torch):
    layers = {name: getattr(nn, name) for name in nn.__all__}
    layers = {name: found for name, found in layers.items() if isinstance(found, type)}
    assert "Linear" in layers
    for name, found in layers.items():
        file = getattr(torch.nn, name).__module__.replace("torch", "minitorch", 1)
        assert "Parameter" in name or getattr(importlib.import_module(file), name) is found


def test_a_module_can_be_reassigned_to_another_kind():
    module = nn.Module()
    module.x = 3
    module.x = nn.Parameter(mt.ones(2))
    assert "x" not in module.__dict__
    module.x = None
    assert module.x is None
    assert list(module._parameters) == ["x"]
    del module.x
    module.x = nn.ReLU()
    module.x = nn.Parameter(mt.ones(2))
    assert not module._modules
    del module.x
    module.x = nn.Buffer(mt.ones(2), persistent=False)
    assert list(module.named_buffers())
    assert not module.state_dict()
    module.x = mt.zeros(2)
    assert not module.state_dict(), "a new tensor in an old place is as persistent as before"
    assert module._buffers["x"].tolist() == [0.0, 0.0]


def test_a_plain_tensor_is_an_ordinary_attribute():
    module = nn.Module()
    module.table = mt.ones(2)
    assert not module.state_dict()
    assert not list(module.buffers())


def set_modes(torch):
    class Frozen(torch.nn.Sequential):
        def train(self, mode=True):
            return super().train(False)

    net = torch.nn.Sequential(torch.nn.Dropout(), Frozen(torch.nn.Dropout()), torch.nn.ReLU())
    net[2].train = lambda mode=True: net[2]  # somebody froze this very object
    net[2].training = False
    modes = []
    for mode in (True, False, True):
        assert net.train(mode) is net
        modes.append([m.training for m in net.modules()])
    return modes


def test_train_respects_modules_with_a_train_of_their_own(torch):
    assert set_modes(mt) == set_modes(torch)


def test_modes_without_pytorch():
    assert set_modes(mt)[0] == [True, True, False, False, False]
    net = nn.Sequential(nn.Dropout())
    assert net.eval() is net
    assert not net[0].training


def test_apply_visits_children_first():
    seen = []
    net = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["ReLU", "Sequential", "Tanh", "Sequential"]


def test_requires_grad_and_zero_grad():
    net = nn.Linear(2, 2)
    net(mt.ones(1, 2)).sum().backward()
    assert net.weight.grad is not None
    net.zero_grad(set_to_none=False)
    assert net.weight.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    net.zero_grad()
    assert net.weight.grad is None
    assert net.requires_grad_(False) is net
    assert not any(p.requires_grad for p in net.parameters())


@pytest.mark.filterwarnings("ignore:Using backward")
def test_zero_grad_lets_go_of_a_graph_in_the_gradient():
    net = nn.Linear(1, 1, bias=False)
    (net(mt.ones(1, 1)) ** 2).sum().backward(create_graph=True)
    net.zero_grad(set_to_none=False)
    assert not net.weight.grad.requires_grad


def test_zero_grad_keeps_the_tensor_also_where_it_is_a_view():
    net = nn.Linear(2, 2, bias=False)
    all_gradients = mt.ones(4)
    net.weight.grad = gradient = all_gradients.view(2, 2)
    for holder in (net, mt.optim.SGD(net.parameters())):
        all_gradients.fill_(1)
        holder.zero_grad(set_to_none=False)
        assert net.weight.grad is gradient
        assert all_gradients.tolist() == [0.0] * 4


def convert(torch):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    net(torch.ones(3, 2)).sum().backward()
    weight = net[0].weight
    dtypes = []
    for how in (
        lambda: net.double(),
        lambda: net.to(torch.float32),
        lambda: net.half(),
        lambda: net.float(),
        lambda: net.to("cpu", torch.float64),
        lambda: net.to(torch.ones(1)),
        lambda: net.to(tensor=torch.ones(1).double()),
        lambda: net.to(device="cpu", dtype=torch.float64, non_blocking=True),
        lambda: net.type(torch.float32),
        lambda: net.type("torch.DoubleTensor"),
        lambda: net.cpu(),
    ):
        assert how() is net
        assert net[0].weight is weight
        dtypes.append([str(t.dtype) for t in net.state_dict().values()])
        dtypes.append(str(weight.grad.dtype))
    return dtypes


def test_conversions_keep_parameters_the_same_objects(torch):
    assert convert(mt) == convert(torch)


def convert_more(torch):
    class Grid(torch.nn.Sequential):  # keeps a tensor that is neither parameter nor buffer
        def __init__(self, *args):
            super().__init__(*args)
            self.points = torch.ones(2)

        def _apply(self, fn, recurse=True):
            self.points = fn(self.points)
            return super()._apply(fn, recurse)

    inner = torch.nn.Linear(1, 1)
    net = torch.nn.Sequential(torch.nn.Linear(1, 1), Grid(inner, Grid()), inner).double()
    kept = [*net.state_dict().values(), net[1].points, net[1][1].points]
    return [str(t.dtype) for t in kept]


def test_conversions_respect_modules_that_keep_more(torch):
    assert convert_more(mt) == convert_more(torch) == ["torch.float64"] * 8


def test_copies_and_pickles_are_whole_and_separate():
    module = Scale()
    module.tied = module.inner[0].weight
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert repr(twin) == repr(module)
        assert_same_values(twin.state_dict(), module.state_dict(), 0)
        assert twin.tied is twin.inner[0].weight
        with mt.no_grad():
            twin.factor.add_(1)
        assert module.factor.tolist() == [2.0, 3.0]
        assert twin(mt.ones(2)).tolist() == [3.0, 4.0]
        assert twin.label == "plain"


def deep_chain(depth):
    outer = nn.Sequential(nn.Linear(1, 1))
    for _ in range(depth):
        outer = nn.Sequential(outer)
    return outer


def test_deep_nesting_needs_no_recursion():
    net = deep_chain(5000)
    assert len(list(net.modules())) == 5002
    assert len(list(net.parameters())) == 2
    net.eval()
    net.double()
    net.zero_grad()
    net.requires_grad_(False)
    net.apply(lambda m: None)
    state = net.state_dict()
    assert net.load_state_dict(state).missing_keys == []
    assert next(net.parameters()).dtype == mt.float64


def test_printing_deep_nesting_needs_no_recursion():
    assert repr(deep_chain(1200)).count("Sequential") == 1201


def test_a_module_inside_itself_is_refused_by_name():
    net = nn.Sequential(nn.ReLU())
    net.again = net
    assert len(list(net.modules())) == 2
    for walk in (lambda: net.apply(print), lambda: repr(net), net.state_dict):
        with pytest.raises(RecursionError, match="Sequential contains itself"):
            walk()


def test_replacing_children_while_walking_goes_on_with_the_new_ones():
    net = nn.Sequential(nn.ReLU(), nn.ReLU())
    for name, module in net.named_children():
        if isinstance(module, nn.ReLU):
            setattr(net, name, nn.Tanh())
    assert [type(m).__name__ for m in net] == ["Tanh", "Tanh"]


def test_printed_form_with_several_lines_of_extra_repr():
    class Wordy(nn.Module):
        def extra_repr(self):
            return "first\nsecond"

        def _get_name(self):
            return "Named"

    assert repr(Wordy()) == "Named(\n  first\n  second\n)"


def test_a_child_prints_itself_its_own_way():
    class Odd(nn.Module):
        def __repr__(self):
            return "odd\none"

    assert repr(nn.Sequential(Odd())) == "Sequential(\n  (0): odd\n  one\n)"


def test_unknown_attributes_suggest_near_ones():
    with pytest.raises(AttributeError) as caught:
        Scale().facto  # noqa: B018
    assert caught.value.name == "facto"
    assert isinstance(caught.value.obj, Scale)
