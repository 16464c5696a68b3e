"""The negative log likelihood, sample by sample."""

import math

import numpy as np

from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.loss import Loss
from minitorch.kernels.reference.ctc import ctc_loss, ctc_loss_grad


def _weights(target: Array, weight: Array | None, ignore_index: int) -> dict[Shape, float]:
    """Of each sample that counts, by its place."""
    labels = {place: int(target[place]) for place in np.ndindex(*target.shape)}
    return {
        place: 1.0 if weight is None else float(weight[label])
        for place, label in labels.items()
        if label != ignore_index
    }


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str
) -> Array:
    """Per sample -weight[target] * log_probs[target], 0 where ignored; or their sum or mean."""
    losses = np.zeros(target.shape, log_probs.dtype)
    weights = _weights(target, weight, ignore_index)
    for place, w in weights.items():
        label = int(target[place])
        if not 0 <= label < log_probs.shape[1]:
            raise IndexError(f"Target {label} is out of bounds")
        losses[place] = -w * float(log_probs[place[0], label, *place[1:]])
    if reduction == "none":
        return losses
    share = math.fsum(weights.values()) if reduction == "mean" else 1
    return np.array(math.fsum(losses.flat) / share, losses.dtype)


def nll_loss_grad(
    grad: Array,
    target: Array,
    weight: Array | None,
    ignore_index: int,
    reduction: str,
    input_shape: Shape,
) -> Array:
    """Gradient of :func:`nll_loss` with respect to log_probs."""
    grad_log_probs = np.zeros(input_shape, grad.dtype)
    weights = _weights(target, weight, ignore_index)
    share = math.fsum(weights.values()) if reduction == "mean" else 1
    for place, w in weights.items():
        own = float(grad[place] if reduction == "none" else grad) / share
        grad_log_probs[place[0], int(target[place]), *place[1:]] = -w * own
    return grad_log_probs


LOSS = Loss(nll=nll_loss, nll_grad=nll_loss_grad, ctc=ctc_loss, ctc_grad=ctc_loss_grad)
