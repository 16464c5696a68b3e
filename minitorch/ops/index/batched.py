"""Index arrays under vmap: one index that does for all examples what theirs do for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array
from minitorch.core.dtypes import is_bool
from minitorch.ops.dims import Shape

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch

_ALL = slice(None)


@dataclass(frozen=True)
class WholeIndex:
    """An index into (*sizes, *shape), and the way between its result and the examples' results.

    NumPy puts the picked dimensions in front where slices stand between index arrays, which is the
    case here oftener than in one example.
    """

    index: tuple[Any, ...]
    forth: Callable[[Array], Array]  # NumPy's order of dimensions -> (*sizes, *picked)
    back: Callable[[Array], Array]


def batched_index(batch: Batch, index: tuple[Any, ...]) -> WholeIndex:
    """Return the index for all examples of a batch; its arrays may be batched or not."""
    index = plain_index(index)
    arrays = [i for i, item in enumerate(index) if item is not _ALL and not isinstance(item, slice)]
    ndim = max([index[i].ndim for i in arrays], default=0)
    apart = bool(arrays) and arrays != list(range(arrays[0], arrays[-1] + 1))
    aligned = tuple(
        [item if isinstance(item, slice) else _aligned(batch, item, ndim) for item in index]
    )
    lead = batch.lead
    counters = tuple(
        [
            np.arange(n).reshape((1,) * i + (n,) + (1,) * (lead - i - 1 + ndim))
            for i, n in enumerate(batch.sizes)
        ]
    )
    # NumPy's result is (*sizes, *picked, *others); an example's picked dimensions stand in the
    # place of the arrays, unless slices are between them.
    before = 0 if apart or not arrays else arrays[0]
    picked = tuple(range(lead, lead + ndim))
    places = tuple(range(lead + before, lead + before + ndim))

    def forth(x: Array) -> Array:
        return np.moveaxis(x, picked, places)

    def back(x: Array) -> Array:
        return np.moveaxis(x, places, picked)

    return WholeIndex((*counters, *aligned), forth, back)


def _aligned(batch: Batch, item: Any, ndim: int) -> Array:
    payload: Array = batch.align(item)
    if payload is item:
        return payload
    lead, own = payload.shape[: batch.lead], payload.shape[batch.lead :]
    return payload.reshape(lead + (1,) * (ndim - len(own)) + own)


def plain_index(index: tuple[Any, ...]) -> tuple[Any, ...]:
    """Replace masks by the positions where they hold."""
    plain: list[Any] = []
    for item in index:
        if isinstance(item, np.ndarray) and is_bool(item.dtype):
            plain += np.nonzero(item)
        else:
            plain.append(item)
    return tuple(plain)


def picked_shape(shape: Shape, index: tuple[Any, ...]) -> Shape:
    """Return the shape of what an index picks out of an array of a shape, in one example."""
    one = np.zeros((), np.bool_)
    plain = [np.zeros(i.shape, np.int64) if _is_example(i) else i for i in index]
    shown: Array = np.broadcast_to(one, shape)[tuple(plain)]
    return shown.shape


def _is_example(item: Any) -> bool:
    return isinstance(item, np.ndarray) and type(item) is not np.ndarray
