"""Conversion to another dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import OWN
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype, is_bool, is_complex
from minitorch.core.layout import copied

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class ToCopy(Op):
    """A copy with another dtype: (*) -> (*). The gradient is cast back."""

    complex = OWN
    elementwise = in_own_dtype = True

    @staticmethod
    def forward(x: Array, *, dtype: np.dtype[Any]) -> Array:
        return copied(x, dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad  # the engine gives it the input's dtype

    reference = staticmethod(lambda x, *, dtype: np.array(x.tolist(), dtype))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dtype=np.dtype(np.float64))
        yield s(s.integers(0, 5, 3), dtype=np.dtype(np.float32))
        yield s(s.real(), dtype=np.dtype(np.int64))


def cast(input: TensorBase, to: dtype) -> Tensor:
    """Return the tensor itself if it has the dtype already, else a converted copy."""
    if input._array.dtype == to.numpy:
        return input  # type: ignore[return-value]
    warn_of_discarding(input, to.numpy)
    return ToCopy.apply(input, dtype=to.numpy)


def warn_of_discarding(source: Any, to: np.dtype[Any]) -> None:
    """Warn where complex numbers become real ones."""
    if is_complex(to) or is_bool(to) or not isinstance(source, TensorBase):
        return
    if is_complex(source._array.dtype):
        warn_user("Casting complex values to real discards the imaginary part")
