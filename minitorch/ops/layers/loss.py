"""Losses: the negative log likelihood, squared errors, binary cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import promote, to_common_dtype
from minitorch.core.layout import laid_out
from minitorch.kernels import reference_of
from minitorch.kernels.sums import add_floats
from minitorch.kernels.tiles import TILE, computed, summed
from minitorch.ops.elementwise.activation import SigmoidGrad, sigmoid, softplus
from minitorch.ops.elementwise.constant import flat, stand_in
from minitorch.ops.shape.view import reshape

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class NllLoss(Op):
    """-weight[target] * log_probs[target]: (N, K, *), (N, *) -> (N, *), or () if reduced.

    The mean is over the weights of the samples that count, not over their number.
    """

    saves = (1,)

    @staticmethod
    def forward(
        log_probs: Array, target: Array, *, weight: Array | None, ignore_index: int, reduction: str
    ) -> Any:
        _check_target(target, log_probs.shape[1], ignore_index)
        losses, weights = kernels.active().loss.nll(log_probs, target, weight, ignore_index)
        if reduction == "none":
            return losses
        total = add_floats(losses)
        if reduction == "mean":
            total = total / add_floats(weights)
        return np.asarray(total, losses.dtype)

    @staticmethod
    def batched(
        batch: Batch,
        log_probs: Array,
        target: Array,
        *,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
    ) -> Array:
        x, labels = batch.merged(log_probs, 0), batch.merged(target, 1)
        _check_target(labels, x.shape[1], ignore_index)
        losses, weights = kernels.active().loss.nll(x, labels, weight, ignore_index)
        losses = batch.split(losses)
        if reduction != "mean":
            return reduced(losses, reduction, batch.lead)
        total = reduced(losses, "sum", batch.lead)
        return np.asarray(total / reduced(batch.split(weights), "sum", batch.lead), losses.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (target,) = ctx.unpack()
        return NllLossGrad.apply(grad, target, stand_in(ctx), **_nll_options(ctx)), None

    @staticmethod
    def reference(
        log_probs: Array, target: Array, *, weight: Array | None, ignore_index: int, reduction: str
    ) -> Any:
        losses, weights = reference_of("loss", "nll")(log_probs, target, weight, ignore_index)
        if reduction == "none":
            return losses
        return losses.sum() / (weights.sum() if reduction == "mean" else 1)

    @staticmethod
    def parity(torch: Any, x: Any, target: Any, *, weight: Any, **options: Any) -> Any:
        weight = None if weight is None else torch.as_tensor(weight, dtype=x.dtype)
        return torch.nn.functional.nll_loss(x, target, weight, **options)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for options in _nll_cases(s):
            yield s(s.real(4, 5), s.integers(0, 5, 4), **options)
            yield s(s.real(2, 5, 2, 3), s.integers(0, 5, 2, 2, 3), **options)
        options["reduction"] = "sum"
        yield s(s.real(0, 5), s.integers(0, 5, 0), **options)
        yield s.error(
            IndexError, "Target 5 is out of bounds", s.real(2, 5), np.array([1, 5]), **options
        )
        yield s.error(
            IndexError, "Target -1 is out of bounds", s.real(2, 5), np.array([-1, 0]), **options
        )


class NllLossGrad(Op):
    """Gradient of :class:`NllLoss` for log_probs x: (N, *) or (), (N, *), (N, K, *) -> (N, K, *).

    Of x the shape alone counts.
    """

    name = "NllLossBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(
        grad: Array,
        target: Array,
        x: Array,
        *,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
    ) -> Array:
        if reduction != "none":
            share = 1 if reduction == "sum" else _total_weight(target, weight, ignore_index)
            grad = np.full(target.shape, grad / share, grad.dtype)
        return kernels.active().loss.nll_grad(grad, target, weight, ignore_index, x.shape)

    @staticmethod
    def batched(
        batch: Batch,
        grad: Array,
        target: Array,
        x: Array,
        *,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
    ) -> Array:
        labels = batch.full(target, 1)
        if reduction != "none":
            if reduction == "mean":
                counts = np.asarray(labels != ignore_index, grad.dtype)
                if weight is not None:
                    counts *= weight[np.where(labels == ignore_index, 0, labels)]
                grad = grad / add_floats(counts, batch.inner(labels))
            grad = batch.full(grad, 0 if reduction == "sum" else None)
            grad = grad.reshape(batch.sizes + (1,) * (labels.ndim - batch.lead))
            grad = np.broadcast_to(grad, labels.shape)
        shape = batch.merged(x, 2).shape
        grads, labels = batch.merged(grad, 0 if reduction == "none" else None), batch.merged(labels)
        out = kernels.active().loss.nll_grad(grads, labels, weight, ignore_index, shape)
        return batch.split(out)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (target,) = ctx.unpack()
        return NllLoss.apply(grad, target, **_nll_options(ctx)), None, flat(ctx, 2)

    @staticmethod
    def reference(grad: Array, target: Array, x: Array, *, reduction: str, **options: Any) -> Array:
        if reduction == "mean":
            _, weights = reference_of("loss", "nll")(x, target, **options)
            grad = grad / weights.sum()
        grad = np.full(target.shape, 1.0) * grad
        return reference_of("loss", "nll_grad")(grad, target, input_shape=x.shape, **options)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for options in _nll_cases(s):
            shape = (4,) if options["reduction"] == "none" else ()
            yield s(s.real(*shape), s.integers(0, 5, 4), s.real(4, 5), **options)


def _nll_options(ctx: Any) -> dict[str, Any]:
    return {"weight": ctx.weight, "ignore_index": ctx.ignore_index, "reduction": ctx.reduction}


def _nll_cases(s: Sampler) -> Any:
    for reduction in ("mean", "sum", "none"):
        yield {"weight": None, "ignore_index": -100, "reduction": reduction}
        yield {"weight": s.positive(5), "ignore_index": 2, "reduction": reduction}


def _total_weight(target: Array, weight: Array | None, ignore_index: int) -> Any:
    """The sum of the weights of the samples that count."""
    if weight is None:
        return np.count_nonzero(target != ignore_index)
    return add_floats(weight[target[target != ignore_index]])


def _check_target(target: Array, classes: int, ignore_index: int) -> None:
    """Refuse labels that name no class, unless they are the one to ignore."""
    # As unsigned numbers the negative ones are large: one comparison finds both.
    outside = target.view(np.uint64) >= classes if target.itemsize == 8 else target >= classes
    if outside.any():
        outside &= target != ignore_index
        if outside.any():
            label = target[outside][0]
            raise IndexError(
                f"Target {label} is out of bounds. The input has {classes} classes: labels are "
                f"0 to {classes - 1}, or ignore_index={ignore_index}."
                " [explain: target-range]"
            )


class NllLoss2d(NllLoss):
    """:class:`NllLoss` of labels with further dimensions; the name is PyTorch's."""

    name = "NllLoss2DBackward0"


def reduced(losses: Array, reduction: str, lead: int = 0) -> Any:
    """Return mean, sum or all of the losses of the elements; float16 is summed in float32.

    The first ``lead`` dimensions stay.
    """
    if reduction == "none":
        return losses
    axes = tuple(range(lead, losses.ndim))
    total = add_floats(losses, axes)
    if reduction == "mean":
        total = total / math.prod(losses.shape[lead:])
    return np.asarray(total, losses.dtype)


def reduced_of(losses: Callable[..., Array], x: Array, y: Array, reduction: str) -> Any:
    """Return :func:`reduced` losses of pairs of elements; most are never all in memory."""
    if reduction == "none" or x.size <= TILE:
        return reduced(losses(x, y), reduction)
    total = summed(losses, x, y)
    if reduction == "mean":
        total = total / np.broadcast(x, y).size
    return np.asarray(total, x.dtype)


class MseLoss(Op):
    """(x - y)², reduced: (*), (*) -> () or (*)."""

    saves = (0, 1)
    saved_as = {"target": "y"}  # noqa: RUF012 - as declared
    promotion = staticmethod(promote)

    @staticmethod
    def forward(x: Array, y: Array, *, reduction: str) -> Array:
        difference = np.asarray(x - y)
        return reduced(np.multiply(difference, difference, out=difference), reduction)

    @staticmethod
    def batched(batch: Batch, x: Array, y: Array, *, reduction: str) -> Array:
        ndim = max([a.ndim - batch.lead * h for a, h in zip((x, y), batch.has, strict=True)])
        difference = np.asarray(batch.widened(x, ndim, 0) - batch.widened(y, ndim, 1))
        return reduced(difference * difference, reduction, batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        needs_x, needs_y = ctx.needs_input_grad
        difference = x - y
        scale = 2.0 / max(difference._array.size, 1) if ctx.reduction == "mean" else 2.0
        grad_x = difference * (grad * scale)
        return grad_x if needs_x else None, -grad_x if needs_y else None

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, reduction: str) -> Any:
        return torch.nn.functional.mse_loss(x, y, reduction=reduction)

    @staticmethod
    def reference(x: Array, y: Array, *, reduction: str) -> Any:
        return reference_reduced(
            [(a - b) ** 2 for a, b in _pairs(x, y)], np.broadcast(x, y), reduction
        )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            yield s(s.real(3, 4), s.real(3, 4), reduction=reduction)
            yield s(s.real(), s.real(), reduction=reduction)
        yield s(s.real(0, 2), s.real(0, 2), reduction="sum")


class BinaryCrossEntropyWithLogits(Op):
    """-(p * y * log σ(x) + (1 - y) * log(1 - σ(x))) * weight, reduced: (*), (*) -> () or (*)."""

    saves = (0, 1)
    promotion = staticmethod(to_common_dtype)

    @staticmethod
    def forward(
        x: Array, y: Array, *, weight: Array | None, pos_weight: Array | None, reduction: str
    ) -> Array:
        if weight is None is pos_weight and reduction != "none":
            return reduced_of(_logit_losses, x, y, reduction)
        losses = _logit_losses(x, y, pos_weight)
        if weight is not None:
            losses *= weight
        return reduced(laid_out(losses, y), reduction)

    @staticmethod
    def batched(
        batch: Batch, x: Array, y: Array, *, weight: Any, pos_weight: Any, reduction: str
    ) -> Array:
        ndim = max([a.ndim - batch.lead * h for a, h in zip((x, y), batch.has, strict=True)])
        x, y = batch.widened(x, ndim, 0), batch.widened(y, ndim, 1)
        losses = BinaryCrossEntropyWithLogits.forward(
            *np.broadcast_arrays(x, y), weight=weight, pos_weight=pos_weight, reduction="none"
        )
        return reduced(losses, reduction, batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        needs_x, needs_y = ctx.needs_input_grad
        grad_x = grad_y = None
        scale = grad / max(x._array.size, 1) if ctx.reduction == "mean" else grad
        if ctx.weight is not None:
            scale = scale * x._plain(ctx.weight)
        if ctx.pos_weight is None:
            grad_x = LogitGrad.apply(scale, x, y) if needs_x else None
            return grad_x, -scale * x if needs_y else None
        gain = x._plain(ctx.pos_weight)
        if needs_x:
            grad_x = scale * (sigmoid(x) * (1 + (gain - 1) * y) - gain * y)
        if needs_y:
            grad_y = scale * ((gain - 1) * softplus(-x) - x)
        return grad_x, grad_y

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, reduction: str, **weights: Any) -> Any:
        weights = {
            name: None if w is None else torch.as_tensor(w, dtype=x.dtype)
            for name, w in weights.items()
        }
        return torch.nn.functional.binary_cross_entropy_with_logits(
            x, y, reduction=reduction, **weights
        )

    @staticmethod
    def reference(
        x: Array, y: Array, *, weight: Array | None, pos_weight: Array | None, reduction: str
    ) -> Any:
        weight = np.broadcast_to(1.0 if weight is None else weight, x.shape)
        gain = np.broadcast_to(1.0 if pos_weight is None else pos_weight, x.shape)
        losses = []
        for i in np.ndindex(x.shape):
            share = 1 / (1 + math.exp(-x[i]))
            loss = -gain[i] * y[i] * math.log(share) - (1 - y[i]) * math.log(1 - share)
            losses.append(weight[i] * loss)
        return reference_reduced(losses, x, reduction)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            without = {"weight": None, "pos_weight": None}
            yield s(s.real(3, 4), s.inner(3, 4), reduction=reduction, **without)
            weights = {"weight": s.positive(3, 1), "pos_weight": s.positive(4)}
            yield s(s.real(3, 4), s.inner(3, 4), reduction=reduction, **weights)
        yield s(s.real(), s.inner(), weight=None, pos_weight=None, reduction="mean")


def _logit_losses(x: Array, y: Array, pos_weight: Array | None = None) -> Array:
    # -log σ(x) = softplus(-x) and -log(1 - σ(x)) = x + softplus(-x), with
    # softplus(-x) = log1p(exp(-|x|)) - min(x, 0).
    losses = np.asarray(np.abs(x))
    np.negative(losses, losses)
    np.exp(losses, losses)
    np.log1p(losses, losses)
    losses -= np.minimum(x, 0)
    if pos_weight is not None:
        losses *= 1 + (pos_weight - 1) * y
    losses += (1 - y) * x
    return losses


class LogitGrad(Op):
    """``grad`` times σ(x) - y, of :class:`BinaryCrossEntropyWithLogits`: (*), (*), (*) -> (*)."""

    elementwise = True
    saves = (0, 1, 2)
    saved_for = {0: (1, 2), 1: (0, 1), 2: (0,)}  # noqa: RUF012 - as declared

    @staticmethod
    def forward(grad: Array, x: Array, y: Array) -> Array:
        def grads(x: Array, y: Array) -> Array:
            out = np.asarray(np.negative(x))
            np.exp(out, out)
            out += 1
            np.reciprocal(out, out)
            return np.asarray(out - y)

        if grad.ndim:
            return np.asarray(grads(x, y) * grad)
        return computed(lambda x, y: np.multiply(grads(x, y), grad), x, y)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x, y = ctx.unpack()
        needs_grad, needs_x, needs_y = ctx.needs_input_grad
        return (
            LogitGrad.apply(grad, x, y) if needs_grad else None,
            SigmoidGrad.apply(grad * grad_x, sigmoid(x)) if needs_x else None,
            -grad * grad_x if needs_y else None,
        )

    reference = staticmethod(lambda grad, x, y: grad * (1 / (1 + np.exp(-x)) - y))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.real(3, 4), s.inner(3, 4))
        yield s(s.real(), s.real(3, 4), s.inner(3, 4))
        yield s(s.real(), s.real(), s.inner())


def _pairs(x: Array, y: Array) -> Any:
    return zip(*(a.flat for a in np.broadcast_arrays(x, y)), strict=True)


def reference_reduced(losses: list[Any], like: Any, reduction: str) -> Any:
    """Return losses in a list as the references reduce them; not reduced, shaped as ``like``."""
    if reduction == "none":
        return np.array(losses).reshape(like.shape)
    return math.fsum(losses) / (len(losses) if reduction == "mean" else 1)


def nll_loss(
    log_probs: TensorBase,
    target: TensorBase,
    weight: TensorBase | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """Return the negative log likelihood of labels: (N, K, *), (N, *), or (K,), ().

    Raises:
        IndexError: for a label that is no class.
    """
    if log_probs._array.ndim == 1:  # one sample, without a batch
        rows, labels = reshape(log_probs, 1, -1), reshape(target, 1)
        loss = nll_loss(rows, labels, weight, ignore_index, reduction)
        return loss.reshape(()) if reduction == "none" else loss
    op = NllLoss if log_probs._array.ndim == 2 else NllLoss2d
    return op.apply(
        log_probs,
        target,
        weight=None if weight is None else weight._array,
        ignore_index=ignore_index,
        reduction=reduction,
    )


def mse_loss(input: TensorBase, target: TensorBase, reduction: str = "mean") -> Tensor:
    """Return (input - target)², reduced by "mean", "sum" or "none", with broadcasting."""
    return MseLoss.apply(input, target, reduction=reduction)


def binary_cross_entropy_with_logits(
    input: TensorBase,
    target: TensorBase,
    weight: TensorBase | None = None,
    pos_weight: TensorBase | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the cross-entropy of probabilities and sigmoids of logits, safe from overflow.

    Args:
        input: logits.
        target: probabilities, as many.
        weight: factor of each loss, broadcast.
        pos_weight: factor of the part that ``target`` has in each loss, broadcast.
        reduction: "mean", "sum" or "none".
    """
    return BinaryCrossEntropyWithLogits.apply(
        input,
        target,
        weight=None if weight is None else weight._array,
        pos_weight=None if pos_weight is None else pos_weight._array,
        reduction=reduction,
    )
