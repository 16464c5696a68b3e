"""Norms of vectors: the length of what is reduced."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import (
    SCALAR_NAMES,
    dtype as DType,
    from_numpy,
    is_complex,
    is_differentiable,
    read,
    scalar_name,
)
from minitorch.kernels.sums import add_floats
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape, numpy_names, wrap_dims
from minitorch.ops.elementwise.comparison import eq
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.elementwise.selection import where
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce.reduced_dims import cast_to, keep
from minitorch.ops.reduce.samples import loop
from minitorch.ops.shape.as_real import view_as_real

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16 = np.dtype(np.float16)

# Any: their stubs take no bool for keepdims.
_largest: Any = np.maximum.reduce
_smallest: Any = np.minimum.reduce


class VectorNorm(Op):
    """(sum of |x|^p)^(1/p) along dimensions; inf is the largest |x|, 0 counts nonzeros.

    (*) -> (*) without ``dims``, or with 1 in their place.
    """

    name = "LinalgVectorNormBackward0"
    saves = (0,)
    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, p: float, dims: Shape, keepdim: bool) -> Array:
        wide = x.astype(np.float32) if x.dtype == _FLOAT16 else x
        if p == 2:
            out = np.sqrt(_sum_of_squares(wide, dims, keepdim))
        elif math.isinf(p):
            out = (_largest if p > 0 else _smallest)(np.abs(wide), dims, keepdims=keepdim)
        elif p == 0:
            out = np.count_nonzero(wide, dims, keepdims=keepdim)
        else:
            size = np.abs(wide)
            out = add_floats(size if p == 1 else size**p, dims, keepdim)
            out = out if p == 1 else out ** (1 / p)
        return in_order(np.asarray(out, x.dtype))

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, out = ctx.unpack()
        shape, dims, keepdim, p = ctx.input_shapes[0], ctx.dims, ctx.keepdim, ctx.p
        grad, out = keep(grad, shape, dims, keepdim), keep(out, shape, dims, keepdim)
        if p == 0:
            return no_slope(x)
        if p == 1:
            return grad * x.sign()
        if math.isinf(p):
            tied = eq(x.abs(), out)
            return where(tied, grad / tied.sum(dims, True), 0.0) * x.sign()
        if p == 2:
            # Not x * (grad / out): of a short vector that is beyond float16.
            return x / where(eq(out, 0), math.inf, out) * grad
        own = where(eq(x, 0), 0.0, x.sign() * x.abs() ** (p - 1))
        # Of a negative order a single 0 makes the norm 0, whatever the others are.
        return own * where(eq(out, 0), 0.0, grad / where(eq(out, 0), 1.0, out) ** (p - 1))

    parity = staticmethod(lambda torch, x, *, p, dims, keepdim: torch.norm(x, p, dims, keepdim))

    @staticmethod
    def reference(x: Array, *, p: float, dims: Shape, keepdim: bool) -> Array:
        def of(numbers: list[float]) -> float:
            sizes = [abs(n) for n in numbers]
            if math.isinf(p):
                return max(sizes) if p > 0 else min(sizes)
            return math.fsum(n**p for n in sizes) ** (1 / p) if p else len([n for n in sizes if n])

        return loop(x, dims, keepdim, of)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for p in (2, 1, 3, 0.5, 0, math.inf, -math.inf):
            yield s(s.distinct(2, 3) + 3, p=p, dims=(1,), keepdim=False)
        yield s(s.nonzero(2, 3, 2), p=2, dims=(0, 2), keepdim=True)
        yield s(s.nonzero(), p=2, dims=(), keepdim=False)


def _sum_of_squares(x: Array, dims: Shape, keepdim: bool) -> Array:
    if len(dims) < x.ndim or not x.flags.c_contiguous or x.size < 10_000:
        return add_floats(x * x, dims, keepdim)
    # Of all the elements, as norms of gradients are: without writing the squares down.
    flat = x.reshape(-1)
    whole = x.size // 1024 * 1024  # in rows, so that few are summed one after the other
    rows, rest = flat[:whole].reshape(-1, 1024), flat[whole:]
    total = np.add.reduce(np.einsum("ij,ij->i", rows, rows)) + np.dot(rest, rest)
    return np.full((1,) * x.ndim if keepdim else (), total)


@takes_out
def norm(
    input: TensorBase,
    p: Any = "fro",
    dim: Any = None,
    keepdim: bool = False,
    dtype: DType | None = None,
) -> Tensor:
    """Return the norm of all elements, or of the vectors along ``dim`` (an int or several).

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Args:
        input: a floating-point tensor.
        p: the order: a number, inf, -inf, 0 to count nonzeros; "fro" and None mean 2; "nuc" is the
            sum of a matrix's singular values.
        dim: the dimensions to reduce.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first.

    Raises:
        RuntimeError: for integers, a ``dtype`` with fewer digits, another word, or no
            elements where the smallest or largest counts.
    """
    if p == "nuc":
        from minitorch.ops.linalg.norms import matrix_norm

        dims = tuple(range(input._array.ndim)) if dim is None else dim
        return matrix_norm(input, p, dims, keepdim, dtype=dtype)
    if p is None or p == "fro":
        p = 2
    if isinstance(p, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported: give a number or 'fro'")
    return without_out(vector_norm)(input, p, dim, keepdim, dtype=dtype)


@takes_out
@numpy_names
def vector_norm(
    input: TensorBase,
    ord: float = 2,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return the norm of all elements, or of the vectors along ``dim`` (an int or several).

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Args:
        input: a floating-point tensor.
        ord: the order: a number, inf, -inf, or 0 to count nonzeros.
        dim: the dimensions to reduce.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first.

    Raises:
        RuntimeError: for integers, a ``dtype`` with fewer digits, or no elements where the smallest
            or largest counts.
    """
    if not is_differentiable(input._array.dtype):
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            f"{scalar_name(input._array)}. Convert it with .float()."
        )
    check_wider("linalg.vector_norm", input, dtype)
    x = cast_to(dtype, input)
    dims = wrap_dims(dim, x._array.ndim)
    if ord < 0 or ord == math.inf:
        _check_identity(x._array.shape, ord, dims)
    if is_complex(x._array.dtype):
        if ord == 2:  # of the pairs: at 0 the norm may have a slope, absolute values have none
            pairs, along = view_as_real(x), (*dims, x._array.ndim)
            out = VectorNorm.apply(pairs, p=ord, dims=along, keepdim=keepdim)
            return out.squeeze(-1) if keepdim else out
        x = x.abs()
    return VectorNorm.apply(x, p=ord, dims=dims, keepdim=keepdim)


def _check_identity(shape: Shape, p: float, dims: Shape) -> None:
    for d in dims:
        if shape[d] == 0:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {p} norm on the dimension {d} because this "
                "dimension is empty and the operation does not have an identity"
            )


def check_wider(name: str, input: TensorBase, dtype: Any) -> None:
    """Raise PyTorch's RuntimeError for a dtype with fewer digits than the input's."""
    if dtype is None:
        return
    own, dtype = input._array.dtype, read(dtype)
    if not is_differentiable(dtype.numpy):
        raise RuntimeError(
            f"{name}: dtype should be floating point or complex, but got {SCALAR_NAMES[dtype]}"
        )
    if is_complex(own) != dtype.is_complex:
        kind = "complex" if is_complex(own) else "real"
        raise RuntimeError(
            f"{name}: dtype should be {kind} for {kind} inputs, but got {SCALAR_NAMES[dtype]}"
        )
    if dtype.itemsize < own.itemsize:
        raise RuntimeError(
            f"{name}: the dtype of the input ({SCALAR_NAMES[from_numpy(own)]}) should be "
            f"convertible without narrowing to the specified dtype ({SCALAR_NAMES[dtype]})"
        )
