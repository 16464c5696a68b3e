"""Normalisation over a batch and over groups of channels in NumPy; rows are in `row_norm.py`."""

import math
from typing import Any

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.norm import Norm
from minitorch.kernels.numpy import row_norm

# Places of a plane that einsum adds at once, most of them one after the other.
RUN = 4096

# Elements handled at once (Note [Tiles]), so that temporaries stay in the cache: the gradient takes
# 28 ms instead of 40 at (128, 64, 32, 32).
CHUNK = 1 << 16


def _planes(x: Array, dtype: np.dtype[Any]) -> Array:
    """Contiguous input with everything after the channels merged: (N, C, ...) -> (N, C, P)."""
    return np.ascontiguousarray(x, dtype).reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _parts(planes: Array) -> list[slice]:
    """Images to be handled at once."""
    return slices(len(planes), max(1, CHUNK // max(planes[:1].size, 1)))


def _image_sums(*planes: Array) -> Array:
    """Sums over the places of one array or the product of two: (N, C, P) -> (N, C).

    `einsum` needs no temporary for the product.
    """
    n, c, p = planes[0].shape
    if p == 1:  # a run of one is not worth an inner loop
        return planes[0][:, :, 0] if len(planes) == 1 else (planes[0] * planes[1])[:, :, 0]
    products = ",".join(["ncp"] * len(planes)) + "->nc"
    if p <= RUN:
        return np.einsum(products, *planes)
    sums = np.zeros((n, c))
    for first in range(0, p, RUN):
        sums += np.einsum(products, *[x[:, :, first : first + RUN] for x in planes])
    return sums.astype(planes[0].dtype)


def _over_images(sums: Array) -> Array:
    """(N, C) -> (C,); float64 keeps a mean far from zero exact enough to be taken off."""
    total: Array = np.add.reduce(sums, axis=0, dtype=np.float64).astype(sums.dtype)
    return total


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    planes = _planes(x, working_dtype(x.dtype))  # (N, C, P)
    parts, sums = _parts(planes), np.empty(planes.shape[:2], planes.dtype)
    count = max(planes.shape[0] * planes.shape[2], 1)
    out = np.empty(x.shape, planes.dtype)
    normal = out.reshape(planes.shape)

    def add_up(part: slice) -> None:
        sums[part] = _image_sums(planes[part])

    share(add_up, parts, products=False)
    mean = _over_images(sums) / count  # (C,)

    def centre(part: slice) -> None:
        np.subtract(planes[part], mean[:, None], out=normal[part])
        sums[part] = _image_sums(normal[part], normal[part])

    share(centre, parts, products=False)
    variance = _over_images(sums) / count
    invstd = 1 / np.sqrt(variance + variance.dtype.type(eps))
    if not eps:
        invstd[variance == 0] = 0  # as PyTorch has it; its other norms give NaN
    scale = (invstd if weight is None else invstd * weight)[:, None]

    def scale_(part: slice) -> None:
        normal[part] *= scale
        if bias is not None:
            normal[part] += bias[:, None]

    share(scale_, parts, products=False)
    return (
        out.astype(x.dtype, copy=False),
        mean.astype(x.dtype, copy=False),
        invstd.astype(x.dtype, copy=False),
    )


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias.

    With d = x - mean and M places per channel:
    grad_x = weight * invstd * (grad - sum(grad) / M - d * invstd^2 * sum(grad * d) / M).
    """
    dtype = working_dtype(x.dtype)
    grads, planes = _planes(grad, dtype), _planes(x, dtype)  # (N, C, P)
    mean, invstd = (a.astype(dtype, copy=False)[:, None] for a in (mean, invstd))  # (C, 1)
    count = max(planes.shape[0] * planes.shape[2], 1)
    parts = _parts(planes)
    sums, products = np.empty((2, *planes.shape[:2]), dtype)

    def add_up(part: slice) -> None:
        sums[part] = _image_sums(grads[part])
        products[part] = _image_sums(grads[part], planes[part] - mean)

    share(add_up, parts, products=False)
    grad_bias = _over_images(sums)
    grad_weight = _over_images(products) * invstd[:, 0]
    scale = invstd if weight is None else invstd * weight[:, None]
    slope = -scale * invstd * grad_weight[:, None] / count
    shift = -scale * grad_bias[:, None] / count
    grad_x = np.empty(x.shape, dtype)
    targets = grad_x.reshape(planes.shape)

    def carry_back(part: slice) -> None:
        target = np.multiply(grads[part], scale, out=targets[part])
        rest = planes[part] - mean
        rest *= slope
        rest += shift
        target += rest

    share(carry_back, parts, products=False)
    return (
        grad_x.astype(x.dtype, copy=False),
        grad_weight.astype(x.dtype, copy=False),
        grad_bias.astype(x.dtype, copy=False),
    )


def _over_groups(sums: Array, groups: int) -> Array:
    """(N, C) -> (N, groups)."""
    total: Array = np.add.reduce(sums.reshape(len(sums), groups, -1), axis=2)
    return total


def _per_channel(values: Array, channels: int) -> Array:
    """(N, groups) -> (N, C)."""
    return np.repeat(values, channels // max(values.shape[1], 1), axis=1)


def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every group of channels of an image by its own mean and biased variance."""
    dtype = working_dtype(x.dtype)
    planes = _planes(x, dtype)  # (N, C, P)
    n, channels, places = planes.shape
    count = max(channels // groups * places, 1)
    out = np.empty(x.shape, dtype)
    normal = out.reshape(planes.shape)
    mean, invstd = np.empty((n, groups), dtype), np.empty((n, groups), dtype)

    def normalise(part: slice) -> None:
        own, target = planes[part], normal[part]
        mean[part] = _over_groups(_image_sums(own), groups) / count
        np.subtract(own, _per_channel(mean[part], channels)[:, :, None], out=target)
        squares = _over_groups(_image_sums(target, target), groups) / count
        invstd[part] = 1 / np.sqrt(squares + dtype.type(eps))
        scale = _per_channel(invstd[part], channels)
        target *= (scale if weight is None else scale * weight)[:, :, None]
        if bias is not None:
            target += bias[:, None]

    share(normalise, _parts(planes), products=False)
    return (
        out.astype(x.dtype, copy=False),
        mean.astype(x.dtype, copy=False),
        invstd.astype(x.dtype, copy=False),
    )


def group_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `group_norm` with respect to x, weight and bias.

    With d = x - mean, u = weight * grad and means over groups
    grad_x = invstd * u - d * invstd^3 * mean(u * d) - invstd * mean(u).
    """
    dtype = working_dtype(x.dtype)
    grads, planes = _planes(grad, dtype), _planes(x, dtype)  # (N, C, P)
    n, channels, places = planes.shape
    groups = mean.shape[1]
    count = max(channels // max(groups, 1) * places, 1)
    means = _per_channel(mean.astype(dtype, copy=False), channels)  # (N, C)
    inverse = invstd.astype(dtype, copy=False)  # (N, groups)
    inverses = _per_channel(inverse, channels)
    weights = np.ones(channels, dtype) if weight is None else weight.astype(dtype, copy=False)
    sums, products = np.empty((2, n, channels), dtype)
    grad_x = np.empty(x.shape, dtype)
    targets = grad_x.reshape(planes.shape)

    def carry_back(part: slice) -> None:
        rest = planes[part] - means[part, :, None]
        sums[part], products[part] = _image_sums(grads[part]), _image_sums(grads[part], rest)
        own = inverse[part]
        slope = -(own**3) * _over_groups(products[part] * weights, groups) / count
        shift = -own * _over_groups(sums[part] * weights, groups) / count
        rest *= _per_channel(slope, channels)[:, :, None]
        rest += _per_channel(shift, channels)[:, :, None]
        scale = inverses[part] * weights
        target = np.multiply(grads[part], scale[:, :, None], out=targets[part])
        target += rest

    share(carry_back, _parts(planes), products=False)
    return (
        grad_x.astype(x.dtype, copy=False),
        _over_images(products * inverses).astype(x.dtype, copy=False),
        _over_images(sums).astype(x.dtype, copy=False),
    )


NORM = Norm(
    batch=batch_norm,
    batch_grad=batch_norm_grad,
    layer=row_norm.layer_norm,
    layer_grad=row_norm.layer_norm_grad,
    rms=row_norm.rms_norm,
    rms_grad=row_norm.rms_norm_grad,
    group=group_norm,
    group_grad=group_norm_grad,
)
