"""The negative log likelihood, sample by sample."""

import numpy as np

from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.loss import Loss
from minitorch.kernels.reference.ctc import ctc_loss, ctc_loss_grad


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array]:
    """Per sample: -weight[target] * log_probs[target], and weight[target]; 0 where ignored."""
    losses = np.zeros(target.shape, log_probs.dtype)
    weights = np.zeros(target.shape, log_probs.dtype)
    for place in np.ndindex(*target.shape):
        label = int(target[place])
        if label == ignore_index:
            continue
        w = 1.0 if weight is None else float(weight[label])
        losses[place] = -w * float(log_probs[place[0], label, *place[1:]])
        weights[place] = w
    return losses, weights


def nll_loss_grad(
    grad: Array, target: Array, weight: Array | None, ignore_index: int, input_shape: Shape
) -> Array:
    """Gradient of the per-sample losses with respect to log_probs."""
    grad_log_probs = np.zeros(input_shape, grad.dtype)
    for place in np.ndindex(*target.shape):
        label = int(target[place])
        if label == ignore_index:
            continue
        w = 1.0 if weight is None else float(weight[label])
        grad_log_probs[place[0], label, *place[1:]] = -w * float(grad[place])
    return grad_log_probs


LOSS = Loss(nll=nll_loss, nll_grad=nll_loss_grad, ctc=ctc_loss, ctc_grad=ctc_loss_grad)
