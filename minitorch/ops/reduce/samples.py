"""What references and samples of reductions share. Only the tests use it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.ops.dims import Shape

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples


def loop(x: Array, dims: Shape | None, keepdim: bool, of: Callable[[list[Any]], Any]) -> Array:
    """Reduce in plain loops: the reference of this family, ``of`` a list of numbers."""
    dims = tuple(range(x.ndim)) if dims is None else dims
    kept = [range(1) if i in dims else range(n) for i, n in enumerate(x.shape)]
    reduced = [range(n) if i in dims else range(1) for i, n in enumerate(x.shape)]
    values = []
    for at in itertools.product(*kept):
        members = [
            x[tuple(a + b for a, b in zip(at, within, strict=True))].item()
            for within in itertools.product(*reduced)
        ]
        values.append(of(members))
    shape = tuple(len(k) for i, k in enumerate(kept) if keepdim or i not in dims)
    return np.array(values).reshape(shape)


def reductions(s: Sampler, draw: Any, *, empty: bool = True) -> Samples:
    """Calls that every reduction with ``dims`` and ``keepdim`` must stand."""
    yield s(draw(2, 3), dims=(0,), keepdim=False)
    yield s(draw(2, 3), dims=(1,), keepdim=True)
    yield s(draw(2, 3, 4), dims=(0, 2), keepdim=False)
    yield s(draw(2, 3, 4), dims=(2, 1), keepdim=True)
    yield s(draw(3, 2), dims=(0, 1), keepdim=False)
    yield s(draw(3, 1, 2).T, dims=(0, 1), keepdim=True)
    yield s(draw(), dims=(), keepdim=False)
    if empty:
        yield s(draw(0, 3), dims=(0,), keepdim=False)
    yield s(draw(0, 3), dims=(1,), keepdim=False)
