"""Copies: of a tensor, into memory of its own or over another tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import scalar_dtype
from minitorch.core.layout import castable, copied, in_format, is_in_format, laid_out
from minitorch.core.strided import (
    check_format,
    contiguous_format,
    memory_format,
    preserve_format,
    read_format,
)
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise.cast import warn_of_discarding
from minitorch.ops.elementwise.constant import no_slope
from minitorch.ops.in_place import T

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Clone(Op):
    """A copy in memory of its own: (*) -> (*)."""

    complex = LINEAR
    elementwise = in_own_dtype = True

    @staticmethod
    def forward(x: Array) -> Array:
        return x.copy() if x.flags.c_contiguous else copied(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad

    parity = staticmethod(lambda torch, x: torch.clone(x))
    reference = staticmethod(np.vectorize(lambda x: x, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


@takes_tensors
def clone(input: TensorBase, *, memory_format: memory_format | None = preserve_format) -> Tensor:
    """Return a copy in memory of its own, through which gradients flow: (*) -> (*).

    Raises:
        RuntimeError: for a memory format of another number of dimensions.
    """
    if memory_format is preserve_format:
        return Clone.apply(input)
    return in_order(input, read_format(memory_format, input._array.ndim, "clone"))


class InFormat(Clone):
    """A copy laid out in a memory format: (*) -> (*)."""

    name = "CloneBackward0"

    @staticmethod
    def forward(x: Array, *, format: memory_format = contiguous_format) -> Array:
        return in_format(x, format)

    parity = staticmethod(lambda torch, x: torch.clone(x, memory_format=torch.contiguous_format))


def in_order(input: TensorBase, format: memory_format) -> Tensor:
    """Return a copy in a memory format that was read: (*) -> (*)."""
    if format is preserve_format:
        return Clone.apply(input)
    return InFormat.apply(input, format=format)


def contiguous(input: TensorBase, *, memory_format: memory_format = contiguous_format) -> Tensor:
    """Return the tensor itself if it is contiguous, else a contiguous copy: (*) -> (*).

    Args:
        input: what may be laid out in another way.
        memory_format: the order in which it shall be contiguous.

    Raises:
        RuntimeError: for a memory format of another number of dimensions, or ``preserve_format``.
    """
    if memory_format is contiguous_format and input._array.flags.c_contiguous:
        return input  # type: ignore[return-value]
    check_format(memory_format, "contiguous")
    format = read_format(memory_format, input._array.ndim, "contiguous")
    if is_in_format(input._array, format):
        return input  # type: ignore[return-value]
    if format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return InFormat.apply(input, format=format)


class Copy(Op):
    """The second tensor in shape and dtype of the first, as ``copy_`` does: (*A), (*B) -> (*A)."""

    complex = LINEAR
    name = "CopyBackwards"
    elementwise = in_own_dtype = True

    @staticmethod
    def forward(target: Array, source: Any) -> Array:
        shape = np.broadcast_shapes(target.shape, np.shape(source))
        if shape != target.shape:
            raise RuntimeError(
                f"output with shape {list(target.shape)} doesn't match the broadcast shape "
                f"{list(shape)}: copy_() cannot change its tensor's shape."
                " [explain: in-place-shape]"
            )
        cast = castable(source, target.dtype)
        return laid_out(np.broadcast_to(cast, shape).astype(target.dtype), target)

    @staticmethod
    def batched(batch: Batch, target: Array, source: Any) -> Array:
        target = batch.full(target, 0)
        return Copy.forward(target, batch.widened(source, target.ndim - batch.lead, 1))

    @staticmethod
    def into(out: Array, source: Any) -> bool:
        if np.broadcast_shapes(out.shape, np.shape(source)) != out.shape:
            return False
        np.copyto(out, castable(source, out.dtype), casting="unsafe")
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad) if ctx.needs_input_grad[0] else None, grad

    parity = staticmethod(lambda torch, a, b: a.clone().copy_(torch.as_tensor(b)))
    reference = staticmethod(lambda a, b: np.array([b] * len(a)) if np.ndim(b) < np.ndim(a) else b)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(2, 3))
        yield s(s.real(2, 3), s.real(3))
        yield s(s.real(4), 1.5)
        yield s.error(RuntimeError, "doesn't match the broadcast shape", s.real(3), s.real(2, 3))
        yield s.error(RuntimeError, "must match the size", s.real(3), s.real(2))


def copy_(input: T, other: Any, non_blocking: bool = False) -> T:
    """Write the elements of ``other`` into the tensor, in its dtype: (*A), (*B) -> (*A)."""
    if not isinstance(other, TensorBase):
        scalar_dtype(other)  # or it is refused
    warn_of_discarding(other, input._array.dtype)
    return write_(Copy, input, other)
