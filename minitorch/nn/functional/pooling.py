"""Pooling over lines, planes and volumes: largest values and means of windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np

from minitorch.core.dtypes import is_bool, is_float
from minitorch.nn.functional.checks import require_float
from minitorch.nn.functional.pool_checks import (
    check_window,
    of_one_row,
    read_sizes,
    read_window,
    without_batch,
)
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.layers import pool as largest, pool_average as means
from minitorch.ops.out import takes_out
from minitorch.tensor import Tensor


def max_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest value of each window: (N, C, L) -> (N, C, OL); N may be left out.

    As :func:`max_pool2d`, over lines instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, return_indices
    return _max_pool("max_pool1d", 1, input, *window)


@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any: ...
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest value of each window: (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    Args:
        input: images.
        kernel_size: size of a window, one number or two; so for the next three.
        stride: step between windows; the kernel size if left out.
        padding: rows and columns on each side, smaller than any value.
        dilation: step between the elements of a window.
        ceil_mode: let the last window hang over the end.
        return_indices: return also where in H·W each value came from.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, return_indices
    return _max_pool("max_pool2d", 2, input, *window)


def max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest value of each window: (N, C, D, H, W) -> (N, C, OD, OH, OW).

    As :func:`max_pool2d`, over volumes instead of planes; N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, return_indices
    return _max_pool("max_pool3d", 3, input, *window)


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return what :func:`max_pool1d` does, and where in L each value came from.

    Shapes: (N, C, L) -> twice (N, C, OL); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, True
    pair: tuple[Tensor, Tensor] = _max_pool("max_pool1d", 1, input, *window)
    return pair


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return what :func:`max_pool2d` does, and where in H·W each value came from.

    Shapes: (N, C, H, W) -> twice (N, C, OH, OW); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, True
    pair: tuple[Tensor, Tensor] = _max_pool("max_pool2d", 2, input, *window)
    return pair


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return what :func:`max_pool3d` does, and where in D·H·W each value came from.

    Shapes: (N, C, D, H, W) -> twice (N, C, OD, OH, OW); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
    """
    window = kernel_size, stride, padding, dilation, ceil_mode, True
    pair: tuple[Tensor, Tensor] = _max_pool("max_pool3d", 3, input, *window)
    return pair


def _max_pool(
    function: str,
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    """Check and pool over so many dimensions."""
    kernel, step, border = read_window(function, dims, input, kernel_size, stride, padding)
    spread = read_sizes(dilation, dims, "dilation", function)
    x = input._array
    if x.ndim == dims + 1:
        window = kernel, step, border, spread, ceil_mode, return_indices
        out = _max_pool(function, dims, input.unsqueeze(0), *window)
        return tuple(map(without_batch, out)) if return_indices else without_batch(out)
    if is_bool(x.dtype) or (dims == 1 and not is_float(x.dtype) and not return_indices):
        require_float(function, x)
    check_window(function, x.shape, kernel, step, border, spread, ceil_mode)
    if dims == 1:
        input, (kernel, step, border, spread) = of_one_row(input, kernel, step, border, spread)
    if not return_indices:
        out = largest.max_pool(input, kernel, step, border, spread, ceil_mode)[0]
        return out if dims > 1 else out.squeeze(-2)
    out = largest.max_pool_with_indices(input, kernel, step, border, spread, ceil_mode)
    return out if dims > 1 else (out[0].squeeze(-2), out[1].squeeze(-2))


@takes_tensors
def avg_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Return the mean of each window: (N, C, L) -> (N, C, OL); N may be left out.

    As :func:`avg_pool2d`, over lines instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.
        NotImplementedError: for bools and smaller integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
    """
    window = kernel_size, stride, padding, ceil_mode, count_include_pad, None
    return _avg_pool("avg_pool1d", 1, input, *window)


@takes_out
def avg_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window: (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    Args:
        input: images; of int64, means are cut towards zero.
        kernel_size: size of a window, one number or two; so for the next two.
        stride: step between windows; the kernel size if left out.
        padding: rows and columns of zeros on each side.
        ceil_mode: let the last window hang over the end.
        count_include_pad: divide by the whole window, also where it covers padding.
        divisor_override: divide by this number instead.

    Raises:
        RuntimeError: if the sizes do not fit.
        NotImplementedError: for bools and smaller integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
    """
    window = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    return _avg_pool("avg_pool2d", 2, input, *window)


@takes_out
def avg_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window: (N, C, D, H, W) -> (N, C, OD, OH, OW).

    As :func:`avg_pool2d`, over volumes instead of planes; N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit; as in PyTorch, padding does not make up for a volume
            smaller than a window.
        NotImplementedError: for bools and smaller integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
    """
    window = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    return _avg_pool("avg_pool3d", 3, input, *window)


def _avg_pool(
    function: str,
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    """Check and pool over so many dimensions."""
    kernel, step, border = read_window(function, dims, input, kernel_size, stride, padding)
    x = input._array
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero: divisor_override=0")
    options = ceil_mode, count_include_pad, divisor_override
    if x.ndim == dims + 1:
        batch = input.unsqueeze(0)
        return without_batch(_avg_pool(function, dims, batch, kernel, step, border, *options))
    if x.dtype != np.int64:  # of integers PyTorch takes these
        require_float(function, x)
    check_window(function, x.shape, kernel, step, border, (1,) * dims, ceil_mode)
    if dims > 1:
        return means.avg_pool(input, kernel, step, border, *options)
    input, (kernel, step, border, _) = of_one_row(input, kernel, step, border, (1,))
    return means.avg_pool(input, kernel, step, border, *options).squeeze(-2)
