"""How many elements have a value, or lie in a bin: ``bincount``, ``histc``, ``histogram``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import c_type_name, is_float, is_integer, not_implemented
from minitorch.ops import return_types
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.spacing import evenly_spaced

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


@takes_tensors
def bincount(input: TensorBase, weights: TensorBase | None = None, minlength: int = 0) -> Tensor:
    """Return how often each number from 0 to the largest occurs, or the sum of its weights.

    Shapes: (A,), (A,) -> (max(largest + 1, minlength),).

    Raises:
        RuntimeError: for negative numbers, another number of dimensions, or other weights than one
            for each.
        NotImplementedError: for floats.
    """
    refuse_shape_of("bincount", input._array)
    x, least = input._array, read_int(minlength, "minlength")
    if least < 0:
        raise RuntimeError("minlength should be >= 0")
    if not is_integer(x.dtype):
        raise not_implemented("bincount_cpu", x.dtype)
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is None:
        return input._plain(np.bincount(x, minlength=least))
    own = weights._array
    if own.shape != x.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    kind = np.dtype(np.float32 if own.dtype == np.float32 else np.float64)
    return input._plain(np.bincount(x, own, least).astype(kind, copy=False))


class Histc(Op):
    """How many elements lie in each of ``bins`` equal parts of [min, max]: (*) -> (bins,)."""

    differentiable = False

    @staticmethod
    def forward(x: Array, *, bins: int, min: float, max: float) -> Array:
        kind = x.dtype.type
        low, high = map(kind, _range("histc", x, min, max))
        inside = x[(x >= low) & (x <= high)]
        shares = (inside - low) * kind(bins) / (high - low)
        places = np.minimum(shares.astype(np.int64), bins - 1)
        return np.bincount(places, minlength=bins).astype(x.dtype)

    parity = staticmethod(lambda torch, x, *, bins, min, max: torch.histc(x, bins, min, max))

    @staticmethod
    def reference(x: Array, *, bins: int, min: float, max: float) -> Array:
        low, high = (min, max) if min != max else (x.min(), x.max())
        counts = [0.0] * bins
        for value in x.flat:
            if low <= value <= high:
                place = int((value - low) / (high - low) * bins)
                counts[place - (place == bins)] += 1
        return np.array(counts)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(3, 4), bins=3, min=0, max=0)
        yield s(s.distinct(9), bins=4, min=0.07, max=0.33)


def _range(name: str, x: Array, low: float, high: float) -> tuple[float, float]:
    """Return what bins reach from and to: where the ends are equal, what elements do."""
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"torch.{name}: range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"torch.{name}: max must be larger than min")
    return (low - 0.5, high + 0.5) if low == high and x.size else (low, high + (low == high))


@takes_out
@out_rules(casts="none")
def histc(input: TensorBase, bins: int = 100, min: Any = 0, max: Any = 0) -> Tensor:
    """Return how many elements lie in each of equal parts of a range: (*) -> (bins,).

    Args:
        input: a floating-point tensor; what is out of the range is not counted.
        bins: how many parts.
        min: where the first begins.
        max: where the last ends; if they are equal, from the smallest element to the largest.

    Raises:
        RuntimeError: for no bins, or a range that is empty or not finite.
        NotImplementedError: for integers.
    """
    bins = read_int(bins, "bins")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if not is_float(input._array.dtype):
        raise not_implemented("histogram_cpu", input._array.dtype)
    return Histc.apply(input, bins=bins, min=float(min), max=float(max))


@takes_out
@out_rules(casts="none")
def histogram(
    input: TensorBase,
    bins: Any = 100,
    *,
    range: Any = None,
    weight: TensorBase | None = None,
    density: bool = False,
) -> return_types.histogram:
    """Return how many elements lie in each bin, and the edges of the bins: (*) -> (B,), (B + 1,).

    Args:
        input: a float32 or float64 tensor; what is out of the range is not counted.
        bins: how many equal parts of the range; or their edges, a 1-d tensor.
        range: where they begin and end; by default the smallest and the largest element.
        weight: what each element counts, in the shape of ``input``.
        density: divide by the total and the widths, so that the integral is 1.

    Raises:
        RuntimeError: for no bins, other shapes or dtypes, or a range that is not finite.
        NotImplementedError: for other dtypes than float32 and float64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogram.html
    """
    refuse_shape_of("histogram", input._array)
    x = input._array.reshape(-1, 1)
    check_weight(input._array, input._array.shape, weight)
    edges = edges_of(x, [bins], range)
    counts = counted(x, edges, weight, density)
    return return_types.histogram(input._plain(counts), input._plain(edges[0]))


def check_weight(x: Array, shape: Any, weight: Any) -> None:
    """Refuse weights of another shape than the elements or rows they are for, or another dtype."""
    if weight is None:
        return
    own = weight._array
    if own.shape != shape:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the "
            "input tensor excluding its innermost dimension, but got input with shape "
            f"{list(x.shape)} and weight with shape {list(own.shape)}"
        )
    if own.dtype != x.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor "
            f"should have the same dtype, but got input({c_type_name(x)}), and "
            f"weight({c_type_name(own)})"
        )


def edges_of(x: Array, bins: list[Any], range: Any) -> list[Array]:
    """Return the edges of the bins along each column: (N, D) -> D times (B + 1,)."""
    if x.dtype.name not in ("float32", "float64"):
        raise not_implemented("histogramdd", x.dtype)
    columns = x.shape[1]
    if range is not None and len(range) != 2 * columns:
        raise RuntimeError(
            f"torch.histogramdd: for a {columns}-dimensional histogram range should have "
            f"{2 * columns} elements, but got {len(range)}"
        )
    edges = []
    for d, own in enumerate(bins):
        if isinstance(own, TensorBase):
            edges.append(_given_edges(own._array, x.dtype, d))
            continue
        count = read_int(own, "bins")
        if count <= 0:
            raise RuntimeError(
                f"torch.histogram(): bins must be > 0, but got {count} for dimension {d}"
            )
        low, high = _ends(x[:, d], None if range is None else range[2 * d : 2 * d + 2], d)
        edges.append(evenly_spaced(low, high, count + 1, x.dtype))
    return edges


def _given_edges(edges: Array, kind: np.dtype[Any], d: int) -> Array:
    if edges.ndim != 1:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have one dimension, but got {edges.ndim} "
            f"dimensions in the bins tensor for dimension {d}"
        )
    if edges.dtype != kind:
        own, theirs = c_type_name(np.empty(0, kind)), c_type_name(edges)
        raise RuntimeError(
            "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got "
            f"input with dtype {own} and bins for dimension {d} with dtype {theirs}"
        )
    if edges.size == 0:
        raise RuntimeError(
            "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in "
            f"the bins tensor for dimension {d}"
        )
    if edges.size == 1:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got 0 for dimension {d}")
    return edges.copy()


def _ends(x: Array, given: Any, d: int) -> tuple[float, float]:
    if given is not None:
        low, high = (float(end) for end in given)
    elif x.size:
        low, high = float(x.min()), float(x.max())
    else:
        low, high = 0.0, 1.0
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(
            f"torch.histogramdd: dimension {d}'s range [{low}, {high}] is not finite"
        )
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low} max {high} for "
            f"dimension {d}"
        )
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def counted(x: Array, edges: list[Array], weight: Any, density: bool) -> Array:
    """Return how many rows lie in each bin, or their weight: (N, D), D times (B + 1,) -> (*B)."""
    shape = tuple([len(own) - 1 for own in edges])
    inside = np.ones(len(x), np.bool_)
    place = np.zeros(len(x), np.int64)
    for column, own in zip(x.T, edges, strict=True):
        inside &= (column >= own[0]) & (column <= own[-1])
        place = place * (len(own) - 1) + _bins_of(column, own)
    weights = None if weight is None else weight._array.reshape(-1)[inside]
    flat = np.bincount(place[inside], weights, math.prod(shape))
    counts = flat.reshape(shape).astype(x.dtype)
    if density:
        counts = counts / counts.sum(dtype=x.dtype)
        for d, own in enumerate(edges):
            counts = counts / np.diff(own).reshape(
                [-1 if i == d else 1 for i, _ in enumerate(edges)]
            )
    return counts


def _bins_of(x: Array, edges: Array) -> Array:
    """Return in which bin elements lie: (N,), (B + 1,) -> (N,)."""
    last = len(edges) - 2
    # Where bins are equal, a quotient is right but for one place, and sooner there than a search.
    if 0 < np.ptp(edges) < math.inf:
        guess = (x - edges[0]) * ((last + 1) / np.ptp(edges))
        place = np.clip(np.nan_to_num(guess), 0, last).astype(np.int64)
        place -= (x < edges[place]) & (place > 0)
        place += (x >= edges[place + 1]) & (place < last)
        if (
            ((x >= edges[place]) | (place == 0)) & ((x < edges[place + 1]) | (place == last))
        ).all():
            return place
    return np.clip(np.searchsorted(edges, x, "right") - 1, 0, last)
