"""Functions of each element, number by number."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.elementwise import CUBE, SCALE, Elementwise


def _each(function: Callable[..., float], first: Array, *others: Array) -> Array:
    """The function of each element, in float64, rounded once."""
    wide: Any = [np.ascontiguousarray(a, np.float64).ravel().tolist() for a in (first, *others)]
    values = [function(*numbers) for numbers in zip(*wide, strict=True)]
    return np.array(values).reshape(first.shape).astype(first.dtype)


def _sigmoid(x: float) -> float:
    return 0.0 if x < -700 else 1 / (1 + math.exp(-x))


def _distribution(x: float, approximate: str) -> tuple[float, float]:
    """Φ(x) and its slope."""
    if approximate == "tanh":
        share = _sigmoid(SCALE * (x + CUBE * x**3))
        return share, share * (1 - share) * SCALE * (1 + 3 * CUBE * x * x)
    density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return math.erfc(-x / math.sqrt(2)) / 2, density


def relu(x: Array) -> Array:
    """Keep what is above 0."""
    return _each(lambda v: 0.0 if v < 0 else v, x)


def relu_(x: Array) -> None:
    """The same in place."""
    x[...] = relu(x)


def threshold_grad(grad: Array, out: Array) -> Array:
    """Gradient of `relu`."""
    return _each(lambda g, o: 0.0 if o <= 0 else g, grad, out)


def leak(values: Array, x: Array, slope: float) -> Array:
    """Multiply what is not above 0 by `slope`."""
    return _each(lambda v, own: v if own > 0 else v * slope, values, x)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return _each(_sigmoid, x)


def sigmoid_grad(grad: Array, out: Array) -> Array:
    """Gradient of `sigmoid`."""
    return _each(lambda g, o: g * o * (1 - o), grad, out)


def tanh_grad(grad: Array, out: Array) -> Array:
    """Gradient of tanh."""
    return _each(lambda g, o: g * (1 - o * o), grad, out)


def silu(x: Array) -> Array:
    """X · sigmoid(x)."""
    return _each(lambda v: v * _sigmoid(v), x)


def silu_grad(grad: Array, x: Array) -> Array:
    """Gradient of `silu`."""

    def one(g: float, v: float) -> float:
        share = _sigmoid(v)
        return g * share * (1 + v * (1 - share))

    return _each(one, grad, x)


def gelu(x: Array, approximate: str) -> Array:
    """X · Φ(x)."""
    return _each(lambda v: v * _distribution(v, approximate)[0], x)


def gelu_grad(grad: Array, x: Array, approximate: str) -> Array:
    """Gradient of `gelu`."""

    def one(g: float, v: float) -> float:
        share, slope = _distribution(v, approximate)
        return g * (share + v * slope)

    return _each(one, grad, x)


def erf(x: Array) -> Array:
    """Error function."""
    return _each(math.erf, x)


ELEMENTWISE = Elementwise(
    relu=relu,
    relu_=relu_,
    threshold_grad=threshold_grad,
    leak=leak,
    sigmoid=sigmoid,
    sigmoid_grad=sigmoid_grad,
    tanh_grad=tanh_grad,
    silu=silu,
    silu_grad=silu_grad,
    gelu=gelu,
    gelu_grad=gelu_grad,
    erf=erf,
)
