"""The sum over what was broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import int64, is_differentiable
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.reduce.sums import sum_array

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class SumToSize(LinearMap):
    """Sum over what was broadcast: (*A) -> size, where size broadcasts to A."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array, *, size: tuple[int, ...]) -> Array:
        return _total(x, _summed(x.shape, size)).reshape(size)

    @staticmethod
    def batched(batch: Batch, x: Array, *, size: tuple[int, ...]) -> Array:
        axes = [i + batch.lead for i in _summed(x.shape[batch.lead :], size)]
        return _total(x, tuple(axes)).reshape(batch.sizes + size)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.expand(ctx.input_shapes[0])

    parity = staticmethod(lambda torch, x, *, size: x.sum_to_size(size))

    @staticmethod
    def reference(x: Array, *, size: tuple[int, ...]) -> Array:
        out = np.zeros(size, x.dtype)
        for index in np.ndindex(x.shape):
            kept = index[x.ndim - len(size) :]
            out[tuple(0 if n == 1 else i for i, n in zip(kept, size, strict=True))] += x[index]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), size=(3,))
        yield s(s.real(2, 3), size=(2, 1))
        yield s(s.real(4, 2, 3), size=(1, 3))
        yield s(s.real(2, 3), size=())
        yield s(s.real(0, 3), size=(3,))


def _total(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(sum_array(x, axes, False)) if axes else x.copy()


def _summed(shape: tuple[int, ...], size: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes along which ``size`` was broadcast to ``shape``."""
    lead = len(shape) - len(size)
    return tuple([i for i, n in enumerate(shape) if i < lead or (size[i - lead] == 1 and n != 1)])


def sum_to_size(input: TensorBase, size: tuple[int, ...]) -> Tensor:
    """Return the sum over the dimensions along which ``size`` was broadcast: (*A) -> (*size).

    Sums of integers and bools are int64. Where there is nothing to sum, it is the tensor itself.

    Raises:
        RuntimeError: if it cannot have been.
    """
    shape, size = input._array.shape, tuple(size)
    lead = len(shape) - len(size)
    if lead < 0 or any(n not in (1, m) for n, m in zip(size, shape[lead:], strict=True)):
        raise RuntimeError(
            f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}: each size is 1, "
            "or that of the tensor."
        )
    if size == shape and size:
        return input  # type: ignore[return-value]
    if not is_differentiable(input._array.dtype) and (_summed(shape, size) or not size):
        input = cast(input, int64)  # as sums of integers are
    return SumToSize.apply(input, size=size)
