"""Every function of `nn.functional`, walked through its row: none can be added without one."""

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck, gradgradcheck
from tests.nn.both import array, assert_same_values, outcome
from tests.nn.cases import ERRORS, FAMILIES, FUNCTIONS
from tests.nn.cases.rows import Function, FunctionCase
from tests.nn.walks import call_function, draw, fed, flat, function_value, run_function, signature

F = mt.nn.functional
TOLERANCE = {"float32": 2e-5, "float64": 1e-11, "float16": 2e-2}

CASES = {f"F.{case.call}": case for row in FUNCTIONS.values() for case in row.cases}
SLOPED = {
    call: case
    for call, case in CASES.items()
    if any(x.grad for x in case.inputs.values())
    and all(0 not in x.shape for x in case.inputs.values())
}
# PyTorch has no second derivative of it either.
SLOPED_TWICE = {call: case for call, case in SLOPED.items() if not call.startswith("F.ctc_loss(")}
UNBATCHED = {call: case for call, case in CASES.items() if case.unbatched}
INPLACE = [name for name, row in FUNCTIONS.items() if "inplace" in row.signature]
TRAINING = {key: {"training": True} for key in ("alpha_dropout", "feature_alpha_dropout")}
UNDERSCORED = [name for name in FUNCTIONS if name.endswith("_")]

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_sloped = pytest.mark.parametrize("case", SLOPED.values(), ids=SLOPED)
every_function = pytest.mark.parametrize(("name", "row"), FUNCTIONS.items(), ids=FUNCTIONS)
# Deprecated functions are here, too.
pytestmark = pytest.mark.filterwarnings("ignore:`nn.functional.upsample")
# PyTorch copies the input for it, and says so.
even_kernels = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


# What the files of `nn.functional` share, which is not PyTorch's, and what it has at its root.
HELPER_FILES = {"checks", "pool_checks", "reduction", "recurrent"}
HELPERS = {
    "check_pair",
    "check_probability",
    "drop_channels",
    "normalise_channels",
    "normalise_groups",
    "normalise_instances",
    "normalise_rows",
    "sum_around",
    "together",
    "weigh",
}


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every function that `minitorch.nn.functional` offers, or defines in one of its files."""
    places = [F]
    for file in pkgutil.iter_modules(F.__path__):
        if file.name not in HELPER_FILES:
            places.append(importlib.import_module(f"{F.__name__}.{file.name}"))
    return {
        name: value
        for place in places
        for name, value in ((name, getattr(place, name)) for name in dir(place))
        if inspect.isfunction(value) and not name.startswith("_") and name not in HELPERS
        if place is F or value.__module__ == place.__name__
    }


def complaints(
    functions: Mapping[str, Callable[..., Any]],
    rows: Mapping[str, Function],
    errors: Iterable[str],
) -> str:
    """What is missing, and where it is to be added."""
    missing = []
    files = ", ".join(family.__name__.rpartition(".")[2] for family in FAMILIES)
    for name, function in functions.items():
        arguments = signature(function)
        if name not in rows or not rows[name].cases:
            missing.append(
                f"F.{name} ({function.__module__}) has no cases: add to FUNCTIONS in the file of "
                f"its family in tests/nn/cases ({files}) the row\n"
                f'    "{name}": Function("{arguments}", [FunctionCase("{name}(x)", '
                '{"x": normal(3, 4)}, value=...)]),'
            )
        if not any(f"F.{name}(" in call for call in errors):
            missing.append(
                f"F.{name} has no error case: add to ERRORS there a call of `F.{name}(...)` that "
                "is refused"
            )
        if getattr(F, name, None) is not function:
            missing.append(
                f"F.{name} is not exported: add `{name} as {name}` to "
                "minitorch/nn/functional/__init__.py"
            )
    return "\n".join(missing)


def test_every_function_has_a_row() -> None:
    missing = complaints(public_functions(), FUNCTIONS, ERRORS)
    assert not missing, missing


def test_every_row_is_of_a_function() -> None:
    assert set(FUNCTIONS) == set(public_functions())
    for name, row in FUNCTIONS.items():
        for case in row.cases:
            assert case.call.startswith(f"{name}(")


def test_a_function_without_a_row_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def swish(input: Any, beta: float = 1.0) -> Any: ...

    swish.__module__ = "minitorch.nn.functional.activation"
    monkeypatch.setattr(mt.nn.functional.activation, "swish", swish, raising=False)
    message = complaints(public_functions(), FUNCTIONS, ERRORS)
    assert '"swish": Function("(input, beta=1.0)", [FunctionCase("swish(x)"' in message
    assert "F.swish has no error case" in message
    assert "F.swish is not exported" in message
    assert message.count("\n") == 3  # and nobody else is
    assert "has no cases" in complaints({"relu": F.relu}, {"relu": Function("()", [])}, [])


@every_function
def test_arguments_are_those_of_the_row(name: str, row: Function) -> None:
    # Some of PyTorch's take ``out`` without saying so.
    assert signature(getattr(F, name)).replace(", *, out=None", "") == row.signature


def documented(torch: Any, name: str) -> inspect.Signature:
    """PyTorch's arguments and defaults; those of compiled functions stand in their docstrings."""
    function = getattr(torch.nn.functional, name)
    if inspect.isfunction(function) and signature(function) == "(*args, **kwargs)":
        function = getattr(torch.nn.functional, f"_{name}")  # what a dispatcher calls
    if inspect.isfunction(function):
        return inspect.signature(eval(f"lambda {signature(function)[1:-1]}: 0"))
    first = " ".join(function.__doc__.partition("->")[0].split()) + " ->"
    if name == "conv_tbc":  # there it is said in prose
        first = "conv_tbc(input, weight, bias, pad=0) -> Tensor"
    assert first.startswith(f"{name}(")
    first = first.replace("one_hot(tensor", "one_hot(input")  # as the code has it
    return inspect.signature(eval(f"lambda {first.partition('(')[2].rpartition(') ->')[0]}: 0"))


@every_function
def test_arguments_of_the_row_are_pytorchs(torch: Any, name: str, row: Function) -> None:
    assert inspect.signature(eval(f"lambda {row.signature[1:-1]}: 0")) == documented(torch, name)


@every_function
def test_every_argument_is_given_by_name_in_some_case(name: str, row: Function) -> None:
    """So that the names themselves are compared, not only read."""
    old = ("size_average", "reduce", "_stacklevel", "out")
    for argument in inspect.signature(getattr(F, name)).parameters:
        if argument in old:
            continue
        assert any(f"{argument}=" in case.call for case in row.cases), argument


# Values


@every_case
def test_value_without_pytorch(case: FunctionCase) -> None:
    """Results, first and second gradients, as one number that PyTorch gave."""
    value = function_value(mt, case)
    assert case.value is not None, f"{case.call} needs PyTorch's value=...; here it is {value!r}"
    assert value == pytest.approx(case.value, rel=1e-9, abs=1e-9)


@even_kernels
@every_case
def test_value_is_pytorchs(torch: Any, case: FunctionCase) -> None:
    assert function_value(torch, case) == pytest.approx(case.value, rel=1e-9, abs=1e-9)


@even_kernels
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_case
def test_results_and_gradients_of_both_orders_are_pytorchs(
    torch: Any, case: FunctionCase, dtype: str
) -> None:
    ours, theirs = (run_function(lib, case, dtype) for lib in (mt, torch))
    assert_same_values(ours[:2], theirs[:2], TOLERANCE[dtype])
    assert_same_or_zero(ours[2], theirs[2], TOLERANCE[dtype])


def assert_same_or_zero(ours: Any, theirs: Any, tolerance: float) -> None:
    """Compare second gradients, of which one library may say that there is none: it is zero."""
    for got, want in zip(ours, theirs, strict=True) if ours and theirs else ():
        a, b = (0.0 if x is None else array(x) for x in (got, want))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    for rest in ours if not theirs else theirs if not ours else ():
        assert rest is None or not array(rest).any()


@even_kernels
@every_case
def test_float16(torch: Any, case: FunctionCase) -> None:
    """Where PyTorch computes on the CPU in float16, so does minitorch."""
    kind, (theirs, _) = outcome(lambda lib: run_function(lib, case, "float16"), torch)
    if kind != "value":
        pytest.skip(f"PyTorch has no float16 here: {theirs}")
    ours = run_function(mt, case, "float16")
    assert_same_values(ours[:2], theirs[:2], TOLERANCE["float16"])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
@every_function
def test_integers_are_taken_or_refused_as_in_pytorch(
    torch: Any, name: str, row: Function, dtype: str
) -> None:
    """The first input as integers: the same dtype and numbers, or an error of the same class."""
    case = row.cases[0]

    def call(lib: Any) -> Any:
        first, *others = draw(lib, case.inputs.values(), "float32")
        integers = (first.detach() * 2).to(getattr(lib, dtype))
        return flat(call_function(lib, case, [integers, *[x.detach() for x in others]]))

    (kind, (ours, _)), (their_kind, (theirs, _)) = outcome(call, mt), outcome(call, torch)
    assert kind == their_kind, (ours, theirs)
    if kind == "value":
        assert_same_values(ours, theirs, 1e-6)


# Derivatives


def as_function(case: FunctionCase) -> Callable[..., Any]:
    def function(*inputs: Any) -> Any:
        results = flat(call_function(mt, case, fed(list(inputs))))
        return tuple(x.flatten() for x in results if x.is_floating_point())

    return function


@every_sloped
def test_gradients_are_slopes(case: FunctionCase) -> None:
    assert gradcheck(as_function(case), draw(mt, case.inputs.values()), fast_mode=True)


@pytest.mark.parametrize("case", SLOPED_TWICE.values(), ids=SLOPED_TWICE)
def test_second_gradients_are_slopes_of_the_first(case: FunctionCase) -> None:
    assert gradgradcheck(as_function(case), draw(mt, case.inputs.values()), fast_mode=True)


@every_case
def test_no_grad_records_nothing(case: FunctionCase) -> None:
    with mt.no_grad():
        results = flat(call_function(mt, case, fed(draw(mt, case.inputs.values()))))
    assert all(x.grad_fn is None for x in results)


# Writes


@every_case
def test_only_what_is_to_be_written_is(case: FunctionCase) -> None:
    """Inputs stay as they are, but for in-place forms and the statistics of a norm in training."""
    inputs = [x.detach() for x in draw(mt, case.inputs.values())]
    before = [array(x).copy() for x in inputs]
    results = flat(call_function(mt, case, inputs))
    statistics = (
        inputs[1:3]
        if case.call.startswith(("batch_norm(", "instance_norm(")) and "True" in case.call
        else []
    )
    written = [id(x) for x in (*results, *statistics)]
    for x, old in zip(inputs, before, strict=True):
        if id(x) not in written:
            np.testing.assert_array_equal(array(x), old)


NEEDED = {"threshold": (0.1, -2.0)}  # what cannot be left out


@pytest.mark.parametrize("name", INPLACE)
def test_inplace_gives_the_same_and_the_input_itself(name: str) -> None:
    results = []
    for inplace in (False, True):
        mt.manual_seed(0)
        leaf = draw(mt, [FUNCTIONS[name].cases[0].inputs["x"]])[0]
        x = leaf.clone()
        needed = NEEDED.get(name, ())
        out = getattr(F, name)(x, *needed, inplace=inplace, **TRAINING.get(name, {}))
        assert (out is x) == inplace
        (out * out).sum().backward()
        results.append([out, leaf.grad])
    assert_same_values(*results, 1e-15)


@pytest.mark.parametrize("name", UNDERSCORED)
def test_the_underscore_means_inplace(name: str) -> None:
    base = name[:-1]
    assert base in INPLACE
    results = []
    for function in (getattr(F, base), getattr(F, name)):
        leaf = draw(mt, [FUNCTIONS[name].cases[0].inputs["x"]])[0]
        x = leaf.clone()
        out = function(x, *NEEDED.get(base, ()))
        assert (out is x) == (function is not getattr(F, base))
        (out * out).sum().backward()
        results.append([out, leaf.grad])
    assert_same_values(*results, 1e-15)


def test_every_inplace_form_of_pytorch_is_here(torch: Any) -> None:
    """A function whose `name_` PyTorch has in nn.functional has it here, too."""
    for name in public_functions():
        if hasattr(torch.nn.functional, f"{name}_"):
            assert hasattr(F, f"{name}_"), f"add {name}_ to minitorch/nn/functional"


# Shapes and warnings


@pytest.mark.parametrize("case", UNBATCHED.values(), ids=UNBATCHED)
def test_the_first_dimension_may_be_left_out(case: FunctionCase) -> None:
    first, *others = draw(mt, case.inputs.values())
    whole = flat(call_function(mt, case, fed([first, *others])))
    for i in range(len(first)):
        alone = flat(call_function(mt, case, fed([first[i].clone(), *others])))
        for got, want in zip(alone, whole, strict=True):
            assert got.shape == want.shape[1:]
            np.testing.assert_allclose(array(got), array(want)[i], rtol=1e-12, atol=1e-14)


def test_no_case_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "`nn.functional.upsample")  # which is what they are for
        for case in CASES.values():
            function_value(mt, case)
