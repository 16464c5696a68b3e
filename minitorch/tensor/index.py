"""Methods that pick and write elements by position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.storage import elements_strides
from minitorch.ops.elementwise.comparison import Eq
from minitorch.ops.index import (
    flat,
    gather as gathering,
    getitem,
    index_select as slices,
    masked,
    nonzero as finding,
    reducing,
)
from minitorch.ops.out import method
from minitorch.ops.reduce import any_all
from minitorch.ops.shape.flip import flip
from minitorch.ops.shape.joining import unbind
from minitorch.ops.shape.windows import as_strided

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class IndexMethods(TensorBase):
    """Indexing, gathering and scattering."""

    __getitem__, __setitem__ = getitem.getitem, getitem.setitem

    def __iter__(self) -> Iterator[Tensor]:
        """Return the positions along the first dimension, one after the other.

        Raises:
            TypeError: for a 0-d tensor.
        """
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(unbind(self, 0))

    def __reversed__(self) -> Tensor:
        """Return the tensor flipped along its first dimension: (A, *) -> (A, *); 0-d as it is."""
        return flip(self, 0 if self._array.ndim else ())

    def __contains__(self, element: Any) -> bool:
        """Whether any element equals a number, or a tensor, which broadcasts.

        Raises:
            RuntimeError: for anything else.
        """
        if not isinstance(element, TensorBase | int | float | complex):
            raise RuntimeError(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
                f"{type(element)}."
            )
        return bool(any_all.any(Eq.apply(self, element)).item())

    gather = method(gathering.gather)
    take_along_dim = method(gathering.take_along_dim)
    scatter, scatter_ = method(gathering.scatter), gathering.scatter_
    scatter_add, scatter_add_ = method(gathering.scatter_add), gathering.scatter_add_

    scatter_reduce, scatter_reduce_ = method(reducing.scatter_reduce), reducing.scatter_reduce_
    index_reduce, index_reduce_ = method(reducing.index_reduce), reducing.index_reduce_

    index_select = method(slices.index_select)
    index_add, index_add_ = method(slices.index_add), slices.index_add_
    index_copy, index_copy_ = method(slices.index_copy), slices.index_copy_
    index_fill, index_fill_ = slices.index_fill, slices.index_fill_
    index_put, index_put_ = getitem.index_put, getitem.index_put_

    masked_fill, masked_fill_ = masked.masked_fill, masked.masked_fill_
    masked_scatter, masked_scatter_ = masked.masked_scatter, masked.masked_scatter_
    masked_select = method(masked.masked_select)

    take, put, put_ = method(flat.take), flat.put, flat.put_

    nonzero, argwhere = method(finding.nonzero), finding.argwhere
    nonzero_static = method(finding.nonzero_static)

    def fill_diagonal_(self, fill_value: float, wrap: bool = False) -> Tensor:
        """Write one number where all indices are equal, in place: (A, B) or (A, A, ...).

        Args:
            fill_value: the number.
            wrap: begin anew, after a row left out, below the end of a tall matrix's diagonal.

        Raises:
            RuntimeError: for fewer than two dimensions, or more that are not of one size.
        """
        shape, steps = self._array.shape, elements_strides(self._array)
        if len(shape) < 2:
            raise RuntimeError(f"dimensions must larger than 1, got {list(shape)}")
        if len(shape) > 2 and min(shape) != max(shape):
            raise RuntimeError(f"all dimensions of input must be of equal length: {list(shape)}")
        wraps = wrap and len(shape) == 2
        for row in range(0, max(shape[0], 1), shape[1] + 1 if wraps else max(shape[0], 1)):
            part: Any = self[row:]
            as_strided(part, (min(part.shape),), (sum(steps),)).fill_(fill_value)
        return self  # type: ignore[return-value]
