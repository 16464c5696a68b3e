"""Where elements are not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.out import out_rules, takes_out, without_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_out
@takes_tensors
@out_rules(casts="none", single=True)
def nonzero(input: TensorBase, *, as_tuple: bool = False) -> Any:
    """Return where elements are not zero: (*) -> (D, number of dimensions).

    Args:
        input: any tensor.
        as_tuple: whether to return a tensor (D,) per dimension instead, which can be an index.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nonzero.html
    """
    refuse_shape_of("nonzero", input._array)
    found = np.nonzero(input._array) if input._array.ndim else np.nonzero(input._array.reshape(1))
    if as_tuple:
        return tuple([input._plain(np.ascontiguousarray(i)) for i in found])
    if input._array.ndim == 0:
        return input._plain(np.empty((found[0].size, 0), np.int64))
    return input._plain(np.stack(found).T)


@takes_tensors
def argwhere(input: TensorBase) -> Tensor:
    """Return where elements are not zero: (*) -> (D, number of dimensions)."""
    found: Tensor = _nonzero(input)
    return found


@takes_out
def nonzero_static(input: TensorBase, *, size: int, fill_value: int = -1) -> Tensor:
    """Return the first ``size`` rows of :func:`nonzero`, and rows of ``fill_value`` for a lack.

    Shapes: (*) -> (size, number of dimensions).

    Raises:
        RuntimeError: for a negative size.
    """
    size = read_int(size, "size")
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, got {size}")
    found = _nonzero(input)._array[:size]
    out = np.full((size, found.shape[1]), fill_value, np.int64)
    out[: len(found)] = found
    return input._plain(out)


_nonzero = without_out(nonzero)
