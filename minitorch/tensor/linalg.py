"""Methods and operators that multiply matrices and vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import overwrite_

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class LinalgMethods(TensorBase):
    """Products of matrices and vectors."""

    def __matmul__(self, other: Any) -> Tensor:
        return ops.matmul(self, other) if isinstance(other, TensorBase) else NotImplemented

    def matmul(self, other: TensorBase) -> Tensor:
        return ops.matmul(self, other)

    def mm(self, mat2: TensorBase) -> Tensor:
        return ops.mm(self, mat2)

    def bmm(self, mat2: TensorBase) -> Tensor:
        return ops.bmm(self, mat2)

    def mv(self, vec: TensorBase) -> Tensor:
        return ops.mv(self, vec)

    def dot(self, tensor: TensorBase) -> Tensor:
        return ops.dot(self, tensor)

    def outer(self, vec2: TensorBase) -> Tensor:
        return ops.outer(self, vec2)

    def addmm(
        self, mat1: TensorBase, mat2: TensorBase, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        return ops.addmm(self, mat1, mat2, beta=beta, alpha=alpha)

    def addmm_(
        self, mat1: TensorBase, mat2: TensorBase, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        return overwrite_(
            "addmm_", self, lambda x: ops.addmm(x, mat1, mat2, beta=beta, alpha=alpha)
        )

    def inner(self, other: TensorBase) -> Tensor:
        return ops.inner(self, other)

    def trace(self) -> Tensor:
        return ops.trace(self)
