"""Elements picked by their rank or number: ``kthvalue``, ``median``, ``nanmedian``, ``mode``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool, is_float, not_implemented
from minitorch.ops import return_types
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, read_int, refuse_to_keep, wrap_dim
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.reduce.extreme import Max, MaxDim
from minitorch.ops.reduce.samples import loop

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Kthvalue(Op):
    """The k-th smallest value along a dimension, NaN last, and its first position.

    (*) -> (*), (*), as a sum's shape.
    """

    saves_outputs = MaxDim.saves_outputs
    saved_as = MaxDim.saved_as
    batched = classmethod(along_dim)
    backward = MaxDim.backward

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool, k: int) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        values = np.partition(x, k - 1, dim).take([k - 1], dim)
        return _picked(x, _first(x, values, dim), dim, keepdim)

    parity = staticmethod(lambda torch, x, *, dim, keepdim, k: torch.kthvalue(x, k, dim, keepdim))

    @staticmethod
    def reference(x: Array, *, dim: int, keepdim: bool, k: int) -> tuple[Array, Array]:
        return _both(x, dim, keepdim, lambda v: sorted(v)[k - 1])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(3 * s.distinct(2, 3) + 9, dim=0, keepdim=False, k=2)
        yield s(3 * s.distinct(2, 3, 4) + 9, dim=1, keepdim=True, k=1)
        yield s(s.distinct(), dim=0, keepdim=False, k=1)
        yield s(s.real(0, 3), dim=1, keepdim=False, k=3)


def _first(x: Array, values: Array, dim: int) -> Array:
    """Return the first positions of values along a dimension: (*, A, *), (*, 1, *) -> (*, 1, *)."""
    is_there = x == values
    if is_float(x.dtype):
        is_there |= np.isnan(x) & np.isnan(values)
    return is_there.argmax(dim, keepdims=True)


def _picked(x: Array, places: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """Return the values at one position along a dimension, and the positions."""
    values = np.take_along_axis(x, places, dim)
    if not keepdim:
        values, places = values.squeeze(dim), places.squeeze(dim)
    return in_order(values), in_order(places)


def _both(x: Array, dim: int, keepdim: bool, of: Any) -> tuple[Array, Array]:
    dims = (dim,) if x.ndim else ()
    return loop(x, dims, keepdim, of), loop(x, dims, keepdim, lambda v: v.index(of(v)))


class MedianDim(MaxDim):
    """The lower median along a dimension, NaN if there is one, and its first position.

    (*) -> (*), (*), as a sum's shape.
    """

    name = "MedianBackward1"

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        k = (x.shape[dim] - 1) // 2
        ranked = np.partition(x, [k, x.shape[dim] - 1], dim)  # NaN last
        middle, last = ranked.take([k], dim), ranked.take([-1], dim)
        values = np.where(last == last, middle, last)
        return _picked(x, _first(x, values, dim), dim, keepdim)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.median(x, dim, keepdim))

    @staticmethod
    def reference(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        return _both(x, dim, keepdim, lambda v: sorted(v)[(len(v) - 1) // 2])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(3 * s.distinct(2, 3) + 9, dim=0, keepdim=False)
        yield s(3 * s.distinct(2, 3, 4) + 9, dim=1, keepdim=True)
        yield s(3 * s.distinct(2, 4) + 9, dim=1, keepdim=False)
        yield s(s.distinct(), dim=0, keepdim=False)
        yield s(s.real(0, 3), dim=1, keepdim=False)


class NanMedianDim(MedianDim):
    """As :class:`MedianDim`, of the elements that are not NaN, if there are any."""

    name = "NanmedianBackward1"

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        k = (np.maximum((x == x).sum(dim, keepdims=True), 1) - 1) // 2
        values = np.take_along_axis(np.sort(x, dim), k, dim)  # NaN last
        return _picked(x, _first(x, values, dim), dim, keepdim)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.nanmedian(x, dim, keepdim))


class Median(Max):
    """The lower median of all elements; those equal to it share the gradient: (*) -> ()."""

    name = "MedianBackward0"

    @staticmethod
    def forward(x: Array, *, dims: Any, keepdim: bool) -> Array:
        flat = x.reshape(*_lead(x, dims), -1)
        return MedianDim.forward(flat, dim=flat.ndim - 1, keepdim=False)[0]

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.median(x))
    reference = staticmethod(
        lambda x, *, dims, keepdim: loop(x, dims, keepdim, lambda v: sorted(v)[(len(v) - 1) // 2])
    )


class NanMedian(Median):
    """As :class:`Median`, of the elements that are not NaN, if there are any: (*) -> ()."""

    name = "NanmedianBackward0"

    @staticmethod
    def forward(x: Array, *, dims: Any, keepdim: bool) -> Array:
        flat = x.reshape(*_lead(x, dims), -1)
        return NanMedianDim.forward(flat, dim=flat.ndim - 1, keepdim=False)[0]

    parity = staticmethod(lambda torch, x, *, dims, keepdim: torch.nanmedian(x))


def _lead(x: Array, dims: Any) -> tuple[int, ...]:
    """Return the sizes of the dimensions in front that a batch has."""
    return x.shape[: x.ndim - len(dims)]


class Mode(MaxDim):
    """The most frequent value along a dimension, the least of several, and its last position."""

    name = "ModeBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        if x.ndim == 0:
            return x.copy(), np.zeros((), np.int64)
        order = np.argsort(x, dim, kind="stable")
        ranked = np.moveaxis(np.take_along_axis(x, order, dim), dim, -1)
        places = np.arange(x.shape[dim])
        is_first = np.ones(ranked.shape, np.bool_)
        is_first[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
        run = places - np.maximum.accumulate(np.where(is_first, places, 0), -1)  # equals before it
        last = np.expand_dims(run.argmax(-1), dim)
        return _picked(x, np.take_along_axis(order, last, dim), dim, keepdim)

    parity = staticmethod(lambda torch, x, *, dim, keepdim: torch.mode(x, dim, keepdim))

    @staticmethod
    def reference(x: Array, *, dim: int, keepdim: bool) -> tuple[Array, Array]:
        def frequent(v: list[Any]) -> Any:
            return min(v, key=lambda value: (-v.count(value), value))

        dims = (dim,) if x.ndim else ()
        last = loop(x, dims, keepdim, lambda v: len(v) - 1 - v[::-1].index(frequent(v)))
        return loop(x, dims, keepdim, frequent), last

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.distinct(2, 3), dim=0, keepdim=False)
        yield s(s.integers(0, 3, 3, 7), dim=1, keepdim=True)
        yield s(s.distinct(2, 3, 4), dim=1, keepdim=False)
        yield s(s.distinct(), dim=0, keepdim=False)
        yield s(s.real(0, 3), dim=1, keepdim=False)


@takes_out
@numpy_names
@out_rules(apart=True)
def kthvalue(
    input: TensorBase, k: int, dim: int = -1, keepdim: bool = False
) -> return_types.kthvalue:
    """Return the k-th smallest value along a dimension, counted from 1, and its position.

    Shapes: (*) -> (*), (*) without ``dim``, or with 1 in its place.

    Raises:
        RuntimeError: if there are not as many.
        IndexError: for a dimension of size 0.
    """
    k = read_int(k, "k")
    d = _checked("kthvalue", input, dim)
    size = input._array.shape[d] if input._array.ndim else 1
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {d}: {k}")
    return return_types.kthvalue(*Kthvalue.apply(input, dim=d, keepdim=keepdim, k=k))


@takes_out
@numpy_names
@out_rules(casts="none")
def median(input: TensorBase, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median of all elements, the lower of two, or along ``dim`` with its position.

    NaN if any element is.

    Shapes: (*) -> (); with ``dim`` (*) -> (*), (*) without it, or with 1 in its place.

    Raises:
        NotImplementedError: for bools.
        IndexError: for a dimension of size 0.
    """
    if dim is None:
        return _of_all("median", Median, input, keepdim)
    d = _checked("median", input, dim)
    return return_types.median(*MedianDim.apply(input, dim=d, keepdim=keepdim))


@takes_out
@numpy_names
@out_rules(casts="none")
def nanmedian(input: TensorBase, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return :func:`median` of the elements that are not NaN; NaN if there are none.

    Shapes: (*) -> (); with ``dim`` (*) -> (*), (*) without it, or with 1 in its place.
    """
    if dim is None:
        return _of_all("nanmedian", NanMedian, input, keepdim)
    d = _checked("nanmedian", input, dim)
    return return_types.nanmedian(*NanMedianDim.apply(input, dim=d, keepdim=keepdim))


def _of_all(name: str, op: type[Median], x: TensorBase, keepdim: bool) -> Tensor:
    array = x._array
    refuse_to_keep(keepdim, name)
    if is_bool(array.dtype):
        raise not_implemented("median_cpu", array.dtype)
    if array.size == 0:
        none = math.nan if is_float(array.dtype) else np.iinfo(array.dtype).min
        return x._plain(np.full((), none, array.dtype))
    return op.apply(x, dims=tuple(range(array.ndim)), keepdim=False)


@takes_out
@numpy_names
@out_rules(casts="none")
def mode(input: TensorBase, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """Return the most frequent value along a dimension, the least of several, and where it is last.

    Shapes: (*) -> (*), (*) without ``dim``, or with 1 in its place.

    Raises:
        IndexError: for a dimension of size 0.
    """
    d = _checked("mode", input, dim)
    return return_types.mode(*Mode.apply(input, dim=d, keepdim=keepdim))


def _checked(name: str, x: TensorBase, dim: int) -> int:
    """Return the dimension to reduce, in which there must be something."""
    array = x._array
    d = wrap_dim(dim, array.ndim)
    if array.ndim and array.shape[d] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")
    if is_bool(array.dtype) and (array.ndim or name != "kthvalue") and name != "mode":
        raise not_implemented(f"{name.removeprefix('nan')}_cpu", array.dtype)
    return d
