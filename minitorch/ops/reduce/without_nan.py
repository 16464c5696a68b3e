"""Sums and means of what is not NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype as DType, is_float, refuse_complex, scalar_name
from minitorch.ops.dims import numpy_names
from minitorch.ops.elementwise.finite import isnan
from minitorch.ops.elementwise.selection import where
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce.sums import sum

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_sum = without_out(sum)
_where = without_out(where)


@takes_out
@numpy_names
def nansum(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return :func:`sum` with 0 for NaN: (*) -> (*) without ``dim``, or with 1 in its place."""
    refuse_complex(input, "nansum on CPU does not support complex inputs")
    return _sum(_without_nan(input), dim, keepdim, dtype=dtype)


def _without_nan(x: Any) -> Any:
    return _where(isnan(x), 0.0, x) if is_float(x._array.dtype) else x


@takes_out
@numpy_names
def nanmean(
    input: TensorBase, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return :func:`mean` of what is not NaN: (*) -> (*) without ``dim``, or with 1 in its place.

    Raises:
        RuntimeError: for integers.
    """
    if not is_float(input._array.dtype):
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{scalar_name(input._array)}: convert it with .float()"
        )
    count = _sum(isnan(input).logical_not(), dim, keepdim)
    return _sum(_without_nan(input), dim, keepdim, dtype=dtype) / count
