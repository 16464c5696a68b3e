"""Copies and conversions: ``clone``, ``to`` and ``sum_to_size``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import checked_number, dtype
from minitorch.kernels.arrays import working_dtype

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batching import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def no_slope(grad: Tensor) -> Tensor:
    """Return zeros for the gradient of what is constant, even where ``grad`` is infinite."""
    return grad._plain(np.zeros_like(grad._array))


class Clone(Op):
    """A copy in memory of its own: (*) -> (*)."""

    elementwise = True

    @staticmethod
    def forward(x: Array) -> Array:
        return x.copy(order="K")

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad

    parity = staticmethod(lambda torch, x: torch.clone(x))
    reference = staticmethod(np.vectorize(lambda x: x, otypes=[float]))
    samples = staticmethod(lambda s: s.unary(s.real))


class Contiguous(Clone):
    """A copy with its elements in the order of their indices: (*) -> (*)."""

    name = "CloneBackward0"

    @staticmethod
    def forward(x: Array) -> Array:
        return np.array(x, order="C")

    parity = staticmethod(lambda torch, x: torch.clone(x, memory_format=torch.contiguous_format))


class ToCopy(Op):
    """A copy with another dtype: (*) -> (*). The gradient is cast back."""

    elementwise = True

    @staticmethod
    def forward(x: Array, *, dtype: np.dtype[Any]) -> Array:
        return x.astype(dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad  # the engine gives it the input's dtype

    reference = staticmethod(lambda x, *, dtype: np.array(x.tolist(), dtype))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dtype=np.dtype(np.float64))
        yield s(s.integers(0, 5, 3), dtype=np.dtype(np.float32))
        yield s(s.real(), dtype=np.dtype(np.int64))


class Copy(Op):
    """The second tensor in shape and dtype of the first, as ``copy_`` does: (*A), (*B) -> (*A)."""

    name = "CopyBackwards"
    elementwise = True

    @staticmethod
    def forward(target: Array, source: Any) -> Array:
        shape = np.broadcast_shapes(target.shape, np.shape(source))
        if shape != target.shape:
            raise RuntimeError(
                f"output with shape {list(target.shape)} doesn't match the broadcast shape "
                f"{list(shape)}: copy_() cannot change its tensor's shape."
            )
        return np.broadcast_to(source, shape).astype(target.dtype)

    @staticmethod
    def batched(batch: Batch, target: Array, source: Any) -> Array:
        target = batch.full(target, 0)
        return Copy.forward(target, batch.widened(source, target.ndim - batch.lead, 1))

    @staticmethod
    def into(out: Array, source: Any) -> bool:
        if np.broadcast_shapes(out.shape, np.shape(source)) != out.shape:
            return False
        np.copyto(out, source, casting="unsafe")
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


class Fill(Op):
    """One value in the shape and dtype of a tensor, as ``fill_`` writes it: (*), () -> (*)."""

    name = "FillBackward3"
    elementwise = True

    @staticmethod
    def forward(target: Array, value: Any) -> Array:
        if isinstance(value, np.ndarray):
            if value.ndim:
                raise RuntimeError(
                    "fill_ only supports 0-dimension value tensor but got tensor with "
                    f"{value.ndim} dimensions: use copy_() to broadcast."
                )
            return np.broadcast_to(value, target.shape).astype(target.dtype)
        return np.full(target.shape, checked_number(value, target.dtype), target.dtype)

    @staticmethod
    def batched(batch: Batch, target: Array, value: Any) -> Any:
        target = batch.full(target, 0)
        if not batch.has[1]:
            return Fill.forward(target, value)
        if value.ndim > batch.lead:
            return NotImplemented  # which is refused
        value = batch.widened(value, target.ndim - batch.lead)
        return np.broadcast_to(value, target.shape).astype(target.dtype)

    number = 1

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


class Zero(Fill):
    """Zeros in the shape and dtype of a tensor, as ``zero_`` writes them: (*), () -> (*)."""

    name = "ZeroBackward0"
    onto_repeats = True


class SumToSize(Op):
    """Sum over what was broadcast: (*A) -> size, where size broadcasts to A."""

    @staticmethod
    def forward(x: Array, *, size: tuple[int, ...]) -> Array:
        total = np.asarray(x.sum(axis=_summed(x.shape, size), dtype=working_dtype(x.dtype)))
        return total.astype(x.dtype, copy=False).reshape(size)

    @staticmethod
    def batched(batch: Batch, x: Array, *, size: tuple[int, ...]) -> Array:
        axes = [i + batch.lead for i in _summed(x.shape[batch.lead :], size)]
        total = np.asarray(x.sum(axis=tuple(axes), dtype=working_dtype(x.dtype)))
        return total.astype(x.dtype, copy=False).reshape(batch.sizes + size)

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


def _summed(shape: tuple[int, ...], size: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes along which ``size`` was broadcast to ``shape``."""
    lead = len(shape) - len(size)
    return tuple([i for i, n in enumerate(shape) if i < lead or (size[i - lead] == 1 and n != 1)])


def clone(input: TensorBase) -> Tensor:
    """Return a copy in memory of its own, through which gradients flow."""
    return Clone.apply(input)


def contiguous(input: TensorBase) -> Tensor:
    """Return the tensor itself if it is contiguous, else a contiguous copy."""
    if input._array.flags.c_contiguous:
        return input  # type: ignore[return-value]
    return Contiguous.apply(input)


def cast(input: TensorBase, to: dtype) -> Tensor:
    """Return the tensor itself if it has the dtype already, else a converted copy."""
    if input._array.dtype == to.numpy:
        return input  # type: ignore[return-value]
    return ToCopy.apply(input, dtype=to.numpy)


def sum_to_size(input: TensorBase, size: tuple[int, ...]) -> Tensor:
    """Return the sum over the dimensions along which ``size`` was broadcast to the input's shape.

    Raises:
        RuntimeError: if it cannot have been.
    """
    if (
        len(size) > input._array.ndim
        or np.broadcast_shapes(size, input._array.shape) != input._array.shape
    ):
        raise RuntimeError(
            f"size {list(size)} is not expandable to size {list(input._array.shape)}"
        )
    return SumToSize.apply(input, size=tuple(size))
