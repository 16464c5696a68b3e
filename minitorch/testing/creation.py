"""``make_tensor``: random tensors of any dtype, PyTorch's numbers from the same seed."""

from __future__ import annotations

import math
from typing import Any

from minitorch.autograd.sites import warn_user
from minitorch.core import dtypes
from minitorch.core.devices import check_device
from minitorch.core.dtypes import dtype as DType
from minitorch.core.limits import finfo, iinfo
from minitorch.core.strided import memory_format as Format
from minitorch.creation import empty
from minitorch.ops.shape.as_real import view_as_complex
from minitorch.random import randint
from minitorch.tensor import Tensor


def make_tensor(
    *shape: Any,
    dtype: DType,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Format | None = None,
) -> Tensor:
    """Return a tensor of uniform random numbers in [low, high): () -> shape.

    Args:
        shape: ints, or one sequence of them.
        dtype: that of the elements.
        device: "cpu".
        low: the smallest number; -9 unless given, 0 for bool.
        high: the end of the interval; 9 unless given, 10 for integers, 2 for bool.
        requires_grad: whether gradients are wanted.
        noncontiguous: whether there are to be gaps in memory.
        exclude_zero: whether zeros become one, or the least normal number.
        memory_format: the order in memory.

    Raises:
        ValueError: for an empty interval, nan, ``requires_grad`` of integers, or
            ``noncontiguous`` with a memory format.

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.make_tensor
    """
    check_device(device)
    sizes = tuple(shape[0] if len(shape) == 1 and isinstance(shape[0], list | tuple) else shape)
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got "
            f"{noncontiguous=} and {memory_format=}"
        )
    is_inexact = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not is_inexact:
        raise ValueError(
            "`requires_grad=True` is not supported for boolean and integral dtypes, but got "
            f"{dtype=}"
        )
    noncontiguous = noncontiguous and math.prod(sizes) > 1
    if noncontiguous:
        sizes = (*sizes[:-1], 2 * sizes[-1])
    result = _drawn(sizes, dtype, low, high)
    if noncontiguous:
        result = result[..., 1::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        least = finfo(dtype).tiny if is_inexact else 1
        result[result == 0] = least
    if is_inexact:
        result.requires_grad = requires_grad
    return result


def _drawn(sizes: tuple[int, ...], dtype: DType, low: Any, high: Any) -> Tensor:
    if dtype.is_complex:
        return view_as_complex(_drawn((*sizes, 2), dtype.to_real(), low, high))
    if not dtype.is_floating_point:
        if dtype is dtypes.bool_:
            limits, default = (0, 2), (0, 2)
        else:
            info = iinfo(dtype)
            # The bounds of `randint` are int64: it cannot draw the largest of them.
            limits, default = (info.min, info.max + (dtype is not dtypes.int64)), (-9, 10)
        low, high = _interval(low, high, limits, default, dtype)
        return randint(math.ceil(low), math.ceil(high), sizes, dtype=dtype)
    largest = finfo(dtype).max
    low, high = _interval(low, high, (-largest, largest), (-9, 9), dtype)
    room = empty(sizes, dtype=dtype)
    if high - low >= largest:
        return room.uniform_(low / 2, high / 2).mul_(2)
    return room.uniform_(low, high)


def _interval(
    low: Any, high: Any, limits: tuple[float, float], default: tuple[int, int], dtype: DType
) -> tuple[Any, Any]:
    """Return the bounds, within what the dtype holds."""
    least, end = limits
    low, high = default[0] if low is None else low, default[1] if high is None else high
    if math.isnan(low) or math.isnan(high):
        raise ValueError(f"`low` and `high` cannot be NaN, but got {low=} and {high=}")
    if low == high and dtype.is_floating_point:
        warn_user(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is "
            "deprecated since 2.1 and will be removed in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < least or low >= end:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), but {dtype} "
            f"only supports [{least}, {end})"
        )
    return min(max(low, least), end), min(max(high, least), end)
