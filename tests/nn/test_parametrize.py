"""Parametrised, normalised, pruned and fused modules: each script runs here and in PyTorch."""

import copy
import importlib
import pickle
import threading

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck, gradgradcheck
from tests.nn.both import assert_same_values, outcome


def fed(torch, *shape):
    random = np.random.default_rng(0)
    return torch.from_numpy(random.standard_normal(shape).astype(np.float32))


def trained(torch, make, x, steps=3):
    """What comes of a few steps: outputs, gradients, the weight, the state, the printed form."""
    torch.manual_seed(0)
    module = make(torch, torch.nn)
    x, seen = fed(torch, *x), []
    for _ in range(steps):
        out = module(x)
        for parameter in module.parameters():
            parameter.grad = None
        (out**2).sum().backward()
        seen.append([out, *(p.grad for p in module.parameters())])
        with torch.no_grad():
            for parameter in module.parameters():
                if parameter.grad is not None:
                    parameter -= 0.01 * parameter.grad
    module.eval()
    seen.append(module(x))
    torch_draws = torch.rand(2)  # as many numbers were drawn
    return [seen, module.weight, dict(module.state_dict()), repr(module), torch_draws]


# How a module is made of `nn`, and the size of an input.
MADE = {
    "parametrizations.weight_norm(nn.Linear(4, 3))": (2, 4),
    "parametrizations.weight_norm(nn.Linear(4, 3), dim=None)": (2, 4),
    "parametrizations.weight_norm(nn.Conv2d(2, 3, 3), dim=1)": (2, 2, 5, 5),
    "parametrizations.weight_norm(nn.Conv1d(2, 3, 3), dim=2)": (2, 2, 5),
    "parametrizations.spectral_norm(nn.Linear(4, 3))": (2, 4),
    "parametrizations.spectral_norm(nn.Conv2d(2, 3, 3), n_power_iterations=2)": (2, 2, 5, 5),
    "parametrizations.spectral_norm(nn.ConvTranspose1d(2, 3, 3))": (2, 2, 5),
    "parametrizations.spectral_norm(nn.BatchNorm1d(4))": (3, 4),
    "parametrizations.orthogonal(nn.Linear(4, 4))": (2, 4),
    "parametrizations.orthogonal(nn.Linear(5, 3))": (2, 5),
    "parametrizations.orthogonal(nn.Linear(3, 5))": (2, 3),
    "parametrizations.orthogonal(nn.Linear(3, 5), orthogonal_map='cayley')": (2, 3),
    "parametrizations.orthogonal(nn.Linear(5, 3), orthogonal_map='matrix_exp')": (2, 5),
    "parametrizations.orthogonal(nn.Linear(4, 4), 'weight', 'householder')": (2, 4),
    "parametrizations.orthogonal(nn.Linear(3, 5), use_trivialization=False)": (2, 3),
    "weight_norm(nn.Linear(4, 3))": (2, 4),
    "weight_norm(nn.Conv1d(2, 3, 3), dim=None)": (2, 2, 5),
    "weight_norm(nn.Conv1d(2, 3, 3), dim=1)": (2, 2, 5),
    "spectral_norm(nn.Linear(4, 3))": (2, 4),
    "spectral_norm(nn.Conv2d(2, 3, 3), n_power_iterations=2, eps=1e-3)": (2, 2, 5, 5),
    "spectral_norm(nn.ConvTranspose2d(2, 3, 3))": (2, 2, 5, 5),
    "remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(4, 3)))": (2, 4),
    "remove_weight_norm(nn.utils.weight_norm(nn.Linear(4, 3)))": (2, 4),
    "prune.identity(nn.Linear(4, 3), 'weight')": (2, 4),
    "prune.random_unstructured(nn.Linear(4, 3), 'weight', 0.3)": (2, 4),
    "prune.random_unstructured(nn.Linear(4, 3), 'bias', 1)": (2, 4),
    "prune.l1_unstructured(nn.Linear(4, 3), 'weight', 5)": (2, 4),
    "prune.random_structured(nn.Conv2d(4, 3, 2), 'weight', 2, 1)": (2, 4, 5, 5),
    "prune.ln_structured(nn.Conv2d(4, 3, 2), 'weight', 0.4, 2, 0)": (2, 4, 5, 5),
    "prune.ln_structured(nn.Linear(4, 3), 'weight', 1, float('inf'), -1)": (2, 4),
    "prune.custom_from_mask(nn.Linear(4, 3), 'weight', (torch.rand(3, 4) > 0.5).float())": (2, 4),
    "prune.l1_unstructured(nn.Linear(4, 3), 'weight', 2, torch.rand(3, 4))": (2, 4),
    "prune.l1_unstructured(nn.utils.prune.random_structured(nn.Linear(4, 3), 'weight', 1, 0), "
    "'weight', 2)": (2, 4),
    "prune.ln_structured(nn.utils.prune.l1_unstructured(nn.Linear(4, 3), 'weight', 5), "
    "'weight', 1, 1, 1)": (2, 4),
    "prune.remove(nn.utils.prune.l1_unstructured(nn.Linear(4, 3), 'weight', 5), 'weight')": (2, 4),
}
# Of the others the weight is a result, which cannot be copied; nor can it in PyTorch.
COPIED = [call for call in MADE if call.startswith(("parametrizations", "remove", "prune.remove"))]
every_module = pytest.mark.parametrize("call", MADE)
# PyTorch and minitorch say so of the older functions.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")


def make(torch, call):
    importlib.import_module(f"{torch.__name__}.nn.utils.prune")
    return eval(f"nn.utils.{call}", {"torch": torch, "nn": torch.nn})


@every_module
def test_training_is_pytorchs(torch, call):
    results = [trained(lib, lambda lib, _: make(lib, call), MADE[call]) for lib in (mt, torch)]
    assert_same_values(*results, 1e-4)


@pytest.mark.parametrize("call", COPIED)
def test_copies_are_apart(call):
    module = make(mt, call).eval()
    x = fed(mt, *MADE[call])
    before = module(x)
    copied = copy.deepcopy(module)
    with mt.no_grad():
        for parameter in copied.parameters():
            parameter += 1
    assert_same_values(module(x), before, 0)
    assert repr(copied) == repr(module)
    state = module.state_dict()
    fresh = make(mt, call).eval()
    fresh.load_state_dict(state)
    assert_same_values(fresh(x), before, 1e-6)


def test_a_refused_parametrisation_changes_nothing():
    """PyTorch leaves the parameter as what right_inverse gave."""

    class First(mt.nn.Module):
        def forward(self, x):
            return x[:1]

        right_inverse = forward

    module = mt.nn.Linear(3, 2)
    weight, before = module.weight, module.weight.tolist()
    with pytest.raises(ValueError, match="may not change the shape"):
        mt.nn.utils.parametrize.register_parametrization(module, "weight", First())
    with pytest.raises(IndexError, match="Dimension out of range"):
        mt.nn.utils.weight_norm(module, dim=2)
    assert module.weight is weight
    assert weight.tolist() == before


def test_copies_are_parametrised_apart():
    """In PyTorch they share a class, so that the first module loses what is removed here."""
    P, Q = mt.nn.utils.parametrize, mt.nn.utils.parametrizations
    module = Q.weight_norm(mt.nn.Linear(3, 2))
    weight, copied = module.weight, copy.deepcopy(module)
    Q.weight_norm(copied, "bias")
    P.remove_parametrizations(P.remove_parametrizations(copied, "weight"), "bias")
    assert type(copied) is mt.nn.Linear
    assert_same_values(module.weight, weight, 0)
    assert not P.is_parametrized(module, "bias")
    assert module.bias.shape == (2,)


def test_what_is_cached_is_one_threads_and_one_modules():
    P = mt.nn.utils.parametrize
    module = P.register_parametrization(mt.nn.Linear(1, 1), "bias", mt.nn.Softplus())
    seen = []
    with P.cached():
        kept = module.bias
        other = threading.Thread(target=lambda: seen.extend([module.bias, module.bias]))
        other.start()
        other.join()
        assert len({id(x) for x in (kept, *seen, module.bias)}) == 3
        values = []
        for value in (1.0, 2.0, 3.0):  # modules that may follow each other at one place in memory
            made = P.register_parametrization(mt.nn.Linear(1, 1), "bias", mt.nn.Identity())
            mt.nn.init.constant_(made.parametrizations.bias.original, value)
            values += made.bias.tolist()
            del made
        assert values == [1.0, 2.0, 3.0]


SCRIPTS = {}


def script(function):
    """Have a function of either library run in both."""
    SCRIPTS[function.__name__] = function
    return function


def symmetric(t):
    class Symmetric(t.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).mT

        def right_inverse(self, a):
            return a.triu()

    return Symmetric()


@script
def assigned(t):
    P = t.nn.utils.parametrize
    module = P.register_parametrization(t.nn.Linear(3, 3), "weight", symmetric(t))
    a = fed(t, 3, 3)
    module.weight = a + a.mT
    kept = module.parametrizations.weight.original
    names = [n for n, _ in module.named_parameters()]
    return [module.weight, kept, names, repr(module), type(module).__name__]


@script
def removed(t):
    P = t.nn.utils.parametrize
    found = []
    for leave in (True, False):
        t.manual_seed(0)
        module = P.register_parametrization(t.nn.Linear(3, 3), "weight", symmetric(t))
        original = module.parametrizations.weight.original
        found.append(P.type_before_parametrizations(module) is t.nn.Linear)
        back = P.remove_parametrizations(module, "weight", leave_parametrized=leave)
        found += [back is module, type(module).__name__, module.weight is original]
        found += [module.weight, [n for n, _ in module.named_parameters()]]
    return found


@script
def cached(t):
    calls = []

    class Counted(t.nn.Module):
        def forward(self, x):
            calls.append(1)
            return x

    P = t.nn.utils.parametrize
    module = P.register_parametrization(t.nn.Linear(2, 2), "bias", Counted())
    with P.cached():
        same = module.bias is module.bias
        with P.cached():
            same = same and module.bias is module.bias
    return [same, module.bias is module.bias, len(calls)]


@script
def chained(t):
    P = t.nn.utils.parametrize
    module = P.register_parametrization(t.nn.Linear(3, 3), "weight", symmetric(t))
    P.register_parametrization(module, "weight", t.nn.Tanh())
    P.register_parametrization(module, "bias", t.nn.Softplus())
    flags = [P.is_parametrized(module), P.is_parametrized(module, "x")]
    other = P.transfer_parametrizations_and_params(module, t.nn.Linear(3, 3))
    return [flags, other.weight, other.bias, repr(module), list(other.state_dict())]


@script
def buffer(t):
    P = t.nn.utils.parametrize
    norm = t.nn.BatchNorm1d(2)
    P.register_parametrization(norm, "running_var", t.nn.Softplus())
    return [norm.running_var, list(norm.state_dict()), len(list(norm.parameters()))]


@script
def orthogonal_assignment(t):
    module = t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 3))
    q, _ = np.linalg.qr(np.arange(9.0).reshape(3, 3) ** 2 + np.eye(3))
    module.weight = t.from_numpy(q.astype(np.float32))
    return module.weight


@script
def old_state_into_new(t):
    old, new = t.nn.Linear(2, 2), t.nn.Linear(2, 2)
    t.nn.utils.weight_norm(old)
    t.nn.utils.parametrizations.weight_norm(new)
    new.load_state_dict(old.state_dict())
    return [old.weight, new.weight]


@script
def state_of_spectral_norm_before_1_0(t):
    t.manual_seed(0)
    module = t.nn.utils.spectral_norm(t.nn.Linear(2, 3))
    state = module.state_dict()
    del state._metadata, state["weight_v"]
    state["weight"] = state["weight_orig"] / 3
    module.load_state_dict(state)
    return [module.weight_v, dict(module.state_dict())]


@script
def pruned_globally(t):
    t.manual_seed(0)
    net = t.nn.Sequential(t.nn.Linear(3, 4), t.nn.Linear(4, 2))
    prune = t.nn.utils.prune
    given = [(net[0], "weight"), (net[1], "weight")]
    prune.global_unstructured(given, prune.L1Unstructured, amount=0.5)
    first = net[0].weight
    prune.global_unstructured(given, prune.RandomUnstructured, amount=3)
    hook = next(iter(net[0]._forward_pre_hooks.values()))
    kinds = [type(m).__name__ for m in hook]
    return [first, net[0].weight, net[1].weight, kinds, prune.is_pruned(net), len(hook)]


@script
def pruned_without_a_module(t):
    prune = t.nn.utils.prune.L1Unstructured(amount=2)
    return prune.prune(fed(t, 3, 2))


@script
def total_norm(t):
    xs = [fed(t, 2, 3), fed(t, 4).double()]
    get = t.nn.utils.get_total_norm
    return [get(xs[:1]), get(xs[0], 1), get([]), get(xs[:1], "inf")]


@script
def clipped_by_a_norm(t):
    p = t.nn.Parameter(t.zeros(2))
    p.grad = t.tensor([3.0, 4.0])
    t.nn.utils.clip_grads_with_norm_(p, 1.0, t.tensor(10.0))
    return [p.grad, t.nn.utils.clip_grad_norm([p], 0.1), p.grad]


@script
def fused(t):
    found = []
    t.manual_seed(0)
    cases = [
        (t.nn.Conv2d(2, 3, 2), t.nn.BatchNorm2d(3), (2, 2, 4, 4), {}),
        (t.nn.Conv1d(2, 4, 2, bias=False, groups=2), t.nn.BatchNorm1d(4), (2, 2, 4), {}),
        (t.nn.ConvTranspose1d(2, 3, 2), t.nn.BatchNorm1d(3), (2, 2, 4), {"transpose": 1}),
        (t.nn.Conv2d(2, 3, 2), t.nn.BatchNorm2d(3, affine=False), (2, 2, 4, 4), {}),
    ]
    for layer, norm, size, options in cases:
        norm(layer(fed(t, *size)))
        fuse = t.nn.utils.fusion.fuse_conv_bn_eval
        one = fuse(layer.eval(), norm.eval(), **options)
        gap = (one(fed(t, *size)) - norm(layer(fed(t, *size)))).abs().max().item()
        found += [one.weight, one.bias, gap < 1e-5, repr(one)]
    layer, norm = t.nn.Linear(3, 2), t.nn.BatchNorm1d(2)
    norm(layer(fed(t, 4, 3)))
    one = t.nn.utils.fuse_linear_bn_eval(layer.eval(), norm.eval())
    return [*found, one.weight, one.bias, one(fed(t, 4, 3))]


@script
def initialised_by_nobody(t):
    t.manual_seed(0)
    module = t.nn.utils.skip_init(t.nn.Linear, 3, 2, bias=False)
    return [repr(module), module.weight.shape, module.weight.requires_grad, t.rand(1)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_does_as_in_pytorch(torch, name):
    results = []
    for lib in (mt, torch):
        lib.manual_seed(0)
        importlib.import_module(f"{lib.__name__}.nn.utils.prune")
        results.append(outcome(SCRIPTS[name], lib))
    (ours, (mine, warned)), (theirs, (yours, also)) = results
    assert (ours, warned) == (theirs, also), mine
    assert ours == "value"
    assert_same_values(mine, yours, 1e-5)


REFUSED = [
    "P.register_parametrization(nn.Linear(2, 2), 'x', nn.ReLU())",
    "P.register_parametrization(nn.Linear(2, 3), 'weight', nn.Flatten(0))",
    "P.register_parametrization(nn.utils.parametrizations.weight_norm(nn.Linear(2, 3)), 'weight', "
    "nn.Flatten(0))",
    "P.remove_parametrizations(nn.Linear(2, 2), 'weight')",
    "P.remove_parametrizations(nn.utils.parametrizations.weight_norm(nn.Linear(2, 3)), 'weight', "
    "False)",
    "P.ParametrizationList([], torch.ones(2))",
    "setattr(P.register_parametrization(nn.Linear(2, 2), 'bias', nn.ReLU()), 'bias', "
    "torch.ones(2))",
    "pickle.dumps(P.register_parametrization(nn.Linear(2, 2), 'bias', nn.ReLU()))",
    "nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2), dim=2)",
    "nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2), n_power_iterations=0)",
    "nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2), 'w')",
    "nn.utils.parametrizations.orthogonal(nn.Linear(2, 2), 'bias')",
    "nn.utils.parametrizations.orthogonal(nn.Linear(2, 2), orthogonal_map='qr')",
    "setattr(nn.utils.parametrizations.orthogonal(nn.Linear(2, 2), use_trivialization=False), "
    "'weight', torch.eye(2))",
    "nn.utils.remove_weight_norm(nn.Linear(2, 2))",
    "nn.utils.weight_norm(nn.utils.weight_norm(nn.Linear(2, 2)))",
    "nn.utils.weight_norm(nn.LazyLinear(2))",
    "nn.utils.weight_norm(nn.Linear(2, 2), 'bias', dim=1)",
    "nn.utils.weight_norm(nn.Linear(2, 2, bias=False), 'bias')",
    "nn.utils.parametrizations.weight_norm(nn.Linear(2, 2), 'bias', -2)",
    "nn.utils.spectral_norm(nn.LazyLinear(2))",
    "nn.utils.spectral_norm(nn.Linear(2, 2, bias=False), 'bias')",
    "nn.utils.spectral_norm(nn.Linear(2, 2), n_power_iterations=0)",
    "nn.utils.spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2)))",
    "nn.utils.remove_spectral_norm(nn.Linear(2, 2))",
    "prune.random_unstructured(nn.Linear(2, 2), 'weight', 5)",
    "prune.random_unstructured(nn.Linear(2, 2), 'weight', -1)",
    "prune.random_unstructured(nn.Linear(2, 2), 'weight', 1.5)",
    "prune.random_unstructured(nn.Linear(2, 2), 'weight', '1')",
    "prune.random_structured(nn.Linear(2, 2), 'bias', 1, 0)",
    "prune.random_structured(nn.Linear(2, 2), 'weight', 1, 2)",
    "prune.l1_unstructured(nn.Linear(2, 2), 'weight', 1, torch.ones(3))",
    "prune.custom_from_mask(nn.Linear(2, 2), 'weight', torch.ones(3))",
    "prune.remove(nn.Linear(2, 2), 'weight')",
    "prune.global_unstructured(3, prune.L1Unstructured)",
    "prune.global_unstructured([(nn.Linear(2, 2), 'weight')], prune.LnStructured, amount=1, n=1)",
    "prune.PruningContainer().add_pruning_method(3)",
    "nn.utils.fuse_conv_bn_eval(nn.Conv1d(1, 1, 1), nn.BatchNorm1d(1))",
    "nn.utils.fuse_linear_bn_eval(nn.Linear(1, 3).eval(), nn.BatchNorm1d(2).eval())",
    "nn.utils.skip_init(nn.ReLU)",
    "nn.utils.skip_init(int)",
]


@pytest.mark.parametrize("call", REFUSED)
def test_refused_as_by_pytorch(torch, call):
    def script(lib):
        importlib.import_module(f"{lib.__name__}.nn.utils.prune")
        utils = lib.nn.utils
        names = {"P": utils.parametrize, "prune": utils.prune, "pickle": pickle}
        return eval(call, {"torch": lib, "nn": lib.nn, **names})

    (ours, (message, _)), (theirs, (wanted, _)) = outcome(script, mt), outcome(script, torch)
    assert ours == theirs != "value", message
    assert message[:24] == wanted[:24]


def test_a_failed_pruning_leaves_the_module():
    module = mt.nn.Linear(2, 2)
    weight = module.weight
    with pytest.raises(IndexError):
        mt.nn.utils.prune.random_structured(module, "weight", 1, 7)
    assert module.weight is weight
    assert list(module.state_dict()) == ["weight", "bias"]


def test_a_failed_pruning_leaves_what_is_pruned():
    """PyTorch takes the hook of the earlier prunings off."""
    prune = mt.nn.utils.prune
    module = prune.l1_unstructured(mt.nn.Linear(2, 2), "weight", 3)
    for refused in (5, 1.5, "all"):
        with pytest.raises((ValueError, TypeError), match="amount"):
            prune.l1_unstructured(module, "weight", refused)
    with mt.no_grad():
        module.weight_orig.fill_(7.0)
    module(mt.ones(1, 2))
    assert module.weight.sum().item() == 7.0
    prune.remove(prune.l1_unstructured(module, "weight", 1), "weight")
    assert not module.weight.any()


@pytest.mark.parametrize("rows", [3, 5], ids=["wide", "tall"])
@pytest.mark.parametrize("name", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_weights_have_every_derivative(name, rows):
    size = (rows, 8 - rows)
    module = mt.nn.Linear(size[1], size[0]).double()
    mt.nn.utils.parametrizations.orthogonal(module, "weight", name)
    parametrization = module.parametrizations.weight[0]
    off_diagonal = 1 - mt.eye(*size).double()  # on it are householder's signs

    def weight(x):
        return parametrization(x * off_diagonal + mt.eye(*size).double())

    x = fed(mt, *size).double().requires_grad_()
    assert gradcheck(weight, (x,))
    assert gradgradcheck(weight, (x,))
    x = x.detach()
    jacobians = [f(weight)(x) for f in (mt.func.jacfwd, mt.func.jacrev)]
    assert_same_values(*jacobians, 1e-10)
    both = mt.func.vmap(weight)(mt.stack([x, 2 * x]))
    assert_same_values(both, mt.stack([weight(x), weight(2 * x)]), 1e-12)
    q = weight(x) if rows > 4 else weight(x).mT
    assert_same_values(q.mT @ q, mt.eye(3).double(), 1e-12)
