"""Rules for vmap that several ops share: ``batched = classmethod(along_dims)`` and the like.

Each calls the op's own forward on all examples at once, with the dimensions moved (Note [Batched
tensors]).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.dims import Shape


def along_dims(cls: type[Op], /, batch: Batch, x: Array, *, dims: Shape, **params: Any) -> Any:
    """Of one tensor, along ``dims``."""
    return cls.forward(x, dims=batch.dims(dims, x), **params)


def along_dim(cls: type[Op], /, batch: Batch, *arrays: Any, dim: int, **params: Any) -> Any:
    """Of tensors with the same number of dimensions, along ``dim``."""
    whole = [batch.full(x, i) if isinstance(x, np.ndarray) else x for i, x in enumerate(arrays)]
    if whole[0].ndim == batch.lead:
        return NotImplemented  # an example without dimensions has no ``dim``
    return cls.forward(*whole, dim=batch.dim(dim, whole[0]), **params)


def last_dims(cls: type[Op], /, batch: Batch, x: Array, **params: Any) -> Any:
    """Of one tensor, in its last dimensions, whatever is before them."""
    return cls.forward(x, **params)


def merged(cls: type[Op], /, batch: Batch, *arrays: Array, **params: Any) -> Any:
    """Of images: the examples' images make one larger batch, (count * N, C, H, W)."""
    images = [batch.merged(x, i) for i, x in enumerate(arrays)]
    out = cls.forward(*images, **params)
    return tuple(map(batch.split, out)) if isinstance(out, tuple) else batch.split(out)


# Where channels are treated one by one, or group by group, examples can be more of them.


def join_channels(x: Array) -> Array:
    """Make channels of the examples: (count, N, C, *) -> (N, count * C, *)."""
    count, n, c, *rest = x.shape
    return x.swapaxes(0, 1).reshape(n, count * c, *rest)


def side_by_side(batch: Batch, x: Array, index: int | None = None) -> Array:
    """Make channels of the examples: (*sizes, N, C, *) -> (N, count * C, *)."""
    return join_channels(batch.folded(x, index))


def apart(batch: Batch, x: Array) -> Array:
    """Undo :func:`side_by_side`: (N, count * C, *) -> (*sizes, N, C, *)."""
    n, c = x.shape[:2]
    whole = x.reshape(n, batch.count, c // max(batch.count, 1), *x.shape[2:]).swapaxes(0, 1)
    return batch.unfolded(np.ascontiguousarray(whole))


def joined(batch: Batch, weight: Array | None, index: int) -> Array | None:
    """One number for each channel that :func:`side_by_side` makes: (C) -> (count * C)."""
    return None if weight is None else batch.full(weight, index).reshape(-1)


def per_example(batch: Batch, values: Array) -> Array:
    """Undo :func:`joined`: (count * C) -> (*sizes, C)."""
    return values.reshape(*batch.sizes, values.size // max(batch.count, 1))
