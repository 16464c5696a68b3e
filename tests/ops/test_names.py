"""A new op needs two lines elsewhere: a public name and a method; this reminds of both."""

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

import minitorch as mt
import minitorch.ops.elementwise
from minitorch import ops
from minitorch.nn import functional as F
from minitorch.ops import layers, linalg, reduce


def _of_tensors(module: Any) -> list[str]:
    """The functions of tensors that a family's file defines."""
    return [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and _first(value) in ("input", "equation", "a")
    ]


def _first(function: Any) -> str:
    """The name of the first parameter, unless it is an array."""
    for parameter in inspect.signature(function).parameters.values():
        return "" if parameter.annotation == "Array" else parameter.name
    return ""


ROOMS = [reduce, linalg, layers]
FUNCTIONS = [
    name
    for name, value in vars(ops).items()
    if inspect.isfunction(value) and not name.startswith("_")
]
# Those of whole families: what returns tensors, where it is defined.
for found in pkgutil.iter_modules(minitorch.ops.elementwise.__path__):
    family = importlib.import_module(f"minitorch.ops.elementwise.{found.name}")
    FUNCTIONS += [
        name
        for name, value in vars(family).items()
        if inspect.isfunction(value)
        and value.__module__ in (family.__name__, "minitorch.ops.in_place")
        and "input" in value.__annotations__
        and not name.startswith("_")
    ]

# What the layers above call by another name: methods, operators, ``nn.functional``.
INTERNAL = {
    "addmm_": "Tensor.addmm_",
    "batch_norm_inference": "nn.functional.batch_norm",
    "cast": "Tensor.to",
    "contiguous": "Tensor.contiguous",
    "cumsum_": "Tensor.cumsum_",
    "expand": "Tensor.expand",
    "getitem": "Tensor.__getitem__",
    "index_add_call": "index_add",
    "index_put_": "Tensor.index_put_",
    "masked_fill_call": "masked_fill",
    "matrix_transpose": "Tensor.mT",
    "max_pool2d_with_indices": "nn.functional.max_pool2d",
    "repeat": "Tensor.repeat",
    "reverse_dims": "Tensor.T",
    "scaled": "add",
    "scatter_add_call": "scatter_add",
    "scatter_call": "scatter",
    "setitem": "Tensor.__setitem__",
    "view": "Tensor.view",
}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - set(INTERNAL)))
def test_is_a_public_name(name: str) -> None:
    is_method_only = name.endswith("_") and hasattr(mt.Tensor, name)
    assert hasattr(mt, name) or hasattr(F, name) or is_method_only, (
        f"ops.{name} is in neither minitorch/__init__.py nor nn.functional; if it is not meant for "
        "users, say in INTERNAL by which name they reach it"
    )


def test_internal_names_exist() -> None:
    assert set(INTERNAL) <= set(FUNCTIONS)
    for path in INTERNAL.values():
        target: Any = mt
        for part in path.split("."):
            target = getattr(target, part)


def test_functions_of_a_tensor_are_methods_where_pytorch_has_them(torch: Any) -> None:
    missing = [n for n in FUNCTIONS if hasattr(torch.Tensor, n) and not hasattr(mt.Tensor, n)]
    assert missing == []


# PyTorch has these at its root too, but with other arguments, or for the sake of its own layers.
NOT_AT_THE_ROOT = {"binary_cross_entropy_with_logits"}


def test_functions_are_at_the_root_where_pytorch_has_them(torch: Any) -> None:
    layers = [name for name, value in vars(F).items() if inspect.isfunction(value)]
    missing = {n for n in FUNCTIONS + layers if hasattr(torch, n) and not hasattr(mt, n)}
    assert missing == NOT_AT_THE_ROOT


def test_names_that_are_not_there_say_what_is_near() -> None:
    with pytest.raises(AttributeError, match=r"attribute .sigmiod.\. Did you mean .sigmoid."):
        mt.sigmiod  # noqa: B018
