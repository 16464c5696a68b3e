"""Sorting, and the k largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.layout import laid_out
from minitorch.ops import return_types
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, read_int, wrap_dim
from minitorch.ops.index.gather import Scatter, zeros
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Sort(Op):
    """Elements in order along a dimension, and where each came from: (*) -> (*), (*).

    Equal elements keep their order; NaN is largest.
    """

    saves_outputs = (1,)
    saved_as = {"indices": "result1"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, dim: int, descending: bool) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        places = _places(x, dim, descending)
        return laid_out(np.take_along_axis(x, places, dim), x), laid_out(places, x)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (index,) = ctx.unpack()
        shape = ctx.input_shapes[0]
        if not shape:
            return grad
        return Scatter.apply(zeros(grad, shape), index, grad, dim=ctx.dim)

    parity = staticmethod(
        lambda torch, x, *, dim, descending: torch.sort(
            x, dim=dim, descending=descending, stable=True
        )
    )

    @staticmethod
    def reference(x: Array, *, dim: int, descending: bool, count: Any = None) -> Any:
        def order(line: Array) -> Array:
            by_value = sorted(range(len(line)), key=lambda i: -line[i] if descending else line[i])
            return np.array(by_value[:count])

        if x.ndim == 0:
            return x, np.zeros((), int)
        picked = np.apply_along_axis(order, dim, x)
        return np.take_along_axis(x, picked, dim), picked

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(4, 3), dim=0, descending=False)
        yield s(s.distinct(2, 5, 2), dim=1, descending=True)
        yield s(s.integers(0, 3, 3, 6), dim=1, descending=True)
        yield s(s.integers(0, 3, 6), dim=0, descending=False)
        yield s(s.distinct(), dim=0, descending=False)


def _places(x: Array, dim: int, descending: bool) -> Array:
    """Return where the elements in order along a dimension come from."""
    if not descending:
        return np.argsort(x, dim, kind="stable")
    # From the back, so that equal elements keep their order.
    return np.flip(x.shape[dim] - 1 - np.argsort(np.flip(x, dim), dim, kind="stable"), dim)


def _sought(x: Array, dim: int, descending: bool, count: int) -> tuple[Array, Array] | None:
    """Return the first few in order and where they come from.

    None if equals of the last are left out: which of them partitioning takes is left to chance.
    """
    edge = x.shape[dim] - count if descending else count - 1
    sides = np.argpartition(x, edge, dim)
    lead = (slice(None),) * dim
    first = np.sort(sides[(*lead, slice(edge, None) if descending else slice(count))], dim)
    picked = _places(np.take_along_axis(x, first, dim), dim, descending)
    places = np.take_along_axis(first, picked, dim)
    values = np.take_along_axis(x, places, dim)
    last = values[(*lead, slice(-1, None))]
    if np.count_nonzero(x >= last if descending else x <= last) != places.size:
        return None  # so are NaN
    return values, places


class TopK(Op):
    """:class:`Sort` cut after k elements: (*, A, *) -> (*, k, *), (*, k, *)."""

    name = "TopkBackward0"
    saves_outputs = Sort.saves_outputs
    saved_as = Sort.saved_as
    batched = classmethod(along_dim)
    backward = Sort.backward
    reference = Sort.reference

    @staticmethod
    def forward(x: Array, *, dim: int, descending: bool, count: int) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        found = _sought(x, dim, descending, count) if 0 < 4 * count < x.shape[dim] else None
        if found is None:
            places = _places(x, dim, descending)[(slice(None),) * dim + (slice(count),)]
            found = np.take_along_axis(x, places, dim), places
        return in_order(found[0]), in_order(found[1])

    @staticmethod
    def parity(torch: Any, x: Any, *, dim: int, descending: bool, count: int) -> Any:
        whole = torch.sort(x, dim=dim, descending=descending, stable=True)  # topk picks any equals
        return [y.narrow(dim, 0, count).contiguous() if y.ndim else y for y in whole]

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(4, 3), dim=0, descending=False, count=2)
        yield s(s.distinct(2, 9, 2), dim=1, descending=True, count=2)
        yield s(s.distinct(3, 9), dim=1, descending=False, count=1)
        yield s(s.distinct(2, 5, 2), dim=1, descending=True, count=5)
        yield s(s.distinct(), dim=0, descending=True, count=1)


@takes_out
@numpy_names
def sort(
    input: TensorBase, dim: int = -1, descending: bool = False, stable: bool = False
) -> return_types.sort:
    """Return the elements in order along a dimension, and the position each had.

    Shapes: (*) -> (*), (*).

    Equal elements always keep their order, as PyTorch does with ``stable=True``.
    """
    d = wrap_dim(dim, input._array.ndim)
    return return_types.sort(*Sort.apply(input, dim=d, descending=descending))


_sort = without_out(sort)


@takes_out
def msort(input: TensorBase) -> Tensor:
    """Return the elements in order along the first dimension: (A, *) -> (A, *)."""
    return _sort(input, 0).values


@numpy_names
def argsort(
    input: TensorBase, dim: int = -1, descending: bool = False, stable: bool = False
) -> Tensor:
    """Return the positions that put the elements in order along a dimension.

    Shapes: (*) -> (*).
    """
    return _sort(input, dim, descending, stable).indices


@takes_out
@numpy_names
def topk(
    input: TensorBase, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> return_types.topk:
    """Return the k largest (or smallest) elements along a dimension, in order, and their positions.

    Shapes: (*, A, *) -> (*, k, *), (*, k, *). Of equal elements the first count.

    Raises:
        RuntimeError: if there are not as many.
    """
    k, d = read_int(k, "k"), wrap_dim(dim, input._array.ndim)
    size = input._array.shape[d] if input._array.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError(
            f"selected index k out of range: k is {k}, the size of dimension {d} is {size}"
        )
    return return_types.topk(*TopK.apply(input, dim=d, descending=largest, count=k))
