"""Methods that apply an activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import dtype as DType

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ActivationMethods(TensorBase):
    """One nonlinear function of each element, or shares along a dimension."""

    def relu(self) -> Tensor:
        return ops.relu(self)

    def relu_(self) -> Tensor:
        return write_(ops.Relu, self)

    def sigmoid(self) -> Tensor:
        return ops.sigmoid(self)

    def sigmoid_(self) -> Tensor:
        return write_(ops.Sigmoid, self)

    def tanh(self) -> Tensor:
        return ops.tanh(self)

    def tanh_(self) -> Tensor:
        return write_(ops.Tanh, self)

    def erf(self) -> Tensor:
        return ops.erf(self)

    def erf_(self) -> Tensor:
        return write_(ops.Erf, self)

    def softmax(self, dim: int, dtype: DType | None = None) -> Tensor:
        return ops.softmax(self, dim, dtype)

    def log_softmax(self, dim: int, dtype: DType | None = None) -> Tensor:
        return ops.log_softmax(self, dim, dtype)
