"""One value in every element of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import checked_number
from minitorch.core.layout import laid_out
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.in_place import T

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Fill(Op):
    """One value in the shape and dtype of a tensor, as ``fill_`` writes it: (*), () -> (*)."""

    complex = LINEAR
    name = "FillBackward3"
    elementwise = in_own_dtype = True

    @staticmethod
    def forward(target: Array, value: Any) -> Array:
        if isinstance(value, np.ndarray):
            if value.ndim:
                raise RuntimeError(
                    "fill_ only supports 0-dimension value tensor but got tensor with "
                    f"{value.ndim} dimensions: use copy_() to broadcast."
                )
            out = np.broadcast_to(value, target.shape).astype(target.dtype)
        else:
            value = checked_number(value, target.dtype)
            out = np.full(target.shape, value, target.dtype)
        return laid_out(out, target)

    @staticmethod
    def batched(batch: Batch, target: Array, value: Any) -> Any:
        target = batch.full(target, 0)
        if not batch.has[1]:
            return Fill.forward(target, value)
        if value.ndim > batch.lead:
            return NotImplemented  # which is refused
        value = batch.widened(value, target.ndim - batch.lead)
        return np.broadcast_to(value, target.shape).astype(target.dtype)

    read_first = 1

    @staticmethod
    def into(out: Array, value: Any) -> bool:
        if not isinstance(value, np.ndarray):
            out.fill(checked_number(value, out.dtype))
        elif value.ndim:
            return False
        else:
            np.copyto(out, value, casting="unsafe")
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad) if ctx.needs_input_grad[0] else None, grad

    parity = staticmethod(lambda torch, a, value: torch.fill(a, value))
    reference = staticmethod(np.vectorize(lambda a, value: value, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real())
        yield s(s.real(0, 2), 1.0)
        yield s.error(RuntimeError, "only supports 0-dimension value", s.real(3), s.real(3))
        yield s.error(
            RuntimeError, "cannot be converted to type int64_t", s.integers(0, 3, 2), 1e30
        )


class FillNumber(Fill):
    """A number in the shape and dtype of a tensor: (*), () -> (*)."""

    name = "FillBackward2"
    onto_repeats = True


def fill(input: TensorBase, value: Any) -> Tensor:
    """Return a tensor of the shape and dtype of ``input`` that is full of a value: (*) -> (*)."""
    return (Fill if isinstance(value, TensorBase) else FillNumber).apply(input, value)


def fill_(input: T, value: Any) -> T:
    """Write one value, a number or a 0-d tensor, into every element: (*) -> (*)."""
    return write_(Fill if isinstance(value, TensorBase) else FillNumber, input, value)


class Zero(Fill):
    """Zeros in the shape and dtype of a tensor, as ``zero_`` writes them: (*), () -> (*)."""

    name = "ZeroBackward0"
    onto_repeats = True


def zero_(input: T) -> T:
    """Write zeros into every element: (*) -> (*)."""
    return write_(Zero, input, 0)
