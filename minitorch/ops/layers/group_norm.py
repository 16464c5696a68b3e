"""Normalisation within an example: group, layer and RMS norm, and their gradients.

Rows, which layer and RMS norm are of, are images of one place, of which all channels are one group.
Each norm has its kernels; the gradient of the gradient is written once for all, on images whose
channels stand in groups: (N, groups, C / groups, P).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.kernels import reference_of
from minitorch.ops.batches import apart, joined, per_example, side_by_side
from minitorch.ops.dims import Shape

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

Statistics = tuple[Array, Array]


class GroupNorm(Op):
    """Groups of channels normalised by their own statistics: (N, C, *) -> (N, C, *), (N, G) twice.

    The outputs are the normalised channels, the groups' means and their 1/std.
    """

    name = "NativeGroupNormBackward0"
    saves = (0, 1)
    saves_outputs = (1, 2)
    materializes = False

    @staticmethod
    def forward(
        x: Array, weight: Array | None, bias: Array | None, *, groups: int, eps: float
    ) -> tuple[Array, Array, Array]:
        return kernels.active().norm.group(x, weight, bias, groups, eps)

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Any, bias: Any, *, groups: int, eps: float
    ) -> tuple[Array, Array, Array]:
        weight, bias = joined(batch, weight, 1), joined(batch, bias, 2)
        images = side_by_side(batch, x, 0)  # (N, count * C, *)
        every = max(groups * batch.count, 1)
        out, *sums = kernels.active().norm.group(images, weight, bias, every, eps)
        mean, invstd = (apart(batch, a) for a in sums)
        return apart(batch, out), mean, invstd

    @staticmethod
    def backward(ctx: Any, grad: Any, grad_mean: Any, grad_invstd: Any) -> Grads:
        x, weight, mean, invstd = ctx.unpack()
        grads: tuple[Any, ...] = (None, None, None)
        if grad is not None:
            statistics = (mean._array, invstd._array)
            grads = GroupNormGrad.apply(
                grad, x, weight, groups=ctx.groups, eps=ctx.eps, statistics=statistics
            )
        if grad_mean is None and grad_invstd is None:
            return grads
        return _with_statistics(
            grads, x, _in_groups(x, ctx.groups), ctx.eps, grad_mean, grad_invstd
        )

    reference = staticmethod(
        lambda x, weight, bias, *, groups, eps: reference_of("norm", "group")(
            x, weight, bias, groups, eps
        )
    )

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, bias: Any, *, groups: int, eps: float) -> Any:
        return torch.group_norm(x, groups, weight, bias, eps)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 6), s.positive(6), s.real(6), groups=2, eps=1e-5)
        yield s(s.real(2, 4, 3, 2), s.positive(4), s.real(4), groups=2, eps=1e-3)
        yield s(s.real(2, 3, 4), None, None, groups=3, eps=1e-3)
        yield s(s.real(2, 2, 5), s.positive(2), None, groups=1, eps=1e-3)


class GroupNormGrad(Op):
    """Gradients of :class:`GroupNorm` for x, weight and bias, as a function of grad, x and weight.

    ``statistics`` are the mean and 1/std of x where they are known already; they follow from x.
    """

    name = "NativeGroupNormBackwardBackward0"
    saves = (0, 1, 2)

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        weight: Array | None,
        *,
        groups: int,
        eps: float,
        statistics: Statistics | None,
    ) -> tuple[Array, Array, Array]:
        active = kernels.active()
        mean, invstd = statistics or active.norm.group(x, None, None, groups, eps)[1:]
        return active.norm.group_grad(grad, x, weight, mean, invstd)

    batched_params = True

    @staticmethod
    def batched(
        batch: Batch,
        grad: Array,
        x: Array,
        weight: Any,
        *,
        groups: int,
        eps: float,
        statistics: Any,
    ) -> tuple[Array, Array, Array]:
        active = kernels.active()
        grads, images = side_by_side(batch, grad, 0), side_by_side(batch, x, 1)
        if statistics is None:
            every = max(groups * batch.count, 1)
            mean, invstd = active.norm.group(images, None, None, every, eps)[1:]
        else:
            mean, invstd = (side_by_side(batch, batch.whole(a)) for a in statistics)
        out, *sums = active.norm.group_grad(grads, images, joined(batch, weight, 2), mean, invstd)
        grad_weight, grad_bias = (per_example(batch, a) for a in sums)
        return apart(batch, out), grad_weight, grad_bias

    @staticmethod
    def backward(ctx: Any, v: Tensor, v_weight: Tensor, v_bias: Tensor) -> Grads:
        grad, x, weight = ctx.unpack()
        images = [_in_groups(a, ctx.groups) for a in (grad, x, v)]
        affine = [_fit(a, (ctx.groups, -1, 1)) for a in (weight, v_weight, v_bias)]
        return _second_gradients(ctx, images, affine)

    @staticmethod
    def reference(
        grad: Array, x: Array, weight: Array | None, *, groups: int, eps: float, statistics: None
    ) -> tuple[Array, Array, Array]:
        _, mean, invstd = reference_of("norm", "group")(x, None, None, groups, eps)
        return reference_of("norm", "group_grad")(grad, x, weight, mean, invstd)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        known = {"eps": 1e-3, "statistics": None}
        yield s(s.real(3, 6), s.real(3, 6), s.positive(6), groups=2, **known)
        yield s(s.real(2, 4, 3, 2), s.real(2, 4, 3, 2), s.positive(4), groups=2, **known)
        yield s(s.real(2, 3, 4), s.real(2, 3, 4), None, groups=1, **known)


class LayerNorm(Op):
    """The last ``ndim`` dimensions normalised together: (*, *D) -> (*, *D), (M,), (M,).

    The outputs are the normalised rows, their means and their 1/std.
    """

    name = "NativeLayerNormBackward0"
    saves = (0, 1)
    saves_outputs = (1, 2)
    materializes = False

    @staticmethod
    def forward(
        x: Array, weight: Array | None, bias: Array | None, *, ndim: int, eps: float
    ) -> tuple[Array, Array, Array]:
        rows = x.reshape(_row_shape(x.shape, ndim))
        out, mean, invstd = kernels.active().norm.layer(rows, _flat(weight), _flat(bias), eps)
        out.shape = x.shape
        return out, mean, invstd

    @staticmethod
    def batched(
        batch: Batch, x: Array, weight: Any, bias: Any, *, ndim: int, eps: float
    ) -> tuple[Array, Array, Array]:
        if batch.has[1] or batch.has[2]:
            return NotImplemented
        out, *sums = LayerNorm.forward(batch.full(x, 0), weight, bias, ndim=ndim, eps=eps)
        mean, invstd = (a.reshape(*batch.sizes, -1) for a in sums)
        return out, mean, invstd

    @staticmethod
    def backward(ctx: Any, grad: Any, grad_mean: Any, grad_invstd: Any) -> Grads:
        x, weight, mean, invstd = ctx.unpack()
        grads: tuple[Any, ...] = (None, None, None)
        if grad is not None:
            statistics = (mean._array, invstd._array)
            grads = LayerNormGrad.apply(
                grad, x, weight, ndim=ctx.ndim, eps=ctx.eps, statistics=statistics
            )
        if grad_mean is None and grad_invstd is None:
            return grads
        return _with_statistics(grads, x, _as_groups(x, ctx.ndim), ctx.eps, grad_mean, grad_invstd)

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, bias: Any, *, ndim: int, eps: float) -> Any:
        return torch.layer_norm(x, x.shape[x.ndim - ndim :], weight, bias, eps)

    @staticmethod
    def reference(
        x: Array, weight: Array | None, bias: Array | None, *, ndim: int, eps: float
    ) -> tuple[Array, Array, Array]:
        rows = x.reshape(_row_shape(x.shape, ndim))
        kernel = reference_of("norm", "layer")
        out, mean, invstd = kernel(rows, _flat(weight), _flat(bias), eps)
        return out.reshape(x.shape), mean, invstd

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 6), s.positive(6), s.real(6), ndim=1, eps=1e-5)
        yield s(s.real(2, 2, 3, 2), s.positive(3, 2), s.real(3, 2), ndim=2, eps=1e-3)
        yield s(s.real(4), None, None, ndim=1, eps=1e-3)
        yield s(s.real(2, 2, 5), s.positive(5), None, ndim=1, eps=1e-3)


class LayerNormGrad(Op):
    """Gradients of :class:`LayerNorm` for x, weight and bias; see :class:`GroupNormGrad`."""

    name = "NativeLayerNormBackwardBackward0"
    saves = (0, 1, 2)

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        weight: Array | None,
        *,
        ndim: int,
        eps: float,
        statistics: Statistics | None,
    ) -> tuple[Array, Array, Array]:
        active, size = kernels.active(), x.shape[x.ndim - ndim :]
        rows = x.reshape(_row_shape(x.shape, ndim))
        mean, invstd = statistics or active.norm.layer(rows, None, None, eps)[1:]
        grads = active.norm.layer_grad(grad.reshape(rows.shape), rows, _flat(weight), mean, invstd)
        for array, shape in zip(grads, (x.shape, size, size), strict=True):
            array.shape = shape
        return grads

    batched_params = True

    @staticmethod
    def batched(
        batch: Batch, grad: Array, x: Array, weight: Any, *, ndim: int, eps: float, statistics: Any
    ) -> Any:
        # As groups of channels, one for each example: so sums of columns stay apart.
        active = kernels.active()
        wide = batch.full(x, 1)
        example = wide.shape[batch.lead :]
        shape = (*batch.sizes, *_row_shape(example, ndim))
        grads, rows = (
            side_by_side(batch, a.reshape(shape)) for a in (batch.full(grad, 0), wide)
        )  # (M, count * D)
        if statistics is None:
            mean, invstd = active.norm.group(rows, None, None, max(batch.count, 1), eps)[1:]
        else:
            mean, invstd = (batch.whole(a).reshape(batch.count, -1).T for a in statistics)
        out, *sums = active.norm.group_grad(grads, rows, joined(batch, weight, 2), mean, invstd)
        size = example[len(example) - ndim :]
        grad_weight, grad_bias = (a.reshape(*batch.sizes, *size) for a in sums)
        return apart(batch, out).reshape(wide.shape), grad_weight, grad_bias

    @staticmethod
    def backward(ctx: Any, v: Tensor, v_weight: Tensor, v_bias: Tensor) -> Grads:
        grad, x, weight = ctx.unpack()
        rows = [_as_groups(a, ctx.ndim) for a in (grad, x, v)]
        affine = [_fit(a, (1, -1, 1)) for a in (weight, v_weight, v_bias)]
        return _second_gradients(ctx, rows, affine)

    @staticmethod
    def reference(
        grad: Array, x: Array, weight: Array | None, *, ndim: int, eps: float, statistics: None
    ) -> tuple[Array, ...]:
        _, mean, invstd = LayerNorm.reference(x, None, None, ndim=ndim, eps=eps)
        rows, flat = x.reshape(_row_shape(x.shape, ndim)), _flat(weight)
        kernel = reference_of("norm", "layer_grad")
        grads = kernel(grad.reshape(rows.shape), rows, flat, mean, invstd)
        size = x.shape[x.ndim - ndim :]
        return tuple(a.reshape(s) for a, s in zip(grads, (x.shape, size, size), strict=True))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        known = {"eps": 1e-3, "statistics": None}
        yield s(s.real(3, 6), s.real(3, 6), s.positive(6), ndim=1, **known)
        yield s(s.real(2, 2, 3, 2), s.real(2, 2, 3, 2), s.positive(3, 2), ndim=2, **known)
        yield s(s.real(4), s.real(4), None, ndim=1, **known)


class RmsNorm(Op):
    """The last ``ndim`` dimensions over the root of their mean square: (*, *D) -> (*, *D), (M,).

    The outputs are the scaled rows, and 1/rms of them.
    """

    name = "FusedRmsNormBackward0"
    saves = (0, 1)
    saves_outputs = (1,)
    materializes = False

    @staticmethod
    def forward(x: Array, weight: Array | None, *, ndim: int, eps: float) -> tuple[Array, Array]:
        rows = x.reshape(_row_shape(x.shape, ndim))
        out, invrms = kernels.active().norm.rms(rows, _flat(weight), eps)
        out.shape = x.shape
        return out, invrms

    @staticmethod
    def batched(batch: Batch, x: Array, weight: Any, *, ndim: int, eps: float) -> Any:
        if batch.has[1]:
            return NotImplemented
        out, invrms = RmsNorm.forward(batch.full(x, 0), weight, ndim=ndim, eps=eps)
        return out, invrms.reshape(*batch.sizes, -1)

    @staticmethod
    def backward(ctx: Any, grad: Any, grad_invrms: Any) -> Grads:
        x, weight, invrms = ctx.unpack()
        grads: tuple[Any, ...] = (None, None)
        if grad is not None:
            grads = RmsNormGrad.apply(
                grad, x, weight, ndim=ctx.ndim, eps=ctx.eps, statistics=(invrms._array,)
            )
        if grad_invrms is None:
            return grads
        return _with_statistics(
            grads, x, _as_groups(x, ctx.ndim), ctx.eps, None, grad_invrms, False
        )

    @staticmethod
    def parity(torch: Any, x: Any, weight: Any, *, ndim: int, eps: float) -> Any:
        return torch.rms_norm(x, x.shape[x.ndim - ndim :], weight, eps)

    @staticmethod
    def reference(x: Array, weight: Array | None, *, ndim: int, eps: float) -> tuple[Array, Array]:
        rows = x.reshape(_row_shape(x.shape, ndim))
        out, invrms = reference_of("norm", "rms")(rows, _flat(weight), eps)
        return out.reshape(x.shape), invrms

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 6), s.positive(6), ndim=1, eps=1e-5)
        yield s(s.real(2, 2, 3, 2), s.positive(3, 2), ndim=2, eps=1e-3)
        yield s(s.real(4), None, ndim=1, eps=1e-3)


class RmsNormGrad(Op):
    """Gradients of :class:`RmsNorm` for x and weight; see :class:`GroupNormGrad`."""

    name = "FusedRmsNormBackwardBackward0"
    saves = (0, 1, 2)

    @staticmethod
    def forward(
        grad: Array,
        x: Array,
        weight: Array | None,
        *,
        ndim: int,
        eps: float,
        statistics: tuple[Array] | None,
    ) -> tuple[Array, ...]:
        active = kernels.active()
        rows = x.reshape(_row_shape(x.shape, ndim))
        (invrms,) = statistics or active.norm.rms(rows, None, eps)[1:]
        grads = active.norm.rms_grad(grad.reshape(rows.shape), rows, _flat(weight), invrms)
        grads[0].shape, grads[1].shape = x.shape, x.shape[x.ndim - ndim :]
        return grads

    batched_params = True  # but no rule: it is called for each example

    @staticmethod
    def backward(ctx: Any, v: Tensor, v_weight: Tensor) -> Grads:
        grad, x, weight = ctx.unpack()
        rows = [_as_groups(a, ctx.ndim) for a in (grad, x, v)]
        affine = [_fit(a, (1, -1, 1)) for a in (weight, v_weight)]
        return _second_gradients(ctx, rows, [*affine, None], centred=False)

    @staticmethod
    def reference(
        grad: Array, x: Array, weight: Array | None, *, ndim: int, eps: float, statistics: None
    ) -> tuple[Array, ...]:
        _, invrms = RmsNorm.reference(x, None, ndim=ndim, eps=eps)
        rows, flat = x.reshape(_row_shape(x.shape, ndim)), _flat(weight)
        kernel = reference_of("norm", "rms_grad")
        grad_x, grad_weight = kernel(grad.reshape(rows.shape), rows, flat, invrms)
        return grad_x.reshape(x.shape), grad_weight.reshape(x.shape[x.ndim - ndim :])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        known = {"eps": 1e-3, "statistics": None}
        yield s(s.real(3, 6), s.real(3, 6), s.positive(6), ndim=1, **known)
        yield s(s.real(2, 2, 3, 2), s.real(2, 2, 3, 2), s.positive(3, 2), ndim=2, **known)
        yield s(s.real(4), s.real(4), None, ndim=1, **known)


def _row_shape(shape: Shape, ndim: int) -> Shape:
    """The last dimensions merged, and all others: (M, D)."""
    split = len(shape) - ndim
    return math.prod(shape[:split]), math.prod(shape[split:])


def _flat(weight: Array | None) -> Array | None:
    return None if weight is None else weight.reshape(-1)


def _in_groups(x: Tensor, groups: int) -> Tensor:
    """(N, C, *) -> (N, groups, C / groups, P)."""
    n, channels, *places = x._array.shape
    return x.reshape(n, groups, channels // max(groups, 1), math.prod(places))


def _as_groups(x: Tensor, ndim: int) -> Tensor:
    """(*, *D) -> (M, 1, D, 1)."""
    rows, columns = _row_shape(x._array.shape, ndim)
    return x.reshape(rows, 1, columns, 1)


def _fit(values: Tensor | None, shape: Shape) -> Tensor | None:
    return None if values is None else values.reshape(shape)


def _mean(x: Tensor) -> Tensor:
    """Mean of each group: (N, G, K, P) -> (N, G, 1, 1)."""
    return x.mean((2, 3), keepdim=True)


def _second_gradients(
    ctx: Any, images: list[Tensor], affine: list[Any], centred: bool = True
) -> tuple[Any, ...]:
    """Gradients, for grad, x and weight, of the gradients for x, weight and bias.

    With n the normalised x, s = 1/std, u = weight * grad and P(u) = u - mean(u) - n * mean(u * n),
    those are s * P(u), sum(grad * n), sum(grad). P is symmetric: sum(v * P(u)) = sum(u * P(v)); and
    a step of x moves n by s * P(step), s by -s^2 * mean(n * step). Where rows are not centred, P
    takes no mean off.
    """
    grad, x, v = images
    weight, v_weight, v_bias = affine
    moved = x - _mean(x) if centred else x
    invstd = (_mean(moved * moved) + ctx.eps).rsqrt()
    normal = moved * invstd

    def project(u: Tensor) -> Tensor:
        rest = u - normal * _mean(u * normal)
        return rest - _mean(u) if centred else rest

    scaled = grad if weight is None else grad * weight
    projected = invstd * project(v)
    grad_grad = (projected if weight is None else projected * weight) + normal * v_weight
    if v_bias is not None:
        grad_grad = grad_grad + v_bias
    tilt = scaled * _mean(v * normal) + v * _mean(scaled * normal)
    grad_x = invstd * project(grad * v_weight - invstd * tilt)
    grad_x = grad_x - invstd * normal * _mean(scaled * projected)
    grads = [grad_grad, grad_x, (grad * projected).sum((0, 3))]
    # None for what is no tensor that requires grad.
    return tuple([_fit(g, s) if s else None for g, s in zip(grads, ctx.input_shapes, strict=True)])


def _with_statistics(
    grads: tuple[Any, ...],
    x: Tensor,
    images: Tensor,
    eps: float,
    grad_mean: Any,
    grad_invstd: Any,
    centred: bool = True,
) -> tuple[Any, ...]:
    """Add to the gradient for x that of its mean and its 1/std, of which hardly anybody asks."""
    n, groups, channels, places = images._array.shape
    count, each = channels * places, (n, groups, 1, 1)
    moved = images - _mean(images) if centred else images
    total = moved * 0 if grads[0] is None else grads[0].reshape(images.shape)
    if grad_mean is not None:
        total = total + grad_mean.reshape(each) / count
    if grad_invstd is not None:
        invstd = (_mean(moved * moved) + eps).rsqrt()
        total = total - grad_invstd.reshape(each) * invstd**3 * moved / count
    return total.reshape(x.shape), *grads[1:]
