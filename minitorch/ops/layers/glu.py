"""The gated linear unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.batches import along_dim
from minitorch.ops.elementwise.activation import Sigmoid
from minitorch.ops.out import without_out
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_cat = without_out(cat)


class Glu(Op):
    """First half times the sigmoid of the second half, along ``dim``: (*, 2 n, *) -> (*, n, *)."""

    saves = (0,)

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        values, gate = np.split(x.astype(working_dtype(x.dtype), copy=False), 2, dim)
        return np.asarray(Sigmoid.forward(gate) * values).astype(x.dtype, copy=False)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (x,) = ctx.unpack()
        half = x.shape[ctx.dim] // 2
        share = Sigmoid.apply(x.narrow(ctx.dim, half, half))
        grad_values = grad * share
        grad_gate = grad_values * x.narrow(ctx.dim, 0, half) * (1 - share)
        return _cat([grad_values, grad_gate], ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.nn.functional.glu(x, dim))

    @staticmethod
    def reference(x: Array, *, dim: int) -> Any:
        values, gate = np.split(x, 2, dim)
        return values * np.vectorize(lambda v: 1 / (1 + math.exp(-v)), otypes=[float])(gate)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), dim=1)
        yield s(s.real(2, 4, 3), dim=-2)
        yield s(s.real(4), dim=0)
        yield s(s.real(0, 4), dim=1)
