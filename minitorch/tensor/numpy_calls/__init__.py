"""NumPy's functions called on tensors: ``np.exp(t)``, ``np.concatenate([t, t])``.

Note [NumPy's functions]
    They are given to our function of the same meaning, so what comes out is a tensor with a
    gradient: ``ufuncs.py`` and ``functions.py`` are the table. A function that has no counterpart
    there computes on the tensors' arrays, as it does for PyTorch's tensors, and raises PyTorch's
    error for one that requires grad. Arrays beside tensors count as tensors of their dtype, NumPy's
    scalars as numbers. The rooms are imported at the first call.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from minitorch.autograd.variable import TensorBase
from minitorch.core.devices import check_device
from minitorch.core.dtypes import Array

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class NumpyMethods(TensorBase):
    """What NumPy and libraries over the Python array API ask a tensor for."""

    __array_priority__ = 1000

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Compute a ufunc of NumPy's, or an operator between an array and a tensor."""
        from minitorch.tensor.numpy_calls.calling import call_ufunc

        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Compute another function of NumPy's; Note [NumPy's functions]."""
        from minitorch.tensor.numpy_calls.calling import call_function

        return call_function(func, types, args, kwargs)

    def __array_wrap__(
        self, array: Array, context: Any = None, return_scalar: bool = False
    ) -> Tensor:
        """Return a tensor in the memory of what others computed from this one."""
        return self._result_class._wrap(array)

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        """Return the namespace of the Python array API: :mod:`minitorch.array_api`.

        Raises:
            ValueError: for a version of the standard that it does not follow.
        """
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f"array API version {api_version!r}: minitorch has that of 2024.12.")
        return importlib.import_module("minitorch.array_api")

    def to_device(self, device: Any, /, *, stream: Any = None) -> Self:
        """Return the tensor, which is where all are: on "cpu"."""
        check_device(device)
        return self
