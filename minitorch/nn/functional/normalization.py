"""Normalisation within an example: of its last dimensions, of groups of its channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import Array, finfo, float32, is_half, promote_types
from minitorch.kernels.arrays import working_dtype
from minitorch.nn.functional.checks import is_mixed, require_float, require_tensors
from minitorch.ops.dims import wrap_dim
from minitorch.ops.elementwise.division import div
from minitorch.ops.layers.group_norm import GroupNorm, LayerNorm, RmsNorm
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor

Shape = tuple[int, ...]


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return (input − mean) / √(var + eps) · weight + bias over the last dimensions.

    Shapes: (*, *normalized_shape) -> the same.

    Args:
        input: the rows.
        normalized_shape: sizes of the dimensions that are normalised together.
        weight: (*normalized_shape); 1 if left out.
        bias: (*normalized_shape); 0 if left out.
        eps: added to the (biased) variance.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.
        TypeError: for a shape that is no tuple of ints.

    Source: https://arxiv.org/abs/1607.06450;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
    """
    return normalise_rows(input, normalized_shape, weight, bias, eps)[0]


def normalise_rows(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return :func:`layer_norm`, means and 1/std: (*, *normalized_shape) -> the same, (M), (M)."""
    affine = {"weight": weight, "bias": bias}
    _require("layer_norm", input, 3, affine, 5, eps)
    shape = _checked_shape("layer_norm", normalized_shape, input._array, ", ", affine)
    if is_mixed("LayerNormKernelImpl", input._array, affine):
        out, *statistics = normalise_rows(input.to(float32), shape, weight, bias, eps)
        return out.to(input.dtype), statistics[0], statistics[1]
    return LayerNorm.apply(input, weight, bias, ndim=len(shape), eps=eps)


def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Return input / √(mean(input²) + eps) · weight over the last dimensions.

    Shapes: (*, *normalized_shape) -> the same.

    Args:
        input: the rows.
        normalized_shape: sizes of the dimensions that are normalised together.
        weight: (*normalized_shape); 1 if left out.
        eps: added to the mean square; the dtype's epsilon (float32's for float16) if left out.

    Raises:
        RuntimeError: if sizes do not fit.
        TypeError: for a shape that is no tuple of ints.

    Source: https://arxiv.org/abs/1910.07467;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
    """
    affine = {"weight": weight}
    _require("rms_norm", input, 3, affine, 4, 0.0 if eps is None else eps)
    x = input._array
    shape = _checked_shape("rms_norm", normalized_shape, x, "", affine)
    require_float("rms_norm", x)
    if eps is None:
        eps = float(finfo(working_dtype(x.dtype)).eps)
    if weight is not None and weight._array.dtype != x.dtype:
        wide = promote_types(input.dtype, weight.dtype)
        warn_user(
            f"Mismatch dtype between input and weight: input dtype = {input.dtype}, weight dtype = "
            f"{weight.dtype}: computed in {wide}"
        )
        return rms_norm(input.to(wide), shape, weight.to(wide), eps).to(input.dtype)
    out: Tensor = RmsNorm.apply(input, weight, ndim=len(shape), eps=eps)[0]
    return out


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return (input − mean) / √(var + eps) · weight + bias over groups of channels.

    Shapes: (N, C, *) -> (N, C, *).

    Args:
        input: the images.
        num_groups: how many groups the channels make, each with a mean and a variance per image.
        weight: (C); 1 if left out.
        bias: (C); 0 if left out.
        eps: added to the (biased) variance.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.
        ValueError: for a single value per channel, whose variance is nothing.

    Source: https://arxiv.org/abs/1803.08494;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
    """
    require_tensors("group_norm(input)", input)
    x = input._array
    if x.ndim < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {x.ndim}: (N, C, *)"
        )
    if x.shape[0] * x.shape[1] // num_groups * math.prod(x.shape[2:]) == 1:
        raise ValueError(
            "Expected more than 1 value per channel when training, got input size "
            f"{[1, num_groups, *x.shape[2:]]}"
            " [explain: one-value-per-channel]"
        )
    return normalise_groups(input, num_groups, weight, bias, eps)


def normalise_groups(
    input: Tensor, num_groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    """Return :func:`group_norm`, of a single value per channel too: (N, C, *) -> (N, C, *)."""
    affine = {"weight": weight, "bias": bias}
    _require("group_norm", input, 3, affine, 5, eps)
    if isinstance(num_groups, bool) or not hasattr(num_groups, "__index__"):
        raise TypeError(
            "group_norm(): argument 'num_groups' (position 2) must be int, not "
            f"{type(num_groups).__name__}"
        )
    x = input._array
    wrap_dim(1, x.ndim, of_scalars=False)
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if x.shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {list(x.shape)} and num_groups={num_groups}"
        )
    for name, tensor in affine.items():
        if tensor is not None and tensor._array.shape != x.shape[1:2]:
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(tensor._array.shape)} and input of shape "
                f"{list(x.shape)}"
            )
    if is_mixed("GroupNormKernelImpl", x, affine):
        wide = normalise_groups(input.to(float32), num_groups, weight, bias, eps)
        return wide.to(input.dtype)
    out: Tensor = GroupNorm.apply(input, weight, bias, groups=int(num_groups), eps=eps)[0]
    return out


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Return input / (k + alpha · mean of squares of the ``size`` channels around) ** beta.

    Shapes: (N, C, *) -> (N, C, *). Beyond the first and the last channel there are zeros.

    Args:
        input: images, or lines, or volumes.
        size: how many channels; of an even number there is one more in front.
        alpha: weight of the mean.
        beta: exponent.
        k: added to it.

    Raises:
        ValueError: for fewer than three dimensions.
        RuntimeError: for a size below 1.

    Source: https://papers.nips.cc/paper/4824 (section 3.3);
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
    """
    require_tensors("local_response_norm(input)", input)
    x = input._array
    if x.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {x.ndim} dimensions)")
    if x.size == 0:
        return input
    if not hasattr(size, "__index__"):
        raise TypeError(f"local_response_norm(): size must be int, not {type(size).__name__}")
    if size <= 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got {size}")
    squares = input * input
    if x.dtype == np.int64:
        mean = sum_around(squares, size // 2, (size - 1) // 2) // size
    else:
        require_float("avg_pool3d_out_frame", x)
        wide = squares.float() if is_half(x.dtype) else squares  # a sum may be beyond float16
        mean = (sum_around(wide, size // 2, (size - 1) // 2) / size).to(input.dtype)
    return input / (mean * alpha + k) ** beta


def sum_around(x: Tensor, before: int, after: int) -> Tensor:
    """Add to each channel those around it, zeros beyond the ends: (N, C, *) -> (N, C, *)."""
    n, channels, *places = x._array.shape
    ends = [x.new_zeros(n, count, *places) for count in (before, after)]
    padded = cat([ends[0], x, ends[1]], 1)
    total = padded.narrow(1, 0, channels)
    for first in range(1, before + 1 + after):
        total = total + padded.narrow(1, first, channels)
    return total


def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: int = 1,
    eps: float = 1e-12,
    out: Tensor | None = None,
) -> Tensor:
    """Return input / max(norm, eps), of the p-norm along a dimension.

    Shapes: (*) -> (*).

    Args:
        input: the vectors.
        p: exponent of the norm.
        dim: dimension, or dimensions, along which they lie.
        eps: the least number to divide by.
        out: a tensor to write the result into.

    Raises:
        IndexError: if there is no such dimension.
        RuntimeError: for integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
    """
    require_tensors("normalize(input)", input)
    norm = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / norm if out is None else div(input, norm, out=out)


def _require(
    function: str, input: Any, first: int, affine: dict[str, Any], last: int, eps: Any
) -> None:
    """Refuse what is no tensor, and an eps that is no number; the ints are their positions."""
    require_tensors(f"{function}(input)", input)
    for position, (name, value) in enumerate(affine.items(), first):
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"{function}(): argument '{name}' (position {position}) must be Tensor, not "
                f"{type(value).__name__}"
            )
    if not hasattr(eps, "__float__"):
        raise TypeError(
            f"{function}(): argument 'eps' (position {last}) must be float, not "
            f"{type(eps).__name__}"
        )


def _checked_shape(
    function: str, given: Any, x: Array, between: str, affine: dict[str, Tensor | None]
) -> Shape:
    """Return the sizes that are normalised together, as ints that fit."""
    argument = f"{function}(): argument 'normalized_shape' (position 2) must be tuple of ints"
    if not isinstance(given, tuple | list):
        raise TypeError(f"{argument}, not {type(given).__name__}")
    for i, n in enumerate(given):
        if not hasattr(n, "__index__") or isinstance(n, bool):
            raise TypeError(f"{argument}, but found element of type {type(n).__name__} at pos {i}")
    shape = tuple([int(n) for n in given])
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    if x.ndim < len(shape) or x.shape[x.ndim - len(shape) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape "
            f"[*{between}{sizes}], but got input of size{list(x.shape)}"
            " [explain: norm-shape]"
        )
    for name, tensor in affine.items():
        if tensor is not None and tensor._array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(tensor._array.shape)} and normalized_shape = {list(shape)}"
            )
    return shape
