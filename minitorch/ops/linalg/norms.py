"""Norms of matrices and vectors, and condition numbers, which compare two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from minitorch.core.dtypes import dtype as DType, refuse_complex, scalar_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.linalg import solving, svd
from minitorch.ops.linalg.checks import check_float, check_matrix, check_square
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce import vector_norm as vectors
from minitorch.ops.reduce.reduced_dims import cast_to

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# Without ``out``.
_svdvals, _inv_ex = without_out(svd.svdvals), without_out(solving.inv_ex)
_vector_norm = without_out(vectors.vector_norm)


@takes_out
@takes_tensors
def matrix_norm(
    input: Any,
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return norms of matrices: (*, A, B) -> (*), or with 1 in the place of A and B.

    Args:
        input: the matrices.
        ord: "fro", the root of the sum of squares; "nuc", the sum of singular values; 2 or -2, the
            largest or smallest of them; 1 or -1, the largest or smallest sum of absolute values in
            a column; inf or -inf, in a row.
        dim: the two dimensions that are the matrices'.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first.

    Raises:
        RuntimeError: for fewer than two dimensions, integers, or another ``ord``.
        IndexError: if there is nothing of which to take the largest or smallest.
    """
    check_matrix("linalg.matrix_norm", input)
    check_float("linalg.matrix_norm", input)
    if isinstance(dim, int):
        raise TypeError(f"linalg_matrix_norm(): argument 'dim' must be tuple of ints, not {dim}")
    if len(dim) != 2:
        raise RuntimeError(
            f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}"
        )
    rows, columns = [wrap_dim(d, input.ndim) for d in dim]
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    vectors.check_wider("linalg.matrix_norm", input, dtype)
    if ord == "fro":
        return _vector_norm(input, 2, (rows, columns), keepdim, dtype=dtype)
    x = cast_to(dtype, input)
    if ord == "nuc" or ord in (2, -2):
        refuse_complex(x, "linalg.matrix_norm: singular values of complex matrices are left out")
        if scalar_name(x._array) not in ("Float", "Double"):
            raise RuntimeError(
                "linalg.matrix_norm: Low precision dtypes not supported. Got "
                f"{scalar_name(x._array)}"
            )
        values = _svdvals(x.movedim((rows, columns), (-2, -1)))
        out = values.sum(-1) if ord == "nuc" else _extreme(values, -1, False, ord > 0)
        if keepdim:
            for d in sorted((rows, columns)):
                out = out.unsqueeze(d)
        return out
    if ord not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    first, last = (rows, columns) if abs(ord) == 1 else (columns, rows)
    if last > first and not keepdim:
        last -= 1
    sums = _vector_norm(x, 1, first, keepdim)
    return _extreme(sums, last, keepdim, ord > 0)


def _extreme(x: Any, dim: int, keepdim: bool, largest: bool) -> Tensor:
    if largest and not x.shape[dim]:  # as if there were zeros
        return x.sum(dim, keepdim)
    return x.amax(dim, keepdim) if largest else x.amin(dim, keepdim)


@takes_out
@numpy_names
def norm(
    input: Any,
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return a norm of vectors, or of matrices, as the number of dimensions says.

    Shapes: (*) -> (*) without ``dim``, or with 1 in its place.

    Args:
        input: a floating-point tensor.
        ord: as :func:`vector_norm` or :func:`matrix_norm` have it. Without it, and without or with
            any ``dim``, it is the root of the sum of squares.
        dim: one dimension for vectors, two for matrices.
        keepdim: leave them with size 1.
        dtype: convert to this dtype first.

    Raises:
        RuntimeError: for integers, an ``ord`` that there is not, or more than two dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.norm.html
    """
    dims = (dim,) if isinstance(dim, int) else dim
    if dims is not None and len(dims) not in (1, 2) and (ord is not None or not dims):
        raise RuntimeError(
            f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}"
        )
    if dims is None and ord is not None and input.ndim not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{input.ndim}D."
        )
    if ord is None:
        return _vector_norm(input, 2, dims, keepdim, dtype=dtype)
    if isinstance(ord, str) or (input.ndim == 2 if dims is None else len(dims) == 2):
        return matrix_norm(input, ord, (0, 1) if dims is None else dims, keepdim, dtype=dtype)
    return _vector_norm(input, ord, dims, keepdim, dtype=dtype)


@takes_out
@takes_tensors
def cond(input: Any, p: Any = None) -> Tensor:
    """Return condition numbers: the norm of matrices times that of their inverses.

    Shapes: (*, A, A) -> (*). With ``p`` 2 or -2 (*, A, B).

    Args:
        input: the matrices.
        p: which norm, as :func:`matrix_norm` has it; None is 2.

    Raises:
        RuntimeError: for fewer than two dimensions, what is not square, integers, or another ``p``.
    """
    if input.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p is not None and p not in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        if isinstance(p, str):
            check_square(f"linalg.cond(ord={p})", input)
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p is None or p in (2, -2):
        values = _svdvals(input)
        if not values.numel():
            return values.new_zeros(values.shape[:-1])
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    if not input.numel():
        return input.new_zeros(input.shape[:-2])
    check_square(f"linalg.cond(ord={p})", input)
    if p == "nuc":  # of the singular values alone: a matrix without an inverse has them, too
        values = _svdvals(input)
        return values.sum(-1) * values.reciprocal().sum(-1)
    inverse, info = _inv_ex(input)
    out = matrix_norm(input, p) * matrix_norm(inverse, p)
    return out.masked_fill(info != 0, math.inf)
