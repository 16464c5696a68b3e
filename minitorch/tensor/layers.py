"""Layers that are methods, too: softmax and its logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype as DType

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class LayerMethods(TensorBase):
    """Shares along a dimension."""

    def softmax(self, dim: int, dtype: DType | None = None) -> Tensor:
        """Return exp(x) over its sum along ``dim``: (*) -> (*)."""
        return ops.softmax(self, dim, dtype)

    def log_softmax(self, dim: int, dtype: DType | None = None) -> Tensor:
        """Return the logarithm of the softmax along ``dim``: (*) -> (*)."""
        return ops.log_softmax(self, dim, dtype)
