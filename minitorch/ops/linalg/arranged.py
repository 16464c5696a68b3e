"""Products of a fixed pattern: Kronecker's, across and along vectors, blocks, powers in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy, result_dtype, scalar_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import wrap_dim
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.linalg.checks import check_float
from minitorch.ops.out import takes_out
from minitorch.ops.shape.joining import cat, stack

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_out
@takes_tensors
def kron(input: Any, other: Any) -> Tensor:
    """Return Kronecker's product, each element of the first times the whole second.

    Shapes: (A, B, ...), (C, D, ...) -> (A C, B D, ...); missing dimensions are of size 1.
    """
    a, b = input, other
    ndim = max(a.ndim, b._array.ndim)
    left = [n for size in (1,) * (ndim - a.ndim) + tuple(a.shape) for n in (size, 1)]
    right = [n for size in (1,) * (ndim - b.ndim) + tuple(b.shape) for n in (1, size)]
    sizes = [m * n for m, n in zip(left[::2], right[1::2], strict=True)]
    return (a.reshape(left) * b.reshape(right)).reshape(sizes)


def block_diag(*tensors: Any) -> Tensor:
    """Return a matrix of matrices along its diagonal, zeros elsewhere.

    Shapes: (A, B), (C, D), ... -> (A + C + ..., B + D + ...). A vector is a row.

    Raises:
        RuntimeError: for more than two dimensions.
        TypeError: for what is no tensor.
    """
    for i, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}"
            )
        if x._array.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{i} has {x._array.ndim} dimensions"
            )
    if not tensors:
        return TensorBase._result_class._wrap(np.empty((1, 0), np.float32))
    kind = from_numpy(result_dtype(*[x._array for x in tensors]))  # before all are matrices
    blocks = [cast(x if x.ndim == 2 else x.reshape(1, -1), kind) for x in tensors]
    widths = [x.shape[1] for x in blocks]
    total = sum(widths)
    rows, before = [], 0
    for x, width in zip(blocks, widths, strict=True):
        pieces = [x.new_zeros(len(x), before), x, x.new_zeros(len(x), total - before - width)]
        rows.append(cat(pieces, 1))
        before += width
    return cat(rows, 0)


@takes_tensors
def cross_along(input: Any, other: Any, dim: int) -> Tensor:
    """Return the vectors across two, along a dimension of three: (*, 3), (*, 3) -> (*, 3)."""
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    at = wrap_dim(dim, input.ndim, of_scalars=False)
    m, n = input.shape[at], other.shape[at]
    if m != 3 or n != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {m} and {n}"
        )
    if input.dtype != other.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(input._array)} but found "
            f"{scalar_name(other._array)}"
            " [explain: dtype-mismatch]"
        )
    if scalar_name(input._array) == "Bool":
        raise NotImplementedError("\"cross\" not implemented for 'Bool'")
    (a, b, c), (d, e, f) = input.unbind(at), other.unbind(at)
    return stack([b * f - c * e, c * d - a * f, a * e - b * d], at)


@takes_out
def cross(input: Any, other: Any, *, dim: int = -1) -> Tensor:
    """Return the vectors across two: (*, 3), (*, 3) -> (*, 3), which broadcast.

    Args:
        input: vectors.
        other: vectors.
        dim: the dimension of three that is theirs.

    Raises:
        RuntimeError: for other numbers or sizes of dimensions, or different dtypes.
    """
    return cross_along(input, other, dim)


@takes_out
@takes_tensors
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Tensor:
    """Return products of vectors along a dimension: (*, A), (*, A) -> (*), which broadcast.

    Raises:
        RuntimeError: for sizes that do not fit, different dtypes, or integers.
    """
    check_float("linalg.vecdot", x)
    if x.dtype != y.dtype:
        raise RuntimeError(
            "linalg.vecdot: Expected x and y to have the same dtype, but found x of type "
            f"{scalar_name(x._array)} and y of type {scalar_name(y._array)} instead"
        )
    return (x.conj() * y).sum(dim)


@takes_tensors
def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Return a view of diagonals, by default of the last two dimensions: (*, A, B) -> (*, K)."""
    return A.diagonal(offset, dim1, dim2)


@takes_tensors
def vander(x: Any, N: int | None = None) -> Tensor:
    """Return powers 0 to N - 1 of each element, as many as there are: (*, A) -> (*, A, N).

    Raises:
        RuntimeError: for bools, float16, or an ``N`` below 2.
    """
    if scalar_name(x._array) in ("Bool", "Half", "BFloat16"):
        raise RuntimeError(
            "linalg.vander supports floating point, complex, and integer tensors, but got "
            f"{scalar_name(x._array)}"
        )
    count = (x.shape[-1] if x.ndim else 1) if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    powers = x._plain(np.arange(count))
    return (x if x.ndim else x.unsqueeze(0)).unsqueeze(-1) ** powers
