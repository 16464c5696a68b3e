"""Losses: the negative log likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op, quiet
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import Shape, reference

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class NllLoss(Op):
    """-weight[target] * log_probs[target]: (N, K, *), (N, *) -> (N, *), or () if reduced.

    The mean is over the weights of the samples that count, not over their number.
    """

    saves = (1,)

    @staticmethod
    @quiet  # the mean of nothing is NaN
    def forward(
        log_probs: Array, target: Array, *, weight: Array | None, ignore_index: int, reduction: str
    ) -> Any:
        _check_target(target, log_probs.shape[1], ignore_index)
        losses, weights = kernels.active().nll_loss(log_probs, target, weight, ignore_index)
        if reduction == "none":
            return losses
        total = np.add.reduce(losses, axis=None)
        return total / np.add.reduce(weights, axis=None) if reduction == "mean" else total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (target,) = ctx.saved_tensors
        shape = ctx.input_shapes[0]
        return NllLossGrad.apply(grad, target, input_shape=shape, **_nll_options(ctx)), None

    @staticmethod
    def reference(
        log_probs: Array, target: Array, *, weight: Array | None, ignore_index: int, reduction: str
    ) -> Any:
        losses, weights = reference.nll_loss(log_probs, target, weight, ignore_index)
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
    """Gradient of :class:`NllLoss` for log_probs: (N, *) or (), (N, *) -> (N, K, *)."""

    name = "NllLossBackwardBackward0"
    saves = (1,)

    @staticmethod
    @quiet
    def forward(
        grad: Array,
        target: Array,
        *,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
        input_shape: Shape,
    ) -> Array:
        if reduction == "mean":
            grad = np.asarray(grad / _total_weight(target, weight, ignore_index), grad.dtype)
        if grad.ndim == 0:
            grad = np.broadcast_to(grad, target.shape)
        return kernels.active().nll_loss_grad(grad, target, weight, ignore_index, input_shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (target,) = ctx.saved_tensors
        return NllLoss.apply(grad, target, **_nll_options(ctx)), None

    @staticmethod
    def reference(
        grad: Array, target: Array, *, reduction: str, input_shape: Shape, **options: Any
    ) -> Array:
        if reduction == "mean":
            _, weights = reference.nll_loss(np.zeros(input_shape), target, **options)
            grad = grad / weights.sum()
        grad = np.full(target.shape, 1.0) * grad
        return reference.nll_loss_grad(grad, target, input_shape=input_shape, **options)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for options in _nll_cases(s):
            shape = (4,) if options["reduction"] == "none" else ()
            yield s(s.real(*shape), s.integers(0, 5, 4), input_shape=(4, 5), **options)


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
    return np.add.reduce(weight[target[target != ignore_index]])


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
            )


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
        batch = nll_loss(log_probs[None], target[None], weight, ignore_index, reduction)
        return batch[0] if reduction == "none" else batch
    return NllLoss.apply(
        log_probs,
        target,
        weight=None if weight is None else weight._array,
        ignore_index=ignore_index,
        reduction=reduction,
    )
