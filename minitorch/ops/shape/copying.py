"""Views as copies: each ``x_copy`` is ``x`` in memory of its own, contiguous, with ``out=``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from minitorch.autograd.variable import TensorBase
from minitorch.ops.dims import numpy_names, read_int
from minitorch.ops.elementwise.copies import InFormat
from minitorch.ops.out import TakesOut, out_rules, takes_out
from minitorch.ops.shape import (
    diagonal as diagonals,
    expand as expanding,
    joining,
    narrow as narrowing,
    permute as permuting,
    squeeze as squeezing,
    view as viewing,
    windows,
)

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

P = ParamSpec("P")
R = TypeVar("R")


def _copied(view: Callable[P, R], name: str, casts: str = "none") -> TakesOut[P, R]:
    """Return what copies the views that a function returns, under a name of its own."""

    @wraps(view)
    def copy(*args: P.args, **kwargs: P.kwargs) -> Any:
        result: Any = view(*args, **kwargs)
        if isinstance(result, tuple):
            return tuple([InFormat.apply(part) for part in result])
        return InFormat.apply(result)

    copy.__module__, copy.__name__, copy.__qualname__ = __name__, name, name
    copy.__doc__ = f"As ``{view.__name__.strip('_')}``, in memory of its own.\n\n    {view.__doc__}"
    return takes_out(out_rules(casts=casts)(copy))


@numpy_names
def _narrow(input: TensorBase, dim: int, start: Any, length: int) -> Tensor:
    """Return ``length`` positions from ``start`` along a dimension: (*, A, *) -> (*, length, *)."""
    ndim = input._array.ndim
    if 0 < ndim <= read_int(dim, "dim"):
        raise RuntimeError(f"Expected dim < {ndim}, the number of dimensions, but got {dim}.")
    return narrowing.narrow(input, dim, start, length)


def _alias(input: TensorBase) -> Tensor:
    """Return the tensor itself: (*) -> (*)."""
    return viewing.Alias.apply(input)


def _view(input: Any, size: Any) -> Tensor:
    """Return the elements under another shape, or the memory as another dtype: (*) -> size."""
    return viewing.reshape(input, size) if isinstance(size, tuple | list) else input.view(size)


def _detach(input: Any) -> Tensor:
    """Return the tensor without its history: (*) -> (*)."""
    detached: Tensor = input.detach()
    return detached


alias_copy = _copied(_alias, "alias_copy")
as_strided_copy = _copied(windows.as_strided, "as_strided_copy")
detach_copy = _copied(_detach, "detach_copy")
diagonal_copy = _copied(diagonals.diagonal, "diagonal_copy")
expand_copy = _copied(expanding.expand, "expand_copy")
narrow_copy = _copied(_narrow, "narrow_copy")
permute_copy = _copied(permuting.permute, "permute_copy")
select_copy = _copied(narrowing.select, "select_copy")
slice_copy = _copied(narrowing.slice_along, "slice_copy")
split_copy = _copied(joining.split, "split_copy", casts="all")
split_with_sizes_copy = _copied(joining.split_with_sizes, "split_with_sizes_copy")
squeeze_copy = _copied(squeezing.squeeze, "squeeze_copy")
t_copy = _copied(permuting.t, "t_copy")
transpose_copy = _copied(permuting.transpose, "transpose_copy")
unbind_copy = _copied(joining.unbind, "unbind_copy")
unfold_copy = _copied(windows.unfold, "unfold_copy")
unsqueeze_copy = _copied(squeezing.unsqueeze, "unsqueeze_copy")
view_copy = _copied(_view, "view_copy")
