"""Each function has the forms that PyTorch gives it: method, ``name_``, ``out=``, aliases, words.

What PyTorch has stands in ``forms.txt``, and what is still missing here in ``forms_missing.txt``.
"""

import inspect
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import minitorch as mt
from minitorch.core.errors import near
from minitorch.nn import functional as F
from minitorch.ops.dims import numpy_names
from minitorch.ops.out import takes_out
from tests.support.forms import GOLDEN, Form, ask, overload, read, written
from tests.support.our_forms import (
    INTERNAL,
    functions,
    known_missing,
    missing,
    our_names,
    walk_ops,
    with_aliases,
)

FORMS = read()
NAMES = with_aliases(our_names(walk_ops()), FORMS)
KNOWN = known_missing()


def test_the_list_is_what_pytorch_says(torch: Any) -> None:
    assert written(ask(torch)).splitlines() == GOLDEN.read_text().splitlines(), (
        "PyTorch has other forms now: python -m tests.support.forms"
    )


@pytest.mark.parametrize("name", NAMES)
def test_has_all_forms(name: str) -> None:
    lacks = missing(name, FORMS[name])
    known = KNOWN.get(name, set())
    new = [line for label, line in lacks.items() if label not in known]
    assert not new, "\n" + "\n".join(new)
    mended = known - lacks.keys()
    assert not mended, f"no longer missing: take {sorted(mended)} out of forms_missing.txt"


def test_what_is_known_to_be_missing_is_of_functions_we_have() -> None:
    assert set(KNOWN) <= set(NAMES)


def takes_a_tensor(function: Any) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and "Tensor" in str(first.annotation)


OF_TENSORS = {
    name: module.__name__
    for module in walk_ops()
    for name, f in functions(module).items()
    if takes_a_tensor(f)
}


@pytest.mark.parametrize("name", sorted(OF_TENSORS.keys() - INTERNAL.keys()))
def test_is_a_public_name(name: str) -> None:
    assert any(
        hasattr(owner, name) for owner in (mt, F, mt.Tensor, mt.special, mt.linalg, mt.fft)
    ), (
        f"{name} in {OF_TENSORS[name]} is neither in minitorch/__init__.py nor in nn.functional "
        "nor in special or fft nor a method; if it is not meant for users, say in INTERNAL by "
        "which name "
        "they reach it"
    )


def test_internal_names_exist() -> None:
    assert set(INTERNAL) <= {name for module in walk_ops() for name in functions(module)}
    for path in INTERNAL.values():
        target: Any = mt
        for part in path.split("."):
            target = getattr(target, part)


def scratch(code_owner: str = "scratch") -> ModuleType:
    """A module of a family, as if somebody had just written it."""
    module = ModuleType(code_owner)

    def zork(input: Any) -> Any:
        return input

    zork.__module__ = code_owner
    module.zork = zork  # type: ignore[attr-defined]
    return module


ZORK = Form(
    "",
    {
        "torch": ["(input, *, out=)"],
        "torch_": ["(input)"],
        "Tensor": ["()"],
        "Tensor_": ["()"],
    },
)


def test_a_new_function_is_found_by_itself() -> None:
    assert "zork" in our_names([scratch()])
    assert "sinc" in with_aliases({"sinc"}, FORMS)
    assert FORMS["sinc"] == ZORK


def test_each_form_that_is_missing_is_named_with_the_line_to_add() -> None:
    def zork(x: Any) -> Any: ...

    lines = missing("zork", ZORK, SimpleNamespace(zork=zork), type("Tensor", (), {}))
    assert lines == {
        "torch.zork(input)": "torch.zork does not take input=: rename its parameter, or add one",
        "torch.zork(out)": (
            "torch.zork lacks out=: decorate the function with @takes_out, where it is defined"
        ),
        "torch.zork_": (
            "the root lacks `zork_`: import `zork_ as zork_` in minitorch/__init__.py, and beside "
            "the op `zork_ = in_place(Zork)`"
        ),
        "Tensor.zork": (
            "Tensor lacks `zork`: add `zork = method(<family>.zork)` in minitorch/tensor/<room>.py"
        ),
        "Tensor.zork_": (
            "Tensor lacks `zork_`: add `zork_ = <family>.zork_` in minitorch/tensor/<room>.py, and "
            "beside the op `zork_ = in_place(Zork)`"
        ),
    }


def test_an_alias_is_asked_for_with_its_function() -> None:
    names = with_aliases({"lt"}, FORMS)
    assert names == ["less", "lt"] == with_aliases({"less"}, FORMS)
    lines = missing("less", FORMS["less"], SimpleNamespace(), type("Tensor", (), {}))
    assert lines["torch.less"].endswith("import `lt as less` in minitorch/__init__.py")
    assert lines["Tensor.less_"].endswith("add `less_ = lt_` in minitorch/tensor/<room>.py")


def lacking(function: Any, *signatures: str) -> list[str]:
    form = Form("", {"torch": list(signatures)})
    return list(missing("f", form, SimpleNamespace(f=function)))


def test_words_and_their_order() -> None:
    reduce = "(input, dim/axis, keepdim/keepdims=, *, dtype=)"

    def plain(input: Any, dim: Any = None, keepdim: Any = False, *, dtype: Any = None) -> Any: ...
    def swapped(input: Any, keepdim: Any, dim: Any, *, dtype: Any = None) -> Any: ...
    def strict(input: Any, dim: Any, keepdim: Any, *, dtype: Any = None) -> Any: ...
    def loose(*args: Any, **params: Any) -> Any: ...

    assert lacking(takes_out(numpy_names(plain)), reduce, "(input, *, out=)") == []
    assert lacking(plain, reduce) == ["torch.f(axis)", "torch.f(keepdims)"]
    assert lacking(numpy_names(strict), reduce) == [
        "torch.f(input, dim/axis, keepdim/keepdims, dtype)"
    ]
    assert lacking(loose, "(input)") == ["torch.f(input)"]
    assert lacking(plain, "(*size)") == [] and lacking(lambda size: size, "(*size)") == [
        "torch.f(*)"
    ]


def test_parameters_that_are_not_asked_for_keep_their_place() -> None:
    assert lacking(lambda input, other: input, "(self, other)") == []
    assert lacking(lambda other: other, "(self, other)") == ["torch.f(other)"]


def test_an_overload_is_read_into_its_parts() -> None:
    positional, takes_more, keyword, required = overload("(input, *size, out=, dtype)")
    assert (positional, takes_more, keyword) == (["input"], True, ["out", "dtype"])
    assert required == {"input", "dtype"}


@pytest.mark.parametrize(
    ("module", "name", "advice"),
    [
        (mt, "sigmiod", "Did you mean 'sigmoid'?"),
        (mt, "zeross", "Did you mean 'zeros'?"),
        (mt.nn, "Conv2D", "Did you mean 'Conv2d'?"),
        (mt.nn, "relu", "Did you mean 'ReLU'?"),
        (mt.optim, "SDG", "Did you mean 'SGD'?"),
        *[(mt, name, "minitorch has no such part") for name in ("_C", "sparse", "cond", "fx")],
        (mt, "gelu", "There is 'minitorch.nn.functional.gelu'."),
        (mt.optim, "Linear", "There is 'minitorch.nn.Linear'."),
        (mt.nn, "QuantStub", "minitorch has no such layer"),
        *[(mt.optim, name, "minitorch has no such rule") for name in ("Sophia", "Shampoo")],
        (mt.nn.functional, "grouped_mm", "minitorch has no such function"),
        (mt.optim.lr_scheduler, "KneeRate", "minitorch has no such schedule"),
    ],
)
def test_names_that_are_not_there_say_what_is_near_if_anything_is(
    module: ModuleType, name: str, advice: str
) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    said = f"module '{module.__name__}' has no attribute '{name}'. {advice}"
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("sigmiod", "sigmoid"),
        ("usm", "sum"),
        ("dat", "data"),
        ("resnet8", "resnet18"),
        ("layer3", "layer1"),
        ("crossentropy", "cross_entropy"),
        ("bathcnorm1D", "BatchNorm1d"),
        ("RELU", "relu"),
    ],
)
def test_a_slip_is_near(name: str, known: str) -> None:
    assert near(name, ["zeros", known, f"{known}_of_something"]) == f" Did you mean '{known}'?"
    assert near(known, [name]) == f" Did you mean '{name}'?"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("linalg", "long"),
        ("jit", "int"),
        ("os", "ops"),
        ("cond", "conj"),
        ("post", "stop"),
        ("qint8", "int8"),
        ("parse_ir", "sparse_csr"),
        ("dequantize", "quantile"),
        ("batch_norm_stats", "batch_norm"),
        ("set_anomaly_enabled", "is_anomaly_enabled"),
        ("mkldnn_adaptive_avg_pool2d", "adaptive_avg_pool1d"),
        ("", "sum"),
    ],
)
def test_another_word_is_not_near(name: str, known: str) -> None:
    assert near(name, [known]) == near(known, [name]) == ""


def test_of_several_the_nearest_is_named() -> None:
    assert near("sigmoi", ["sigmod_", "sigmoid", "sigmoid_"]) == " Did you mean 'sigmoid'?"


def test_methods_take_no_out() -> None:
    """They are what `takes_out` was given: `exp = method(exponential.exp)`."""
    methods = {name: getattr(mt.Tensor, name) for name in dir(mt.Tensor) if name[0] != "_"}
    signatures = {n: inspect.signature(f) for n, f in methods.items() if inspect.isfunction(f)}
    assert [name for name, signature in signatures.items() if "out" in signature.parameters] == []
