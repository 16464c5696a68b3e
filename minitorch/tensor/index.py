"""Methods that pick and write elements by position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import warn_of_repeats, write_
from minitorch.ops.elementwise.comparison import Eq
from minitorch.ops.elementwise.copies import Clone
from minitorch.ops.index import select as pick
from minitorch.ops.reduce import any_all

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class IndexMethods(TensorBase):
    """Indexing, gathering and scattering."""

    def __getitem__(self, index: Any) -> Tensor:
        return ops.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        ops.setitem(self, index, value)

    def __iter__(self) -> Iterator[Tensor]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(ops.unbind(self, 0))

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, TensorBase | int | float):
            raise RuntimeError(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
                f"{type(element)}."
            )
        return bool(any_all.any(Eq.apply(self, element)).item())

    def gather(self, dim: int, index: TensorBase) -> Tensor:
        return ops.gather(self, dim, index)

    def scatter(self, dim: int, index: TensorBase, src: Any) -> Tensor:
        return ops.scatter(self, dim, index, src)

    def scatter_(self, dim: int, index: TensorBase, src: Any) -> Tensor:
        op, inputs, params = ops.scatter_call(self, dim, index, src)
        return write_(op, self, *inputs, **params)

    def scatter_add(self, dim: int, index: TensorBase, src: TensorBase) -> Tensor:
        return ops.scatter_add(self, dim, index, src)

    def scatter_add_(self, dim: int, index: TensorBase, src: TensorBase) -> Tensor:
        op, inputs, params = ops.scatter_add_call(self, dim, index, src)
        return write_(op, self, *inputs, **params)

    def index_select(self, dim: int, index: TensorBase) -> Tensor:
        return ops.index_select(self, dim, index)

    def index_put_(self, indices: Any, values: TensorBase, accumulate: bool = False) -> Tensor:
        return ops.index_put_(self, indices, values, accumulate)

    def index_put(self, indices: Any, values: TensorBase, accumulate: bool = False) -> Tensor:
        return ops.index_put_(Clone.apply(self), indices, values, accumulate)

    def masked_fill(self, mask: TensorBase, value: Any) -> Tensor:
        return ops.masked_fill(self, mask, value)

    def masked_fill_(self, mask: TensorBase, value: Any) -> Tensor:
        op, inputs = ops.masked_fill_call(mask, value)
        warn_of_repeats(self, "masked_fill_")
        return write_(op, self, *inputs)

    def masked_scatter_(self, mask: TensorBase, source: TensorBase) -> Tensor:
        """Write the elements of ``source``, in order, where the mask holds."""
        return pick.masked_scatter_(self, mask, source)

    def masked_scatter(self, mask: TensorBase, source: TensorBase) -> Tensor:
        return pick.masked_scatter_(Clone.apply(self), mask, source)

    def fill_diagonal_(self, fill_value: float, wrap: bool = False) -> Tensor:
        """Write one number into every element of a matrix's diagonal.

        Raises:
            RuntimeError: if this is no matrix.
            NotImplementedError: for ``wrap``.
        """
        if self._array.ndim != 2:
            raise RuntimeError(
                f"dimensions must larger than 1: fill_diagonal_ is for matrices here, got "
                f"{list(self._array.shape)}"
            )
        if wrap:
            raise NotImplementedError("fill_diagonal_(wrap=True) is not implemented")
        ops.diagonal(self).fill_(fill_value)
        return self  # type: ignore[return-value]

    def masked_select(self, mask: TensorBase) -> Tensor:
        return ops.masked_select(self, mask)

    def nonzero(self, *, as_tuple: bool = False) -> Any:
        return ops.nonzero(self, as_tuple=as_tuple)

    def index_add(
        self, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
    ) -> Tensor:
        return ops.index_add(self, dim, index, source, alpha=alpha)

    def index_add_(
        self, dim: int, index: TensorBase, source: TensorBase, *, alpha: float = 1
    ) -> Tensor:
        op, inputs, params = ops.index_add_call(self, dim, index, source, alpha)
        return write_(op, self, *inputs, **params)

    def index_copy(self, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
        return ops.index_copy(self, dim, index, source)

    def index_copy_(self, dim: int, index: TensorBase, source: TensorBase) -> Tensor:
        op, inputs, params = pick.index_copy_call(self, dim, index, source)
        return write_(op, self, *inputs, **params)

    def index_fill(self, dim: int, index: TensorBase, value: Any) -> Tensor:
        return ops.index_fill(self, dim, index, value)

    def index_fill_(self, dim: int, index: TensorBase, value: Any) -> Tensor:
        op, inputs, params = pick.index_fill_call(self, dim, index, value)
        warn_of_repeats(self, "index_fill_")
        return write_(op, self, *inputs, **params)

    def take_along_dim(self, indices: TensorBase, dim: int | None = None) -> Tensor:
        return ops.take_along_dim(self, indices, dim)
