"""Methods that make another tensor of this one's dtype."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import like_batch
from minitorch.core import dtypes
from minitorch.core.devices import check_device
from minitorch.core.dtypes import Array, dtype as DType
from minitorch.core.size import Size
from minitorch.ops.out import makes_as_method
from minitorch.tensor.data import read_size, strided_memory, to_array, warn_of_copy
from minitorch.tensor.legacy import legacy_array

if TYPE_CHECKING:
    from minitorch.creation import AnyDevice
    from minitorch.tensor import Tensor


class CreationMethods(TensorBase):
    """As the functions of the same name, with this tensor's dtype unless another is given."""

    @makes_as_method
    def new_tensor(
        self,
        data: Any,
        *,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return a copy of data, of any kind that :func:`tensor` takes: () -> (*)."""
        warn_of_copy(data, "tensor.new_tensor")
        array = to_array(data, self._dtype_or(dtype), copy=True)
        return self._finish(array, device, requires_grad)

    @makes_as_method
    def new_zeros(
        self,
        *sizes: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return zeros: () -> size, given as ints, as one tuple, or by keyword."""
        shape = read_size(sizes, "new_zeros", size)
        return self._finish(np.zeros(shape, self._dtype_or(dtype)), device, requires_grad)

    @makes_as_method
    def new_ones(
        self,
        *sizes: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return ones: () -> size, given as ints, as one tuple, or by keyword."""
        shape = read_size(sizes, "new_ones", size)
        return self._finish(np.ones(shape, self._dtype_or(dtype)), device, requires_grad)

    @makes_as_method
    def new_empty(
        self,
        *sizes: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return an uninitialised tensor: () -> size, given as for :meth:`new_zeros`."""
        shape = read_size(sizes, "new_empty", size)
        return self._finish(np.empty(shape, self._dtype_or(dtype)), device, requires_grad)

    @makes_as_method
    def new_empty_strided(
        self,
        size: Any,
        stride: Any,
        *,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return an uninitialised tensor in steps of one's own, counted in elements: () -> size."""
        array = strided_memory(size, stride, self._dtype_or(dtype))
        return self._finish(array, device, requires_grad)

    @makes_as_method
    def new_full(
        self,
        size: Any,
        fill_value: Any,
        *,
        dtype: DType | None = None,
        device: AnyDevice = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Return a tensor filled with one number: () -> size."""
        kind = self._dtype_or(dtype)
        value = fill_value.item() if isinstance(fill_value, TensorBase) else fill_value  # type: ignore[attr-defined]
        shape = read_size((size,), "new_full")
        array = np.full(shape, dtypes.checked_number(value, kind), kind)
        return self._finish(array, device, requires_grad)

    def new(
        self, *args: Any, size: Any = None, other: Any = None, device: AnyDevice = None
    ) -> Tensor:
        """As ``Tensor(...)``, of this tensor's dtype: uninitialised for sizes, else from data."""
        if size is not None:
            args = (Size(size),)
        elif other is not None:
            args = (other,)
        return self._finish(legacy_array(args, self._array.dtype), device, False)

    def _dtype_or(self, dtype: DType | None) -> np.dtype[Any]:
        return self._array.dtype if dtype is None else dtypes.read(dtype).numpy

    def _finish(self, array: Array, device: AnyDevice, requires_grad: builtins.bool) -> Tensor:
        check_device(device)
        result: Tensor = adopt(self._plain(like_batch(array, self._array)))
        if requires_grad:
            result.requires_grad = True
        return result
