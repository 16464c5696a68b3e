"""What picking and writing along a dimension have in common: 0-d tensors, positions, calls.

A 0-d tensor counts as one element along dimension 0, as an input, an index or a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.autograd.writes.inplace import write_

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# An op, its inputs, of which the first is written into in place, and its parameters.
Call = tuple[type[Op], tuple[Any, ...], dict[str, Any]]


def with_dim(x: Any) -> Any:
    """Return a tensor, or a view of a 0-d one with the dimension that it is taken to have."""
    return x.reshape(1) if isinstance(x, TensorBase) and x._array.ndim == 0 else x  # type: ignore[attr-defined]


def made(input: Any, call: Call) -> Tensor:
    """Return the result of a call on ``with_dim(input)``, in the shape of the input."""
    op, inputs, params = call
    result = op.apply(*inputs, **params)
    return result if input._array.ndim else result.reshape(())


def written(input: Any, call: Call) -> Any:
    """Store the result of a call on ``with_dim(input)`` in the input, and return that."""
    op, inputs, params = call
    write_(op, *inputs, **params)
    return input


def check_bounds(
    index: Array,
    size: int,
    dim: int,
    error: type[Exception],
    words: str = "",
    *,
    wraps: bool = False,
) -> None:
    """Raise ``error``, with ``words`` before its own, for the first position out of bounds.

    With ``wraps`` -1 stands for the last position, and so on.
    """
    index = values_of(index)
    outside = (index < (-size if wraps else 0)) | (index >= size)
    if outside.any():
        raise error(
            f"{words}index {index[outside][0]} is out of bounds for dimension {dim} with size "
            f"{size}"
            " [explain: index-range]"
        )
