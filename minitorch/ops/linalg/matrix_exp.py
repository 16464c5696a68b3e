"""The exponential function of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.kernels.sums import add_products
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.linalg import lapack
from minitorch.ops.linalg.checks import check_float, check_square
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Padé's approximation of order 13, which is exact to float64 up to this norm (Higham 2005).
_NORM = 5.37
_B = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0,
    129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0,
    40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip


class MatrixExp(Op):
    """The sum of all powers of x, each divided by its factorial: (*, A, A) -> (*, A, A)."""

    name = "LinalgMatrixExpBackward0"
    saves = (0,)

    @staticmethod
    def forward(x: Array) -> Array:
        wide = x.astype(np.float64)
        return _exponential(wide, wide).astype(x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        return MatrixExpSlope.apply(x.mT, grad)

    parity = staticmethod(lambda torch, x: torch.linalg.matrix_exp(x))

    @staticmethod
    def reference(x: Array) -> Array:
        out = term = np.broadcast_to(np.eye(x.shape[-1]), x.shape)
        for k in range(1, 60):
            term = term @ x / k
            out = out + term
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 2, 2), (1, 1), (0, 0), (0, 2, 2)):
            yield s(s.real(*shape))
        yield s(6 * s.real(2, 2))


class MatrixExpSlope(Op):
    """The slope of :class:`MatrixExp` at x along e: (*, A, A), (*, A, A) -> (*, A, A).

    It is the upper right of the exponential of [[x, e], [0, x]] (Mathias 1996), and linear in e.
    """

    name = "LinalgMatrixExpBackwardBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(x: Array, e: Array) -> Array:
        n = x.shape[-1]
        wide = x.astype(np.float64)
        block = np.block([[wide, e], [np.zeros_like(wide), wide]])
        return _exponential(block, wide)[..., :n, n:].astype(x.dtype)

    @classmethod
    def batched(cls, batch: Batch, x: Array, e: Array) -> Array:
        return cls.forward(batch.full(x, 0), batch.full(e, 1))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, e = ctx.unpack()
        n = x._array.shape[-1]
        grad_e = MatrixExpSlope.apply(x.mT, grad)
        if not ctx.needs_input_grad[0]:
            return None, grad_e
        # Of the block matrix all but the upper right is x, or stays zero.
        zeros = no_slope(e)
        block = cat([cat([x, e], -1), cat([zeros, x], -1)], -2)
        upper_right = cat([cat([zeros, grad], -1), cat([zeros, zeros], -1)], -2)
        whole = MatrixExpSlope.apply(block.mT, upper_right)
        return whole[..., :n, :n] + whole[..., n:, n:], grad_e

    @staticmethod
    def reference(x: Array, e: Array) -> Array:
        """Each power's slope by the product rule."""
        out = slope = np.zeros(x.shape)
        power = np.broadcast_to(np.eye(x.shape[-1]), x.shape)
        for k in range(1, 60):
            slope, power = (slope @ x + power @ e) / k, power @ x / k
            out = out + slope
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for shape in ((3, 3), (2, 2, 2), (1, 1), (0, 0), (0, 2, 2)):
            yield s(s.real(*shape), s.real(*shape))


def _exponential(x: Array, measured: Array) -> Array:
    """Scale each matrix until its norm is small, and square what comes out as often.

    Of a block matrix with a slope only what stands on its diagonal is measured: the slope is exact
    where that is, however long its direction.
    """
    norms = np.abs(measured).sum(-2).max(-1, initial=0)
    norms = np.where(np.isfinite(norms), norms, 0)
    squarings = np.ceil(np.log2(np.maximum(norms / _NORM, 1))).astype(np.intc)
    out = _pade(np.ldexp(x, -squarings[..., None, None]))
    for step in range(squarings.max(initial=0)):
        more = squarings > step
        out[more] = add_products(out[more], out[more])
    return out


def _pade(x: Array) -> Array:
    eye = np.eye(x.shape[-1])
    x2 = add_products(x, x)
    x4 = add_products(x2, x2)
    x6 = add_products(x4, x2)
    odd = add_products(x6, _B[13] * x6 + _B[11] * x4 + _B[9] * x2)
    odd = add_products(x, odd + _B[7] * x6 + _B[5] * x4 + _B[3] * x2 + _B[1] * eye)
    even = add_products(x6, _B[12] * x6 + _B[10] * x4 + _B[8] * x2)
    even = even + _B[6] * x6 + _B[4] * x4 + _B[2] * x2 + _B[0] * eye
    return lapack.solve(even - odd, even + odd) if x.size else x


@takes_tensors
def matrix_exp(input: Any) -> Tensor:
    """Return the exponential function of square matrices: (*, A, A) -> (*, A, A).

    Raises:
        RuntimeError: for what is not square, or integers.
    """
    check_square("linalg.matrix_exp", input)
    check_float("linalg.matrix_exp", input)
    return MatrixExp.apply(input)
