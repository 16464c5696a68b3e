"""Products of matrices and vectors.

float16 is multiplied in float32 and rounded once, as PyTorch does on a CPU.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from minitorch import kernels
from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import CROSSWISE, Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import c_type_name, is_bool, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.kernels.arrays import working_dtype
from minitorch.kernels.sums import add_products
from minitorch.ops.arguments import explained, takes_tensors
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def multiply(a: Array, b: Array) -> Array:
    """Product of matrices, or of vectors in place of them, float16 by way of float32."""
    if a.ndim > 1 and b.ndim > 1:
        return kernels.active().product.matmul(a, b)
    dtype = working_dtype(a.dtype)
    product = add_products(a.astype(dtype, copy=False), b.astype(dtype, copy=False))
    return product.astype(a.dtype, copy=False)


def multiply_batches(a: Array, b: Array) -> Array:
    """Products of matrices in batches; of a column and a row as one of all elements."""
    if a.shape[-1] == 1 and a.dtype == b.dtype:  # five times as fast as NumPy's small products
        return a * b
    return multiply(a, b)


def rows(x: Any) -> Any:
    """View an array or tensor as a matrix of its last dimension: (*, A) -> (N, A)."""
    if x.ndim == 2:
        return x
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # -1 is not enough for no elements


def plain_product(a: Array, b: Array) -> Array:
    """Multiply by plain sums of products."""
    left = a[None] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    batch = np.broadcast_shapes(left.shape[:-2], columns.shape[:-2])
    left = np.broadcast_to(left, batch + left.shape[-2:])
    columns = np.broadcast_to(columns, batch + columns.shape[-2:])
    out = np.zeros((*batch, left.shape[-2], columns.shape[-1]), np.result_type(a, b))
    for at in np.ndindex(out.shape):
        *lead, i, j = at
        pairs = zip(left[(*lead, i)], columns[(*lead, slice(None), j)], strict=True)
        out[at] = sum(x * y for x, y in pairs)
    if a.ndim == 1:
        out = out[..., 0, :]
    return out[..., 0] if b.ndim == 1 else out


def _check_dtypes(a: Array, b: Array) -> None:
    if a.dtype != b.dtype:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{c_type_name(a)} != {c_type_name(b)}; convert one with .to(dtype)"
            " [explain: dtype-mismatch]"
        )
    if is_bool(a.dtype):
        raise NotImplementedError(
            "\"addmm_impl_cpu_\" not implemented for 'Bool': convert with .int() or .float()"
        )


def check_product(a: Array, b: Array) -> None:
    """Check that the columns of one matrix are the rows of the other, and the dtypes equal."""
    if a.shape[-1] != b.shape[-2]:
        count = math.prod(a.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({count}x{a.shape[-1]} and "
            f"{b.shape[-2]}x{b.shape[-1]})"
            " [explain: matmul-shapes]"
        )
    if a.dtype is not b.dtype or is_bool(a.dtype):
        _check_dtypes(a, b)


class Mm(Op):
    """Product of two matrices: (A, B), (B, C) -> (A, C)."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_as = {"mat2": "b"}  # noqa: RUF012 - as declared
    saved_for = CROSSWISE
    forward = staticmethod(multiply)

    @staticmethod
    def batched(batch: Batch, a: Array, b: Array) -> Array:
        if not batch.has[1]:  # one large product instead of many small ones
            return multiply(rows(a), b).reshape(*a.shape[:-1], b.shape[-1])
        return multiply_batches(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        grad_a = Mm.apply(grad, b.t()) if needs_a else None
        return grad_a, Mm.apply(a.t(), grad) if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.mm(a, b))
    reference = staticmethod(plain_product)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(3, 4))
        yield s(s.real(3, 2).T, s.real(4, 3).T)
        yield s(s.real(0, 3), s.real(3, 2))
        yield s(s.real(2, 0), s.real(0, 2))
        yield s(s.integers(-3, 3, 2, 3), s.integers(-3, 3, 3, 2))


@takes_out
def mm(input: TensorBase, mat2: TensorBase) -> Tensor:
    """Return the product of two matrices: (A, B), (B, C) -> (A, C).

    Raises:
        RuntimeError: for other numbers of dimensions, sizes that do not fit, or different dtypes.
    """
    try:
        a, b = input._array, mat2._array
    except AttributeError as error:
        raise explained(error, mm, (input, mat2), {}) from None
    if a.ndim != 2 or b.ndim != 2:
        which = "self" if a.ndim != 2 else "mat2"
        raise RuntimeError(f"{which} must be a matrix, got shapes {list(a.shape)}, {list(b.shape)}")
    check_product(a, b)
    return Mm.apply(input, mat2)


class Mv(Op):
    """Product of a matrix and a vector: (A, B), (B) -> (A)."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_as = {"vec": "b"}  # noqa: RUF012 - as declared
    saved_for = CROSSWISE
    forward = staticmethod(multiply)

    @staticmethod
    def batched(batch: Batch, a: Array, b: Array) -> Array:
        if not batch.has[0]:
            return multiply(b, a.T)
        return multiply(a, b[..., None])[..., 0] if batch.has[1] else multiply(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        return _outer(grad, b) if needs_a else None, Mv.apply(a.t(), grad) if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.mv(a, b))
    reference = staticmethod(plain_product)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(3))
        yield s(s.real(3, 2).T, s.real(3))
        yield s(s.real(0, 3), s.real(3))


@takes_out
@takes_tensors
def mv(input: TensorBase, vec: TensorBase) -> Tensor:
    """Return the product of a matrix and a vector: (A, B), (B) -> (A).

    Raises:
        RuntimeError: for other numbers of dimensions, sizes that do not fit, or different dtypes.
    """
    a, b = input._array, vec._array
    if a.ndim != 2 or b.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {b.ndim}")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({a.shape[0]}), mat ({a.shape[0]}x{a.shape[1]}), "
            f"vec ({b.shape[0]})"
            " [explain: matmul-shapes]"
        )
    _check_dtypes(a, b)
    return Mv.apply(input, vec)


class Dot(Op):
    """Product of two vectors: (A), (A) -> ()."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_as = {"tensor": "b"}  # noqa: RUF012 - as declared
    saved_for = CROSSWISE
    forward = staticmethod(multiply)

    @staticmethod
    def batched(batch: Batch, a: Array, b: Array) -> Array:
        return multiply(a[..., None, :], b[..., None])[..., 0, 0]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        return grad * b if needs_a else None, grad * a if needs_b else None

    parity = staticmethod(lambda torch, a, b: torch.dot(a, b))
    reference = staticmethod(plain_product)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3), s.real(3))
        yield s(s.real(0), s.real(0))
        yield s(s.integers(-3, 3, 4), s.integers(-3, 3, 4))


@takes_out
@takes_tensors
def dot(input: TensorBase, tensor: TensorBase) -> Tensor:
    """Return the product of two vectors: (A), (A) -> ().

    Raises:
        RuntimeError: for other numbers of dimensions, sizes that differ, or different dtypes.
    """
    a, b = input._array, tensor._array
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.size != b.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the "
            f"same number of elements, but got {a.size} and {b.size} elements respectively"
            " [explain: matmul-shapes]"
        )
    if a.dtype != b.dtype:
        raise RuntimeError(
            "dot : expected both vectors to have same dtype, but found "
            f"{scalar_name(a)} and {scalar_name(b)}"
            " [explain: dtype-mismatch]"
        )
    if is_bool(a.dtype):
        raise NotImplementedError(
            "\"dot\" not implemented for 'Bool': convert with .int() or .float()"
        )
    return Dot.apply(input, tensor)


@takes_out
@takes_tensors
def vdot(input: TensorBase, other: TensorBase) -> Tensor:
    """Return :func:`dot` of the conjugate of the first: (A), (A) -> ()."""
    left: Any = input
    return _dot(left.conj(), other)


@takes_out
@takes_tensors
def outer(input: Any, vec2: Any) -> Tensor:
    """Return all products of two vectors: (A), (B) -> (A, B).

    Raises:
        RuntimeError: for other numbers of dimensions.
    """
    for name, x in (("self", input), ("vec2", vec2)):
        if x._array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {x._array.ndim}-D")
    return input.reshape(-1, 1) * vec2


class Bmm(Op):
    """Products of matrices in batches, which broadcast: (*, A, B), (*, B, C) -> (*, A, C)."""

    complex = HOLOMORPHIC
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(a: Array, b: Array) -> Array:
        if b.ndim == 2:  # one large product instead of many small ones
            flat = multiply(rows(a), b)
            return flat.reshape(*a.shape[:-1], b.shape[-1])
        return in_order(multiply(a, b))

    @staticmethod
    def batched(batch: Batch, a: Array, b: Array) -> Array:
        if not batch.has[1] and b.ndim == 2:
            return Bmm.forward(a, b)
        ndim = max([x.ndim - batch.lead * h for x, h in zip((a, b), batch.has, strict=True)])
        return multiply_batches(batch.widened(a, ndim, 0), batch.widened(b, ndim, 1))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        a, b = ctx.unpack()
        needs_a, needs_b = ctx.needs_input_grad
        grad_a = grad @ b.mT if needs_a else None
        if not needs_b:
            return grad_a, None
        if len(ctx.input_shapes[1]) == 2:
            return grad_a, Mm.apply(rows(a).t(), rows(grad))
        return grad_a, a.mT @ grad

    parity = staticmethod(lambda torch, a, b: torch.matmul(a, b))
    reference = staticmethod(plain_product)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3, 4), s.real(2, 4, 2))
        yield s(s.real(2, 3, 4), s.real(4, 2))
        yield s(s.real(3, 4), s.real(2, 4, 2))
        yield s(s.real(2, 1, 2, 3), s.real(3, 3, 2))
        yield s(s.real(0, 2, 3), s.real(0, 3, 2))


@takes_out
@takes_tensors
def bmm(input: TensorBase, mat2: TensorBase) -> Tensor:
    """Return the products of two batches of matrices: (N, A, B), (N, B, C) -> (N, A, C).

    Raises:
        RuntimeError: for other numbers of dimensions, sizes that do not fit, or different dtypes.
    """
    check_batches(input._array, mat2._array)
    return Bmm.apply(input, mat2)


def check_batches(a: Array, b: Array) -> None:
    """Check that two batches of matrices can be multiplied."""
    for name, x in (("batch1", a), ("batch2", b)):
        if x.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor, got shape {list(x.shape)}")
    if b.shape[:2] != (a.shape[0], a.shape[2]):
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"[{a.shape[0]}, {a.shape[2]}] but got: [{b.shape[0]}, {b.shape[1]}]."
            " [explain: matmul-shapes]"
        )
    check_product(a, b)


class MatMul(Bmm):
    """:class:`Bmm` through ``matmul``, whose last step in PyTorch shapes the result."""

    name = "UnsafeViewBackward0"


# Without ``out``.
_mm, _mv, _dot, _outer = without_out(mm), without_out(mv), without_out(dot), without_out(outer)


@takes_out
def matmul(input: TensorBase, other: TensorBase) -> Tensor:
    """Return the product of vectors, matrices or batches of matrices, which broadcast.

    Shapes: (A), (A) -> (); (A, B), (B) -> (A); (A), (A, B) -> (B);
        (*, A, B), (*, B, C) -> (*, A, C).

    Raises:
        RuntimeError: for sizes that do not fit, different dtypes, or a 0-d tensor.
    """
    if not isinstance(other, TensorBase):
        raise TypeError(
            f"matmul(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )
    a, b = input._array, other._array
    if a.ndim == 2 and b.ndim == 2:
        return _mm(input, other)
    if a.ndim == 0 or b.ndim == 0:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {a.ndim}D and {b.ndim}D"
        )
    if b.ndim == 1:
        return _dot(input, other) if a.ndim == 1 else _times_vector(input, other)
    if a.ndim == 1:
        return _matmul(cast("Tensor", input).unsqueeze(0), other).squeeze(-2)
    _check_broadcast(a, b)
    return MatMul.apply(input, other)


_matmul = without_out(matmul)


def _times_vector(a: Any, b: TensorBase) -> Tensor:
    if a._array.ndim == 2:
        return _mv(a, b)
    lead = a._array.shape[:-1]
    return _mv(rows(a), b).reshape(lead)


def _check_broadcast(a: Array, b: Array) -> None:
    if b.ndim > 2 and a.shape[-1] != b.shape[-2]:
        batch = math.prod(b.shape[:-2])
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"[{batch}, {a.shape[-1]}] but got: [{batch}, {b.shape[-2]}]. Shapes {list(a.shape)} "
            f"and {list(b.shape)} cannot be multiplied."
            " [explain: matmul-shapes]"
        )
    check_product(a, b)
    if a.shape[:-2] != b.shape[:-2]:
        broadcast_shape(a.shape[:-2], b.shape[:-2])
