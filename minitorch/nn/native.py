"""Layers as the root has them: with the arguments of PyTorch's native functions, all given."""

from __future__ import annotations

from minitorch.nn.functional import ctc, loss, margin_loss, noise, norm, pair_loss
from minitorch.nn.functional.reduction import reduce_losses
from minitorch.tensor import Tensor


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.dropout`, with all arguments given: (*) -> (*)."""
    return noise.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`dropout` into the input: (*) -> (*)."""
    return noise.dropout(input, p, train, inplace=True)


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """Return :func:`nn.functional.batch_norm`, in another order: (N, C, *) -> (N, C, *)."""
    return norm.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


# Left out, PyTorch's native losses are not reduced, whatever their signatures say.
_NONE = 0


def _named(reduction: int) -> str:
    """Return the name of a reduction that PyTorch has a number for."""
    if not isinstance(reduction, int):
        raise TypeError(f"argument 'reduction' must be int, not {type(reduction).__name__}")
    return {1: "mean", 2: "sum"}.get(reduction, "none")


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: int = _NONE,
) -> Tensor:
    """Return :func:`nn.functional.binary_cross_entropy_with_logits`: (*), (*) -> () or (*)."""
    return loss.binary_cross_entropy_with_logits(
        input, target, weight, pos_weight=pos_weight, reduction=_named(reduction)
    )


def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.cosine_embedding_loss`: (N, E), (N, E), (N) -> () or (N)."""
    return margin_loss.cosine_embedding_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    blank: int = 0,
    reduction: int = _NONE,
    zero_infinity: bool = False,
) -> Tensor:
    """Return :func:`nn.functional.ctc_loss`: (T, N, C), (N, S), (N), (N) -> () or (N)."""
    return ctc.ctc_loss(
        log_probs,
        targets,
        input_lengths,
        target_lengths,
        blank,
        _named(reduction),
        zero_infinity,
    )


def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.hinge_embedding_loss`: (*), (*) -> () or (*)."""
    return margin_loss.hinge_embedding_loss(input, target, margin, reduction=_named(reduction))


def kl_div(
    input: Tensor, target: Tensor, reduction: int = _NONE, *, log_target: bool = False
) -> Tensor:
    """Return :func:`nn.functional.kl_div`: (*), (*) -> () or (*)."""
    total = pair_loss.kl_div(input, target, reduction="none", log_target=log_target)
    return reduce_losses(total, _named(reduction))


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.margin_ranking_loss`: (*), (*), (*) -> () or (*)."""
    return margin_loss.margin_ranking_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int
) -> Tensor:
    """Return :func:`nn.functional.poisson_nll_loss`, with all arguments: (*), (*) -> () or (*)."""
    return pair_loss.poisson_nll_loss(
        input, target, log_input, full, eps=eps, reduction=_named(reduction)
    )


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int = _NONE,
) -> Tensor:
    """Return :func:`nn.functional.triplet_margin_loss`: (N, E), (N, E), (N, E) -> () or (N)."""
    return margin_loss.triplet_margin_loss(
        anchor, positive, negative, margin, p, eps, swap, reduction=_named(reduction)
    )
