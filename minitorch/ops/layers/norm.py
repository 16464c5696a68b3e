"""Batch normalisation and its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element, values_of
from minitorch.core.silence import quiet
from minitorch.kernels import reference_of
from minitorch.ops.batches import apart, joined, per_example, side_by_side
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class BatchNorm(Op):
    """Channels normalised by their own statistics: (N, C, *) -> (N, C, *), (C,), (C,).

    The outputs are the normalised channels, their means and their 1/std.
    """

    name = "NativeBatchNormBackward0"
    saves = (0, 1)
    saves_outputs = (1, 2)

    @staticmethod
    def forward(
        x: Array, weight: Array | None, bias: Array | None, *, eps: float
    ) -> tuple[Array, Array, Array]:
        return kernels.active().norm.batch(x, weight, bias, eps)

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Array | None, bias: Array | None, *, eps: float
    ) -> tuple[Array, Array, Array]:
        weight, bias = joined(batch, weight, 1), joined(batch, bias, 2)
        images = side_by_side(batch, x, 0)
        out, mean, invstd = kernels.active().norm.batch(images, weight, bias, eps)
        return apart(batch, out), per_example(batch, mean), per_example(batch, invstd)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, grad_mean: Tensor, grad_invstd: Tensor) -> Grads:
        x, weight, mean, invstd = ctx.unpack()
        statistics = (mean._array, invstd._array)
        grad_x, grad_weight, grad_bias = BatchNormGrad.apply(
            grad, x, weight, eps=ctx.eps, statistics=statistics
        )
        if _is_used(grad_mean) or _is_used(grad_invstd):  # hardly ever
            grad_x = grad_x + _statistics_grad(x, mean, invstd, grad_mean, grad_invstd)
        return grad_x, grad_weight, grad_bias

    reference = staticmethod(reference_of("norm", "batch"))

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
        return torch.batch_norm(x, weight, bias, None, None, True, 0.1, eps, False)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(4, 3), s.positive(3), s.real(3), eps=1e-5)
        yield s(s.real(2, 3, 4, 2), s.positive(3), s.real(3), eps=1e-5)
        yield s(s.real(3, 2, 5), None, None, eps=1e-3)
        yield s(s.real(3, 2, 5), s.positive(2), None, eps=1e-3)


class BatchNormGrad(Op):
    """Gradients of :class:`BatchNorm` for x, weight and bias, as a function of grad, x and weight.

    ``statistics`` are the mean and 1/std of x where they are known already; they follow from x.
    """

    name = "NativeBatchNormBackwardBackward0"
    saves = (0, 1, 2)

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        weight: Array | None,
        *,
        eps: float,
        statistics: tuple[Array, Array] | None,
    ) -> tuple[Array, Array, Array]:
        active = kernels.active()
        mean, invstd = statistics or active.norm.batch(x, None, None, eps)[1:]
        return active.norm.batch_grad(grad, x, weight, mean, invstd)

    batched_params = True

    @staticmethod
    def batched(
        batch: Batch, grad: Array, x: Array, weight: Array | None, *, eps: float, statistics: Any
    ) -> tuple[Array, Array, Array]:
        active = kernels.active()
        grads, images = side_by_side(batch, grad, 0), side_by_side(batch, x, 1)
        if statistics is None:
            mean, invstd = active.norm.batch(images, None, None, eps)[1:]
        else:
            mean, invstd = (batch.whole(a).reshape(-1) for a in statistics)
        out, *sums = active.norm.batch_grad(grads, images, joined(batch, weight, 2), mean, invstd)
        grad_weight, grad_bias = (per_example(batch, a) for a in sums)
        return apart(batch, out), grad_weight, grad_bias

    @staticmethod
    def backward(ctx: Any, v: Tensor, v_weight: Tensor, v_bias: Tensor) -> Grads:
        # With n the normalised x, s = 1/std and P(g) = g - mean(g) - n * mean(g * n), the forward
        # is weight * s * P(g), sum(g * n), sum(g). P is symmetric: sum(v * P(g)) = sum(g * P(v)).
        grad, x, weight = ctx.unpack()
        _, needs_x, needs_weight = ctx.needs_input_grad
        eps, statistics = ctx.eps, ctx.statistics
        normal, _, invstd = BatchNorm.apply(x, None, None, eps=eps)
        projected, v_normal_sum, _ = BatchNormGrad.apply(
            v, x, None, eps=eps, statistics=statistics
        )  # s * P(v), sum(v * n), sum(v)
        scale = 1.0 if weight is None else _per_channel(weight, x)
        v_scale = _per_channel(v_weight, x)
        grad_grad = projected * scale + normal * v_scale + _per_channel(v_bias, x)
        dims = _other_dims(x)
        product = (grad * projected).sum(dims)  # s * sum(v * P(g))
        grad_x = None
        if needs_x:
            count = x._array.size // max(x._array.shape[1], 1)
            g_normal_sum = (grad * normal).sum(dims)
            through_normal = grad * v_scale - scale * _per_channel(invstd / count, x) * (
                v * _per_channel(g_normal_sum, x) + grad * _per_channel(v_normal_sum, x)
            )
            grad_x = BatchNormGrad.apply(through_normal, x, None, eps=eps, statistics=statistics)[0]
            grad_x = grad_x - normal * scale * _per_channel(product * invstd / count, x)
        return grad_grad, grad_x, product if needs_weight else None

    @staticmethod
    def reference(
        grad: Array, x: Array, weight: Array | None, *, eps: float, statistics: None
    ) -> tuple[Array, Array, Array]:
        _, mean, invstd = reference_of("norm", "batch")(x, None, None, eps)
        return reference_of("norm", "batch_grad")(grad, x, weight, mean, invstd)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(4, 3), s.real(4, 3), s.positive(3), eps=1e-5, statistics=None)
        yield s(s.real(2, 3, 2, 2), s.real(2, 3, 2, 2), s.positive(3), eps=1e-3, statistics=None)
        yield s(s.real(3, 2, 4), s.real(3, 2, 4), None, eps=1e-3, statistics=None)


class BatchNormInference(Op):
    """Channels normalised by given statistics: (N, C, *), (C,), (C,) -> (N, C, *)."""

    name = "NativeBatchNormBackward0"
    saves = (0, 1)

    @staticmethod
    def forward(
        x: Array, weight: Array | None, bias: Array | None, *, mean: Array, invstd: Array
    ) -> Array:
        shape = (-1, *(1,) * (x.ndim - 2))
        scale = invstd if weight is None else invstd * weight
        shift = -mean * scale if bias is None else bias - mean * scale
        out = x * scale.astype(x.dtype, copy=False).reshape(shape)
        out += shift.reshape(shape)
        return in_order(out)

    batched_params = True

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Any, bias: Any, *, mean: Array, invstd: Array
    ) -> Array:
        ndim = x.ndim - batch.lead * batch.has[0]
        scale = batch.align(invstd)
        if weight is not None:
            scale = scale * weight
        shift = -batch.align(mean) * scale
        if bias is not None:
            shift = shift + bias
        spread = (..., None, slice(None), *(None,) * (ndim - 2))  # (*sizes, 1, C, 1, ...)
        return x * scale.astype(x.dtype, copy=False)[spread] + shift.astype(x.dtype)[spread]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad
        invstd = x._plain(ctx.invstd)
        grad_x = grad_weight = None
        if needs_x:
            grad_x = grad * _per_channel(invstd if weight is None else invstd * weight, x)
        if needs_weight:
            centered = x - _per_channel(x._plain(ctx.mean), x)
            grad_weight = (grad * centered).sum(_other_dims(x)) * invstd
        return grad_x, grad_weight, grad.sum(_other_dims(x)) if needs_bias else None

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, bias: Any, *, mean: Array, invstd: Array) -> Any:
        mean, var = (torch.as_tensor(a, dtype=x.dtype) for a in (mean, invstd**-2))
        return torch.batch_norm(x, weight, bias, mean, var, False, 0.1, 0.0, False)

    @staticmethod
    def reference(
        x: Array, weight: Array | None, bias: Array | None, *, mean: Array, invstd: Array
    ) -> Array:
        out = x.copy()
        for c in range(x.shape[1]):
            out[:, c] = (x[:, c] - mean[c]) * invstd[c] * (1 if weight is None else weight[c])
            out[:, c] += 0 if bias is None else bias[c]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        statistics = {"mean": s.real(3), "invstd": s.positive(3)}
        yield s(s.real(4, 3), s.positive(3), s.real(3), **statistics)
        yield s(s.real(2, 3, 4, 2), s.positive(3), s.real(3), **statistics)
        yield s(s.real(2, 3, 2), None, None, **statistics)
        yield s(s.real(0, 3), s.positive(3), None, **statistics)


def _per_channel(values: Tensor, x: Tensor) -> Tensor:
    """Channel values shaped to broadcast against x: (C,) -> (C, 1, ...)."""
    return values.reshape(-1, *(1,) * (x._array.ndim - 2))


def _other_dims(x: Tensor) -> tuple[int, ...]:
    """All dimensions but the channels'."""
    return (0, *range(2, x._array.ndim))


def _is_used(grad: Tensor) -> bool:
    return grad.requires_grad or bool(values_of(grad._array).any())


def _statistics_grad(
    x: Tensor, mean: Tensor, invstd: Tensor, grad_mean: Tensor, grad_invstd: Tensor
) -> Tensor:
    """Gradient for x of its mean and 1/std."""
    count = x._array.size // max(x._array.shape[1], 1)
    slope = _per_channel(grad_invstd * invstd**3 / count, x)
    return _per_channel(grad_mean / count, x) - slope * (x - _per_channel(mean, x))


def batch_norm(
    input: TensorBase, weight: TensorBase | None, bias: TensorBase | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalise each channel by its mean and biased variance; return (out, mean, 1/std)."""
    return BatchNorm.apply(input, weight, bias, eps=eps)


@quiet
def batch_norm_inference(
    input: TensorBase,
    running_mean: TensorBase,
    running_var: TensorBase,
    weight: TensorBase | None,
    bias: TensorBase | None,
    eps: float,
) -> Tensor:
    """Normalise each channel by given statistics."""
    return BatchNormInference.apply(
        input,
        weight,
        bias,
        mean=running_mean._array.copy(),  # a later step in training writes to it
        invstd=by_element(lambda var: 1 / np.sqrt(var + eps), running_var._array),
    )
