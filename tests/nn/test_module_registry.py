"""Every layer, walked through its row of cases: none can be added without passing here."""

import copy
import importlib
import inspect
import pickle
import pkgutil
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import minitorch as mt
import minitorch.nn
from minitorch.autograd import gradcheck, gradgradcheck
from tests.nn.both import array, assert_same_values, outcome
from tests.nn.cases import ERRORS, FAMILIES, LAYERS
from tests.nn.cases.rows import Layer, LayerCase
from tests.nn.walks import draw, fed, flat, layer_value, make, run_layer, signature

TOLERANCE = {"float32": 1e-5, "float64": 1e-12, "float16": 1e-2}

CASES = {case.call: case for layer in LAYERS.values() for case in layer.cases}
CALLED = {call: case for call, case in CASES.items() if case.inputs is not None}
# As in PyTorch, CTC's gradient is a slope behind a log-softmax alone: the function's rows have it.
SLOPED = {
    call: case
    for call, case in CALLED.items()
    if all(0 not in x.shape for x in case.inputs or ()) and not call.startswith("CTCLoss(")
}
UNBATCHED = {call: case for call, case in CALLED.items() if case.unbatched}

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_called = pytest.mark.parametrize("case", CALLED.values(), ids=CALLED)
every_sloped = pytest.mark.parametrize("case", SLOPED.values(), ids=SLOPED)
every_layer = pytest.mark.parametrize(("name", "layer"), LAYERS.items(), ids=LAYERS)
both_modes = pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
pytestmark = pytest.mark.filterwarnings("ignore:`NLLLoss2d` has been deprecated")
# PyTorch copies the input for it, and says so.
even_kernels = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


# Parts of layers, which PyTorch does not export either.
HIDDEN = {"NonDynamicallyQuantizableLinear", "ParametrizationList", "DistributedDataParallel"}
# Layers without values, which test_lazy.py has cases of.
LAZY = {name for name in dir(mt.nn) if name.startswith("Lazy")} | {"LazyModuleMixin"}


def public_layers() -> list[type[mt.nn.Module]]:
    """Every public subclass of Module in `minitorch.nn`, wherever it is defined there."""
    for module in pkgutil.walk_packages(minitorch.nn.__path__, "minitorch.nn."):
        importlib.import_module(module.name)
    found: dict[type[mt.nn.Module], None] = {}
    stack: list[type[mt.nn.Module]] = [mt.nn.Module]
    while stack:
        for cls in stack.pop().__subclasses__():
            stack.append(cls)
            is_public = not cls.__name__.startswith("_") and cls.__name__ not in HIDDEN | LAZY
            if cls.__module__.startswith("minitorch.nn.") and is_public:
                found[cls] = None
    return sorted(found, key=lambda cls: cls.__name__)


def complaints(layers: Iterable[type], rows: Mapping[str, Layer], errors: Iterable[str]) -> str:
    """What is missing, and where it is to be added."""
    missing = []
    files = ", ".join(family.__name__.rpartition(".")[2] for family in FAMILIES)
    for cls in layers:
        name = cls.__name__
        arguments = signature(cls.__init__)
        if name not in rows or not rows[name].cases:
            missing.append(
                f"nn.{name} ({cls.__module__}) has no cases: add to LAYERS in the file of its "
                f"family in tests/nn/cases ({files}) the row\n"
                f'    "{name}": Layer("{arguments}", [LayerCase("{name}(...)", [normal(3, 4)], '
                f'"{name}(...)", value=...)]),'
            )
        if not any(f"nn.{name}(" in call for call in errors):
            missing.append(
                f"nn.{name} has no error case: add to ERRORS there a call of `nn.{name}(...)` that "
                "is refused"
            )
        if getattr(mt.nn, name, None) is not cls:
            missing.append(
                f"nn.{name} is not exported: add `{name} as {name}` to minitorch/nn/__init__.py"
            )
    return "\n".join(missing)


def test_every_layer_has_a_row() -> None:
    missing = complaints(public_layers(), LAYERS, ERRORS)
    assert not missing, missing


def test_every_row_is_of_a_layer() -> None:
    assert set(LAYERS) == {cls.__name__ for cls in public_layers()}
    for name, layer in LAYERS.items():
        for case in layer.cases:
            assert case.call.startswith(f"{name}(")


def test_a_layer_without_a_row_is_reported() -> None:
    class Swish(mt.nn.Module):
        def __init__(self, beta: float = 1.0) -> None:
            super().__init__()

    Swish.__module__ = "minitorch.nn.modules.swish"
    assert Swish in public_layers()
    try:
        message = complaints(public_layers(), LAYERS, ERRORS)
    finally:
        Swish.__module__ = __name__  # it lives on in Module.__subclasses__() until collected
    assert '"Swish": Layer("(beta=1.0)", [LayerCase("Swish(...)"' in message
    assert "nn.Swish has no error case" in message
    assert "nn.Swish is not exported" in message
    assert message.count("\n") == 3  # and nobody else is
    assert "has no cases" in complaints([mt.nn.ReLU], {"ReLU": Layer("()", [])}, ["nn.ReLU()"])


@every_layer
def test_arguments_are_those_of_the_row(name: str, layer: Layer) -> None:
    constructor = getattr(mt.nn, name).__init__
    nothing = constructor is mt.nn.Module.__init__
    assert layer.signature == ("()" if nothing else signature(constructor))


@every_layer
def test_arguments_of_the_row_are_pytorchs(torch: Any, name: str, layer: Layer) -> None:
    constructor = getattr(torch.nn, name).__init__
    nothing = constructor is torch.nn.Module.__init__
    assert layer.signature == ("()" if nothing else signature(constructor))


# Values


@every_called
def test_value_without_pytorch(case: LayerCase) -> None:
    """Outputs, gradients and statistics of a step, as one number that PyTorch gave."""
    value = layer_value(mt, case)
    assert case.value is not None, f"{case.call} needs PyTorch's value=...; here it is {value!r}"
    assert value == pytest.approx(case.value, rel=1e-9, abs=1e-9)


@even_kernels
@every_called
def test_value_is_pytorchs(torch: Any, case: LayerCase) -> None:
    assert layer_value(torch, case) == pytest.approx(case.value, rel=1e-9, abs=1e-9)


@even_kernels
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@both_modes
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_called
def test_step_is_pytorchs(torch: Any, case: LayerCase, dtype: str, training: bool) -> None:
    ours, theirs = (run_layer(lib, case, dtype, training) for lib in (mt, torch))
    assert_same_values(ours, theirs, TOLERANCE[dtype])


@even_kernels
@every_called
def test_step_in_float16(torch: Any, case: LayerCase) -> None:
    """Where PyTorch computes on the CPU in float16, so does minitorch."""
    kind, (theirs, _) = outcome(lambda lib: run_layer(lib, case, "float16"), torch)
    if kind != "value":
        pytest.skip(f"PyTorch has no float16 here: {theirs}")
    assert_same_values(run_layer(mt, case, "float16"), theirs, TOLERANCE["float16"])


@every_case
def test_initial_values_are_pytorchs_to_the_bit(torch: Any, case: LayerCase) -> None:
    states = []
    for lib in (mt, torch):
        lib.manual_seed(3)
        states.append(eval(f"torch.nn.{case.call}", {"torch": lib}).state_dict())
    ours, theirs = states
    assert list(ours) == list(theirs) == case.state.split()
    for name, tensor in ours.items():
        assert array(tensor).tobytes() == array(theirs[name]).tobytes()


# Derivatives


def as_function(case: LayerCase, training: bool) -> tuple[Any, list[Any]]:
    """The layer as a function of its inputs and parameters, and those."""
    module = make(mt, case.call)
    if any(True for _ in module.buffers()):
        module(*draw(mt, case.inputs, seed=3))
    module.train(training)
    inputs = draw(mt, case.inputs)
    names = [name for name, _ in module.named_parameters()]

    def function(*tensors: Any) -> Any:
        mt.manual_seed(0)  # the same dropout in each call
        given, parameters = tensors[: len(inputs)], tensors[len(inputs) :]
        named = dict(zip(names, parameters, strict=True))
        outputs = mt.func.functional_call(module, named, tuple(fed(list(given))))
        return tuple(x.flatten() for x in flat(outputs) if x.is_floating_point())

    return function, [*inputs, *module.parameters()]


@both_modes
@every_sloped
def test_gradients_are_slopes(case: LayerCase, training: bool) -> None:
    function, tensors = as_function(case, training)
    assert gradcheck(function, tensors, fast_mode=True)


@both_modes
@every_sloped
def test_second_gradients_are_slopes_of_the_first(case: LayerCase, training: bool) -> None:
    function, tensors = as_function(case, training)
    assert gradgradcheck(function, tensors, fast_mode=True)


@every_called
def test_frozen_parameters_get_no_gradient(case: LayerCase) -> None:
    module = make(mt, case.call)
    assert module.requires_grad_(False) is module
    inputs = draw(mt, case.inputs)
    constants = [x.detach() for x in inputs]
    assert not any(x.requires_grad for x in flat(module(*constants)))
    for out in flat(module(*fed(inputs))):
        if out.requires_grad:
            out.sum().backward(retain_graph=True)
    assert all(p.grad is None for p in module.parameters())
    assert all(x.grad is not None for x in inputs if x.requires_grad)


# Modes and shapes


@every_called
def test_evaluation_repeats_itself_and_leaves_the_state(case: LayerCase) -> None:
    module = make(mt, case.call)
    assert module.training
    assert module.eval() is module
    assert not any(part.training for part in module.modules())
    before = {name: array(x).copy() for name, x in module.state_dict().items()}
    inputs = draw(mt, case.inputs)
    first, second = (flat(module(*fed(inputs))) for _ in range(2))
    assert_same_values(first, second, 0.0)
    for name, x in module.state_dict().items():
        np.testing.assert_array_equal(array(x), before[name])
    assert all(part.training for part in module.train().modules())


@pytest.mark.parametrize("case", UNBATCHED.values(), ids=UNBATCHED)
def test_the_first_dimension_may_be_left_out(case: LayerCase) -> None:
    module = make(mt, case.call).eval()
    inputs = draw(mt, case.inputs)
    whole = flat(module(*fed(inputs)))
    for i in range(len(inputs[0])):
        alone = flat(module(*[x[i].clone() for x in inputs]))
        for got, want in zip(alone, whole, strict=True):
            assert got.shape == want.shape[1:]
            np.testing.assert_allclose(array(got), array(want)[i], rtol=1e-12, atol=1e-14)


@even_kernels
@pytest.mark.parametrize("case", UNBATCHED.values(), ids=UNBATCHED)
def test_step_of_one_example_is_pytorchs(torch: Any, case: LayerCase) -> None:
    one = replace(case, inputs=[replace(x, shape=x.shape[1:]) for x in case.inputs or ()])
    ours, theirs = (run_layer(lib, one) for lib in (mt, torch))
    assert_same_values(ours, theirs, TOLERANCE["float64"])


# What takes the word and does nothing about it, as in PyTorch.
NEVER_INPLACE = ("AlphaDropout", "FeatureAlphaDropout")
INPLACE = [n for n, row in LAYERS.items() if "inplace" in row.signature and n not in NEVER_INPLACE]


@pytest.mark.parametrize("name", INPLACE)
def test_inplace_writes_into_the_input(name: str) -> None:
    x = draw(mt, LAYERS[name].cases[0].inputs)[0].detach()
    mt.manual_seed(0)
    needed = {"Threshold": (0.1, -2.0)}.get(name, ())
    expected = getattr(mt.nn, name)(*needed)(x.clone()).tolist()
    mt.manual_seed(0)
    assert getattr(mt.nn, name)(*needed, inplace=True)(x) is x
    assert x.tolist() == expected
    assert any("rue)" in case.call for case in LAYERS[name].cases)  # so that its slope is checked


# Copies and printed forms


def assert_alike(case: LayerCase, one: Any, other: Any) -> None:
    """Assert that two modules have equal states, which are not the same, and equal results."""
    assert repr(one) == repr(other)
    assert one.training == other.training
    assert_same_values(dict(one.state_dict()), dict(other.state_dict()), 0.0)
    for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True):
        assert not np.may_share_memory(array(a), array(b))
    flags = [[p.requires_grad for p in m.parameters()] for m in (one, other)]
    assert flags[0] == flags[1]
    if case.inputs is None:
        return
    results = []
    for module in (one, other):
        mt.manual_seed(0)
        results.append(flat(module(*fed(draw(mt, case.inputs)))))
    assert_same_values(*results, 0.0)


@every_case
def test_state_goes_into_a_fresh_module(case: LayerCase) -> None:
    module, fresh = make(mt, case.call), make(mt, case.call, seed=1)
    state = module.state_dict()
    assert list(state) == case.state.split()
    keys = fresh.load_state_dict(state, strict=True)
    assert keys.missing_keys == keys.unexpected_keys == []
    assert_alike(case, module, fresh)
    if state:
        name = next(iter(state))
        del state[name]
        with pytest.raises(RuntimeError, match=f'Missing key\\(s\\) in state_dict: "{name}"'):
            fresh.load_state_dict(state)


@every_case
def test_deep_copies(case: LayerCase) -> None:
    module = make(mt, case.call).eval()
    for parameter in list(module.parameters())[:1]:
        parameter.requires_grad_(False)
    assert_alike(case, module, copy.deepcopy(module))


@every_case
def test_pickled_copies(case: LayerCase) -> None:
    module = make(mt, case.call).eval()
    assert_alike(case, module, pickle.loads(pickle.dumps(module)))


@every_case
def test_printed_form(case: LayerCase) -> None:
    assert repr(eval(f"torch.nn.{case.call}", {"torch": mt})) == case.form


@every_case
def test_printed_form_is_pytorchs(torch: Any, case: LayerCase) -> None:
    assert repr(eval(f"torch.nn.{case.call}", {"torch": torch})) == case.form


# Arguments that factories take


@pytest.mark.parametrize("name", [n for n, row in LAYERS.items() if "dtype=" in row.signature])
def test_parameters_take_the_dtype_asked_for(name: str) -> None:
    case = LAYERS[name].cases[0]
    made = eval(f"torch.nn.{case.call[:-1]}, dtype=torch.float64, device='cpu')", {"torch": mt})
    floats = [x for x in made.state_dict().values() if x.is_floating_point()]
    assert floats
    assert {x.dtype for x in floats} == {mt.float64}
    assert {x.dtype for x in made.half().state_dict().values() if x.is_floating_point()} == {
        mt.float16
    }


def test_no_case_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "`NLLLoss2d` has been deprecated")
        for case in CALLED.values():
            layer_value(mt, case)


def test_forward_has_the_arguments_of_pytorchs(torch: Any) -> None:
    for name in LAYERS:
        ours = inspect.signature(getattr(mt.nn, name).forward)
        theirs = inspect.signature(getattr(torch.nn, name).forward)
        if LAYERS[name].cases[0].inputs is not None:
            assert list(ours.parameters) == list(theirs.parameters), name
