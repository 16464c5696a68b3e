"""Rows of float32 added at indices in C, on one thread; all else as in NumPy.

Cut by columns, rows are read in pieces, and that costs more than a second thread gains.
"""

import math
from typing import Any

import numpy as np

from minitorch.core.dtypes import is_signed
from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.index import Index
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY


def add(values: Array, index: Any, shape: Shape) -> Array:
    """Add values into zeros of `shape` at `index`, repeats adding up in the order they come."""
    rows = index[0] if type(index) is tuple and len(index) == 1 else index
    is_rows = type(rows) is np.ndarray and is_signed(rows.dtype) and len(shape) > 1
    if not is_rows or values.dtype != np.float32 or 0 in shape:
        return NUMPY.index.add(values, index, shape)
    width = math.prod(shape[1:])
    values = np.ascontiguousarray(np.broadcast_to(values, rows.shape + shape[1:]))
    places = np.ascontiguousarray(rows, np.int64)
    out = np.zeros(shape, np.float32)  # of whose pages most may never be touched
    _native.index_add(shape[0], width, places.size, places, values, out)
    return out


INDEX = Index(add=add)
