"""Losses of pairs: of each element and its target."""

from __future__ import annotations

import math
from typing import Any

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import is_float, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.creation import full_like
from minitorch.nn.functional.activation import logsigmoid
from minitorch.nn.functional.checks import (
    require_constants,
    require_float,
    require_numbers,
    require_tensors,
)
from minitorch.nn.functional.loss import check_pair, l1_loss, together, weigh
from minitorch.nn.functional.reduction import check_reduction, reduce_losses
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.layers import pair_loss as ops
from minitorch.tensor import Tensor


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return −(y·log x + (1 − y)·log(1 − x)), weighted and reduced: (*), (*) -> () or (*).

    Args:
        input: x, probabilities; their logarithms count as at least −100.
        target: y, probabilities.
        weight: factor of each element's loss, broadcast.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: if the shapes differ, or for an unknown ``reduction``.
        RuntimeError: if the dtypes differ, or not all elements are between 0 and 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
    """
    require_tensors(
        "binary_cross_entropy(input, target, weight)", input, target, weight, required=2
    )
    reduction = check_reduction(reduction, size_average, reduce)
    x, y = input._array, target._array
    if x.shape != y.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
            " [explain: loss-sizes]"
        )
    if x.dtype != y.dtype:
        raise RuntimeError(
            f"Found dtype {scalar_name(y)} but expected {scalar_name(x)}: the target needs the "
            "input's dtype"
            " [explain: dtype-mismatch]"
        )
    require_float("binary_cross_entropy", x)
    if weight is not None:
        shape = broadcast_shape(weight._array.shape, x.shape)
        if shape != x.shape:
            raise RuntimeError(
                f"output with shape {list(x.shape)} doesn't match the broadcast shape "
                f"{list(shape)}: the weight broadcasts to the input, not the input to it"
            )
    require_constants("binary_cross_entropy", weight=weight)
    factor = None if weight is None else weight.to(input.dtype)._array
    return ops.BinaryCrossEntropy.apply(input, target, weight=factor, reduction=reduction)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Return (x − y)² / 2 up to a distance of delta, beyond it delta · (|x − y| − delta / 2).

    Shapes: (*), (*) -> () or (*).

    Args:
        input: x.
        target: y.
        reduction: "mean", "sum" or "none".
        delta: where the parabola becomes a line.
        weight: (*), factors of the losses of the elements; the mean is over their number.

    Raises:
        ValueError: for an unknown ``reduction``, or a weight of another shape.
        RuntimeError: if delta is not positive.
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
    """
    reduction = check_pair("huber_loss", input, target, None, None, reduction)
    require_numbers("huber_loss", delta=delta)
    if not delta > 0:
        raise RuntimeError(
            f"huber_loss does not support non-positive values for delta. Got {delta}"
        )
    input, target = together(input, target)
    if not is_float(target._array.dtype):
        require_float("huber_cpu", input._array)
    _require_float_result(input)
    each = reduction if weight is None else "none"
    loss: Tensor = ops.HuberLoss.apply(input, target, reduction=each, delta=delta)
    loss = loss.to(input.dtype)  # whatever the target's
    if weight is None:
        return loss
    weighted = weigh(loss, weight, "none")
    return reduce_losses(weighted, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Return (x − y)² / (2 beta) up to a distance of beta, beyond it |x − y| − beta / 2.

    Shapes: (*), (*) -> () or (*).

    Args:
        input: x.
        target: y.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        beta: where the parabola becomes a line; 0 for the absolute error.

    Raises:
        ValueError: for an unknown ``reduction``.
        RuntimeError: if beta is negative.
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
    """
    reduction = check_pair("smooth_l1_loss", input, target, size_average, reduce, reduction)
    require_numbers("smooth_l1_loss", beta=beta)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta. Got {beta}")
    input, target = together(input, target)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    if not is_float(target._array.dtype):
        require_float("smooth_l1_cpu", input._array)
    return ops.SmoothL1Loss.apply(input, target, reduction=reduction, beta=beta)


def _require_float_result(input: Tensor) -> None:
    if not is_float(input._array.dtype):
        raise RuntimeError(
            "result type Float can't be cast to the desired output type "
            f"{scalar_name(input._array)}: expected floating-point inputs; convert with .float()"
        )


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return log(1 + exp(−x·y)), reduced; it does not overflow: (*), (*) -> () or (*).

    Args:
        input: x.
        target: y, each 1 or −1.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for an unknown ``reduction``.
        RuntimeError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html;
        there the loss is inf, and the slope NaN, where exp(−x·y) overflows
    """
    require_tensors("soft_margin_loss(input, target)", input, target)
    reduction = check_reduction(reduction, size_average, reduce)
    require_constants("soft_margin_loss", target=target)
    _require_float_result(input)
    return ops.SoftMarginLoss.apply(input, target.to(input.dtype), reduction=reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """Return y · (log y − x), reduced: (*), (*) -> () or (*).

    That is the divergence of Kullback and Leibler.

    Args:
        input: x, logarithms of probabilities.
        target: y, probabilities.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "batchmean" (the sum over the batch size), "mean", "sum" or "none".
        log_target: whether the target holds logarithms, too.

    Raises:
        ValueError: for an unknown ``reduction``.
        RuntimeError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
    """
    require_tensors("kl_div(input, target)", input, target)
    if reduction == "mean" and size_average is None and reduce is None:
        warn_user(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math "
            "definition.'mean' will be changed to behave the same as 'batchmean' in the next major "
            "release."
        )
    by_batch = reduction == "batchmean"
    reduction = check_reduction("sum" if by_batch else reduction, size_average, reduce)
    for x in (input, target):
        if not is_float(x._array.dtype):
            raise RuntimeError(
                f"kl_div: Integral inputs not supported. Got {scalar_name(x._array)}: convert with "
                ".float()"
            )
    loss = reduce_losses(_divergences(input, target, log_target), reduction)
    return loss / input.shape[0] if by_batch and input.ndim else loss


def _divergences(input: Tensor, target: Tensor, log_target: bool) -> Tensor:
    if log_target:
        return target.exp() * (target - input)
    entropies: Tensor = Where.apply(target == 0, 0.0, target * target.log())
    return entropies - target * input


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return −log of the Poisson distribution's density, without constants: (*), (*) -> () or (*).

    Args:
        input: logarithm of the expected count, or that itself.
        target: counts.
        log_input: whether ``input`` is a logarithm.
        full: add Stirling's approximation of the constants.
        size_average: old form of ``reduction``.
        eps: added to the expected count before its logarithm is taken.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
    """
    require_tensors("poisson_nll_loss(input, target)", input, target)
    reduction = check_reduction(reduction, size_average, reduce)
    rate, log_rate = (input.exp(), input) if log_input else (input, (input + eps).log())
    loss = rate - target * log_rate
    if full:
        stirling = target * target.log() - target + 0.5 * (target * (2 * math.pi)).log()
        loss = loss + Where.apply(target <= 1, 0.0, stirling).to(loss.dtype)
    return reduce_losses(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """Return (log var + (x − y)² / var) / 2, reduced: (N, *), (N, *), (N, *) -> () or (N, *).

    Args:
        input: x, expectations.
        target: y, samples.
        var: variances, a number or (N, *), of which one dimension may be 1 or the last left out.
        full: add log(2π) / 2.
        eps: smallest variance; below it the gradient is as if there were no limit.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for negative variances, those of another shape, or an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
    """
    require_tensors("gaussian_nll_loss(input, target)", input, target)
    if not isinstance(var, Tensor):
        if not isinstance(var, float):
            raise TypeError(
                f"gaussian_nll_loss(): argument 'var' must be Tensor or float, not "
                f"{type(var).__name__}"
            )
        var = full_like(input, var)
    if (var < 0).any():
        raise ValueError("var has negative entry/entries")
    var = _fitting(var, input)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid; use 'mean', 'sum' or 'none'")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduce_losses(loss, reduction)


def _fitting(var: Tensor, input: Tensor) -> Tensor:
    """Give variances the dimensions of the input."""
    own: Any = var._array.shape
    shape: Any = input._array.shape
    if own == shape:
        return var
    if own == shape[:-1]:
        return var.unsqueeze(-1)
    if len(own) == len(shape) and sum([n for m, n in zip(shape, own, strict=True) if m != n]) == 1:
        return var
    raise ValueError(
        f"var is of incorrect size: {list(own)} does not go with an input of size {list(shape)}"
    )


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean over the classes of −(y·log σ(x) + (1 − y)·log σ(−x)): (*, K) -> () or (*).

    Args:
        input: x, logits (*, K).
        target: y, each 0 or 1 (*, K).
        weight: (K), of the classes.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for an unknown ``reduction``.
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
    """
    require_tensors(
        "multilabel_soft_margin_loss(input, target, weight)", input, target, weight, required=2
    )
    reduction = check_reduction(reduction, size_average, reduce)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    if input.ndim == 0:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions: no classes")
    return reduce_losses(loss.sum(-1) / input.shape[-1], reduction)
