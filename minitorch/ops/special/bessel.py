"""Bessel functions: the modified ones of the first kind, and those without a derivative."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote_to_float
from minitorch.core.limits import finfo
from minitorch.kernels.special import bessel
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.comparison import Le
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import in_place
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _integral(f: Callable[[Array], Array], low: float, high: float) -> float:
    """Gauss's rule."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    half = (high - low) / 2
    return float((f(low + half * (nodes + 1)) * weights).sum() * half)


def _i(n: int, scaled: bool = False) -> Callable[[float], float]:
    """Modified, first kind, by its integral: https://dlmf.nist.gov/10.32.E3."""

    def of(x: float) -> float:
        shift = abs(x) if scaled else 0.0
        whole = _integral(lambda t: np.exp(x * np.cos(t) - shift) * np.cos(n * t), 0, math.pi)
        return whole / math.pi

    return of


def _near_zero(x: Any) -> Any:
    """Where the slope is 1/2, and the differences that give it elsewhere have lost all digits."""
    return Le.apply(x.abs(), finfo(x.dtype).eps)


def _apart(x: Any) -> Any:
    """x, but 1 near 0: so that what is not chosen there is finite, and so are its gradients."""
    return Where.apply(_near_zero(x), 1.0, x)


class I0(Unary):
    """Modified Bessel function of the first kind, order 0: (*) -> (*)."""

    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * I1.apply(x))
    forward = staticmethod(bessel.i0)
    scalar = staticmethod(_i(0))


@takes_out
@takes_tensors
def i0(input: TensorBase) -> Tensor:
    """Return the modified Bessel function of the first kind, order 0: (*) -> (*)."""
    return I0.apply(input)


i0_ = in_place(I0)


class I0e(Unary):
    """exp(-|x|) I0(x): (*) -> (*)."""

    name = "SpecialI0EBackward0"
    saves = (0,)
    saves_outputs = (0,)
    forward = staticmethod(bessel.i0e)
    scalar = staticmethod(_i(0, scaled=True))
    domain = "nonzero"

    @staticmethod
    def slope(grad: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return grad * (I1e.apply(x) - x.sign() * out)


@takes_out
@takes_tensors
def i0e(input: TensorBase) -> Tensor:
    """Return :func:`i0` times exp(-|input|): (*) -> (*)."""
    return I0e.apply(input)


class I1(Unary):
    """Modified Bessel function of the first kind, order 1: (*) -> (*)."""

    name = "SpecialI1Backward0"
    saves = (0,)
    saves_outputs = (0,)
    forward = staticmethod(bessel.i1)
    scalar = staticmethod(_i(1))
    domain = "nonzero"

    @staticmethod
    def slope(grad: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return grad * Where.apply(_near_zero(x), 0.5, I0.apply(x) - out / _apart(x))


@takes_out
@takes_tensors
def i1(input: TensorBase) -> Tensor:
    """Return the modified Bessel function of the first kind, order 1: (*) -> (*)."""
    return I1.apply(input)


class I1e(Unary):
    """exp(-|x|) I1(x): (*) -> (*)."""

    name = "SpecialI1EBackward0"
    saves = (0,)
    saves_outputs = (0,)
    forward = staticmethod(bessel.i1e)
    scalar = staticmethod(_i(1, scaled=True))
    domain = "nonzero"

    @staticmethod
    def slope(grad: Tensor, x: Tensor, out: Tensor) -> Tensor:
        slope = I0e.apply(x) - out * (x.sign() + _apart(x).reciprocal())
        return grad * Where.apply(_near_zero(x), 0.5, slope)


@takes_out
@takes_tensors
def i1e(input: TensorBase) -> Tensor:
    """Return :func:`i1` times exp(-|input|): (*) -> (*)."""
    return I1e.apply(input)


def _j(n: int) -> Callable[[float], float]:
    """First kind, by its integral: https://dlmf.nist.gov/10.9.E2."""
    return lambda x: _integral(lambda t: np.cos(n * t - x * np.sin(t)), 0, math.pi) / math.pi


def _k(n: int, scaled: bool = False) -> Callable[[float], float]:
    """Modified, second kind, by its integral: https://dlmf.nist.gov/10.32.E9."""

    def of(x: float) -> float:
        shift = x if scaled else 0.0
        return _integral(lambda t: np.exp(shift - x * np.cosh(t)) * np.cosh(n * t), 0, 8)

    return of


def _y(n: int) -> Callable[[float], float]:
    """Second kind, by its integrals: https://dlmf.nist.gov/10.9.E7."""

    def of(x: float) -> float:
        def decay(t: Array) -> Array:
            return (np.exp(n * t) + (-1) ** n * np.exp(-n * t)) * np.exp(-x * np.sinh(t))

        wave = _integral(lambda t: np.sin(x * np.sin(t) - n * t), 0, math.pi)
        return (wave - _integral(decay, 0, 8)) / math.pi

    return of


def _ai(x: float) -> float:
    """By its power series: https://dlmf.nist.gov/9.4.E1."""
    f, g, even, odd = 0.0, 0.0, 1.0, x
    for k in range(40):
        f, g = f + even, g + odd
        even *= x**3 / ((3 * k + 2) * (3 * k + 3))
        odd *= x**3 / ((3 * k + 3) * (3 * k + 4))
    return f / (3 ** (2 / 3) * math.gamma(2 / 3)) - g / (3 ** (1 / 3) * math.gamma(1 / 3))


_SCALARS: dict[str, Callable[[float], float]] = {
    "airy_ai": _ai,
    "bessel_j0": _j(0),
    "bessel_j1": _j(1),
    "bessel_y0": _y(0),
    "bessel_y1": _y(1),
    "modified_bessel_i0": _i(0),
    "modified_bessel_i1": _i(1),
    "modified_bessel_k0": _k(0),
    "modified_bessel_k1": _k(1),
    "scaled_modified_bessel_k0": _k(0, scaled=True),
    "scaled_modified_bessel_k1": _k(1, scaled=True),
    "spherical_bessel_j0": lambda x: math.sin(x) / x,
}


class NamedFunction(Op):
    """A function of ``kernels/special``, by its name; as in PyTorch without derivative."""

    elementwise = True
    differentiable = False
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array, *, function: str) -> Array:
        return bessel.FUNCTIONS[function](x)

    parity = staticmethod(lambda torch, x, *, function: getattr(torch.special, function)(x))

    @staticmethod
    def reference(x: Array, *, function: str) -> Any:
        return np.vectorize(_SCALARS[function], otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for function in _SCALARS:
            yield s(s.positive(2, 3) * 2, function=function)
        yield s(s.positive(), function="bessel_j0")
        yield s(s.positive(0, 2), function="bessel_y1")


def _named(function: str, words: str, *, calls_it_x: bool = False) -> Any:
    """Make a function of :class:`NamedFunction`, whose argument is in some of PyTorch's ``x``."""

    def of(input: TensorBase) -> Tensor:
        return NamedFunction.apply(input, function=function)

    def of_x(x: TensorBase) -> Tensor:
        return NamedFunction.apply(x, function=function)

    made = of_x if calls_it_x else of
    made.__name__ = made.__qualname__ = function
    made.__doc__ = f"Return {words}, which has no gradient: (*) -> (*)."
    return takes_out(takes_tensors(made))


airy_ai = _named("airy_ai", "Airy's function Ai", calls_it_x=True)
bessel_j0 = _named("bessel_j0", "the Bessel function of the first kind, order 0")
bessel_j1 = _named("bessel_j1", "the Bessel function of the first kind, order 1")
bessel_y0 = _named("bessel_y0", "the Bessel function of the second kind, order 0")
bessel_y1 = _named("bessel_y1", "the Bessel function of the second kind, order 1")
modified_bessel_i0 = _named("modified_bessel_i0", "the modified first kind, order 0")
modified_bessel_i1 = _named("modified_bessel_i1", "the modified first kind, order 1")
modified_bessel_k0 = _named("modified_bessel_k0", "the modified second kind, order 0")
modified_bessel_k1 = _named("modified_bessel_k1", "the modified second kind, order 1")
scaled_modified_bessel_k0 = _named("scaled_modified_bessel_k0", "exp(x) K0(x)", calls_it_x=True)
scaled_modified_bessel_k1 = _named("scaled_modified_bessel_k1", "exp(x) K1(x)", calls_it_x=True)
spherical_bessel_j0 = _named("spherical_bessel_j0", "sin(x) / x, 1 at 0", calls_it_x=True)
