"""NumPy's functions called on tensors: ``np.exp(t)``, ``np.concatenate([t, t])``.

Note [NumPy's functions]
    They are given to our function of the same meaning, so what comes out is a tensor with a
    gradient: ``ufuncs.py`` and ``functions.py`` are the table. A function that has no counterpart
    there computes on the tensors' arrays, as it does for PyTorch's tensors, and raises PyTorch's
    error for one that requires grad. Arrays beside tensors count as tensors of their dtype, NumPy's
    scalars as numbers. The rooms are imported at the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
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
