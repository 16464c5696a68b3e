"""Functions and methods are pickled by name, as PyTorch's are, and come back as the same object."""

import inspect
import pickle
from typing import Any

import pytest

import minitorch as mt

FUNCTIONS = {n: f for n, f in vars(mt).items() if inspect.isfunction(f) and not n.startswith("_")}
METHODS = {
    name: getattr(mt.Tensor, name)
    for name in dir(mt.Tensor)
    if inspect.isfunction(getattr(mt.Tensor, name))
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_of_the_root(name: str) -> None:
    assert pickle.loads(pickle.dumps(FUNCTIONS[name])) is FUNCTIONS[name]


@pytest.mark.parametrize("name", sorted(METHODS))
def test_methods(name: str) -> None:
    method: Any = METHODS[name]
    assert pickle.loads(pickle.dumps(method)) is method


def test_errors_name_the_method() -> None:
    with pytest.raises(TypeError, match=r"Tensor\.exp\(\) takes 1 positional argument"):
        mt.ones(1).exp(1)
