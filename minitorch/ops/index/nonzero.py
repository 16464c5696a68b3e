"""Where elements are not zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.ops.out import out_rules, takes_out


@takes_out
@out_rules(casts="none")
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
