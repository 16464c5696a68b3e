"""Sums, number by number."""

import math

import numpy as np

from minitorch.kernels.arrays import Array, Shape, working_dtype
from minitorch.kernels.contract.reduce import Reduce


def add(x: Array, dims: Shape | None, keepdims: bool) -> Array:
    """Sum along dimensions."""
    along = tuple(range(x.ndim)) if dims is None else dims
    shape = [1 if d in along else n for d, n in enumerate(x.shape)]
    out = np.zeros(shape, working_dtype(x.dtype))
    for index in np.ndindex(*shape):
        part = x[tuple(slice(None) if d in along else i for d, i in enumerate(index))]
        out[index] = math.fsum(part.astype(np.float64).ravel().tolist())
    return out if keepdims else np.array(out.squeeze(along))


REDUCE = Reduce(sum=add)
