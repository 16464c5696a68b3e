"""Products of matrices, number by number."""

import math

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.product import Product


def matmul(a: Array, b: Array) -> Array:
    """Sums of the products of a row and a column."""
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    left = np.broadcast_to(a, (*lead, *a.shape[-2:])).astype(np.float64)
    right = np.broadcast_to(b, (*lead, *b.shape[-2:])).astype(np.float64)
    out = np.zeros((*lead, a.shape[-2], b.shape[-1]))
    for at in np.ndindex(out.shape):
        *example, i, j = at
        out[at] = math.fsum(left[*example, i] * right[*example, :, j])
    return out.astype(a.dtype)


def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    """Product with the transposed weight, and the bias."""
    wide = matmul(x.astype(np.float64), weight.astype(np.float64).T)
    return (wide if bias is None else wide + bias).astype(x.dtype)


PRODUCT = Product(matmul=matmul, linear=linear)
