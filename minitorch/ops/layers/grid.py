"""Where in an input the coordinates of a grid point, from -1 to 1, along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class GridPlaces(Op):
    """Coordinates as places, moved into the input where there is padding: (*) -> (*)."""

    elementwise = True
    saves = (0,)

    @staticmethod
    def forward(grid: Array, *, size: int, padding_mode: str, align_corners: bool) -> Array:
        return _moved(_places(grid, size, align_corners), size, padding_mode, align_corners)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (grid,) = ctx.unpack()
        scale = (ctx.size - 1 if ctx.align_corners else ctx.size) / 2

        def slopes(grid: Array) -> Array:
            places = _places(grid, ctx.size, ctx.align_corners)
            found = _slopes(places, ctx.size, ctx.padding_mode, ctx.align_corners)
            return found * found.dtype.type(scale)

        return grad * grad._plain(by_element(slopes, grid._array))

    @staticmethod
    def reference(grid: Array, *, size: int, padding_mode: str, align_corners: bool) -> Array:
        out = np.empty_like(grid)
        for at in np.ndindex(*grid.shape):
            x = (
                (grid[at] + 1) / 2 * (size - 1)
                if align_corners
                else ((grid[at] + 1) * size - 1) / 2
            )
            low, high = (0, size - 1) if align_corners else (-0.5, size - 0.5)
            while padding_mode == "reflection" and high > low and not low <= x <= high:
                x = 2 * low - x if x < low else 2 * high - x
            out[at] = x if padding_mode == "zeros" else min(max(x, 0), size - 1)
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for padding_mode in ("zeros", "border", "reflection"):
            for align_corners in (False, True):
                options = {"padding_mode": padding_mode, "align_corners": align_corners}
                yield s(s.real(3, 2) * 1.3, size=4, **options)


class MovedInside(Op):
    """Whole places moved into the input where there is padding: (*) -> (*)."""

    elementwise = True
    differentiable = False

    @staticmethod
    def forward(places: Array, *, size: int, padding_mode: str, align_corners: bool) -> Array:
        return _moved(places, size, padding_mode, align_corners)

    @staticmethod
    def reference(places: Array, *, size: int, padding_mode: str, align_corners: bool) -> Array:
        # A coordinate for which `GridPlaces` has this place.
        scale = size - 1 if align_corners else size
        grid = (places + (0 if align_corners else 0.5)) * 2 / scale - 1
        return GridPlaces.reference(
            grid, size=size, padding_mode=padding_mode, align_corners=align_corners
        )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for padding_mode in ("border", "reflection"):
            for align_corners in (False, True):
                options = {"padding_mode": padding_mode, "align_corners": align_corners}
                yield s(np.arange(-6.0, 9.0), size=4, **options)


def _places(grid: Array, size: int, align_corners: bool) -> Array:
    one, half = grid.dtype.type(1), grid.dtype.type(0.5)
    if align_corners:
        return (grid + one) * half * grid.dtype.type(size - 1)
    return ((grid + one) * grid.dtype.type(size) - one) * half


def _ends(size: int, align_corners: bool) -> tuple[float, float]:
    """What reflection goes between: the corner elements' centers, or their outer sides."""
    return (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)


def _moved(places: Array, size: int, padding_mode: str, align_corners: bool) -> Array:
    """Return places at which the padding has its values; with zeros they stay where they are."""
    if padding_mode == "zeros":
        return places
    if padding_mode == "reflection":
        low, high = _ends(size, align_corners)
        if high > low:
            distance = abs(places - low)
            rest, turns = np.fmod(distance, high - low), np.floor(distance / (high - low))
            places = np.where(turns % 2 == 0, rest + low, high - rest).astype(places.dtype)
        else:
            places = np.zeros_like(places)
    inside = np.where(np.isnan(places), 0, places)  # as PyTorch has it in planes
    return np.clip(inside, 0, size - 1).astype(places.dtype)


def _slopes(places: Array, size: int, padding_mode: str, align_corners: bool) -> Array:
    """How fast the places moved inside move; at an end itself not at all, as in PyTorch."""
    if padding_mode == "zeros":
        return np.ones_like(places)
    slopes = np.ones_like(places)
    if padding_mode == "reflection":
        low, high = _ends(size, align_corners)
        if high == low:
            return np.zeros_like(places)
        distance = places - low
        turns = np.floor(abs(distance) / (high - low))
        slopes = np.where((turns % 2 == 0) == (distance >= 0), 1, -1).astype(places.dtype)
        rest = np.fmod(abs(distance), high - low)
        places = np.where(turns % 2 == 0, rest + low, high - rest)
    return slopes * ((places > 0) & (places < size - 1))


def grid_places(input: TensorBase, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Return the places of coordinates along one axis; see :func:`nn.functional.grid_sample`."""
    return GridPlaces.apply(
        input, size=size, padding_mode=padding_mode, align_corners=align_corners
    )


def moved_inside(input: Tensor, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Return whole places as the padding reads them; see :func:`nn.functional.grid_sample`."""
    if padding_mode == "zeros":
        return input
    moved: Tensor = MovedInside.apply(
        input, size=size, padding_mode=padding_mode, align_corners=align_corners
    )
    return moved
