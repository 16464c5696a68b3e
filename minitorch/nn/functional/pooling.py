"""Pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.kernels.arrays import pool_output_size
from minitorch.nn.functional.checks import Pair, as_pair, require_float, require_tensors
from minitorch.ops.layers import pool as pools
from minitorch.tensor import Tensor


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
    require_tensors("max_pool2d(input)", input)
    kernel, step, border = _geometry("max_pool2d", kernel_size, stride, padding)
    spread = as_pair(dilation, "dilation", "max_pool2d")
    x = input._array
    if x.ndim == 3:
        out = max_pool2d(
            input.unsqueeze(0), kernel, step, border, spread, ceil_mode, return_indices
        )
        return (out[0].squeeze(0), out[1].squeeze(0)) if return_indices else out.squeeze(0)
    if x.dtype.kind == "b":
        raise NotImplementedError(
            "\"max_pool2d\" not implemented for 'Bool'; convert with .float()"
        )
    if min(spread) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got dilation={spread}")
    _check(x, kernel, step, border, spread, ceil_mode)
    pool = pools.max_pool2d_with_indices if return_indices else pools.max_pool2d
    return pool(input, kernel, step, border, spread, ceil_mode)


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
    require_tensors("avg_pool2d(input)", input)
    kernel, step, border = _geometry("avg_pool2d", kernel_size, stride, padding)
    x = input._array
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero: divisor_override=0")
    if x.ndim == 3:
        return avg_pool2d(
            input.unsqueeze(0), kernel, step, border, ceil_mode, count_include_pad, divisor_override
        ).squeeze(0)
    if x.dtype != np.int64:  # of integers PyTorch takes these
        require_float("avg_pool2d", x)
    _check(x, kernel, step, border, (1, 1), ceil_mode)
    return pools.avg_pool2d(
        input, kernel, step, border, ceil_mode, count_include_pad, divisor_override
    )


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Return means over as many windows as the output has elements.

    Shapes: (N, C, H, W) -> (N, C, *output_size); N may be left out.

    Args:
        input: images.
        output_size: OH and OW, or one number for both; None keeps the input's size.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
    """
    require_tensors("adaptive_avg_pool2d(input)", input)
    x = input._array
    size = _adaptive_size(x.shape, output_size)
    if size == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    if x.ndim not in (3, 4):
        raise RuntimeError(
            f"adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got {list(x.shape)}"
        )
    if 0 in x.shape[1:]:
        raise RuntimeError(
            "adaptive_avg_pool2d(): Expected input to have non-zero size for non-batch dimensions, "
            f"but input has sizes {list(x.shape)}"
        )
    require_float("adaptive_avg_pool2d", x)
    if x.ndim == 3:
        return pools.adaptive_avg_pool2d(input.unsqueeze(0), size).squeeze(0)
    return pools.adaptive_avg_pool2d(input, size)


def _adaptive_size(shape: tuple[int, ...], output_size: Any) -> Pair:
    """Return OH and OW, with the input's own sizes in place of None."""
    wanted = output_size
    if not isinstance(wanted, tuple | list):
        if len(shape) < 2 and wanted != 1:
            raise RuntimeError(
                f"adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got {list(shape)}"
            )
        wanted = (wanted, wanted)
    elif len(shape) <= len(wanted):
        raise ValueError(
            f"Input dimension should be at least {len(wanted) + 1}, but the input has shape "
            f"{list(shape)}"
        )
    if len(wanted) != 2:
        raise RuntimeError(f"adaptive_avg_pool2d: output_size must be 2, but got {output_size}")
    filled = tuple(shape[i - 2] if w is None else w for i, w in enumerate(wanted))
    size = as_pair(filled, "output_size", "adaptive_avg_pool2d")
    if min(size) < 0:
        raise RuntimeError(
            "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but "
            f"received {size}"
        )
    return size


def _geometry(function: str, kernel: Any, stride: Any, padding: Any) -> tuple[Pair, Pair, Pair]:
    size = as_pair(kernel, "kernel_size", function)
    is_left_out = stride is None or stride == [] or stride == ()
    step = size if is_left_out else as_pair(stride, "stride", function)
    return size, step, as_pair(padding, "padding", function)


def _check(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> None:
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise RuntimeError(
            "non-empty 3D or 4D (batch mode) tensor expected for input, with optional 0 dim batch "
            f"size, but got: {list(x.shape)}"
        )
    if min(kernel) <= 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got kernel_size={kernel}")
    if min(stride) <= 0:
        raise RuntimeError(f"stride should not be zero or negative, but got stride={stride}")
    for k, p, d in zip(kernel, padding, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > (d * (k - 1) + 1) // 2:
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={p}, kernel_size={k} and dilation={d}"
            )
    c, h, w = x.shape[1:]
    oh = pool_output_size(h, kernel[0], stride[0], padding[0], dilation[0], ceil_mode)
    ow = pool_output_size(w, kernel[1], stride[1], padding[1], dilation[1], ceil_mode)
    if oh < 1 or ow < 1:
        raise RuntimeError(
            f"Given input size: ({c}x{h}x{w}). Calculated output size: ({c}x{oh}x{ow}). Output "
            f"size is too small: a window of {kernel} does not fit"
        )
