"""Pooling at random places, power means of windows, and the inverse of pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.dtypes import scalar_name
from minitorch.kernels import Sizes
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.nn.functional.pool_checks import read_sizes, without_batch
from minitorch.nn.functional.pooling import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from minitorch.ops.layers import pool_places as places
from minitorch.random import rand
from minitorch.tensor import Tensor

Numbers = int | Sequence[int]


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Return the largest value of windows whose steps are drawn at random.

    Shapes: (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    Args:
        input: images.
        kernel_size: size of a window, one number or two.
        output_size: OH and OW, or one number for both.
        output_ratio: or what part of H and W they are, between 0 and 1.
        return_indices: return also where in H·W each value came from.
        _random_samples: numbers from 0 to 1 instead of drawn ones, (N, C, 2).

    Raises:
        ValueError: if neither size nor ratio is given.
        RuntimeError: if the sizes do not fit.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
    """
    sizes = kernel_size, output_size, output_ratio, _random_samples
    out = _fractional_max_pool("fractional_max_pool2d", 2, input, *sizes)
    return out if return_indices else out[0]


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return what :func:`fractional_max_pool2d` does, and where each value came from.

    Shapes: (N, C, H, W) -> twice (N, C, OH, OW); N may be left out.

    Raises:
        ValueError: if neither size nor ratio is given.
        RuntimeError: if the sizes do not fit.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
    """
    sizes = kernel_size, output_size, output_ratio, _random_samples
    return _fractional_max_pool("fractional_max_pool2d", 2, input, *sizes)


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Return the largest value of windows whose steps are drawn at random.

    Shapes: (N, C, D, H, W) -> (N, C, OD, OH, OW); N may be left out.

    As :func:`fractional_max_pool2d`, over volumes instead of planes.

    Raises:
        ValueError: if neither size nor ratio is given.
        RuntimeError: if the sizes do not fit.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
    """
    sizes = kernel_size, output_size, output_ratio, _random_samples
    out = _fractional_max_pool("fractional_max_pool3d", 3, input, *sizes)
    return out if return_indices else out[0]


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return what :func:`fractional_max_pool3d` does, and where each value came from.

    Shapes: (N, C, D, H, W) -> twice (N, C, OD, OH, OW); N may be left out.

    Raises:
        ValueError: if neither size nor ratio is given.
        RuntimeError: if the sizes do not fit.

    Source: https://arxiv.org/abs/1412.6071;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
    """
    sizes = kernel_size, output_size, output_ratio, _random_samples
    return _fractional_max_pool("fractional_max_pool3d", 3, input, *sizes)


def _fractional_max_pool(
    function: str,
    dims: int,
    input: Tensor,
    kernel_size: Any,
    output_size: Any,
    output_ratio: Any,
    samples: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Check, draw and pool over so many dimensions."""
    require_tensors(f"{function}(input)", input)
    x = input._array
    if output_size is None:
        output_size = _part_of(function, dims, x.shape, output_ratio)
    if x.ndim <= dims:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-x.ndim}, {x.ndim - 1}], "
            f"but got {-dims - 1}): {function}() needs channels, but got {list(x.shape)}"
        )
    if samples is None:
        require_float("check_uniform_bounds", x)
        count = x.shape[0] if x.ndim == dims + 2 else 1
        samples = rand(count, x.shape[-dims - 1], dims, dtype=input.dtype)
    kernel = read_sizes(kernel_size, dims, "kernel_size", function)
    size = read_sizes(output_size, dims, "output_size", function)
    require_float(function, x)
    _check_fractional(function, x.shape, kernel, size)
    batch = input if x.ndim == dims + 2 else input.unsqueeze(0)
    samples = _checked_samples(samples, batch, dims)
    out = places.fractional_max_pool(batch, samples, kernel, size)
    if batch is input:
        return out
    return without_batch(out[0]), out[1].squeeze(0)  # positions are saved: a write must show


def _part_of(function: str, dims: int, shape: Sizes, ratio: Any) -> Sizes:
    if ratio is None:
        raise ValueError(f"{function} requires specifying either an output_size or an output_ratio")
    if len(ratio) > dims:
        raise ValueError(
            f"{function} requires output_ratio to either be a single Int or tuple of Ints."
        )
    ratios = tuple(ratio) * dims if len(ratio) == 1 else ratio
    return tuple([int(n * part) for n, part in zip(shape[-dims:], ratios, strict=True)])


def _check_fractional(function: str, shape: Sizes, kernel: Sizes, size: Sizes) -> None:
    dims = len(kernel)
    if len(shape) not in (dims + 1, dims + 2) or 0 in shape[1:]:
        raise RuntimeError(
            f"{function}(): Expected {dims + 1}D or {dims + 2}D tensor, input to have non-zero "
            f"size for non-batch dimensions, but got {list(shape)}"
        )
    if min(size) < 0:
        raise RuntimeError(f"{function}(): output_size must not be negative, but got {size}")
    for n, k, o in zip(shape[-dims:], kernel, size, strict=True):
        if o + k - 1 > n if dims == 2 else o + k - 1 >= n:
            raise RuntimeError(
                f"{function}(): pool size {k} too large relative to input size {n}: {o} windows "
                "do not begin at different places"
            )


def _checked_samples(samples: Tensor, batch: Tensor, dims: int) -> Tensor:
    given, (count, channels) = samples._array.shape, batch._array.shape[:2]
    if samples._array.dtype != batch._array.dtype:
        raise RuntimeError(
            "Expect _random_samples to have the same dtype as input, but got "
            f"{samples.dtype} and {batch.dtype}"
        )
    if len(given) != 3 or given[0] < count:
        raise RuntimeError(
            "Expect _random_samples.size(0) no less then input batch size, as "
            f"{(count, channels, dims)}, but got {tuple(given)}"
        )
    if given[1] != channels:
        raise RuntimeError("Expect _random_samples.size(1) equals to input channel size.")
    if given[2] != dims:
        raise RuntimeError(f"Expect _random_samples.size(2) equals to {dims}; got {given[2]}.")
    return samples if given[0] == count else samples[:count]


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put values back where pooling took them from, zeros elsewhere: the inverse of it, nearly.

    Shapes: (N, C, L), indices (N, C, L) -> (N, C, OL); N may be left out.

    As :func:`max_unpool2d`, over lines instead of planes.

    Raises:
        ValueError: if `output_size` is none of the possible ones.
        RuntimeError: if shapes do not fit or an index is out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
    """
    window = kernel_size, stride, padding, output_size
    return _max_unpool("max_unpool1d", 1, input, indices, *window)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put values back where pooling took them from, zeros elsewhere: the inverse of it, nearly.

    Shapes: (N, C, H, W), indices (N, C, H, W) -> (N, C, OH, OW); N may be left out.

    Args:
        input: what :func:`max_pool2d` returned, or other values in its place.
        indices: the positions it returned.
        kernel_size: its window, one number or two; so for the next two.
        stride: its step; the kernel size if left out.
        padding: its padding.
        output_size: the size of what was pooled, where several are possible.

    Raises:
        ValueError: if `output_size` is none of the possible ones.
        RuntimeError: if shapes do not fit or an index is out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
    """
    window = kernel_size, stride, padding, output_size
    return _max_unpool("max_unpool2d", 2, input, indices, *window)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put values back where pooling took them from, zeros elsewhere: the inverse of it, nearly.

    Shapes: (N, C, D, H, W), indices (N, C, D, H, W) -> (N, C, OD, OH, OW); N may be left out.

    As :func:`max_unpool2d`, over volumes instead of planes.

    Raises:
        ValueError: if `output_size` is none of the possible ones.
        RuntimeError: if shapes do not fit or an index is out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
    """
    window = kernel_size, stride, padding, output_size
    return _max_unpool("max_unpool3d", 3, input, indices, *window)


def _max_unpool(
    function: str,
    dims: int,
    input: Tensor,
    indices: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    output_size: Any,
) -> Tensor:
    """Check and unpool over so many dimensions."""
    require_tensors(f"{function}(input, indices)", input, indices)
    kernel = read_sizes(kernel_size, dims, "kernel_size", function)
    step = kernel if stride is None else read_sizes(stride, dims, "stride", function)
    border = read_sizes(padding, dims, "padding", function)
    x, at = input._array, indices._array
    if x.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to max_unpooling{max(dims, 2)}d should be a {dims + 1}d or {dims + 2}d Tensor, "
            f"but got a tensor with {x.ndim} dimensions."
        )
    size = _unpooled_size(x.shape[-dims:], kernel, step, border, output_size)
    if at.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {scalar_name(at)}")
    if at.shape != x.shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({list(x.shape)}) but got indices tensor with shape: {list(at.shape)}"
        )
    if 0 in x.shape[-dims - 1 :]:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, but got "
            f"{list(x.shape)}"
        )
    if dims == 3 and min(step) <= 0:
        raise RuntimeError(f"strides should be greater than zero, but got stride: {list(step)}")
    require_float(function, x)
    _check_places(at, size)
    if x.ndim == dims + 1:
        input, indices = input.unsqueeze(0), indices.unsqueeze(0)
    if dims == 1:
        input, indices, size = input.unsqueeze(-1), indices.unsqueeze(-1), (*size, 1)
    out = places.max_unpool(input, indices, size)
    out = out.squeeze(-1) if dims == 1 else out
    return without_batch(out) if x.ndim == dims + 1 else out


def _check_places(places: Any, size: Sizes) -> None:
    lowest, highest = places.min(initial=0), places.max(initial=0)
    if lowest < 0 or highest >= np.prod(size):
        raise RuntimeError(
            f"Found an invalid max index: {lowest if lowest < 0 else highest} (output volumes are "
            f"of size {'x'.join(map(str, size))})"
        )


def _unpooled_size(
    size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, output_size: Any
) -> Sizes:
    axes = zip(size, kernel, stride, padding, strict=True)
    found = tuple([(n - 1) * s + k - 2 * p for n, k, s, p in axes])
    if output_size is not None:
        dims = len(kernel)
        wanted = output_size[2:] if len(output_size) == dims + 2 else output_size
        if len(wanted) != dims:
            raise ValueError(
                f"output_size should be a sequence containing {dims} or {dims + 2} elements, but "
                f"it has a length of '{len(output_size)}'"
            )
        for i, (n, s, o) in enumerate(zip(found, stride, wanted, strict=True)):
            if not n - s < o < n + s:
                raise ValueError(
                    f'invalid output_size "{tuple(wanted)}" (dim {i} must be between {n - s} and '
                    f"{n + s})"
                )
        found = tuple(wanted)
    if min(found) < 0:
        raise ValueError(
            "max_unpooling: output_size must contain non-negative spatial dimensions, but got "
            f"{found}"
        )
    return found


def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: int,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return the p-norm (Σ xᵖ)^(1/p) of each window: (N, C, L) -> (N, C, OL).

    N may be left out.

    As :func:`lp_pool2d`, over lines instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
    """
    window = kernel_size, stride, ceil_mode
    return _lp_pool("lp_pool1d", max_pool1d, avg_pool1d, 1, input, norm_type, *window)


def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return the p-norm (Σ xᵖ)^(1/p) of each window: (N, C, H, W) -> (N, C, OH, OW).

    N may be left out.

    Args:
        input: images.
        norm_type: p; with infinity the largest absolute value.
        kernel_size: size of a window, one number or two; so for the stride.
        stride: step between windows; the kernel size if left out.
        ceil_mode: let the last window hang over the end.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html
    """
    window = kernel_size, stride, ceil_mode
    return _lp_pool("lp_pool2d", max_pool2d, avg_pool2d, 2, input, norm_type, *window)


def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return the p-norm (Σ xᵖ)^(1/p) of each window: (N, C, D, H, W) -> (N, C, OD, OH, OW).

    N may be left out.

    As :func:`lp_pool2d`, over volumes instead of planes.

    Raises:
        RuntimeError: if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool3d.html
    """
    window = kernel_size, stride, ceil_mode
    return _lp_pool("lp_pool3d", max_pool3d, avg_pool3d, 3, input, norm_type, *window)


def _lp_pool(
    function: str,
    max_pool: Any,
    avg_pool: Any,
    dims: int,
    input: Tensor,
    norm_type: float,
    kernel_size: Any,
    stride: Any,
    ceil_mode: bool,
) -> Tensor:
    """Pool over so many dimensions, as PyTorch composes it."""
    require_tensors(f"{function}(input)", input)
    if isinstance(kernel_size, tuple | list):
        if dims == 1:
            raise TypeError(f"{function}(): kernel_size must be a number, not {kernel_size!r}")
        if len(kernel_size) != dims:
            few = len(kernel_size) < dims
            raise ValueError(
                f"{'not enough' if few else 'too many'} values to unpack (expected {dims}): "
                f"{function} got kernel_size={kernel_size}"
            )
    if norm_type in (float("inf"), -float("inf")):
        size = input.abs() if norm_type > 0 else -input.abs()
        largest: Tensor = max_pool(size, kernel_size, stride, 0, 1, ceil_mode)
        return largest if norm_type > 0 else -largest
    count = int(np.prod(read_sizes(kernel_size, dims, "kernel_size", function)))
    mean = avg_pool(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    total: Tensor = mean.sign() * mean.abs().relu() * count
    return total.pow(1.0 / norm_type)
