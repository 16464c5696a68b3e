"""Every combination of elements, as rows: ``cartesian_prod`` and ``combinations``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.out import without_out
from minitorch.ops.shape.expand import meshgrid
from minitorch.ops.shape.joining import stack

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


_stack = without_out(stack)


def cartesian_prod(*tensors: Any) -> Tensor:
    """Return all rows with an element of each 1-d tensor: (A,), (B,), ... -> (A * B * ..., count).

    Of one tensor that itself. The last varies fastest.

    Raises:
        RuntimeError: for other numbers of dimensions, several dtypes, or no tensors.
    """
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        (tensors,) = tensors
    for x in tensors:
        if isinstance(x, TensorBase) and x._array.ndim != 1:
            raise RuntimeError(
                f"Expect a 1D vector, but got shape {list(x._array.shape)}: flatten() it"
            )
    if len(tensors) == 1 and isinstance(tensors[0], TensorBase):
        return tensors[0]  # type: ignore[return-value]
    return _stack([x.reshape(-1) for x in meshgrid(*tensors, indexing="ij")], 1)


@takes_tensors
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Return all rows of r elements of a 1-d tensor, in its order: (A,) -> (count, r).

    Raises:
        RuntimeError: for another number of dimensions, or a negative r.
    """
    array, r = input._array, read_int(r, "r")
    if array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(array.shape)}: flatten() it")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        result: Tensor = input._plain(np.empty(0, array.dtype))
        return result
    places = np.arange(array.size)[:, None]
    for _ in range(r - 1):  # each row with every element that may follow its last
        last = places[:, -1] if with_replacement else places[:, -1] + 1
        count = array.size - last
        start = np.repeat(last - (np.cumsum(count) - count), count)
        following = np.arange(count.sum()) + start
        places = np.hstack([np.repeat(places, count, 0), following[:, None]])
    picked: Tensor = input[input._plain(places)]
    return picked
