"""Functions of each element that NumPy takes several steps for."""

import math
from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array

# GELU by "tanh" is x / (1 + exp(-z)) with z = SCALE · (x + CUBE · x³).
SCALE, CUBE = math.sqrt(8 / math.pi), 0.044715


class OfOne(Protocol):
    """A function of each element."""

    def __call__(self, x: Array, /) -> Array:
        """(*) -> (*)."""


class InPlace(Protocol):
    """A function of each element, written over it."""

    def __call__(self, x: Array, /) -> None:
        """(*)."""


class OfTwo(Protocol):
    """A gradient: what arrives, and the input or the result, whichever the field says."""

    def __call__(self, grad: Array, saved: Array, /) -> Array:
        """(*), (*) -> (*)."""


class Leak(Protocol):
    """`values` where x is above 0, times `slope` elsewhere, also where x is NaN."""

    def __call__(self, values: Array, x: Array, slope: float) -> Array:
        """(*), (*) -> (*)."""


class Gelu(Protocol):
    """x · Φ(x) with the normal distribution function, or its approximation by "tanh"."""

    def __call__(self, x: Array, approximate: str) -> Array:
        """(*) -> (*)."""


class GeluGrad(Protocol):
    """The gradient of `Gelu`, grad · (Φ(x) + x · Φ'(x))."""

    def __call__(self, grad: Array, x: Array, approximate: str) -> Array:
        """(*), (*) -> (*)."""


@dataclass(frozen=True, eq=False, repr=False)
class Elementwise:
    """Activations, their gradients, erf: arrays of one shape, and results that lie as they do."""

    relu: OfOne  # max(x, 0); of any real dtype
    relu_: InPlace
    threshold_grad: OfTwo  # grad where the result was above 0 or NaN, elsewhere 0
    leak: Leak
    sigmoid: OfOne  # complex numbers, too, as well as silu and the gradients of sigmoid and tanh
    sigmoid_grad: OfTwo  # of the result
    tanh_grad: OfTwo  # of the result
    silu: OfOne  # x · sigmoid(x)
    silu_grad: OfTwo  # of the input
    gelu: Gelu
    gelu_grad: GeluGrad
    erf: OfOne
