"""Elements picked and written by their number in the order of all: ``take``, ``put``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.autograd.writes.inplace import overwrite_
from minitorch.core.dtypes import is_integer, scalar_name
from minitorch.core.size import Size
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.index.getitem import index_put
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_out
@out_rules(casts="none", apart=True)
def take(input: Any, index: Any) -> Tensor:
    """Return elements of the flat tensor, -1 the last: (*), (*I) -> (*I).

    Raises:
        RuntimeError: for an index that is not int64.
        IndexError: for numbers outside.
    """
    _check("take", input._array, index._array)
    picked: Tensor = input.reshape(-1)[index]
    return picked


@takes_tensors
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Tensor:
    """Return ``input`` with elements of the flat tensor replaced, or added to.

    Shapes: (*), (*I), (*I) -> (*).

    Raises:
        RuntimeError: for an index that is not int64, or another dtype.
        IndexError: for numbers outside, or not one value for each.
    """
    x, places, values = input._array, index._array, source._array
    _check("put_", x, places)
    if values.dtype != x.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{scalar_name(x)} and source.dtype = {scalar_name(values)}"
        )
    if places.size != values.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {values.size}, index.numel() = {places.size}"
        )
    flat = input.reshape(-1)
    written = index_put(flat, (index.reshape(-1),), source.reshape(-1), accumulate)
    return written.reshape(x.shape)


@takes_tensors
def put_(input: TensorBase, index: Any, source: Any, accumulate: bool = False) -> Tensor:
    """Replace elements of the flat tensor, or add to them, in place; see :func:`put`."""
    return overwrite_("put_", input, lambda x: put(x, index, source, accumulate))


def _check(name: str, x: Any, index: Any) -> None:
    if index.dtype.name != "int64":
        raise RuntimeError(
            f"{name}(): Expected a long tensor for index, but got {scalar_name(index)}"
        )
    size, places = x.size, values_of(index)
    if size == 0 and places.size:
        raise IndexError(f"{name}(): tried to {name[:4].strip('_')} from an empty tensor")
    outside = places[(places < -size) | (places >= size)]
    if outside.size:
        raise IndexError(
            f"out of range: tried to access index {outside[0]} on a tensor of {size} elements."
        )


@takes_tensors
def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """Return the positions along each dimension of a shape, of numbers in the order of elements.

    Shapes: (*) -> as many (*) as ``shape`` has sizes.

    Raises:
        TypeError: for indices that are no integers, or such a shape.
        ValueError: for negative sizes.
    """
    if not is_integer(indices._array.dtype):
        raise TypeError(
            f"expected 'indices' to be integer dtype, but got {scalar_name(indices._array)}"
        )
    if isinstance(shape, TensorBase):
        shape = shape._array.tolist()
    if not isinstance(shape, int | tuple | list):
        raise TypeError(
            f"expected 'shape' to be int or sequence of ints, but got {type(shape).__name__}"
        )
    sizes = Size((shape,) if isinstance(shape, int) else shape)
    if min(sizes, default=0) < 0:
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    if indices._array.size == 0:
        sizes = Size([max(n, 1) for n in sizes])  # nothing is divided by them
    steps = [math.prod(sizes[d + 1 :]) for d in range(len(sizes))]
    step, size = (indices._plain(np.array(row, np.int64)) for row in (steps, sizes))
    return (indices.unsqueeze(-1) // step % size).unbind(-1)
