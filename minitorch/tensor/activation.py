"""Methods that apply an activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ActivationMethods(TensorBase):
    """One nonlinear function of each element."""

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
