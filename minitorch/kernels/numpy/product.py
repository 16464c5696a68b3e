"""Products of matrices by BLAS, in blocks where rows and columns are long."""

import numpy as np

from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.product import Product
from minitorch.kernels.sums import add_products


def _product(a: Array, b: Array) -> Array:
    dtype = working_dtype(a.dtype)
    return add_products(a.astype(dtype, copy=False), b.astype(dtype, copy=False))


def matmul(a: Array, b: Array) -> Array:
    """Product of matrices, or of stacks of them: (*, M, K), (*, K, N) -> (*, M, N)."""
    return np.ascontiguousarray(_product(a, b).astype(a.dtype, copy=False))


def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    """Product with the transposed weight, and the bias: (N, A), (B, A), (B) -> (N, B)."""
    out = _product(x, weight.T)
    if bias is not None:
        out += bias
    return out.astype(x.dtype, copy=False)


PRODUCT = Product(matmul=matmul, linear=linear)
