"""Activations of straight pieces."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.op import Op
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import finfo, scalar_name
from minitorch.nn.functional.checks import require_float, require_numbers, require_tensors
from minitorch.ops.elementwise import piecewise as ops
from minitorch.ops.out import takes_out, without_out
from minitorch.tensor import Tensor

_hardshrink, _threshold = without_out(ops.hardshrink), without_out(ops.threshold)


def _of(op: type[Op], input: Tensor, inplace: bool, **params: Any) -> Tensor:
    result: Tensor = write_(op, input, **params) if inplace else op.apply(input, **params)
    return result


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Return x where x > threshold, else value: (*) -> (*).

    Args:
        input: (*).
        threshold: what x must exceed.
        value: what stands in place of the others.
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
    """
    require_tensors("threshold(input)", input)
    require_numbers("threshold", threshold=threshold, value=value)
    if inplace:
        return ops.threshold_(input, threshold, value)
    return _threshold(input, threshold, value)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Return x limited to [min_val, max_val]; the slope at the limits is 0: (*) -> (*).

    Args:
        input: (*).
        min_val: the lower limit.
        max_val: the upper limit.
        inplace: write into the input, and return it.

    Raises:
        ValueError: if the limits are in the wrong order.
        RuntimeError: for bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
    """
    require_tensors("hardtanh(input)", input)
    require_numbers("hardtanh", min_val=min_val, max_val=max_val)
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _of(ops.Hardtanh, input, inplace, low=min_val, high=max_val)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Limit x to [min_val, max_val], and return it: (*) -> (*).

    Raises:
        ValueError: if the limits are in the wrong order.
        RuntimeError: for bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh_.html
    """
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Return min(max(x, 0), 6): (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        RuntimeError: for bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
    """
    require_tensors("relu6(input)", input)
    return _of(ops.Hardtanh, input, inplace, low=0.0, high=6.0)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Return min(max(x + 3, 0), 6) / 6: (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
    """
    require_tensors("hardsigmoid(input)", input)
    require_float("hardsigmoid_cpu", input._array)
    return _of(ops.Hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x · min(max(x + 3, 0), 6) / 6: (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://arxiv.org/abs/1905.02244;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
    """
    require_tensors("hardswish(input)", input)
    require_float("hardswish_cpu", input._array)
    return _of(ops.Hardswish, input, inplace)


@takes_out
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Return x where |x| > lambd, else 0: (*) -> (*).

    Args:
        input: (*).
        lambd: half the width of the gap.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
    """
    require_tensors("hardshrink(input)", input)
    require_numbers("hardshrink", lambd=lambd)
    return _hardshrink(input, lambd)


@takes_out
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Return x moved by lambd towards 0, and 0 where it would pass it: (*) -> (*).

    Args:
        input: (*).
        lambd: at least 0.

    Raises:
        NotImplementedError: for integers and bools.
        RuntimeError: if lambd is negative.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
    """
    require_tensors("softshrink(input)", input)
    require_numbers("softshrink", lambd=lambd)
    require_float("softshrink_check", input._array)
    largest = float(finfo(input._array.dtype).max)
    if not 0 <= lambd <= largest:
        raise RuntimeError(
            f"lambda must be in range [0, {largest:g}] for input dtype "
            f"{scalar_name(input._array)}, but found {lambd:g}"
        )
    return _of(ops.Softshrink, input, inplace=False, lambd=lambd)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """Return x where x > 0, else x times a slope from [lower, upper): (*) -> (*).

    Args:
        input: (*).
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element that needs one; else all have the mean.
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.
        RuntimeError: if the bounds are not finite, or in the wrong order.

    Source: https://arxiv.org/abs/1505.00853;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
    """
    require_tensors("rrelu(input)", input)
    require_numbers("rrelu", lower=lower, upper=upper)
    return (ops.rrelu_ if inplace else ops.rrelu)(input, lower, upper, training)


def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False
) -> Tensor:
    """Multiply x by a slope from [lower, upper) where x <= 0, and return it: (*) -> (*).

    Raises:
        NotImplementedError: for integers and bools.
        RuntimeError: if the bounds are not finite, or in the wrong order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rrelu_.html
    """
    return rrelu(input, lower, upper, training, inplace=True)
