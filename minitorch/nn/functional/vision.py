"""Sampling at the places of a grid."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence

import numpy as np

from minitorch.core.dtypes import Array, is_float, is_half, scalar_name
from minitorch.kernels import Sizes
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.nn.functional.padding import pad
from minitorch.ops.layers.grid import grid_places, moved_inside
from minitorch.ops.layers.pool_places import gather_places
from minitorch.ops.shape.view import UnsafeView
from minitorch.sequences import linspace
from minitorch.tensor import Tensor

_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. "
    "Please specify align_corners=True if the old behavior is desired. See the documentation of "
    "grid_sample for details."
)

# Along one axis: positions of an element, -1 where it is outside, and its weights.
Tap = tuple[Tensor, Tensor]


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Read the input at the places of a grid: (N, C, *S), (N, *O, D) -> (N, C, *O).

    Args:
        input: planes or volumes.
        grid: for each output its place: x, y (and z) from -1 to 1, the ends of the input.
        mode: ``bilinear`` (trilinear for volumes), ``nearest``, or ``bicubic`` for planes.
        padding_mode: what lies outside: ``zeros``, the ``border``, or the ``reflection``.
        align_corners: whether -1 and 1 are the centers of the corner elements, or their outer
            sides.

    Raises:
        ValueError: for other modes.
        RuntimeError: if shapes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html.
        Derivatives of every order, where PyTorch has the first alone. NaN and infinity as
        coordinates count in volumes as they do in planes.
    """
    require_tensors("grid_sample(input, grid)", input, grid)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', "
            f"but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or "
            f"'reflection', but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
    _check_grid(input._array, grid._array, mode)
    if is_half(input._array.dtype):  # as PyTorch: rounded once
        wide = input.float(), grid.float()
        return grid_sample(*wide, mode, padding_mode, bool(align_corners)).to(input.dtype)
    size: Sizes = input._array.shape[2:]
    axes = [
        _taps(grid.select(-1, len(size) - 1 - i), n, mode, padding_mode, bool(align_corners))
        for i, n in enumerate(size)
    ]
    return _sum_of_corners(input, axes)


def _sum_of_corners(input: Tensor, axes: list[list[Tap]]) -> Tensor:
    """Read what all axes together name, and add it up with its weights."""
    size, channels = input._array.shape[2:], input._array.shape[1]
    # Outside is a 0 behind the elements, not one of them with weight 0: times infinity that is NaN.
    elements = pad(input.flatten(2), (0, 1))
    out = None
    for corner in itertools.product(*axes):
        (position, weight), *others = corner
        is_outside = position < 0
        for n, (at, factor) in zip(size[1:], others, strict=True):
            position, is_outside = position * n + at, is_outside | (at < 0)  # (N, *O)
            weight = weight * factor
        position = position.masked_fill(is_outside, math.prod(size)).unsqueeze(1)
        places = position.expand(-1, channels, *[-1] * len(size))  # (N, C, *O)
        addend = gather_places(elements, places) * weight.unsqueeze(1)
        out = addend if out is None else out + addend
    assert out is not None  # there is a corner
    return out


def _taps(
    coordinates: Tensor, size: int, mode: str, padding_mode: str, align_corners: bool
) -> list[Tap]:
    """Return what one axis contributes: 1 element, 2 or 4, each with its weights."""
    if mode == "bicubic":  # here the elements are moved inside, not the place between them
        place = grid_places(coordinates, size, "zeros", align_corners)
        before = place.detach().floor()
        rest = place - before
        reach = [(before + k, _cubic(rest, k)) for k in (-1, 0, 1, 2)]
        return [
            (_inside(moved_inside(at, size, padding_mode, align_corners), size), weights)
            for at, weights in reach
        ]
    place = grid_places(coordinates, size, padding_mode, align_corners)
    if mode == "nearest":
        nearest = place.round()
        at = _inside(nearest.detach(), size)
        flat = (nearest - nearest.detach()).masked_fill(at < 0, 0)  # 0, not NaN at an infinity
        return [(at, flat + 1)]
    before = place.detach().floor()
    rest = place - before
    return [(_inside(before, size), 1 - rest), (_inside(before + 1, size), rest)]


def _cubic(rest: Tensor, k: int) -> Tensor:
    """Keys' kernel with a = -0.75 at the distance of element k."""
    a = -0.75
    x = rest - k if k <= 0 else k - rest
    if k in (0, 1):
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((x - 5) * x + 8) * x * a - 4 * a


def _inside(places: Tensor, size: int) -> Tensor:
    """Return the positions of elements, -1 for what lies outside or is NaN."""
    return places.masked_fill(~((places >= 0) & (places <= size - 1)), -1).long()


def _check_grid(x: Array, grid: Array, mode: str) -> None:
    came = f"but got input with sizes {list(x.shape)} and grid with sizes {list(grid.shape)}"
    require_float("grid_sampler", x)
    if x.dtype != grid.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(x)} but found {scalar_name(grid)}: input and grid "
            "must have the same dtype"
            " [explain: dtype-mismatch]"
        )
    if grid.ndim < 1 or grid.shape[-1] != x.ndim - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {x.ndim - 2} in last dimension, {came}"
        )
    if x.ndim not in (4, 5) or grid.ndim != x.ndim:
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, "
            f"{came}"
        )
    if x.shape[0] != grid.shape[0]:
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, {came}"
        )
    if 0 in x.shape[2:]:
        raise RuntimeError(
            f"grid_sampler(): expected input to have non-empty spatial dimensions, {came}"
        )
    if mode == "bicubic" and x.ndim == 5:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Return the grid that affine maps make of places: (N, D, D + 1) -> (N, *O, D).

    For :func:`grid_sample`: the output at place p is read at theta · (p, 1).

    Args:
        theta: one matrix for each image.
        size: of the output, (N, C, *O).
        align_corners: as for :func:`grid_sample`.

    Raises:
        ValueError: if theta does not fit the size.
        NotImplementedError: for other than 2 and 3 spatial dimensions.
        RuntimeError: for another number of images.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
    """
    require_tensors("affine_grid(theta)", theta)
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
    array, dims = theta._array, len(size) - 2
    if not is_float(array.dtype):
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if dims not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, "
            f"respectively. Got size {tuple(size)}."
        )
    if array.ndim != 3 or array.shape[1:] != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size "
            f"{tuple(size)}. Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when "
            "align_corners=True. This is not an intended use case of affine_grid. See the "
            "documentation of affine_grid for details.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {tuple(size)}")
    if size[0] != array.shape[0]:
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"[{size[0]}, {dims + 1}] but got: [{array.shape[0]}, {dims + 1}]."
        )
    places = _base_places(tuple(size[2:]), bool(align_corners), theta)  # (P, D + 1)
    out = theta._plain(places) @ theta.transpose(1, 2)  # (N, P, D)
    grid: Tensor = UnsafeView.apply(out, shape=(size[0], *size[2:], dims))
    return grid


def _base_places(size: Sizes, align_corners: bool, theta: Tensor) -> Array:
    """Return the places of an identity map, x first, with a 1 behind: (P, D + 1)."""
    axes = []
    for n in reversed(size):
        places = linspace(-1 if n > 1 else 0, 1, n, dtype=theta.dtype)
        axes.append((places if align_corners else places * (n - 1) / n)._array)
    shape = tuple(reversed(range(len(size))))
    grids = [grid.transpose(shape) for grid in np.meshgrid(*axes, indexing="ij")]
    ones = np.ones(size, theta._array.dtype)
    return np.stack([*grids, ones], -1).reshape(-1, len(size) + 1)
