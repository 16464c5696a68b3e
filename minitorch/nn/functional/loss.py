"""Losses."""

from __future__ import annotations

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.autograd.transforming import is_transforming
from minitorch.core.dtypes import Array, is_float, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.creation import ones_like
from minitorch.nn.functional.activation import logsigmoid
from minitorch.nn.functional.checks import require_constants, require_float, require_tensors
from minitorch.nn.functional.reduction import check_reduction, reduce_losses
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.layers import loss as losses, softmax
from minitorch.ops.out import without_out
from minitorch.tensor import Tensor

_INT64 = np.dtype(np.int64)

_log_softmax = without_out(softmax.log_softmax)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return −weight[target] · input[target]: (N, K, *), (N, *) -> () or (N, *); N may be left out.

    Args:
        input: logarithms of probabilities.
        target: class indices.
        weight: (K); the mean is then a weighted one.
        size_average: old form of ``reduction``.
        ignore_index: samples with this target count for nothing.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        IndexError: if a target is no class.
        ValueError: if the batch sizes differ, or for an unknown ``reduction``.
        RuntimeError: if other sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
    """
    require_tensors("nll_loss(input, target, weight)", input, target, weight, required=2)
    reduction = check_reduction(reduction, size_average, reduce)
    target = _check_labels(input._array, target, weight)
    return losses.nll_loss(input, target, weight, ignore_index, reduction)


def _check_labels(x: Array, target: Tensor, weight: Tensor | None) -> Tensor:
    """Return the labels as int64, of the shape that goes with the input's."""
    t = target._array
    _check_shapes(x, t)
    if t.dtype != _INT64:
        if t.dtype != np.uint8:
            raise RuntimeError(
                f"expected target dtype to be Long or Byte, but got {scalar_name(t)}. Class "
                "indices are int64: convert them with .long(). Probabilities have the input's "
                "shape."
                " [explain: target-dtype]"
            )
        target = target.long()
    require_float("nll_loss_out_frame", x)
    if weight is not None:
        require_constants("nll_loss_forward", weight=weight)
        _check_weight(x, weight)
    return target.reshape(()) if x.ndim == 1 else target


def _check_shapes(x: Array, t: Array) -> None:
    if x.ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if x.ndim == 1:
        if t.ndim > 1 or t.size != 1:
            raise ValueError(
                f"For 1D input, 1D target must have size 1, but got target size: {t.size}"
            )
    elif t.ndim == 0 or x.shape[0] != t.shape[0]:
        raise ValueError(
            f"Expected input batch_size ({x.shape[0]}) to match target batch_size "
            f"({t.shape[0] if t.ndim else 0})."
            " [explain: target-batch]"
        )
    elif t.ndim != x.ndim - 1:
        phrase = (
            "0D or 1D target tensor expected, multi-target not supported"
            if x.ndim == 2
            else f"only batches of spatial targets supported ({x.ndim - 1}D tensors) but got "
            f"targets of dimension: {t.ndim}"
        )
        raise RuntimeError(
            f"{phrase}: an input of shape {list(x.shape)} goes with a target of shape "
            f"{[x.shape[0], *x.shape[2:]]}, but got {list(t.shape)}"
            " [explain: target-shape]"
        )
    elif x.shape[2:] != t.shape[1:]:
        raise RuntimeError(
            f"size mismatch (got input: {list(x.shape)} , target: {list(t.shape)}) "
            "[explain: target-shape]"
        )


def _check_weight(x: Array, weight: Tensor) -> None:
    classes = x.shape[0] if x.ndim == 1 else x.shape[1]
    w = weight._array
    if w.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but "
            f"got weight tensor of shape: {list(w.shape)}"
        )
    if w.dtype != x.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(x)} but found {scalar_name(w)}: the weight needs "
            "the input's dtype"
            " [explain: dtype-mismatch]"
        )


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return −log softmax(input)[target]: (N, K, *), (N, *) -> () or (N, *); N may be left out.

    Args:
        input: logits.
        target: class indices, or probabilities of the input's own shape.
        weight: (K); with class indices the mean is then a weighted one.
        size_average: old form of ``reduction``.
        ignore_index: samples with this target count for nothing.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        label_smoothing: share of the target that is spread evenly over all classes.

    Raises:
        IndexError: if a target is no class.
        ValueError: if the batch sizes differ, or for an unknown ``reduction``.
        RuntimeError: if other sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
    """
    require_tensors("cross_entropy_loss(input, target, weight)", input, target, weight, required=2)
    reduction = check_reduction(reduction, size_average, reduce)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    class_dim = 0 if input._array.ndim == 1 else 1
    if input._array.shape == target._array.shape:
        _check_probabilities(input._array, target._array, weight, ignore_index)
        log_probs = _log_softmax(input, class_dim)
        return _of_probabilities(log_probs, target, weight, reduction, label_smoothing)
    target = _check_labels(input._array, target, weight)
    log_probs = softmax.LogSoftmax.apply(input, dim=class_dim)  # what it checks is so
    loss = losses.nll_loss(log_probs, target, weight, ignore_index, reduction)
    if label_smoothing <= 0:
        return loss
    spread = _evenly_spread(log_probs, target, weight, ignore_index, reduction)
    share = label_smoothing / log_probs.shape[class_dim]
    return (1 - label_smoothing) * loss + share * spread


def _per_class(weight: Tensor, like: Tensor) -> Tensor:
    """Give the weights of the classes the dimensions of a batch: (K) -> (1, K, 1, ...)."""
    return weight if like.ndim == 1 else weight.reshape(1, -1, *[1] * (like.ndim - 2))


def _evenly_spread(
    log_probs: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str
) -> Tensor:
    """Return the loss against all classes at once, reduced as the main part of the loss is."""
    class_dim = 0 if log_probs.ndim == 1 else 1
    weighted = log_probs if weight is None else log_probs * _per_class(weight, log_probs)
    sums = -weighted.sum(class_dim)
    target = target.reshape(sums.shape)
    ignored = target == ignore_index
    losses: Tensor = Where.apply(ignored, 0.0, sums)
    if reduction != "mean":
        return reduce_losses(losses, reduction)
    ones = ones_like(sums) if weight is None else weight[Where.apply(ignored, 0, target)]
    counted: Tensor = Where.apply(ignored, 0.0, ones)
    return losses.sum() / counted.sum()


def _check_probabilities(x: Array, t: Array, weight: Tensor | None, ignore_index: int) -> None:
    if not is_float(t.dtype):
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            f"{scalar_name(t)}: a target of the input's shape {list(x.shape)} holds probabilities; "
            "class indices have no class dimension"
        )
    if ignore_index >= 0:
        raise RuntimeError(
            "ignore_index is not supported for floating point target, "
            f"but got ignore_index={ignore_index}"
        )
    if weight is not None:
        _check_weight(x, weight)


def _of_probabilities(
    log_probs: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    class_dim = 0 if log_probs.ndim == 1 else 1
    classes = log_probs.shape[class_dim]
    if label_smoothing > 0:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    products = log_probs * target
    if weight is not None:
        products = products * _per_class(weight, log_probs)
    if reduction == "none":
        return -products.sum(class_dim)
    total = -products.sum()
    return total if reduction == "sum" else total / (products.numel() / max(classes, 1))


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Return (input − target)², reduced: (*), (*) -> () or (*).

    Args:
        input: (*).
        target: (*).
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        weight: (*), of the elements; the mean is then a weighted one.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
    """
    reduction = check_pair("mse_loss", input, target, size_average, reduce, reduction)
    input, target = together(input, target)
    if input._array.dtype != target._array.dtype:
        input, target = _as_floats(input, target), _as_floats(target, input)
    require_float("mse_cpu", input._array)
    if weight is None:
        return losses.mse_loss(input, target, reduction)
    return weigh((input - target) ** 2, weight, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Return |input − target|, reduced: (*), (*) -> () or (*).

    Args:
        input: (*).
        target: (*).
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        weight: (*), of the elements; the mean is then a weighted one.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
    """
    reduction = check_pair("l1_loss", input, target, size_average, reduce, reduction)
    input, target = together(input, target)
    return weigh((input - target).abs(), weight, reduction)


def check_pair(
    function: str,
    input: Tensor,
    target: Tensor,
    size_average: bool | None,
    reduce: bool | None,
    reduction: str,
) -> str:
    """Return the reduction; warn if the shapes differ."""
    require_tensors(f"{function}(input, target)", input, target)
    if input._array.shape != target._array.shape:
        warn_user(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size."
            " [explain: loss-sizes]"
        )
    return check_reduction(reduction, size_average, reduce)


def together(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Broadcast tensors to one shape, ahead of their dtypes: then a 0-d one counts as any other."""
    own, other = input._array.shape, target._array.shape
    if own == other:
        return input, target
    shape = broadcast_shape(own, other)
    return input.expand(shape), target.expand(shape)


def _as_floats(x: Tensor, other: Tensor) -> Tensor:
    """Return integers and bools in the dtype of floating-point numbers beside them."""
    if is_float(x._array.dtype) or not is_float(other._array.dtype):
        return x
    return x.to(other.dtype)


def weigh(losses: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """Reduce the losses of the elements, weighted."""
    if weight is None:
        return reduce_losses(losses, reduction)
    if weight.shape != losses.shape:
        raise ValueError(
            f"Weights and input must have the same size, but got {weight.shape} and {losses.shape}"
        )
    losses = losses * weight
    if reduction == "mean":
        return losses.sum() / weight.sum()
    return reduce_losses(losses, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Return −(p·y·log σ(x) + (1 − y)·log(1 − σ(x))), weighted and reduced: (*), (*) -> () or (*).

    Args:
        input: x, logits.
        target: y, probabilities.
        weight: factor of each element's loss, broadcast.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        pos_weight: p, the factor of the positive part, broadcast.

    Raises:
        ValueError: if the shapes differ, or for an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
    """
    require_tensors(
        "binary_cross_entropy_with_logits(input, target, weight, pos_weight)",
        input,
        target,
        weight,
        pos_weight,
        required=2,
    )
    reduction = check_reduction(reduction, size_average, reduce)
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    require_float("log_sigmoid_cpu", input._array)
    if not is_float(target._array.dtype):
        raise RuntimeError(
            "result type Float can't be cast to the desired output type "
            f"{scalar_name(target._array)}: targets are floating-point numbers from 0 to 1; "
            "convert them with .float()"
        )
    for factor in (weight, pos_weight):
        if factor is not None:
            _check_factor(factor._array, input._array)
    if is_transforming() and (weight is not None or pos_weight is not None):
        loss = reduce_losses(_by_factors(input, target, weight, pos_weight), reduction)
    else:
        require_constants("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
        loss = losses.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)
    # PyTorch computes it in the memory of 1 - target.
    return loss if loss.dtype == target.dtype else loss.to(target.dtype)


def _by_factors(
    input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None
) -> Tensor:
    """The losses in ops of which every one has a derivative by the factors, too.

    As in PyTorch, where the one op for all of it has none, transforms take it apart.
    """
    positive = target if pos_weight is None else pos_weight * target
    each = (positive + (1 - target)) * -logsigmoid(input) + (1 - target) * input
    return each if weight is None else each * weight


def _check_factor(factor: Array, x: Array) -> None:
    shape = broadcast_shape(factor.shape, x.shape)
    if shape != x.shape:
        raise RuntimeError(
            f"output with shape {list(x.shape)} doesn't match the broadcast shape {list(shape)}: "
            "a weight broadcasts to the input, not the input to it"
        )
