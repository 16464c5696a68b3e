"""Methods that give a tensor other memory, or read its memory in another way."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump, cell_of
from minitorch.autograd.writes.inplace import check_recordable, requires_grad
from minitorch.autograd.writes.tangents import is_dual
from minitorch.core.dtypes import Array, dtype, read, scalar_name
from minitorch.core.storage import resized
from minitorch.ops.arguments import takes_tensors
from minitorch.tensor.data import read_size

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class LayoutMethods(TensorBase):
    """``set_`` and ``resize_`` of this tensor alone: its views stay as they are."""

    @takes_tensors
    def set_(self, source: Any = None) -> Tensor:
        """Take over another tensor's memory, shape and strides; of nothing become empty.

        Raises:
            RuntimeError: for another dtype, or a tensor that requires grad.
            NotImplementedError: for one that has a tangent.
        """
        if is_grad_enabled() and requires_grad(self):
            check_recordable(self)
            raise RuntimeError(
                "derivative for set_ is not implemented: detach() first, or use copy_()."
            )
        if is_dual(self):
            raise NotImplementedError(
                "Trying to use forward AD with set_ that does not support it: use copy_()."
            )
        array = np.empty(0, self._array.dtype) if source is None else source._array
        if array.dtype != self._array.dtype:
            raise RuntimeError(
                f"Could not set tensor of type {scalar_name(array)} to a tensor of type "
                f"{scalar_name(self._array)}: convert it first, for example with .float()."
            )
        self._array = array
        bump(self, "set_")
        return self  # type: ignore[return-value]

    def resize_(self, *sizes: Any, size: Any = None) -> Tensor:
        """Change the shape, also to more or fewer elements; new ones are uninitialised.

        Shapes: (*) -> size, given as ints, as one tuple, or by keyword.

        Raises:
            RuntimeError: if the tensor requires grad, or has a tangent.
        """
        if requires_grad(self):
            raise RuntimeError(
                "cannot resize variables that require grad: resize a detach()ed one, or use "
                "reshape() or narrow()."
            )
        if is_dual(self):
            raise RuntimeError(
                "cannot resize variables that has a forward grad: use reshape() or narrow()."
            )
        self._array = resized(self._array, read_size(sizes, "resize_", size))
        bump(self, "resize_")
        return self  # type: ignore[return-value]

    def resize(self, *sizes: int) -> Tensor:
        """Return the elements under another shape of as many, as old code does: (*) -> sizes.

        Raises:
            RuntimeError: for another number of elements, or sizes in a tuple.
        """
        warnings.warn("non-inplace resize is deprecated", stacklevel=2)
        return _as_many(self, sizes)

    def resize_as(self, tensor: TensorBase) -> Tensor:
        """Return the elements in the shape of another tensor of as many: (*A), (*B) -> (*B).

        Raises:
            RuntimeError: for another number of elements.
        """
        warnings.warn("non-inplace resize_as is deprecated", stacklevel=2)
        return _as_many(self, tensor._array.shape)


@takes_tensors
def resize_as_(input: Any, the_template: TensorBase) -> Tensor:
    """Change the shape to another tensor's, as ``resize_``: (*A), (*B) -> (*B)."""
    result: Tensor = input.resize_(the_template._array.shape)
    return result


def _as_many(x: Any, sizes: tuple[int, ...]) -> Tensor:
    wanted = math.prod(sizes) if all(isinstance(n, int) for n in sizes) else None
    if x._array.size != wanted:
        raise RuntimeError(
            f"requested resize to {'x'.join(map(str, sizes))} ({wanted} elements in total), but "
            f"the given tensor has a size of {'x'.join(map(str, x._array.shape))} "
            f"({x._array.size} elements). autograd's resize can only change the shape of a given "
            "tensor, while preserving the number of elements. "
        )
    result: Tensor = x.contiguous().view(sizes)
    return result


def view_dtype(x: Any, to: dtype) -> Tensor:
    """Return a tensor without history that reads the memory as another dtype.

    Raises:
        RuntimeError: if the last dimension cannot be divided into elements of that size.
    """
    array, kind = x._array, read(to).numpy
    own, size = array.itemsize, kind.itemsize
    if own != size:
        _check_last_dimension(array, kind)
    result: Tensor = x._plain(array.view(kind))
    result._version_cell = cell_of(x)
    return result


def _check_last_dimension(array: Array, kind: np.dtype[Any]) -> None:
    name, to = scalar_name(array), scalar_name(np.empty(0, kind))
    words = f"to view {name} as {to} (different element sizes)"
    if array.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {words}")
    step = array.strides[-1] // array.itemsize
    if step != 1 and array.shape[-1] != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {words}, but got {step}")
    ratio = kind.itemsize // array.itemsize
    if ratio > 1 and array.shape[-1] % ratio:
        raise RuntimeError(
            f"self.size(-1) must be divisible by {ratio} {words}, but got {array.shape[-1]}"
        )
