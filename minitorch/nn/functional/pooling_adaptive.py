"""Adaptive pooling: as many windows as the output has elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.kernels import Sizes
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.nn.functional.pool_checks import (
    NEGATIVE,
    adaptive_size,
    check_adaptive,
    check_line,
    read_sizes,
    without_batch,
)
from minitorch.ops.layers import pool_average as means, pool_places as places
from minitorch.tensor import Tensor


def adaptive_avg_pool1d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Return means over as many windows as the output has elements: (N, C, L) -> (N, C, OL).

    As :func:`adaptive_avg_pool2d`, over lines instead of planes; N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.
        TypeError: for None, which stands for the input's size in 2 and 3 dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
    """
    function = "adaptive_avg_pool1d"
    require_tensors("adaptive_avg_pool1d(input)", input)
    size = (1, *read_sizes(output_size, 1, "output_size", function))
    check_line(function, input)
    if size[1] < 0:
        raise RuntimeError(f"{function}: {NEGATIVE} {size[1]}")
    return _adaptive_avg_pool("adaptive_avg_pool2d", input.unsqueeze(-2), size).squeeze(-2)


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
    size = adaptive_size("adaptive_avg_pool2d", 2, input._array.shape, output_size)
    return _adaptive_avg_pool("adaptive_avg_pool2d", input, size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Return means over as many windows as the output has elements.

    Shapes: (N, C, D, H, W) -> (N, C, *output_size); N may be left out.

    As :func:`adaptive_avg_pool2d`, over volumes instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
    """
    require_tensors("adaptive_avg_pool3d(input)", input)
    size = adaptive_size("adaptive_avg_pool3d", 3, input._array.shape, output_size)
    return _adaptive_avg_pool("adaptive_avg_pool3d", input, size)


def _adaptive_avg_pool(function: str, input: Tensor, size: Sizes) -> Tensor:
    """Check and pool over as many dimensions as there are sizes."""
    x, dims = input._array, len(size)
    if size == (1,) * dims:
        return input.mean(tuple(range(-dims, 0)), keepdim=True)
    check_adaptive(function, dims, x.shape, x.shape[1:] if dims == 3 else x.shape[-dims:])
    require_float(function, x)
    if x.ndim == dims + 1:
        return without_batch(means.adaptive_avg_pool(input.unsqueeze(0), size))
    return means.adaptive_avg_pool(input, size)


def adaptive_max_pool1d(
    input: Tensor, output_size: int | Sequence[int], return_indices: bool = False
) -> Any:
    """Return the largest value of as many windows as the output has: (N, C, L) -> (N, C, OL).

    As :func:`adaptive_max_pool2d`, over lines instead of planes; N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
    """
    out = _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size)
    return out if return_indices else out[0]


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: int | Sequence[int], return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Return what :func:`adaptive_max_pool1d` does, and where each value came from.

    Shapes: (N, C, L) -> twice (N, C, OL); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
    """
    return _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Return the largest value of as many windows as the output has elements.

    Shapes: (N, C, H, W) -> (N, C, *output_size); N may be left out.

    Args:
        input: images.
        output_size: OH and OW, or one number for both; None keeps the input's size.
        return_indices: return also where in H·W each value came from.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
    """
    out = _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size)
    return out if return_indices else out[0]


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Return what :func:`adaptive_max_pool2d` does, and where each value came from.

    Shapes: (N, C, H, W) -> twice (N, C, OH, OW); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
    """
    return _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Return the largest value of as many windows as the output has elements.

    Shapes: (N, C, D, H, W) -> (N, C, *output_size); N may be left out.

    As :func:`adaptive_max_pool2d`, over volumes instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
    """
    out = _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size)
    return out if return_indices else out[0]


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Return what :func:`adaptive_max_pool3d` does, and where each value came from.

    Shapes: (N, C, D, H, W) -> twice (N, C, OD, OH, OW); N may be left out.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
    """
    return _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size)


def _adaptive_max_pool(
    function: str, dims: int, input: Tensor, output_size: Any
) -> tuple[Tensor, Tensor]:
    """Check and pool over so many dimensions."""
    require_tensors(f"{function}(input)", input)
    x = input._array
    if dims == 1:
        size = read_sizes(output_size, 1, "output_size", function)
        check_line(function, input)
    else:
        size = adaptive_size(function, dims, x.shape, output_size)
    if min(size) < 0:
        raise RuntimeError(f"{function}: {NEGATIVE} {size}")
    check_adaptive(function, dims, x.shape, x.shape[1:])
    require_float(function, x)
    batch = input if x.ndim == dims + 2 else input.unsqueeze(0)
    if dims == 1:
        out = places.adaptive_max_pool(batch.unsqueeze(-2), (1, *size))
        out = out[0].squeeze(-2), out[1].squeeze(-2)
    else:
        out = places.adaptive_max_pool(batch, size)
    if batch is input:
        return out
    return without_batch(out[0]), out[1].squeeze(0)  # positions are saved: a write must show
