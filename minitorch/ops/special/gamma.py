"""The gamma function's logarithm, its derivatives, its incomplete integrals; the zeta function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import promote_to_float
from minitorch.kernels.special import gamma as kernels, incomplete_gamma
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.elementwise.arithmetic import Sub
from minitorch.ops.elementwise.binary import Binary, of_floats
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place, in_place_of, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Lgamma(Unary):
    """Logarithm of the absolute value of the gamma function: (*) -> (*)."""

    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * Digamma.apply(x))
    forward = staticmethod(kernels.lgamma)
    scalar = math.lgamma
    domain = "nonzero"


@takes_out
@takes_tensors
def lgamma(input: TensorBase) -> Tensor:
    """Return log |gamma(input)|: (*) -> (*)."""
    return Lgamma.apply(input)


lgamma_ = in_place(Lgamma)


def _digamma(x: float) -> float:
    """By its recurrence, slowly, from where the logarithm is next to it."""
    far = x + 2000
    near = math.log(far) - 1 / (2 * far) - 1 / (12 * far**2)
    return near - math.fsum(1 / (x + k) for k in range(2000))


class Digamma(Unary):
    """Derivative of log gamma: (*) -> (*)."""

    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * Polygamma.apply(x, n=1))
    forward = staticmethod(kernels.digamma)
    scalar = staticmethod(_digamma)
    domain = "nonzero"


@takes_out
@takes_tensors
def digamma(input: TensorBase) -> Tensor:
    """Return the derivative of :func:`lgamma`: (*) -> (*)."""
    return Digamma.apply(input)


digamma_ = in_place(Digamma)


def _hurwitz(s: float, q: float) -> float:
    """The sum of (q + k)^-s, slowly, with what remains of it as an integral."""
    many = 2000
    far = q + many
    rest = far ** (1 - s) / (s - 1) + far**-s / 2 + s * far ** (-s - 1) / 12
    return float(sum((q + k) ** -s for k in range(many)) + rest)


class Polygamma(Op):
    """The n-th derivative of :class:`Digamma`: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array, *, n: int) -> Array:
        return kernels.polygamma(x, n)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return grad * Polygamma.apply(x, n=ctx.n + 1)

    parity = staticmethod(lambda torch, x, *, n: torch.polygamma(n, x))

    @staticmethod
    def reference(x: Array, *, n: int) -> Any:
        def one(v: float) -> float:
            return (-1) ** (n + 1) * math.factorial(n) * _hurwitz(n + 1, v) if n else _digamma(v)

        return np.vectorize(one, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for n in (0, 1, 2, 3):
            yield s(s.positive(2, 3), n=n)
        yield s(s.positive(), n=4)
        yield s(s.positive(0, 2), n=1)


@takes_out
def polygamma(n: int, input: TensorBase) -> Tensor:
    """Return the n-th derivative of :func:`digamma`: (*) -> (*).

    Raises:
        RuntimeError: for a negative n.
    """
    return Polygamma.apply(input, n=_checked(n))


def polygamma_(input: T, n: int) -> T:
    """Set each element to its :func:`polygamma`: (*) -> (*)."""
    return write_(Polygamma, input, n=_checked(n))


def _checked(n: int) -> int:
    n = read_int(n, "n")
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n: got {n}.")
    return n


@takes_out
@takes_tensors
def mvlgamma(input: TensorBase, p: int) -> Tensor:
    """Return the logarithm of the gamma function of p dimensions: (*) -> (*).

    log(pi) p (p - 1) / 4 + sum of lgamma(input - k / 2) over k = 0, ..., p - 1.

    Raises:
        RuntimeError: for p < 1.
    """
    p = read_int(p, "p")
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    out: Any = math.log(math.pi) * p * (p - 1) / 4
    for k in range(p):
        out = Lgamma.apply(Sub.apply(input, k / 2)) + out
    return out


mvlgamma_ = in_place_of(mvlgamma)


class Igamma(Binary):
    """Lower incomplete gamma function over the whole, with broadcasting; no derivative by a."""

    saves = (0, 1)
    promotion = staticmethod(of_floats("igamma_cpu"))
    forward = staticmethod(incomplete_gamma.igamma)
    sign = 1.0

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        a, x = ctx.unpack()
        if ctx.needs_input_grad[0]:
            word = cls.__name__.lower()
            raise NotImplementedError(f"the derivative for '{word}: input' is not implemented.")
        density = ((a - 1) * x.log() - x - Lgamma.apply(a)).exp()
        return None, grad * density * cls.sign

    @staticmethod
    def scalar(a: float, x: float) -> float:
        terms = (x**k / math.gamma(a + k + 1) for k in range(100))
        return x**a * math.exp(-x) * math.fsum(terms)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(1, 5, 2, 3), s.positive(2, 3))
        yield s(s.integers(1, 5, 2, 1), s.positive(3))
        yield s(s.integers(1, 5), s.positive())
        yield s.error(NotImplementedError, "for 'Long'", *[s.integers(1, 5, 2)] * 2)


@takes_out
@takes_tensors
def igamma(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the share of gamma(input) that its integral has up to ``other``.

    Shapes: (*A), (*B) -> (*broadcast(A, B)), of floats; no gradient for ``input``.
    """
    return Igamma.apply(input, other)


igamma_ = in_place_with(Igamma)


class Igammac(Igamma):
    """Upper incomplete gamma function over the whole, with broadcasting; no derivative by a."""

    promotion = staticmethod(of_floats("igammac_cpu"))
    forward = staticmethod(incomplete_gamma.igammac)
    sign = -1.0

    @staticmethod
    def scalar(a: float, x: float) -> float:
        return 1 - Igamma.scalar(a, x)


@takes_out
@takes_tensors
def igammac(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the share of gamma(input) that its integral has from ``other`` on.

    Shapes: (*A), (*B) -> (*broadcast(A, B)), of floats; no gradient for ``input``.
    """
    return Igammac.apply(input, other)


igammac_ = in_place_with(Igammac)


class Zeta(Binary):
    """Hurwitz's zeta function, sum of (b + k)^-a, with broadcasting; no derivative by a."""

    name = "SpecialZetaBackward0"
    saves = (0, 1)
    promotion = staticmethod(promote_to_float)
    forward = staticmethod(kernels.zeta)
    scalar = staticmethod(_hurwitz)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        if ctx.needs_input_grad[0]:
            raise NotImplementedError("the derivative for 'zeta' is not implemented.")
        return None, grad * -a * Zeta.apply(a + 1, b)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield s(s.integers(2, 5, 2, 3), s.positive(2, 3))
        yield s(s.integers(2, 5, 2, 1), s.positive(3))
        yield s(3.5, s.positive(2))
        yield s(s.integers(2, 5), s.positive())


@takes_out
def zeta(input: Any, other: Any) -> Tensor:
    """Return the sum of (other + k)^-input over k = 0, 1, ...; one may be a number.

    Shapes: (*A), (*B) -> (*broadcast(A, B)), a float; no gradient for ``input``.
    """
    return Zeta.apply(input, other)
