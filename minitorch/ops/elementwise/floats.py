"""What floating-point numbers are made of: sign, fraction, exponent; and their neighbours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool, is_float, not_implemented, promote_to_float
from minitorch.core.layout import in_first_order
from minitorch.ops import return_types
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.elementwise.arithmetic import Mul
from minitorch.ops.elementwise.binary import Binary, of_floats
from minitorch.ops.elementwise.comparison import Eq, Ne
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.finite import Predicate
from minitorch.ops.elementwise.power import PowBase
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.in_place import in_place_of, in_place_with
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Signbit(Predicate):
    """Whether the sign is set, also that of -0."""

    scalar = staticmethod(lambda x: math.copysign(1, x) < 0)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.signbit(x) if is_float(x.dtype) else np.less(x, 0)


@takes_out
@takes_tensors
@out_rules(dtypes=("Bool",))
def signbit(input: TensorBase) -> Tensor:
    """Return where the sign of ``input`` is set, also that of -0: (*) -> (*)."""
    return Signbit.apply(input)


class Copysign(Binary):
    """a with the sign of b, with broadcasting; slope 0 where a is 0."""

    saves = (0,)
    saves_outputs = (0,)
    promotion = staticmethod(promote_to_float)
    forward = staticmethod(np.copysign)
    scalar = math.copysign
    domain = "nonzero"

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, out = ctx.unpack()
        return Where.apply(Eq.apply(a, 0), 0.0, grad * (out / a)), no_slope(grad)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        for sample in s.binary(getattr(s, cls.domain)):
            if isinstance(sample.inputs[0], np.ndarray):
                yield sample


@takes_out
@takes_tensors
def copysign(input: TensorBase, other: Any) -> Tensor:
    """Return ``input`` with the sign of ``other``, a float: (*A), (*B) -> (*broadcast(A, B))."""
    need_tensors(input)
    return Copysign.apply(input, other)


copysign_ = in_place_with(Copysign)


class Nextafter(Binary):
    """The number next to a on the way to b, with broadcasting."""

    saves = (0, 1)
    promotion = staticmethod(of_floats("nextafter_cpu"))
    in_own_dtype = True
    forward = staticmethod(np.nextafter)
    scalar = staticmethod(math.nextafter)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        return Where.apply(Ne.apply(a, b), grad, 0.0), no_slope(grad)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.binary_of_tensors(s.real)


@takes_out
@takes_tensors
def nextafter(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the number next to ``input`` towards ``other``: (*A), (*B) -> (*broadcast(A, B))."""
    return Nextafter.apply(input, other)


nextafter_ = in_place_with(Nextafter)


class Frexp(Op):
    """Mantissa in (-1, -0.5] or [0.5, 1), or 0, and exponent of base 2: (*) -> (*), (*)."""

    saves_outputs = (1,)

    @staticmethod
    def forward(x: Array) -> tuple[Array, Array]:
        if not is_float(x.dtype):
            raise RuntimeError("torch.frexp() only supports floating-point dtypes")
        return np.frexp(x)

    @staticmethod
    def batched(batch: Batch, x: Array) -> tuple[Array, Array]:
        return Frexp.forward(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor | None) -> Grads:
        (exponent,) = ctx.unpack()
        return Ldexp.apply(grad, -exponent)  # for 2**exponent may be no number of the dtype

    parity = staticmethod(lambda torch, x: torch.frexp(x))

    @staticmethod
    def reference(x: Array) -> Any:
        parts = np.vectorize(math.frexp, otypes=[float, np.int32])(x)
        return tuple(parts)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.real)
        yield s.error(RuntimeError, "only supports floating-point", s.integers(0, 3, 2))


@takes_out
@takes_tensors
def frexp(input: TensorBase) -> return_types.frexp:
    """Return mantissa and exponent: ``input = mantissa * 2**exponent``, (*) -> (*), (*).

    Raises:
        RuntimeError: for integers.
    """
    return return_types.frexp(*Frexp.apply(input))


class Ldexp(Op):
    """x * 2**exponent for integer exponents, exact where 2**exponent is no number of the dtype."""

    elementwise = True
    saves = (1,)
    promotion = staticmethod(in_first_order)

    @staticmethod
    def forward(x: Array, exponent: Array) -> Array:
        if is_bool(exponent.dtype):
            raise not_implemented("ldexp_cpu_exp", exponent.dtype)
        return np.ldexp(x, np.clip(exponent, -10000, 10000).astype(np.int32))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (exponent,) = ctx.unpack()
        return Ldexp.apply(grad, exponent), None

    parity = staticmethod(lambda torch, x, exponent: torch.ldexp(x, exponent))
    reference = staticmethod(np.vectorize(lambda x, n: math.ldexp(x, int(n)), otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.integers(-3, 4, 3))
        yield s(s.real(2, 1), s.integers(0, 9))
        yield s(s.real(), s.integers(-3, 4))
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.real(2), s.bools(2))


@takes_out
@takes_tensors
def ldexp(input: TensorBase, other: TensorBase) -> Tensor:
    """Return ``input * 2**other``, a float: (*A), (*B) -> (*broadcast(A, B))."""
    need_tensors(input, other)
    if is_float(input._array.dtype) and not is_float(other._array.dtype):
        return Ldexp.apply(input, other)
    return Mul.apply(input, PowBase.apply(other, base=2.0))


ldexp_ = in_place_of(ldexp)
