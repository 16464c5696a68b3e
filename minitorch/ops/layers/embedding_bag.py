"""Bags of embeddings: rows of a table that are added up, averaged, or of which the largest wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched, refuse_shape
from minitorch.core.dtypes import Array, is_float, scalar_name
from minitorch.ops.half import wide_of
from minitorch.ops.index.gather import gather
from minitorch.ops.layers.embedding import EmbeddingGrad, check_indices, embedding

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

SUM, MEAN, MAX = range(3)


def embedding_bag(
    weight: TensorBase,
    indices: TensorBase,
    offsets: TensorBase,
    scale_grad_by_freq: bool = False,
    mode: int = SUM,
    sparse: bool = False,
    per_sample_weights: TensorBase | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Reduce bags of rows of a table; see :func:`nn.functional.embedding_bag`.

    Shapes: (V, E), (n), (B) -> (B, E), (n), (B), (B) or of maxima (B, E).

    Args:
        weight: the table.
        indices: of all bags, one after the other.
        offsets: where each bag begins.
        scale_grad_by_freq: divide the gradient of a row by how often it is named.
        mode: 0 adds up, 1 averages, 2 takes the largest of each column.
        sparse: a sparse gradient is asked for; it is dense here.
        per_sample_weights: (n); factors of the rows.
        include_last_offset: whether ``offsets`` ends with the end of the last bag.
        padding_idx: a row that is left out of its bags.

    Returns:
        The bags, the bag of each index, sizes of bags, and of maxima the rows that won.

    Raises:
        RuntimeError: if dtypes or sizes do not fit, or indices are out of range.
    """
    starts = _checked_starts(weight, indices, offsets, per_sample_weights)
    places = indices._array
    ends = np.append(starts[1:], starts[-1:] if include_last_offset else places.size)
    if include_last_offset:
        starts, ends = starts[:-1], starts[1:]
    sizes = ends - starts
    bags = np.repeat(np.arange(len(starts)), sizes)  # (n)
    named, padding = places[: bags.size], _checked_padding(padding_idx, len(weight._array))
    kept = np.flatnonzero(named != padding) if padding >= 0 else np.arange(bags.size)
    plain = weight._plain
    rows = embedding(weight, plain(named[kept]), -1, scale_grad_by_freq, sparse)
    counts = np.bincount(bags[kept], minlength=len(sizes))
    winners = counts
    if mode == MAX:
        out, winners = _largest(rows, counts, named[kept])
    else:
        rows = wide_of(rows)
        if per_sample_weights is not None:
            factors: Any = per_sample_weights
            rows = rows * wide_of(factors[plain(kept)]).unsqueeze(1)
        out = EmbeddingGrad.apply(rows, plain(bags[kept]), count=len(sizes), padding_idx=-1)
        if mode == MEAN:
            divisors = np.maximum(counts, 1).astype(rows._array.dtype)
            out = out / plain(divisors[:, None])
        out = out.to(weight.dtype)  # type: ignore[attr-defined]
    return out, plain(bags), plain(counts), plain(winners)


def _largest(rows: Tensor, counts: Array, named: Array) -> tuple[Tensor, Array]:
    """The first of the largest of each column of each bag, and the rows of the table they are."""
    x = rows._array
    full = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[full]
    if not full.size:
        return rows.new_zeros(len(counts), x.shape[1]), np.full((len(counts), x.shape[1]), -1)
    best = np.fmax.reduceat(x, starts, axis=0)
    order = np.arange(len(x))[:, None]
    wins = np.where(x == np.repeat(best, counts[full], axis=0), order, len(x))
    first = np.minimum.reduceat(wins, starts, axis=0)
    # A NaN that comes first is never beaten; others beat nothing.
    first = np.where(np.isnan(x[starts]), starts[:, None], first)
    out = gather(rows, 0, rows._plain(first))
    winners = np.full((len(counts), x.shape[1]), -1)
    winners[full] = named[first]
    if full.size < len(counts):
        out = EmbeddingGrad.apply(out, rows._plain(full), count=len(counts), padding_idx=-1)
    return out, winners


def _checked_starts(
    weight: TensorBase, indices: TensorBase, offsets: TensorBase, factors: TensorBase | None
) -> Array:
    """Return where bags begin.

    Raises:
        RuntimeError: if dtypes or sizes do not fit, or indices are out of range.
    """
    table, places, starts = weight._array, indices._array, offsets._array
    if any([is_batched(a) for a in (places, starts)]):
        refuse_shape("embedding_bag")
    check_indices("embedding_bag", places)
    check_indices("embedding_bag", starts)
    if not is_float(table.dtype):
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: "
            f"Half, BFloat16, Float, Double; but got torch.{scalar_name(table)}Tensor instead "
            "(while checking arguments for embedding_bag)"
        )
    if factors is not None and factors._array.dtype != table.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument "
            f"#1 'per_sample_weights'; but type torch.{scalar_name(table)}Tensor does not equal "
            f"torch.{scalar_name(factors._array)}Tensor (while checking arguments for "
            "embedding_bag)"
        )
    if starts.size and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {starts[0]}"
        )
    if starts.size and starts[-1] > places.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {places.size} but got offsets[-1] "
            f"of {starts[-1]}"
        )
    if (starts[1:] < starts[:-1]).any():
        raise RuntimeError(f"embedding_bag: offsets must not fall, but got {starts.tolist()}")
    outside = np.flatnonzero((places < 0) | (places >= len(table)))
    if outside.size:
        raise RuntimeError(
            f"Index {outside[0]} of input takes value {places[outside[0]]} which is not in the "
            f"valid range [0, {len(table)})"
        )
    return starts


def _checked_padding(padding_idx: int | None, count: int) -> int:
    """Return the row counted from the front; -1 for none."""
    if padding_idx is None:
        return -1
    if not -count <= padding_idx < count:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-count} through {count - 1}, "
            f"but got {padding_idx}"
        )
    return padding_idx % count
