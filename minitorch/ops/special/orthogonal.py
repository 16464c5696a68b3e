"""Orthogonal polynomials, by PyTorch's names; they have no gradient there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.core.dtypes import promote_to_float
from minitorch.kernels.special.orthogonal import POLYNOMIALS
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def _of_degree(value: Callable[..., Any]) -> Callable[[float, float], float]:
    """One of ``numpy.polynomial``, which take coefficients."""
    return lambda x, n: float(value(x, [0.0] * int(n) + [1.0]))


def _shifted(of: Callable[[float, float], float]) -> Callable[[float, float], float]:
    return lambda x, n: of(2 * x - 1, n)


_t = _of_degree(np.polynomial.chebyshev.chebval)
_CHEBYSHEV: dict[str, Callable[[float, float], float]] = {
    "t": _t,
    "u": lambda x, n: math.sin((n + 1) * math.acos(x)) / math.sin(math.acos(x)),
    "v": lambda x, n: math.cos((n + 0.5) * math.acos(x)) / math.cos(math.acos(x) / 2),
    "w": lambda x, n: math.sin((n + 0.5) * math.acos(x)) / math.sin(math.acos(x) / 2),
}
_SCALARS = {
    **{f"chebyshev_polynomial_{kind}": of for kind, of in _CHEBYSHEV.items()},
    **{f"shifted_chebyshev_polynomial_{kind}": _shifted(of) for kind, of in _CHEBYSHEV.items()},
    "hermite_polynomial_h": _of_degree(np.polynomial.hermite.hermval),
    "hermite_polynomial_he": _of_degree(np.polynomial.hermite_e.hermeval),
    "laguerre_polynomial_l": _of_degree(np.polynomial.laguerre.lagval),
    "legendre_polynomial_p": _of_degree(np.polynomial.legendre.legval),
}


class Polynomial(Op):
    """An orthogonal polynomial of degree n, which broadcasts; as in PyTorch without derivative."""

    elementwise = True
    differentiable = False
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Any, n: Any, *, family: str) -> Array:
        return POLYNOMIALS[family](x, n)

    parity = staticmethod(lambda torch, x, n, *, family: getattr(torch.special, family)(x, n))

    @staticmethod
    def reference(x: Any, n: Any, *, family: str) -> Any:
        return np.vectorize(_SCALARS[family], otypes=[float])(x, n)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for family in POLYNOMIALS:
            yield s(s.inner(2, 3), s.integers(0, 6, 3), family=family)
        yield s(s.inner(3), 4, family="legendre_polynomial_p")
        yield s(0.3, np.array([0.0, 3.0, 5.0]), family="chebyshev_polynomial_v")
        yield s(s.inner(), 50, family="chebyshev_polynomial_u")


def _named(family: str, words: str) -> Any:
    def of(x: Any, n: Any) -> Tensor:
        return Polynomial.apply(x, n, family=family)

    of.__name__ = of.__qualname__ = family
    shapes = "(*A), (*B) -> (*broadcast(A, B))"
    of.__doc__ = f"Return the {words} polynomial of degree n, which has no gradient: {shapes}."
    return takes_out(of)


chebyshev_polynomial_t = _named("chebyshev_polynomial_t", "Chebyshev T")
chebyshev_polynomial_u = _named("chebyshev_polynomial_u", "Chebyshev U")
chebyshev_polynomial_v = _named("chebyshev_polynomial_v", "Chebyshev V")
chebyshev_polynomial_w = _named("chebyshev_polynomial_w", "Chebyshev W")
hermite_polynomial_h = _named("hermite_polynomial_h", "physicists' Hermite")
hermite_polynomial_he = _named("hermite_polynomial_he", "probabilists' Hermite")
laguerre_polynomial_l = _named("laguerre_polynomial_l", "Laguerre")
legendre_polynomial_p = _named("legendre_polynomial_p", "Legendre")
shifted_chebyshev_polynomial_t = _named("shifted_chebyshev_polynomial_t", "shifted Chebyshev T")
shifted_chebyshev_polynomial_u = _named("shifted_chebyshev_polynomial_u", "shifted Chebyshev U")
shifted_chebyshev_polynomial_v = _named("shifted_chebyshev_polynomial_v", "shifted Chebyshev V")
shifted_chebyshev_polynomial_w = _named("shifted_chebyshev_polynomial_w", "shifted Chebyshev W")
