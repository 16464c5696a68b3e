"""Activations made of the logistic function and its integral."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.elementwise.activation import Sigmoid, Softplus, Tanh
from minitorch.ops.elementwise.unary import Unary

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class LogSigmoid(Unary):
    """-log(1 + exp(-x)): (*) -> (*)."""

    promotion = None
    saves = (0,)
    slope = staticmethod(lambda grad, x: grad * Sigmoid.apply(-x))
    scalar = staticmethod(lambda x: -math.log1p(math.exp(-x)))

    @staticmethod
    def forward(x: Array) -> Array:
        # min(x, 0) - log(1 + exp(-|x|)): the exponential cannot overflow.
        out = np.asarray(np.abs(x, dtype=working_dtype(x.dtype), order="C"))  # as in PyTorch
        np.negative(out, out)
        np.exp(out, out)
        np.log1p(out, out)
        np.subtract(np.minimum(x, 0), out, out)
        return out.astype(x.dtype, copy=False)

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.logsigmoid(x)


class Mish(Unary):
    """x * tanh(softplus(x)): (*) -> (*)."""

    promotion = None
    saves = (0,)
    scalar = staticmethod(lambda x: x * math.tanh(math.log1p(math.exp(x))))

    @staticmethod
    def forward(x: Array) -> Array:
        # tanh(log(1 + e)) = n / (n + 2) with n = e * (e + 2); from e = exp(20) on that is 1.
        power = np.asarray(np.minimum(x, 20), working_dtype(x.dtype))
        np.exp(power, power)
        power *= power + 2
        power /= power + 2
        power *= x
        return power.astype(x.dtype, copy=False)

    @staticmethod
    def slope(grad: Tensor, x: Tensor) -> Tensor:
        share = Tanh.apply(Softplus.apply(x, beta=1.0, threshold=20.0))
        return grad * (share + x * Sigmoid.apply(x) * (1 - share * share))

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        return torch.nn.functional.mish(x)
