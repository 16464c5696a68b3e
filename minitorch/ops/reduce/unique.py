"""Elements and slices without their repeats, which have no derivatives, as in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import is_complex, not_implemented
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import wrap_dim
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples


class Unique(Op):
    """Elements without repeats, in order; where each went; how often: (*) -> (U), (*), (U)."""

    name = "Unique2Backward0"

    @staticmethod
    def forward(x: Array, *, with_inverse: bool) -> tuple[Array, ...]:
        # Always with counts: without them NumPy fills a hash table where it could sort, which
        # takes 20 times as long for a million integers, and grows faster than they do.
        find: Any = np.unique  # its stub wants literal bools
        values, *inverse, counts = find(
            x, return_inverse=with_inverse, return_counts=True, equal_nan=False
        )
        return values, *(part.reshape(x.shape) for part in inverse), counts

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Grads:
        raise NotImplementedError("the derivative for '_unique2' is not implemented.")

    @staticmethod
    def parity(torch: Any, x: Any, *, with_inverse: bool) -> Any:
        return torch.unique(x, return_inverse=with_inverse, return_counts=True)

    @staticmethod
    def reference(x: Array, *, with_inverse: bool) -> Any:
        values = sorted(set(x.flat))
        inverse = np.reshape([values.index(v) for v in x.flat], x.shape)
        counts = np.array([(x == v).sum() for v in values])
        return np.array(values), *([inverse] if with_inverse else []), counts

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 3, 3, 4) / 2, with_inverse=True)
        yield s(s.integers(0, 3, 6) / 2, with_inverse=False)
        yield s(s.real(), with_inverse=True)


class UniqueDim(Op):
    """As :class:`Unique`, of slices: (*, A, *) -> (*, U, *), (A), (U)."""

    @staticmethod
    def forward(x: Array, *, with_inverse: bool, dim: int) -> tuple[Array, ...]:
        return tuple(_unique_slices(x, dim, with_inverse))

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Grads:
        raise NotImplementedError("the derivative for 'unique_dim' is not implemented.")

    @staticmethod
    def parity(torch: Any, x: Any, *, with_inverse: bool, dim: int) -> Any:
        return torch.unique(x, return_inverse=with_inverse, return_counts=True, dim=dim)

    @staticmethod
    def reference(x: Array, *, with_inverse: bool, dim: int) -> Any:
        slices = [tuple(part.flat) for part in np.moveaxis(x, dim, 0)]
        values = sorted(set(slices))
        firsts = [slices.index(v) for v in values]
        inverse = np.array([values.index(v) for v in slices])
        counts = np.array([slices.count(v) for v in values])
        return x.take(firsts, dim), *([inverse] if with_inverse else []), counts

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 2, 5, 2) / 2, with_inverse=True, dim=0)
        yield s(s.integers(0, 2, 2, 6) / 2, with_inverse=False, dim=1)


class UniqueConsecutive(Op):
    """Slices unlike the one before, or elements; where each went; how often: as :class:`Unique`."""

    @staticmethod
    def forward(x: Array, *, dim: int | None) -> tuple[Array, Array, Array]:
        flat = x.reshape(-1) if dim is None else x
        slices = np.moveaxis(flat, dim or 0, 0).reshape(
            flat.shape[dim or 0], -1 if flat.size else 0
        )
        is_first = np.ones(len(slices), np.bool_)
        is_first[1:] = (slices[1:] != slices[:-1]).any(1)
        firsts = np.flatnonzero(is_first)
        inverse = (is_first.cumsum() - 1).reshape(x.shape if dim is None else -1)
        counts = np.diff(firsts, append=len(slices))
        return _slices_at(flat, firsts, dim or 0), inverse, counts

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Grads:
        raise NotImplementedError("the derivative for 'unique_consecutive' is not implemented.")

    @staticmethod
    def parity(torch: Any, x: Any, *, dim: int | None) -> Any:
        return torch.unique_consecutive(x, return_inverse=True, return_counts=True, dim=dim)

    @staticmethod
    def reference(x: Array, *, dim: int | None) -> Any:
        flat = x.reshape(-1) if dim is None else x
        slices = [tuple(part.flat) for part in np.moveaxis(flat, dim or 0, 0)]
        firsts = [i for i, part in enumerate(slices) if not i or part != slices[i - 1]]
        inverse = np.array([sum(i <= j for i in firsts) - 1 for j in range(len(slices))])
        counts = np.diff([*firsts, len(slices)])
        inverse = inverse.reshape(x.shape) if dim is None else inverse
        return flat.take(firsts, dim or 0), inverse, counts

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 2, 3, 4) / 2, dim=None)
        yield s(s.integers(0, 2, 6, 1) / 2, dim=0)
        yield s(s.integers(0, 2, 2, 6) / 2, dim=1)
        yield s(s.real(), dim=None)


def _unique_slices(x: Array, dim: int, with_inverse: bool) -> list[Array]:
    # np.unique(axis=) would make a record of each slice, with a field per element.
    size = x.shape[dim]
    slices = np.moveaxis(x, dim, 0).reshape(size, x.size // max(size, 1))
    order = np.lexsort(slices.T[::-1]) if slices.size else np.arange(size)
    is_first = np.ones(size, np.bool_)
    is_first[1:] = (slices[order[1:]] != slices[order[:-1]]).any(1)
    firsts = np.flatnonzero(is_first)
    inverse = np.empty(size, np.int64)
    inverse[order] = is_first.cumsum() - 1
    values, counts = _slices_at(x, order[firsts], dim), np.diff(firsts, append=size)
    return [values, inverse, counts] if with_inverse else [values, counts]


def _slices_at(x: Array, places: Array, dim: int) -> Array:
    """Return slices along a dimension, which lie one after the other in memory, as PyTorch's do."""
    return np.moveaxis(in_order(np.moveaxis(x, dim, 0)[places]), 0, dim)


@takes_tensors
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
    d = _checked_dim("_unique2" if dim is None else "unique_dim", input, dim)
    if d is None:
        values, *inverse, counts = Unique.apply(input, with_inverse=return_inverse)
    else:
        values, *inverse, counts = UniqueDim.apply(input, with_inverse=return_inverse, dim=d)
    parts = (values, *inverse, counts) if return_counts else (values, *inverse)
    return parts if len(parts) > 1 else values


def _checked_dim(name: str, x: TensorBase, dim: int | None) -> int | None:
    """Refuse what has no unique elements or slices; count the dimension from the front."""
    refuse_shape_of(name, x._array)
    if is_complex(x._array.dtype):
        raise not_implemented("unique", x._array.dtype)
    if dim is None:
        return None
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


@takes_tensors
def unique_consecutive(
    input: TensorBase,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the elements without those equal to the one before; also where each went, how often.

    Shapes: (*) -> (U), on request with the inverse (*) and the counts (U); with ``dim`` the slices
    along it, (*, A, *) -> (*, U, *) with (A) and (U).

    Raises:
        IndexError: for a dimension that is not there.
        RuntimeError: with ``dim``, if another dimension has size 0.
    """
    d = _checked_dim("unique_consecutive", input, dim)
    values, inverse, counts = UniqueConsecutive.apply(input, dim=d)
    parts = (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))
    return parts if len(parts) > 1 else values
