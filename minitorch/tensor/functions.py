"""Methods that apply a function of one variable to each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.ops.elementwise import exponential, trigonometry

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class FunctionMethods(TensorBase):
    """Logarithms, trigonometry and rounding; exponentials and roots stand with the arithmetic."""

    def log1p(self) -> Tensor:
        return ops.log1p(self)

    def log1p_(self) -> Tensor:
        return write_(ops.Log1p, self)

    def log2(self) -> Tensor:
        return ops.log2(self)

    def log2_(self) -> Tensor:
        return write_(exponential.Log2, self)

    def log10(self) -> Tensor:
        return ops.log10(self)

    def log10_(self) -> Tensor:
        return write_(exponential.Log10, self)

    def expm1(self) -> Tensor:
        return ops.expm1(self)

    def expm1_(self) -> Tensor:
        return write_(exponential.Expm1, self)

    def exp2(self) -> Tensor:
        return ops.exp2(self)

    def exp2_(self) -> Tensor:
        return write_(exponential.Exp2, self)

    def rsqrt(self) -> Tensor:
        return ops.rsqrt(self)

    def rsqrt_(self) -> Tensor:
        return write_(ops.Rsqrt, self)

    def sin(self) -> Tensor:
        return ops.sin(self)

    def sin_(self) -> Tensor:
        return write_(ops.Sin, self)

    def cos(self) -> Tensor:
        return ops.cos(self)

    def cos_(self) -> Tensor:
        return write_(ops.Cos, self)

    def tan(self) -> Tensor:
        return ops.tan(self)

    def tan_(self) -> Tensor:
        return write_(trigonometry.Tan, self)

    def asin(self) -> Tensor:
        return ops.asin(self)

    def asin_(self) -> Tensor:
        return write_(trigonometry.Asin, self)

    def acos(self) -> Tensor:
        return ops.acos(self)

    def acos_(self) -> Tensor:
        return write_(trigonometry.Acos, self)

    def atan(self) -> Tensor:
        return ops.atan(self)

    def atan_(self) -> Tensor:
        return write_(trigonometry.Atan, self)

    arcsin, arccos, arctan = asin, acos, atan
    arcsin_, arccos_, arctan_ = asin_, acos_, atan_

    def sinh(self) -> Tensor:
        return ops.sinh(self)

    def sinh_(self) -> Tensor:
        return write_(trigonometry.Sinh, self)

    def cosh(self) -> Tensor:
        return ops.cosh(self)

    def cosh_(self) -> Tensor:
        return write_(trigonometry.Cosh, self)

    def floor(self) -> Tensor:
        return ops.floor(self)

    def floor_(self) -> Tensor:
        return write_(ops.Floor, self)

    def ceil(self) -> Tensor:
        return ops.ceil(self)

    def ceil_(self) -> Tensor:
        return write_(ops.Ceil, self)

    def trunc(self) -> Tensor:
        return ops.trunc(self)

    def trunc_(self) -> Tensor:
        return write_(ops.Trunc, self)

    def round(self, *, decimals: int = 0) -> Tensor:
        return ops.round(self, decimals=decimals)

    def round_(self, *, decimals: int = 0) -> Tensor:
        return write_(ops.Round, self, decimals=decimals)
