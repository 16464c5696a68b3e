"""Logarithms of sums, times a factor, of odds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import promote_to_float
from minitorch.core.layout import in_first_order
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_float
from minitorch.ops.elementwise.binary import Binary, of_floats
from minitorch.ops.elementwise.comparison import Eq, Ge, Le
from minitorch.ops.elementwise.exponential import Exp, Exp2
from minitorch.ops.elementwise.logical import LogicalAnd
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.in_place import T, in_place_with
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Logaddexp(Binary):
    """log(exp(a) + exp(b)), with broadcasting, without overflow."""

    saves = (0, 1)
    promotion = staticmethod(of_floats("logaddexp_cpu"))
    forward = staticmethod(np.logaddexp)
    exponential: ClassVar[type[Op]] = Exp
    scalar = staticmethod(lambda a, b: math.log(math.exp(a) + math.exp(b)))

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        power = cls.exponential.apply
        return grad / (1 + power(b - a)), grad / (1 + power(a - b))

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.binary_of_tensors(s.real)


@takes_out
@takes_tensors
def logaddexp(input: TensorBase, other: TensorBase) -> Tensor:
    """Return log(exp(input) + exp(other)), of floats: (*A), (*B) -> (*broadcast(A, B))."""
    return Logaddexp.apply(input, other)


class Logaddexp2(Logaddexp):
    """log2(2^a + 2^b), with broadcasting, without overflow."""

    promotion = staticmethod(of_floats("logaddexp2_cpu"))
    forward = staticmethod(np.logaddexp2)
    exponential = Exp2
    scalar = staticmethod(lambda a, b: math.log2(2.0**a + 2.0**b))


@takes_out
@takes_tensors
def logaddexp2(input: TensorBase, other: TensorBase) -> Tensor:
    """Return log2(2^input + 2^other), of floats: (*A), (*B) -> (*broadcast(A, B))."""
    return Logaddexp2.apply(input, other)


class Xlogy(Binary):
    """a * log(b), 0 where a is 0 and b a number, with broadcasting."""

    saves = (0, 1)
    promotion = staticmethod(promote_to_float)
    scalar = staticmethod(lambda a, b: a * math.log(b) if a else 0.0)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return _times(np.log, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return _grads_of_times(Xlogy, 0, ctx, grad)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        yield from s.binary(s.positive)
        yield s(np.array([0.0, 2.0]), s.positive(2))


def _times(logarithm: np.ufunc, a: Any, b: Any) -> Array:
    if not isinstance(b, np.ndarray):
        b = a.dtype.type(b)
    product = np.asarray(np.multiply(*in_first_order([a, logarithm(b)])))
    np.copyto(product, 0, where=np.equal(a, 0) & ~np.isnan(b))
    return product


def _grads_of_times(op: type[Op], shift: int, ctx: Any, grad: Tensor) -> Grads:
    """Gradients of a * log(b + shift): 0 along a where a is 0 and there is no logarithm."""
    a, b = ctx.unpack()
    needs_a, needs_b = ctx.needs_input_grad
    grad_a = None
    if needs_a:
        at_zero = Eq.apply(a, 0) & (b <= -shift)
        grad_a = Where.apply(at_zero, 0.0, op.apply(grad, b))
    return grad_a, grad * a / (b + shift if shift else b) if needs_b else None


@takes_out
def xlogy(input: Any, other: Any) -> Tensor:
    """Return input * log(other), 0 where input is 0; one may be a number: (*A), (*B) -> (*both)."""
    return Xlogy.apply(input, other)


xlogy_ = in_place_with(Xlogy)


class Xlog1py(Xlogy):
    """a * log(1 + b), 0 where a is 0 and b a number, with broadcasting."""

    name = "SpecialXlog1PyBackward0"
    scalar = staticmethod(lambda a, b: a * math.log1p(b) if a else 0.0)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return _times(np.log1p, a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return _grads_of_times(Xlog1py, 1, ctx, grad)


@takes_out
def xlog1py(input: Any, other: Any) -> Tensor:
    """Return input * log(1 + other), 0 where input is 0: (*A), (*B) -> (*broadcast(A, B))."""
    return Xlog1py.apply(input, other)


class Entr(Unary):
    """-x log(x), 0 at 0 and -inf below: (*) -> (*)."""

    name = "SpecialEntrBackward0"
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * -(1 + x.log()))
    scalar = staticmethod(lambda x: -x * math.log(x))
    domain = "positive"

    @staticmethod
    def forward(x: Array) -> Array:
        entropy = np.where(np.equal(x, 0), x.dtype.type(0), -x * np.log(x))
        return np.where(np.less(x, 0), x.dtype.type(-math.inf), entropy)


@takes_out
@takes_tensors
def entr(input: TensorBase) -> Tensor:
    """Return -input * log(input), 0 at 0 and -inf below: (*) -> (*)."""
    return Entr.apply(input)


class Logit(Op):
    """log(x / (1 - x)), of x brought into [eps, 1 - eps] if eps is given: (*) -> (*)."""

    elementwise = True
    saves = (0,)
    promotion = staticmethod(promote_to_float)

    @staticmethod
    def forward(x: Array, *, eps: float | None) -> Array:
        share = np.positive(x, dtype=working_dtype(x.dtype))  # a cast that keeps the order
        if eps is not None:  # which may be above 1/2: then what is below it goes up all the same
            high = np.where(share > 1 - eps, 1 - eps, share)
            share = np.where(share < eps, eps, high)
        return np.log(share / (1 - share)).astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        low = 0.0 if ctx.eps is None else ctx.eps
        inside = LogicalAnd.apply(Ge.apply(x, low), Le.apply(x, 1 - low))
        outside = math.nan if ctx.eps is None else 0.0
        return Where.apply(inside, grad / (x * (1 - x)), outside)

    parity = staticmethod(lambda torch, x, *, eps: torch.logit(x, eps))

    @staticmethod
    def reference(x: Array, *, eps: float | None) -> Any:
        def one(v: float) -> float:
            share = v if eps is None else min(max(v, eps), 1 - eps)
            return math.log(share / (1 - share))

        return np.vectorize(one, otypes=[float])(x)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.inner(2, 3), eps=None)
        yield s(s.inner(), eps=0.01)
        yield s(s.distinct(3, 4), eps=0.2)
        yield s(s.inner(0, 2), eps=None)


@takes_out
@takes_tensors
def logit(input: TensorBase, eps: float | None = None) -> Tensor:
    """Return log(input / (1 - input)), of what is brought into [eps, 1 - eps]: (*) -> (*)."""
    return Logit.apply(input, eps=None if eps is None else read_float(eps, "eps"))


def logit_(input: T, eps: float | None = None) -> T:
    """Set each element to its :func:`logit`: (*) -> (*)."""
    return write_(Logit, input, eps=None if eps is None else read_float(eps, "eps"))
