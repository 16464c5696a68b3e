"""Methods and operators that multiply matrices and vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.linalg import affine, contraction, products
from minitorch.ops.out import method

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_matmul = method(products.matmul)


class LinalgMethods(TensorBase):
    """Products of matrices and vectors."""

    def __matmul__(self, other: Any) -> Tensor:
        """Return ``self @ other``; see :func:`minitorch.matmul` for shapes."""
        return _matmul(self, other) if isinstance(other, TensorBase) else NotImplemented

    matmul, mm, mv = _matmul, method(products.mm), method(products.mv)
    dot, outer, bmm = method(products.dot), method(products.outer), method(products.bmm)
    ger = outer
    addmm, addmm_ = method(affine.addmm), affine.addmm_
    inner, trace = method(contraction.inner), contraction.trace
