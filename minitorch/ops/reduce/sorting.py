"""Sorting, the k largest, and unique elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.ops import return_types
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.index.gather import Scatter, zeros
from minitorch.ops.order import in_order
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Sort(Op):
    """Elements in order along a dimension, the first ``count``, and where each came from.

    (*, A, *) -> (*, count, *), (*, count, *). Equal elements keep their order; NaN is largest.
    """

    saves_outputs = (1,)
    saved_as = {"indices": "result1"}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(x: Array, *, dim: int, descending: bool, count: int) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        if descending:  # from the back, so that equal elements keep their order
            order = x.shape[dim] - 1 - np.argsort(np.flip(x, dim), dim, kind="stable")
            order = np.flip(order, dim)
        else:
            order = np.argsort(x, dim, kind="stable")
        first = in_order(order[(slice(None),) * dim + (slice(count),)])
        return np.take_along_axis(x, first, dim), first

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> Grads:
        (index,) = ctx.unpack()
        shape = ctx.input_shapes[0]
        if not shape:
            return grad
        return Scatter.apply(zeros(grad, shape), index, grad, dim=ctx.dim)

    parity = staticmethod(
        lambda torch, x, *, dim, descending, count: [
            y.narrow(dim, 0, count) if y.ndim else y
            for y in torch.sort(x, dim=dim, descending=descending, stable=True)
        ]
    )

    @staticmethod
    def reference(x: Array, *, dim: int, descending: bool, count: int) -> tuple[Array, Array]:
        def order(line: Array) -> Array:
            by_value = sorted(range(len(line)), key=lambda i: -line[i] if descending else line[i])
            return np.array(by_value[:count])

        if x.ndim == 0:
            return x, np.zeros((), int)
        picked = np.apply_along_axis(order, dim, x)
        return np.take_along_axis(x, picked, dim), picked

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(4, 3), dim=0, descending=False, count=4)
        yield s(s.distinct(2, 5, 2), dim=1, descending=True, count=3)
        yield s(s.integers(0, 3, 3, 6), dim=1, descending=True, count=6)
        yield s(s.integers(0, 3, 6), dim=0, descending=False, count=2)
        yield s(s.distinct(), dim=0, descending=False, count=1)


class TopK(Sort):
    """:class:`Sort` cut after k elements, under PyTorch's name."""

    name = "TopkBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int, descending: bool, count: int) -> tuple[Array, Array]:
        if x.ndim == 0 or not 0 < 4 * count < x.shape[dim]:
            return Sort.forward(x, dim=dim, descending=descending, count=count)
        edge = x.shape[dim] - count if descending else count - 1
        sides = np.argpartition(x, edge, dim)
        side = slice(edge, None) if descending else slice(count)
        first = np.sort(sides[(slice(None),) * dim + (side,)], dim)
        values, order = Sort.forward(
            np.take_along_axis(x, first, dim), dim=dim, descending=descending, count=count
        )
        return values, np.take_along_axis(first, order, dim)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(4, 3), dim=0, descending=False, count=2)
        yield s(s.distinct(2, 9, 2), dim=1, descending=True, count=2)
        yield s(s.distinct(3, 9), dim=1, descending=False, count=1)
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
    count = input._array.shape[d] if input._array.ndim else 1
    return return_types.sort(*Sort.apply(input, dim=d, descending=descending, count=count))


_sort = without_out(sort)


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

    Shapes: (*, A, *) -> (*, k, *), (*, k, *).

    Raises:
        RuntimeError: if there are not as many.
    """
    d = wrap_dim(dim, input._array.ndim)
    size = input._array.shape[d] if input._array.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError(
            f"selected index k out of range: k is {k}, the size of dimension {d} is {size}"
        )
    return return_types.topk(*TopK.apply(input, dim=d, descending=largest, count=k))


def unique(
    input: TensorBase,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the elements without repeats, in order; on request where each went, and how often.

    Shapes: (*) -> (U), on request with the inverse (*) and the counts (U); with ``dim`` the slices
    along it, (*, A, *) -> (*, U, *) with (A) and (U).

    Raises:
        IndexError: for a dimension that is not there.
        RuntimeError: with ``dim``, if another dimension has size 0.
    """
    refuse_shape_of("_unique2" if dim is None else "unique_dim", input._array)
    axis = None if dim is None else _unique_dim(input, dim)
    find: Any = np.unique  # its stub wants literal bools
    found = find(
        input._array,
        return_inverse=return_inverse,
        return_counts=return_counts,
        axis=axis,
        equal_nan=False,
    )
    if not (return_inverse or return_counts):
        return input._plain(found)
    parts = list(found)
    if return_inverse:
        parts[1] = parts[1].reshape(input._array.shape if dim is None else -1)
    return tuple([input._plain(part) for part in parts])


def _unique_dim(x: TensorBase, dim: int) -> int:
    shape = x._array.shape
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    d = wrap_dim(dim, len(shape))
    if 0 in shape[:d] + shape[d + 1 :]:
        raise RuntimeError(
            "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied: "
            f"got shape {list(shape)} and dim {dim}"
        )
    return d
