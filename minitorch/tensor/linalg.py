"""Methods and operators that multiply matrices and vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.linalg import affine, contraction, products
from minitorch.ops.out import late_method as _late, method
from minitorch.ops.shape import permute

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_matmul = method(products.matmul)


class LinalgMethods(TensorBase):
    """Products of matrices and vectors."""

    def __matmul__(self, other: Any) -> Tensor:
        """Return ``self @ other``; see :func:`minitorch.matmul` for shapes."""
        return _matmul(self, other) if isinstance(other, TensorBase) else NotImplemented

    def __rmatmul__(self, other: Any) -> Tensor:
        """Return ``other @ self``; see :func:`minitorch.matmul` for shapes."""
        tensors = isinstance(self, TensorBase) and isinstance(other, TensorBase)
        return _matmul(other, self) if tensors else NotImplemented

    @property
    def mH(self) -> Tensor:
        """What :attr:`mT` is, from which it differs for complex numbers: (*, A, B) -> (*, B, A)."""
        return permute.matrix_transpose(self, "mH").conj()

    @property
    def H(self) -> Tensor:
        """A view of a matrix transposed, and conjugated, were it complex: (A, B) -> (B, A)."""
        return permute.adjoint_of_matrix(self)

    matmul, mm, mv = _matmul, method(products.mm), method(products.mv)
    dot, outer, bmm = method(products.dot), method(products.outer), method(products.bmm)
    ger = outer
    vdot, adjoint = method(products.vdot), permute.adjoint
    addmm, addmm_ = method(affine.addmm), affine.addmm_
    addmv, addmv_ = method(affine.addmv), affine.addmv_
    addr, addr_ = method(affine.addr), affine.addr_
    addbmm, addbmm_ = method(affine.addbmm), affine.addbmm_
    baddbmm, baddbmm_ = method(affine.baddbmm), affine.baddbmm_
    inner, trace = method(contraction.inner), contraction.trace

    # Imported when they are first asked for.
    kron = _late("minitorch.ops.linalg.arranged")
    matrix_power = _late("minitorch.ops.linalg.chains")
    cholesky_inverse = _late("minitorch.ops.linalg.cholesky")
    cholesky_solve = _late("minitorch.ops.linalg.cholesky")
    logdet = _late("minitorch.ops.linalg.determinant")
    matrix_exp = _late("minitorch.ops.linalg.matrix_exp")
    geqrf = _late("minitorch.ops.linalg.qr")
    ormqr = _late("minitorch.ops.linalg.qr")
    cholesky = _late("minitorch.ops.linalg.root")
    cross = _late("minitorch.ops.linalg.root")
    det = _late("minitorch.ops.linalg.root")
    inverse = _late("minitorch.ops.linalg.root")
    lu = _late("minitorch.ops.linalg.root")
    orgqr = _late("minitorch.ops.linalg.root")
    lu_solve = _late("minitorch.ops.linalg.root")
    pinverse = _late("minitorch.ops.linalg.root")
    qr = _late("minitorch.ops.linalg.root")
    slogdet = _late("minitorch.ops.linalg.root")
    svd = _late("minitorch.ops.linalg.root")
    triangular_solve = _late("minitorch.ops.linalg.root")
