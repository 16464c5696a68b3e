"""The negative log likelihood in NumPy."""

from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array, Shape
from minitorch.kernels.contract.loss import Loss
from minitorch.kernels.numpy.ctc import ctc_loss, ctc_loss_grad
from minitorch.kernels.sums import add_floats


def _places(target: Array, ignore_index: int) -> tuple[Array, Array]:
    """Labels with the ignored ones set to 0, and which samples count."""
    target = np.ascontiguousarray(target)
    is_counted = target != ignore_index
    return np.where(is_counted, target, 0), is_counted


def _at_labels(labels: Array) -> tuple[Any, ...]:
    """Index of each sample's label in (N, K, d1, ...): labels stand on axis 1."""
    if labels.ndim == 1:
        return np.arange(len(labels)), labels
    index: list[Any] = list(np.indices(labels.shape, sparse=True))
    index.insert(1, labels)
    return tuple(index)


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


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str
) -> Array:
    """Per sample -weight[target] * log_probs[target], 0 where ignored; or their sum or mean."""
    _check_target(target, log_probs.shape[1], ignore_index)
    labels, is_counted = _places(target, ignore_index)
    weights = is_counted.astype(log_probs.dtype)
    if weight is not None:
        weights *= weight[labels]
    losses = -log_probs[_at_labels(labels)]
    # An ignored sample counts 0 even where its log probability is -inf or NaN.
    losses[~is_counted] = 0
    losses *= weights
    if reduction == "none":
        return losses
    total = add_floats(losses)
    if reduction == "mean":
        total = total / add_floats(weights)
    return np.asarray(total, losses.dtype)


def nll_loss_grad(
    grad: Array,
    target: Array,
    weight: Array | None,
    ignore_index: int,
    reduction: str,
    input_shape: Shape,
) -> Array:
    """Gradient of :func:`nll_loss` with respect to log_probs."""
    if reduction == "mean":
        grad = np.asarray(grad / _total_weight(target, weight, ignore_index), grad.dtype)
    labels, is_counted = _places(target, ignore_index)
    values = np.where(is_counted, -grad, grad.dtype.type(0))
    if weight is not None:
        values *= weight[labels]
    grad_log_probs = np.zeros(input_shape, grad.dtype)
    grad_log_probs[_at_labels(labels)] = values
    return grad_log_probs


LOSS = Loss(nll=nll_loss, nll_grad=nll_loss_grad, ctc=ctc_loss, ctc_grad=ctc_loss_grad)
