"""Triangles of matrices: ``tril`` and ``triu``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.ops.batches import last_dims
from minitorch.ops.dims import read_int
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Tril(LinearMap):
    """Lower triangles of matrices, up to diagonal ``diagonal``; zeros above: (*, A, B) -> same."""

    complex = LINEAR
    triangle: ClassVar[Any] = staticmethod(np.tril)

    @classmethod
    def forward(cls, x: Array, *, diagonal: int) -> Array:
        return in_order(cls.triangle(x, diagonal))

    batched = classmethod(last_dims)

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        return cls.apply(grad, diagonal=ctx.diagonal)

    parity = staticmethod(lambda torch, x, *, diagonal: torch.tril(x, diagonal))

    @staticmethod
    def reference(x: Array, *, diagonal: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index[-1] - index[-2] > diagonal:
                out[index] = 0
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 3), diagonal=0)
        yield s(s.real(2, 4), diagonal=1)
        yield s(s.real(2, 3, 2), diagonal=-1)
        yield s(s.integers(1, 5, 3, 3), diagonal=0)


@takes_out
def tril(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the lower triangles of matrices, zeros above ``diagonal`` (0 is the main one).

    Shapes: (*, A, B) -> (*, A, B).

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    _check_matrices("tril", input)
    return Tril.apply(input, diagonal=read_int(diagonal, "diagonal"))


def tril_(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Write zeros outside the lower triangles of matrices, as :func:`tril`: (*, A, B)."""
    return write_(Tril, input, diagonal=read_int(diagonal, "diagonal"))


class Triu(Tril):
    """Upper triangles of matrices, from diagonal ``diagonal``; zeros below: (*, A, B) -> same."""

    complex = LINEAR
    triangle = staticmethod(np.triu)

    parity = staticmethod(lambda torch, x, *, diagonal: torch.triu(x, diagonal))

    @staticmethod
    def reference(x: Array, *, diagonal: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index[-1] - index[-2] < diagonal:
                out[index] = 0
        return out


@takes_out
def triu(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Return the upper triangles of matrices, zeros below ``diagonal`` (0 is the main one).

    Shapes: (*, A, B) -> (*, A, B).

    Raises:
        RuntimeError: for fewer than two dimensions.
    """
    _check_matrices("triu", input)
    return Triu.apply(input, diagonal=read_int(diagonal, "diagonal"))


def triu_(input: TensorBase, diagonal: int = 0) -> Tensor:
    """Write zeros outside the upper triangles of matrices, as :func:`triu`: (*, A, B)."""
    return write_(Triu, input, diagonal=read_int(diagonal, "diagonal"))


def _check_matrices(name: str, x: TensorBase) -> None:
    if x._array.ndim < 2:
        raise RuntimeError(
            f"{name}: input tensor must have at least 2 dimensions, got {x._array.ndim}"
        )
