"""What an output element of a resampling reads along one axis: places and weights.

Resampling is linear and goes axis by axis: each is a sparse matrix, worked out once per length
and mode and kept. Its transpose, which gradients go through, is a matrix of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from minitorch.autograd.op import Array

# Beyond so many elements per output one sum of runs is quicker than a pass for each.
MOST_PASSES = 64


class Pass(NamedTuple):
    """One addend of each output: out[rows] += weights * x[places], along an axis."""

    rows: Any  # a slice where they are one
    places: Any
    weights: Array | None  # None: all are 1


class Taps:
    """A sparse matrix: out[targets[i]] += weights[i] * x[sources[i]], sorted by target."""

    def __init__(
        self, targets: Array, sources: Array, weights: Array, out_size: int, size: int
    ) -> None:
        order = np.argsort(targets, kind="stable")
        self.targets, self.sources, self.weights = targets[order], sources[order], weights[order]
        self.out_size = out_size
        self.size = size

    @cached_property
    def is_identity(self) -> bool:
        """Whether out is x."""
        places = np.arange(self.size)
        return (
            self.size == self.out_size
            and np.array_equal(self.targets, places)
            and np.array_equal(self.sources, places)
            and bool((self.weights == 1).all())
        )

    @cached_property
    def transposed(self) -> Taps:
        """The matrix that gradients go through."""
        return Taps(self.sources, self.targets, self.weights, self.size, self.out_size)

    @cached_property
    def starts(self) -> Array:
        """Where the entries of each output begin, for outputs that have any."""
        return np.flatnonzero(np.diff(self.targets, prepend=-1))

    @cached_property
    def passes(self) -> list[Pass]:
        """The first entries of all outputs, the second ones, and so on."""
        turns = np.arange(len(self.targets))
        turns -= np.repeat(self.starts, np.diff(self.starts, append=len(turns)))
        found = []
        for turn in range(int(turns.max(initial=-1)) + 1):
            at = turns == turn
            weights = self.weights[at]
            plain = bool((weights == 1).all())
            rows, places = _as_slice(self.targets[at]), _as_slice(self.sources[at])
            found.append(Pass(rows, places, None if plain else weights))
        return found

    def along(self, x: Array, axis: int) -> Array:
        """Multiply along an axis: (*, size, *) -> (*, out_size, *)."""
        out = np.zeros((*x.shape[:axis], self.out_size, *x.shape[axis + 1 :]), x.dtype)
        lead: tuple[Any, ...] = (slice(None),) * axis
        spread = (-1, *[1] * (x.ndim - axis - 1))
        if len(self.targets) > MOST_PASSES * len(self.starts):
            values = x.take(self.sources, axis) * self.weights.astype(x.dtype).reshape(spread)
            rows = self.targets[self.starts]
            out[(*lead, rows)] = np.add.reduceat(values, self.starts, axis)
            return out
        for rows, places, weights in self.passes:
            values = x[(*lead, places)]
            if weights is not None:
                values = values * weights.astype(x.dtype).reshape(spread)
            out[(*lead, rows)] += values
        return out


def _as_slice(places: Array) -> Any:
    """Return places that are evenly apart as a slice, which NumPy reads faster."""
    first, step = int(places[0]), int(places[1] - places[0]) if len(places) > 1 else 1
    if step > 0 and (np.diff(places) == step).all():
        return slice(first, int(places[-1]) + 1, step)
    return places


@lru_cache(maxsize=256)
def make_taps(
    mode: str,
    size: int,
    out_size: int,
    scale_factor: float | None,
    align_corners: bool,
    antialias: bool,
    dtype: Any,
) -> Taps:
    """Work out what a resampling reads along one axis.

    Args:
        mode: nearest, nearest-exact, linear, cubic or lanczos.
        size: length of the input.
        out_size: length of the output.
        scale_factor: as the user gave it; None for the quotient of the lengths.
        align_corners: whether first and last elements of both lie on each other.
        antialias: widen the filter where elements are left out.
        dtype: what PyTorch computes places in, float32 or float64: they are rounded to elements.

    Returns:
        the matrix.
    """
    real = np.dtype(dtype).type
    scale = real(_scale(size, out_size, scale_factor, align_corners))
    steps = np.arange(out_size).astype(dtype)
    half = real(0.5)
    if size == out_size and (antialias or mode == "linear"):
        return _picked(np.arange(size), size)  # PyTorch does not look at the scale then
    if antialias:
        return _smooth(mode, size, steps, scale)
    if mode == "nearest":
        places = np.minimum((steps * scale).astype(np.int64), size - 1)
        return _picked(places, size)
    centers = steps * scale if align_corners else (steps + half) * scale - half
    if mode == "nearest-exact":
        places = ((steps + half) * scale).astype(np.int64)
        return _picked(np.minimum(places, size - 1), size)
    if mode == "linear":
        centers = np.maximum(centers, 0)
    first = np.minimum(np.floor(centers).astype(np.int64), size - 1)
    rest = np.clip(centers - first, 0, 1)
    if mode == "linear":
        ends = np.stack([first, np.minimum(first + 1, size - 1)], 1)
        return _dense(ends, np.stack([1 - rest, rest], 1), size)
    offsets = np.arange(-1, 3)
    weights = _cubic(rest[:, None] - offsets, real(-0.75))
    return _dense(np.clip(first[:, None] + offsets, 0, size - 1), weights, size)


def _scale(size: int, out_size: int, scale_factor: float | None, align_corners: bool) -> float:
    """Elements of the input from one element of the output to the next."""
    if align_corners:
        return (size - 1) / (out_size - 1) if out_size > 1 else 0.0
    return 1 / scale_factor if scale_factor is not None and scale_factor > 0 else size / out_size


def _picked(places: Array, size: int) -> Taps:
    rows = np.arange(len(places))
    return Taps(rows, places, np.ones(len(places)), len(places), size)


def _dense(places: Array, weights: Array, size: int) -> Taps:
    """As many entries for each output: (out_size, K), (out_size, K)."""
    rows = np.repeat(np.arange(len(places)), places.shape[1])
    return Taps(rows, places.reshape(-1), weights.reshape(-1), len(places), size)


def _cubic(x: Array, a: Any) -> Array:
    """Keys' kernel, of width 4; PyTorch has a = -0.75, with antialias -0.5."""
    x = abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(x: Array) -> Array:
    return np.where(abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


# Half the width of a filter, and its values.
_FILTERS: dict[str, tuple[float, Callable[[Array], Array]]] = {
    "linear": (1.0, lambda x: np.maximum(1 - abs(x), 0)),
    "cubic": (2.0, lambda x: _cubic(x, x.dtype.type(-0.5))),
    "lanczos": (3.0, _lanczos),
}


def _smooth(mode: str, size: int, steps: Array, scale: Any) -> Taps:
    """A filter as wide as the elements of the output are apart, if that is wider than it is."""
    width, values_at = _FILTERS[mode]
    real = scale.dtype.type
    half, stretch = real(0.5), max(scale, real(1))
    support = real(width) * stretch
    centers = scale * (steps + half)
    first = np.maximum((centers - support + half).astype(np.int64), 0)
    end = np.minimum((centers + support + half).astype(np.int64), size)
    places = first[:, None] + np.arange(int(np.max(end - first, initial=0)))
    distances = (places - centers[:, None] + half) / stretch
    weights = np.where(places < end[:, None], values_at(distances.astype(scale.dtype)), 0)
    weights /= weights.sum(1, keepdims=True)
    rows, columns = np.nonzero(places < end[:, None])
    return Taps(rows, places[rows, columns], weights[rows, columns], len(steps), size)
