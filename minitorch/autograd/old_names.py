"""``Variable`` and ``volatile``: what articles from before PyTorch 0.4 are written in."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from minitorch.autograd.origin import Cut, forget_history
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.core.dtypes import from_numpy, get_default_dtype, is_differentiable

_ADVICE = (
    "volatile was removed; here it still has its old effect: nothing computed from a volatile "
    "tensor requires grad. Use `with torch.no_grad():` instead."
    " [explain: volatile]"
)


def _is_volatile(tensor: TensorBase) -> bool:
    return tensor._origin is not None and tensor._origin.kind == "volatile"


class Variable(TensorBase):
    """The old name of tensors: ``Variable(x, requires_grad=True)`` is a plain tensor.

    It shares memory with ``x`` and has no history. Every tensor is an instance of this class.

    Args:
        data: a tensor; an empty one if left out.
        requires_grad: whether its gradient is wanted.
        volatile: accepted with a warning, with the effect it had then.

    Raises:
        TypeError: if ``data`` is no tensor.
        ValueError: for ``requires_grad`` and ``volatile`` together.
        RuntimeError: if integers are to require grad.

    Source: https://docs.pytorch.org/docs/stable/autograd.html#variable-deprecated (there volatile
        has no effect any more)
    """

    def __new__(
        cls, data: Any = None, requires_grad: bool = False, volatile: bool | None = None
    ) -> Any:
        if data is None:
            variable: Any = cls._result_class._wrap(np.empty(0, get_default_dtype().numpy))
        elif isinstance(data, TensorBase):
            variable = data._plain(data._array)
            variable._version_cell = cell_of(data)
        else:
            raise TypeError(
                f"Variable data has to be a tensor, but got {type(data).__name__}: make one with "
                "torch.tensor(data)."
            )
        if requires_grad and volatile:
            raise ValueError("Variable can't be volatile and require_grad at the same time!")
        if requires_grad:
            if not is_differentiable(variable._array.dtype):
                raise RuntimeError(
                    "Only Tensors of floating point and complex dtype can require gradients, this "
                    f"one is {from_numpy(variable._array.dtype)}: convert it with .float() first."
                    " [explain: integer-grad]"
                )
            variable._requires_grad = True
        if volatile:
            variable.volatile = True
        return variable

    @property
    def volatile(self) -> bool:
        """Whether nothing computed from this tensor requires grad."""
        return _is_volatile(self)

    @volatile.setter
    def volatile(self, value: bool) -> None:
        warnings.warn(_ADVICE, UserWarning, stacklevel=2)
        if value:
            forget_history(self, Cut("volatile"))
        elif _is_volatile(self):
            self._origin = None
