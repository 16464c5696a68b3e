"""Indexing: ``x[...]`` and ``x[...] = y`` with all that may stand in the brackets.

Note [Indexing]
~~~~~~~~~~~~~~~
An index is read in two steps, as in PyTorch. Ints, slices, None and Ellipsis make a view
(``Part``). Tensors, lists and masks then pick elements out of that view (``Index``). So ints do not
count as index arrays, which they do in NumPy, when the place of the picked dimension is decided:
where the arrays stand side by side it takes their place, otherwise it comes first.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import is_bool, is_float, is_integer, scalar_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape
from minitorch.ops.elementwise.copies import Copy
from minitorch.ops.elementwise.filling import Fill
from minitorch.ops.index.advanced import Index, kept, put_
from minitorch.ops.index.along import with_dim
from minitorch.ops.index.masked import copy_for
from minitorch.ops.shape.expand import Expand, expanded_size
from minitorch.ops.shape.narrow import Insert, Select, Slice, Whole

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_ALL = slice(None)


class _Plan:
    """An index read for one shape: the basic part, then the arrays (Note [Indexing])."""

    __slots__ = ("arrays", "basic", "op", "picks")

    def __init__(self, index: Any, shape: Shape) -> None:
        self.basic: list[Any] = []
        self.arrays: list[Any] = []
        self.picks = False  # whether there are arrays
        self.op: type[Op] = Whole  # the view, under the name of its last step
        items = [_plain(i) for i in _items(index)]
        ndim = len(shape)
        used = sum([_consumes(i) for i in items])
        if used > ndim:
            if ndim == 0:
                raise IndexError(
                    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a "
                    "0-dim tensor to a number"
                )
            raise IndexError(
                f"too many indices for tensor of dimension {ndim} [explain: too-many-indices]"
            )
        dim = 0
        for i in items:
            if i is Ellipsis:
                skipped, used = ndim - used, ndim  # a second Ellipsis stands for nothing
                self.basic += [_ALL] * skipped
                self.arrays += [_ALL] * skipped
                dim += skipped
            else:
                dim += self._take(i, shape, dim)
        if type(index) is slice:
            self.op = Slice

    def _take(self, i: Any, shape: Shape, dim: int) -> int:
        """Read one item, which indexes dimension ``dim``; return how many dimensions it uses."""
        if type(i) is int:
            if not -shape[dim] <= i < shape[dim]:
                raise IndexError(
                    f"index {i} is out of bounds for dimension {dim} with size {shape[dim]}"
                    " [explain: index-range]"
                )
            self.basic.append(i)
            self.op = Select
            return 1
        if type(i) is slice:
            i = _plain_slice(i)
            if i.indices(shape[dim]) != (0, shape[dim], 1):
                self.op = Slice
            self.basic.append(i)
            self.arrays.append(_ALL)
            return 1
        if i is None:
            self.basic.append(None)
            self.arrays.append(_ALL)
            self.op = Insert
            return 0
        return self._take_array(i, shape, dim)

    def _take_array(self, i: Array, shape: Shape, dim: int) -> int:
        self.picks = True
        if not is_bool(i.dtype):
            self.basic.append(_ALL)
            self.arrays.append(i)
            return 1
        if i.ndim == 0:  # True or False: a dimension of its own, kept or emptied
            self.basic.append(None)
            self.arrays.append(i.reshape(1))
            self.op = Insert
            return 0
        for d, (m, n) in enumerate(zip(i.shape, shape[dim:], strict=False)):
            if m != n:
                raise IndexError(
                    f"The shape of the mask {list(i.shape)} at index {d} does not match the shape "
                    f"of the indexed tensor {list(shape)} at index {dim + d}"
                )
        self.basic += [_ALL] * i.ndim
        self.arrays.append(i)
        return i.ndim


# What makes a list stand for a tuple.
_NO_NUMBERS = (list, tuple, range, slice, np.ndarray, TensorBase, type(None), type(Ellipsis))


def _items(index: Any) -> Any:
    """The items of an index: a short list that holds more than numbers stands for a tuple."""
    if type(index) is tuple:
        return index
    if type(index) is not list or len(index) >= 32:
        return (index,)
    if not any(isinstance(i, _NO_NUMBERS) for i in index):
        return (index,)
    warn_user(
        "Using a non-tuple sequence for multidimensional indexing is deprecated: use "
        "x[tuple(seq)] to index several dimensions, x[torch.tensor(seq)] to index one.",
    )
    return index


def _plain(item: Any) -> Any:
    """Reduce an item of an index to an int, slice, None, Ellipsis or array."""
    if item is None or item is Ellipsis or type(item) in (int, slice):
        return item
    if isinstance(item, bool | np.bool_):
        return np.asarray(item)
    if isinstance(item, TensorBase):
        return _plain_array(item._array)
    if isinstance(item, list | tuple | range | np.ndarray):
        return _plain_array(_from_sequence(item))
    try:
        return operator.index(item)
    except TypeError:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
            f"valid indices (got {type(item).__name__})"
        ) from None


def _from_sequence(item: Any) -> Array:
    if isinstance(item, list | tuple):
        item = [i._array if isinstance(i, TensorBase) else i for i in item]
    array = np.asarray(item)
    return array.astype(np.int64) if array.size == 0 and is_float(array.dtype) else array


def _plain_array(array: Array) -> Any:
    """Return an index array as int64 or bool; of one number without dimensions an int."""
    name = array.dtype.name
    if is_batched(array) and name in ("uint8", "bool"):
        raise RuntimeError(
            "vmap: We do not support batching operators that can support dynamic shape. Attempting "
            "to batch over indexing with a boolean mask: use where(mask, ...) instead."
        )
    if name == "uint8":
        warn_user(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool "
            "instead.",
        )
        return array.astype(bool)
    if array.ndim == 0 and is_integer(array.dtype) and not is_batched(array):
        return int(array)
    if name not in ("int64", "int32", "bool"):
        raise IndexError(
            f"tensors used as indices must be long, int, byte or bool tensors, got {name}"
        )
    return array.astype(np.int64) if name == "int32" else array


def _consumes(item: Any) -> int:
    """How many dimensions an item indexes."""
    if item is None or item is Ellipsis:
        return 0
    if isinstance(item, np.ndarray) and is_bool(item.dtype):
        return item.ndim
    return 1


def _plain_slice(item: slice) -> slice:
    """Check a slice, and turn tensors in it into ints.

    Raises:
        ValueError: for a step that is not positive.
    """
    start, stop, step = [
        None if bound is None else operator.index(bound)
        for bound in (item.start, item.stop, item.step)
    ]
    if step is not None and step <= 0:
        raise ValueError("step must be greater than zero: use flip() to reverse a dimension")
    return slice(start, stop, step)


def getitem(x: TensorBase, index: Any) -> Tensor:
    """Return ``x[index]``: a view, or a copy where arrays pick the elements (Note [Indexing]).

    Raises:
        IndexError: for too many indices, or one out of bounds.
        ValueError: for a slice with a step that is not positive.
    """
    shape = x._array.shape
    if type(index) is int and shape:  # rows, the usual case
        if not -shape[0] <= index < shape[0]:
            raise IndexError(
                f"index {index} is out of bounds for dimension 0 with size {shape[0]}"
                " [explain: index-range]"
            )
        return Select.apply(x, index=(index,))
    if type(index) is slice and shape:
        return Slice.apply(x, index=(_plain_slice(index),))
    plan = _Plan(index, shape)
    if not plan.picks:
        return plan.op.apply(x, index=tuple(plan.basic))
    part = _part(x, plan)
    with _readable_errors(plan):
        return Index.apply(part, index=kept(tuple(plan.arrays), part))


@takes_tensors
def index_put(
    input: TensorBase, indices: Any, values: TensorBase, accumulate: bool = False
) -> Tensor:
    """Return ``input`` with ``values`` at the positions that a tuple of index tensors names.

    Shapes: (*), several (*I), (*V) -> (*).

    Args:
        input: any tensor.
        indices: a tuple of tensors of positions, or masks.
        values: a tensor that broadcasts to what they name.
        accumulate: whether to add the values to what is there.

    Raises:
        RuntimeError: if the values have another dtype or do not broadcast.
    """
    return index_put_(copy_for(input, values, *indices), indices, values, accumulate)


@takes_tensors
def index_put_(
    input: TensorBase, indices: Any, values: TensorBase, accumulate: bool = False
) -> Tensor:
    """Write, or add, ``values`` at the positions that a tuple of index tensors names.

    Shapes: (*), several (*I), (*V) -> (*); see :func:`index_put`.
    """
    # Also a tensor of one number picks: it is no int, which would make a view.
    items = [with_dim(i) if _is_position(i) else i for i in indices]
    plan = _Plan(tuple(items), input._array.shape)
    with _readable_errors(plan):
        put_(_part(input, plan), tuple(plan.arrays), values, accumulate=accumulate)
    return input  # type: ignore[return-value]


def _is_position(index: Any) -> bool:
    if not isinstance(index, TensorBase):
        return False
    return is_integer(index._array.dtype) and index._array.dtype != np.uint8  # which is a mask


def _part(x: Any, plan: _Plan) -> Any:
    """The basic part of an index; the tensor itself where that takes all."""
    if plan.op is Whole or plan.basic == [_ALL] * len(plan.basic):
        return x
    return plan.op.apply(x, index=tuple(plan.basic))


class _readable_errors:
    """Turns NumPy's complaints about index arrays into PyTorch's."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: Any, trace: object) -> None:
        if kind is not IndexError:
            return
        shapes = [list(i.shape) for i in self.plan.arrays if isinstance(i, np.ndarray)]
        message = str(error)
        if "shape mismatch" in message:
            message = (
                "shape mismatch: indexing tensors could not be broadcast together with shapes "
                + ", ".join(map(str, shapes))
            )
        raise IndexError(message.replace("axis", "dimension")) from None


def setitem(x: TensorBase, index: Any, value: Any) -> None:
    """Write ``value``, which broadcasts, into ``x[index]`` (Note [Indexing]).

    Raises:
        IndexError: as :func:`getitem`.
        RuntimeError: if the value does not fit, or ``x`` is a leaf that requires grad.
        TypeError: for what is neither tensor, array nor number.
    """
    if index is False:
        return
    if index is True:
        index = None
    plan = _Plan(index, x._array.shape)
    if isinstance(value, np.ndarray | np.generic):
        value = x._plain(np.asarray(value))
    elif not isinstance(value, TensorBase | int | float | complex):
        raise TypeError(
            f"can't assign a {type(value).__name__} to a torch.{scalar_name(x._array)}Tensor: make "
            "a tensor of it"
        )
    if plan.picks:
        with _readable_errors(plan):
            put_(_part(x, plan), tuple(plan.arrays), value, accumulate=False)
    else:
        _write_part(_part(x, plan), value)


def _write_part(part: Any, value: Any) -> None:
    if not isinstance(value, TensorBase) or value._array.ndim == 0:
        write_(Fill, part, value)
        return
    extra = value._array.ndim - part._array.ndim
    if extra > 0 and value._array.shape[:extra] == (1,) * extra:
        value = value.reshape(value._array.shape[extra:])  # type: ignore[attr-defined]
    if value._array.shape != part._array.shape:
        size = expanded_size(value._array, part._array.shape)
        value = Expand.apply(value, size=size)
    write_(Copy, part, value)
