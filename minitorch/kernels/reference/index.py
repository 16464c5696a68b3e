"""Writes at indices, value by value."""

from typing import Any

import numpy as np

from minitorch.core.dtypes import is_float
from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.index import Index


def index_add(values: Array, index: Any, shape: Shape) -> Array:
    """Add values into zeros of `shape` at `index`, which may name a place many times."""
    out = np.zeros(shape, np.float64 if is_float(values.dtype) else values.dtype)
    places = np.arange(out.size).reshape(shape)[index]
    flat = out.reshape(-1)
    for place, value in zip(
        places.ravel(), np.broadcast_to(values, places.shape).ravel(), strict=True
    ):
        flat[place] += value
    return out.astype(values.dtype)


INDEX = Index(add=index_add)
