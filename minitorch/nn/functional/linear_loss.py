"""The cross-entropy of an affine map."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import int64
from minitorch.nn.functional.affine import linear
from minitorch.nn.functional.checks import require_tensors
from minitorch.nn.functional.loss import cross_entropy
from minitorch.tensor import Tensor


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """Return :func:`cross_entropy` of :func:`linear`: (N, in), (K, *, in), (N, *) -> () or (N, *).

    N may be left out where the weight has two dimensions.

    Args:
        input: (N, in).
        linear_weight: (K, *, in) for K classes.
        target: class indices (N, *), or probabilities (N, K, *).
        linear_bias: (K, *).
        weight: (K), of the classes; with class indices the mean is then a weighted one.
        reduction: "mean", "sum" or "none".
        ignore_index: samples with this target count for nothing; None for −100.
        label_smoothing: share of the target that is spread evenly over all classes.
        options: a LinearCrossEntropyOptions, which the numbers do not depend on.

    Raises:
        IndexError: if a target is no class.
        ValueError: if the batch sizes differ, or for an unknown ``reduction``.
        RuntimeError: if other sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
    """
    require_tensors(
        "linear_cross_entropy(input, linear_weight, target, linear_bias, weight)",
        *(input, linear_weight, target, linear_bias, weight),
        required=3,
    )
    _check_sizes(input, linear_weight, linear_bias)
    shape = (*input.shape[:-1], *linear_weight.shape[:-1])
    if target.shape == shape and ignore_index is not None:
        raise RuntimeError(
            "ignore_index cannot be specified when target contains probabilities, as one of the "
            f"logits' shape {list(shape)} does"
        )
    if options is not None:
        _check_options(options, input, linear_weight, target, reduction, label_smoothing)
    if linear_weight.ndim > 2:
        linear_weight = linear_weight.flatten(0, -2)
        linear_bias = None if linear_bias is None else linear_bias.flatten()
    return cross_entropy(
        linear(input, linear_weight, linear_bias).reshape(shape),
        target,
        weight=weight,
        reduction=reduction,
        ignore_index=-100 if ignore_index is None else ignore_index,
        label_smoothing=label_smoothing,
    )


def _check_sizes(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    x, w = tuple(input.shape), tuple(weight.shape)
    if len(x) not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {len(x)}")
    if len(w) < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {len(w)}")
    if x[-1] != w[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), "
            f"got {x[-1]} and {w[-1]}, respectively"
        )
    if bias is not None and tuple(bias.shape) != w[:-1]:
        raise RuntimeError(f"expected linear_bias shape {w[:-1]}, got {tuple(bias.shape)}")
    if len(w) > 2 and len(x) == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {w} requires batched input, "
            f"(N, {x[0]}), got unbatched input with shape {x}"
        )


def _check_options(
    options: Any,
    input: Tensor,
    weight: Tensor,
    target: Tensor,
    reduction: str,
    label_smoothing: float,
) -> None:
    """Refuse what PyTorch refuses in pieces; warn where it would take the whole instead."""
    is_named = reduction in ("mean", "sum", "none")
    if is_named and label_smoothing == 0 and target.dtype == int64 and weight.ndim == 2:
        rows = input.shape[0] if input.ndim == 2 else 1
        options.check(rows, input.shape[-1], weight.shape[0], input.dtype)
        return
    warn_user(
        "linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum',"
        "'none'}, label_smoothing == 0, target.dtype == int64, out_features == (). Got "
        f"reduction={reduction!r}, label_smoothing={label_smoothing}, target.dtype={target.dtype}, "
        f"out_features={tuple(weight.shape[1:-1])}."
    )
