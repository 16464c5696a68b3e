"""A new op needs two lines elsewhere: a public name and a method; this reminds of both."""

import inspect
from typing import Any

import pytest

import minitorch as mt
from minitorch import ops
from minitorch.nn import functional as F

FUNCTIONS = [
    name
    for name, value in vars(ops).items()
    if inspect.isfunction(value) and not name.startswith("_")
]

# What the layers above call by another name: methods, operators, ``nn.functional``.
INTERNAL = {
    "batch_norm_inference": "nn.functional.batch_norm",
    "cast": "Tensor.to",
    "contiguous": "Tensor.contiguous",
    "limits": "clamp",
    "max_pool2d_with_indices": "nn.functional.max_pool2d",
    "rounded_division": "div",
    "scaled": "add",
    "sum_to_size": "Tensor.sum_to_size",
}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - set(INTERNAL)))
def test_is_a_public_name(name: str) -> None:
    assert hasattr(mt, name) or hasattr(F, name), (
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
