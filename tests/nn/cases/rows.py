"""What a row says about a layer or a function, and the random numbers that it is tried on."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Drawn:
    """A random array; `grad` where the gradient with respect to it is looked at."""

    shape: tuple[int, ...]
    low: float | None = None  # None: normally distributed, else uniform from low to high
    high: float = 1.0
    grad: bool = True
    integer: bool = False

    def array(self, random: np.random.Generator, dtype: str) -> Any:
        if self.integer:
            return np.asarray(random.integers(int(self.low or 0), int(self.high), self.shape))
        if self.low is None:
            return np.asarray(random.standard_normal(self.shape), dtype)
        return np.asarray(random.uniform(self.low, self.high, self.shape), dtype)


def normal(*shape: int) -> Drawn:
    return Drawn(shape)


def unit(*shape: int) -> Drawn:
    """From 0 to 1: probabilities."""
    return Drawn(shape, 0.0)


def scale(*shape: int) -> Drawn:
    """From 0.5 to 2: factors."""
    return Drawn(shape, 0.5, 2.0)


def constant(*shape: int) -> Drawn:
    """Factors or statistics, which have no gradient."""
    return Drawn(shape, 0.5, 2.0, grad=False)


def labels(classes: int, *shape: int) -> Drawn:
    return Drawn(shape, 0, classes, grad=False, integer=True)


@dataclass(frozen=True)
class LayerCase:
    """One way to make a layer, and to call it.

    `value` is PyTorch's number for `tests.nn.walks.layer_value`, which weighs results and
    gradients; `form` and `state` are PyTorch's printed form and names in the state dict.
    """

    call: str  # of torch.nn
    inputs: list[Drawn] | None  # None: it has no forward
    form: str
    state: str = ""
    value: float | None = None
    unbatched: bool = False  # the first dimension may be left out


@dataclass(frozen=True)
class Layer:
    """The row of a Module: its constructor's arguments, as PyTorch's, and cases."""

    signature: str
    cases: list[LayerCase]


@dataclass(frozen=True)
class FunctionCase:
    """One call of a function; `value` is PyTorch's number for `tests.nn.walks.function_value`."""

    call: str  # of torch.nn.functional, with the inputs' names
    inputs: dict[str, Drawn]
    value: float | None = None
    unbatched: bool = False  # the first dimension of the first input may be left out
    orders: int = 2  # how often PyTorch differentiates it


@dataclass(frozen=True)
class Function:
    """The row of a function: its arguments, as PyTorch's, and cases."""

    signature: str
    cases: list[FunctionCase]
