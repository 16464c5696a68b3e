"""Softmax, its logarithm, and their gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import dtype as DType, is_float, scalar_name
from minitorch.kernels import reference_of
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.out import takes_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Softmax(Op):
    """Shares exp(x) / sum(exp(x)) along ``dim``: (*) -> (*)."""

    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        return kernels.active().softmax.forward(x, dim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return SoftmaxGrad.apply(grad, out, dim=ctx.dim)

    reference = staticmethod(reference_of("softmax", "forward"))
    parity = staticmethod(lambda torch, x, *, dim: torch.softmax(x, dim))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), dim=1)
        yield s(s.real(3, 4), dim=-2)
        yield s(s.real(2, 3, 2), dim=1)
        yield s(s.real(0, 3), dim=1)


@takes_out
@numpy_names
def softmax(input: TensorBase, dim: int, dtype: DType | None = None) -> Tensor:
    """Return the shares exp(x) / sum(exp(x)) along a dimension, in ``dtype`` if one is given.

    Shapes: (*) -> (*).

    Raises:
        IndexError: if there is no such dimension.
        NotImplementedError: for integers without ``dtype``.
    """
    return _along(Softmax, "softmax", input, dim, dtype)


class SoftmaxGrad(Op):
    """out * (grad - sum(grad * out)) along ``dim``: (*), (*) -> (*)."""

    name = "SoftmaxBackwardDataBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array, *, dim: int) -> Array:
        return kernels.active().softmax.grad(grad, out, dim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.unpack()
        dim = (ctx.dim,)
        seen = (grad * out).sum(dim, keepdim=True)
        total = (grad_x * out).sum(dim, keepdim=True)
        return SoftmaxGrad.apply(grad, out, dim=ctx.dim), grad * (grad_x - total) - grad_x * seen

    reference = staticmethod(reference_of("softmax", "grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, out: Any, *, dim: int) -> Any:
        return torch.ops.aten._softmax_backward_data(grad, out, dim, grad.dtype)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.inner(3, 4), dim=1)
        yield s(s.real(2, 3, 2), s.inner(2, 3, 2), dim=-2)


class LogSoftmax(Op):
    """x - log(sum(exp(x))) along ``dim``: (*) -> (*)."""

    saves_outputs = (0,)

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        return kernels.active().softmax.log(x, dim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (out,) = ctx.unpack()
        return LogSoftmaxGrad.apply(grad, out, dim=ctx.dim)

    reference = staticmethod(reference_of("softmax", "log"))
    parity = staticmethod(lambda torch, x, *, dim: torch.log_softmax(x, dim))

    samples = staticmethod(Softmax.samples)


@takes_out
@numpy_names
def log_softmax(input: TensorBase, dim: int, dtype: DType | None = None) -> Tensor:
    """Return the logarithm of :func:`softmax`, exact also where the share itself rounds to zero.

    Shapes: (*) -> (*).

    Raises:
        IndexError: if there is no such dimension.
        NotImplementedError: for integers without ``dtype``.
    """
    return _along(LogSoftmax, "log_softmax", input, dim, dtype)


class LogSoftmaxGrad(Op):
    """grad - exp(out) * sum(grad) along ``dim``: (*), (*) -> (*)."""

    name = "LogSoftmaxBackwardDataBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(grad: Array, out: Array, *, dim: int) -> Array:
        return kernels.active().softmax.log_grad(grad, out, dim)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, out = ctx.unpack()
        dim = (ctx.dim,)
        seen = grad * out.exp()
        total = grad_x.sum(dim, keepdim=True)
        return grad - seen.sum(dim, keepdim=True), -seen * total

    reference = staticmethod(reference_of("softmax", "log_grad"))

    @staticmethod
    def parity(torch: Any, grad: Any, out: Any, *, dim: int) -> Any:
        return torch.ops.aten._log_softmax_backward_data(grad, out, dim, grad.dtype)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.real(3, 4), dim=1)
        yield s(s.real(2, 3, 2), s.real(2, 3, 2), dim=-2)


def _along(op: type[Op], name: str, input: Any, dim: int, dtype: DType | None) -> Tensor:
    if dtype is not None:
        input = cast(input, dtype)
    ndim = input._array.ndim
    wrap_dim(dim, ndim)
    if not is_float(input._array.dtype):
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{scalar_name(input._array)}': convert with .float() "
            "first, or pass dtype="
        )
    if ndim == 0:  # a row of one
        return op.apply(input.reshape(1), dim=0).reshape(())
    return op.apply(input, dim=dim)
