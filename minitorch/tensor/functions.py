"""Methods that apply a function of one variable to each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch import ops
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.ops.elementwise import exponential, trigonometry
from minitorch.ops.out import method

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class FunctionMethods(TensorBase):
    """Logarithms, trigonometry and rounding; exponentials and roots stand with the arithmetic."""

    exp, exp_ = method(exponential.exp), exponential.exp_
    log, log_ = method(exponential.log), exponential.log_
    sqrt, sqrt_ = method(exponential.sqrt), exponential.sqrt_
    log1p, log1p_ = method(exponential.log1p), exponential.log1p_
    log2, log2_ = method(exponential.log2), exponential.log2_
    log10, log10_ = method(exponential.log10), exponential.log10_
    expm1, expm1_ = method(exponential.expm1), exponential.expm1_
    exp2, exp2_ = method(exponential.exp2), exponential.exp2_
    rsqrt, rsqrt_ = method(exponential.rsqrt), exponential.rsqrt_

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
