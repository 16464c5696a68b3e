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
        norm = np.abs(wide).sum(-2).max(initial=0)
        squarings = max(0, int(np.ceil(np.log2(norm / _NORM)))) if 0 < norm < np.inf else 0
        out = _pade(wide / 2.0**squarings)
        for _ in range(squarings):
            out = add_products(out, out)
        return out.astype(x.dtype)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        """The upper right of the exponential of [[xᵀ, grad], [0, xᵀ]] (Mathias 1996)."""
        (x,) = ctx.unpack()
        n = x._array.shape[-1]
        turned = x.mT
        above, below = cat([turned, grad], -1), cat([no_slope(grad), turned], -1)
        return MatrixExp.apply(cat([above, below], -2))[..., :n, n:]

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
