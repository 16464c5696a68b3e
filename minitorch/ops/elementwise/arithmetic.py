"""Sums, differences, products and signs, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import CROSSWISE, Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy, not_implemented, promote, result_dtype
from minitorch.ops.elementwise.cast import cast, no_slope

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def over(ufunc: np.ufunc) -> Callable[[Array, Any], bool]:
    """Return an ``into`` that writes over the first of two operands, of single or double floats."""

    def into(out: Array, other: Any) -> bool:
        dtype = out.dtype
        if dtype.kind != "f" or dtype.itemsize < 4:
            return False
        if type(other) is np.ndarray:
            if other.dtype is not dtype:
                return False
        elif type(other) is not float and type(other) is not int:
            return False
        ufunc(out, other, out)
        return True

    return into


class Add(Op):
    """Sum with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    elementwise = True
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return a + b

    into = staticmethod(over(np.add))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, grad

    parity = staticmethod(lambda torch, a, b: torch.add(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a + b, otypes=[float]))
    samples = staticmethod(lambda s: s.binary(s.real))


def promote_without_bool(operands: list[Any]) -> list[Any]:
    """As :func:`promote`, for differences: they refuse truth values.

    Raises:
        RuntimeError: if an operand is a truth value.
    """
    cast = promote(operands)
    a, b = operands
    if cast is operands and type(a) is not bool and type(b) is not bool:
        return operands  # of one dtype, and if that is bool the subtraction itself fails
    truths = sum(np.result_type(x).kind == "b" for x in operands)
    if truths == 2:
        raise RuntimeError(_NO_DIFFERENCE)
    if truths:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
            "trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )
    return cast


_NO_DIFFERENCE = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
    "`logical_xor()` operator instead."
)


def _subtract(a: Any, b: Any) -> Array:
    try:
        return a - b
    except TypeError:  # NumPy's, for truth values
        raise RuntimeError(_NO_DIFFERENCE) from None


class Sub(Op):
    """Difference with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    elementwise = True
    promotion = staticmethod(promote_without_bool)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return _subtract(a, b)

    into = staticmethod(over(np.subtract))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad, -grad if ctx.needs_input_grad[1] else None

    parity = staticmethod(lambda torch, a, b: torch.sub(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a - b, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.binary(s.real)
        yield s.error(
            RuntimeError, "with two bool tensors is not supported", s.bools(2), s.bools(2)
        )
        yield s.error(RuntimeError, "with a bool tensor is not supported", s.real(2), s.bools(2))


class Rsub(Op):
    """Difference the other way round, number minus tensor: (*A), (*B) -> (*broadcast(A, B))."""

    name = "RsubBackward1"
    elementwise = True
    promotion = staticmethod(promote_without_bool)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        return _subtract(b, a)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return -grad if ctx.needs_input_grad[0] else None, grad

    parity = staticmethod(
        lambda torch, a, b: (
            torch.rsub(torch.as_tensor(a, dtype=b.dtype), b)
            if not isinstance(a, torch.Tensor)
            else torch.rsub(a, b)
        )
    )
    reference = staticmethod(np.vectorize(lambda a, b: b - a, otypes=[float]))
    samples = staticmethod(lambda s: s.binary(s.real))


def by_wide_number(ufunc: Callable[..., Array], x: Array, number: float) -> Array:
    """Combine float16 elements with a number of float32, as PyTorch does for products, quotients.

    Elsewhere the number is rounded to float16 first.
    """
    return np.asarray(ufunc(x, np.float32(number))).astype(np.float16)


class Mul(Op):
    """Product with broadcasting: (*A), (*B) -> (*broadcast(A, B))."""

    elementwise = True
    saves = (0, 1)
    saved_for = CROSSWISE
    promotion = staticmethod(promote)

    @staticmethod
    def forward(a: Any, b: Any) -> Array:
        if type(b) is float and a.dtype == np.float16:
            return by_wide_number(np.multiply, a, b)
        if type(a) is float and b.dtype == np.float16:
            return by_wide_number(np.multiply, b, a)
        return a * b

    into = staticmethod(over(np.multiply))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.saved_tensors
        needs_a, needs_b = ctx.needs_input_grad
        return grad * b if needs_a else None, grad * a if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.mul(a, b))
    reference = staticmethod(np.vectorize(lambda a, b: a * b, otypes=[float]))
    samples = staticmethod(lambda s: s.binary(s.real))


class Neg(Op):
    """Negative: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        if x.dtype.kind == "b":
            raise RuntimeError(
                "Negation, the `-` operator, on a bool tensor is not supported. If you are trying "
                "to invert a mask, use the `~` or `logical_not()` operator instead."
            )
        return -x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return -grad

    parity = staticmethod(lambda torch, x: torch.neg(x))
    reference = staticmethod(np.vectorize(lambda x: -x, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.real)
        yield s.error(RuntimeError, "on a bool tensor is not supported", s.bools(3))


class Abs(Op):
    """Absolute value; slope 0 at 0: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        if x.dtype.kind == "b":
            raise not_implemented("abs_cpu", x.dtype)
        return np.abs(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.saved_tensors
        return grad * x.sign()

    parity = staticmethod(lambda torch, x: torch.abs(x))
    reference = staticmethod(np.vectorize(math.fabs, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield from s.unary(s.nonzero)
        yield s.error(NotImplementedError, "not implemented for 'Bool'", s.bools(3))


class Sign(Op):
    """-1, 0 or 1 by sign, 0 for NaN: (*) -> (*). Its gradient is zero."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        kind = x.dtype.kind
        if kind == "b":
            return x.copy()
        return np.where(np.isnan(x), x.dtype.type(0), np.sign(x)) if kind == "f" else np.sign(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    parity = staticmethod(lambda torch, x: torch.sign(x))
    reference = staticmethod(np.vectorize(lambda x: float(x > 0) - float(x < 0), otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.nonzero))


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``input + alpha * other``, with broadcasting."""
    return Add.apply(input, other if alpha == 1 else scaled(input, other, alpha))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``input - alpha * other``, with broadcasting.

    Raises:
        RuntimeError: for truth values.
    """
    return Sub.apply(input, other if alpha == 1 else scaled(input, other, alpha))


def rsub(input: TensorBase, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``other - alpha * input``, with broadcasting.

    Raises:
        RuntimeError: for truth values.
    """
    return Rsub.apply(input if alpha == 1 else scaled(other, input, alpha), other)


def scaled(input: Any, other: Any, alpha: Any) -> Any:
    """Return ``alpha * other`` in the dtype of its sum with ``input``, which alpha never changes.

    Raises:
        RuntimeError: for a float alpha between integers.
    """
    if isinstance(alpha, TensorBase):
        alpha = alpha._array.item()
    result = result_dtype(*[x._array if isinstance(x, TensorBase) else x for x in (input, other)])
    if result.kind != "f" and isinstance(alpha, float):
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number: "
            f"got alpha={alpha} for a result of dtype {from_numpy(result)}."
        )
    if isinstance(other, TensorBase):
        other = cast(other, from_numpy(result))
    return other * bool(alpha) if result.kind == "b" else other * alpha


def mul(input: Any, other: Any) -> Tensor:
    """Return ``input * other``, with broadcasting."""
    return Mul.apply(input, other)


def neg(input: TensorBase) -> Tensor:
    """Return ``-input``.

    Raises:
        RuntimeError: for a bool tensor.
    """
    return Neg.apply(input)


def positive(input: TensorBase) -> Tensor:
    """Return the tensor itself.

    Raises:
        RuntimeError: for a bool tensor.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input  # type: ignore[return-value]


def abs(input: TensorBase) -> Tensor:
    """Return the absolute values."""
    return Abs.apply(input)


def sign(input: TensorBase) -> Tensor:
    """Return -1, 0 or 1 by sign; 0 for NaN."""
    return Sign.apply(input)
