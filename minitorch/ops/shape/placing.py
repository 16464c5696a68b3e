"""A copy of a tensor with another one in the place of a view: ``slice_scatter`` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import numpy_names
from minitorch.ops.index.masked import copy_for
from minitorch.ops.out import takes_out
from minitorch.ops.shape.diagonal import diagonal
from minitorch.ops.shape.narrow import select, slice_along
from minitorch.ops.shape.windows import as_strided

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@numpy_names
def select_scatter(input: TensorBase, src: TensorBase, dim: int, index: int) -> Tensor:
    """Return ``input`` with ``src`` at one position along a dimension: (*, A, *), (*) -> (*, A, *).

    Raises:
        RuntimeError: if ``src`` has another shape.
        IndexError: if there is no such position.
    """
    return _with("select_scatter", input, src, lambda x: select(x, dim, index))


@takes_out
@numpy_names
def slice_scatter(
    input: TensorBase,
    src: TensorBase,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Tensor:
    """Return ``input`` with ``src`` in a slice along a dimension.

    Shapes: (*, A, *), (*, L, *) -> (*, A, *).

    Raises:
        RuntimeError: if ``src`` has another shape, or the step is not positive.
    """
    return _with("slice_scatter", input, src, lambda x: slice_along(x, dim, start, end, step))


@takes_tensors
def diagonal_scatter(
    input: TensorBase, src: TensorBase, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """Return ``input`` with ``src`` on the diagonals that :func:`diagonal` returns.

    Shapes: (*, A, *, B, *), (*, D) -> (*, A, *, B, *).

    Raises:
        RuntimeError: if ``src`` has another shape.
    """
    return _with("diagonal_scatter", input, src, lambda x: diagonal(x, offset, dim1, dim2))


@takes_tensors
def as_strided_scatter(
    input: TensorBase, src: TensorBase, size: Any, stride: Any, storage_offset: int | None = None
) -> Tensor:
    """Return ``input`` with ``src`` where :func:`as_strided` looks: (*), size -> (*).

    Raises:
        RuntimeError: if ``src`` has another shape than ``size``, and as :func:`as_strided`.
    """
    return _with(
        "as_strided_scatter", input, src, lambda x: as_strided(x, size, stride, storage_offset)
    )


def _with(name: str, x: Any, src: Any, view: Callable[[Any], Any]) -> Tensor:
    out: Tensor = copy_for(x, src)
    place = view(out)
    if place._array.shape != src._array.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self: {name}() got src of size "
            f"{list(src._array.shape)} for a slice of size {list(place._array.shape)}"
        )
    place.copy_(src)
    return out
