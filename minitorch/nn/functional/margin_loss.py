"""Losses that ask for a margin: between classes, between pairs, between distances."""

from __future__ import annotations

from collections.abc import Callable

from minitorch.autograd.vmap.example import values_of
from minitorch.core.dtypes import Array, scalar_name
from minitorch.nn.functional.checks import require_constants, require_float, require_tensors
from minitorch.nn.functional.reduction import check_reduction, reduce_losses
from minitorch.ops.elementwise.activation import Relu
from minitorch.ops.elementwise.clamping import clamp_min
from minitorch.ops.elementwise.selection import Where, minimum
from minitorch.ops.out import without_out
from minitorch.tensor import Tensor

_clamp_min, _minimum = without_out(clamp_min), without_out(minimum)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return max(0, −y · (x1 − x2) + margin), reduced: (*), (*), (*) -> () or (*).

    Args:
        input1: x1.
        input2: x2.
        target: y, 1 where x1 shall be the larger, −1 where x2 shall.
        margin: by how much.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        RuntimeError: if the numbers of dimensions differ.
        ValueError: for an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
    """
    require_tensors("margin_ranking_loss(input1, input2, target)", input1, input2, target)
    reduction = check_reduction(reduction, size_average, reduce)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduce_losses(_clamp_min(-target * (input1 - input2) + float(margin), 0), reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return x where y is 1, max(0, margin − x) where y is −1, reduced: (*), (*) -> () or (*).

    Args:
        input: x, distances.
        target: y, 1 where a distance shall be small, −1 where it shall be large.
        margin: how large.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
    """
    require_tensors("hinge_embedding_loss(input, target)", input, target)
    reduction = check_reduction(reduction, size_average, reduce)
    short = _clamp_min(margin - input, 0).to(input.dtype)  # of integers, PyTorch's are, too
    apart = Where.apply(target != 1, short, 0)
    losses: Tensor = apart + Where.apply(target != -1, input, 0)
    return reduce_losses(losses, reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return 1 − cos where y is 1, max(0, cos − margin) where y is −1: (N, E), (N, E), (N) -> ().

    Args:
        input1: vectors (N, E) or (E).
        input2: vectors, as many.
        target: y, 1 where the angle shall be small, −1 where it shall be large; (N) or ().
        margin: the cosine from which on the angle is small enough.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        RuntimeError: if the dimensions do not go together.
        ValueError: for an unknown ``reduction``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
    """
    require_tensors("cosine_embedding_loss(input1, input2, target)", input1, input2, target)
    reduction = check_reduction(reduction, size_average, reduce)
    ndim = target.ndim
    if ndim > 1:
        raise RuntimeError(
            "0D or 1D target tensor expected, multi-target not supported: one target for each "
            f"pair of vectors, but got {list(target.shape)}"
        )
    if not input1.ndim == input2.ndim == ndim + 1:
        raise RuntimeError(
            f"{ndim}D target tensor expects {ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    squares = [(x * x).sum(ndim) + 1e-12 for x in (input1, input2)]
    cosines = (input1 * input2).sum(ndim) / (squares[0] * squares[1]).sqrt()
    together = Where.apply(target == 1, 1 - cosines, 0)
    losses: Tensor = together + Where.apply(target == -1, _clamp_min(cosines - margin, 0), 0)
    return reduce_losses(losses, reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the sum over i ≠ y of max(0, margin − x[y] + x[i])^p / K: (N, K), (N) -> () or (N).

    Args:
        input: x, scores (N, K) or (K).
        target: y, class indices (N), or one.
        p: 1 or 2.
        margin: by how much the score of the class shall be the largest.
        weight: (K), factors of the losses of samples of the classes.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for another p, or an unknown ``reduction``.
        RuntimeError: if sizes, dtypes or class indices do not fit.
        NotImplementedError: for scores that are integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
    """
    require_tensors("multi_margin_loss(input, target)", input, target)
    reduction = check_reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported, but got {p}")
    if weight is not None and weight.ndim != 1:
        raise ValueError(f"weight must be one-dimensional, but got {list(weight.shape)}")
    x, t = input._array, target._array
    classes = _check_classes(x)
    batch = x.shape[0] if x.ndim == 2 else 1
    if t.ndim > 1 or t.size != batch:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
            f"samples (batch size). Expected target size [{batch}], but got {list(t.shape)}. Input "
            f"has shape {list(x.shape)}."
        )
    require_float("multi_margin_loss_cpu_kernel", x)
    _check_labels(t, 0, classes, "target out of range")
    if weight is not None:
        _check_class_weight(x, weight, classes)
    rows, labels = input.reshape(batch, classes), target.reshape(batch, 1)
    each = Relu.apply(margin - rows.gather(1, labels) + rows)
    if p == 2:
        each = each * each
    each = each.scatter(1, labels, 0.0)
    if weight is not None:
        each = each * weight[labels]
    losses: Tensor = each.sum(1) / classes
    return reduce_losses(losses.reshape(target.shape), reduction)


def _check_classes(x: Array) -> int:
    """Return how many classes there are scores of: (N, K), (K) or ()."""
    if x.ndim > 2 or (x.size == 0 and (x.ndim < 2 or x.shape[1] == 0)):
        raise RuntimeError(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(x.shape)}"
        )
    return x.shape[-1] if x.ndim else 1


def _check_labels(t: Array, low: int, classes: int, phrase: str) -> None:
    if scalar_name(t) != "Long":
        raise RuntimeError(
            f"expected scalar type Long but found {scalar_name(t)}: class indices are int64; "
            "convert them with .long()"
            " [explain: target-dtype]"
        )
    labels = values_of(t)
    if labels.size and not (labels.min() >= low and labels.max() < classes):
        raise RuntimeError(
            f"{phrase}: class indices go from {low} to {classes - 1}, but these from "
            f"{labels.min()} to {labels.max()}"
        )


def _check_class_weight(x: Array, weight: Tensor, classes: int) -> None:
    w = weight._array
    if w.size != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(w.shape)}")
    if w.dtype != x.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(x)} but found {scalar_name(w)}: the weight needs "
            "the input's dtype"
            " [explain: dtype-mismatch]"
        )
    require_constants("multi_margin_loss", weight=weight)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the sum over labels y and other classes i of max(0, 1 − x[y] + x[i]) / K.

    Shapes: (N, K), (N, K) -> () or (N); N may be left out.

    Args:
        input: x, scores.
        target: class indices; the first −1 ends the list of a sample's labels.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for an unknown ``reduction``.
        RuntimeError: if sizes, dtypes or class indices do not fit.
        NotImplementedError: for scores that are integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
    """
    require_tensors("multilabel_margin_loss(input, target)", input, target)
    reduction = check_reduction(reduction, size_average, reduce)
    x, t = input._array, target._array
    classes = _check_classes(x)
    if x.shape != t.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(t.shape)} for input of size: {list(x.shape)}"
        )
    require_float("multilabel_margin_loss_forward_out_frame", x)
    _check_labels(t, -1, classes, "argument #2 'target' is out of range")
    rows, labels = input.reshape(-1, classes), target.reshape(-1, classes)
    counts = (labels < 0).cumsum(1) == 0  # (N, K): before the first -1
    labels = Where.apply(counts, labels, 0)
    # (N, K): how often each class is a label; it is none of the others then.
    marks = counts.to(labels.dtype)
    is_other = labels.new_zeros(labels.shape).scatter_add(1, labels, marks) == 0
    each = Relu.apply(1 - rows.gather(1, labels).unsqueeze(2) + rows.unsqueeze(1))  # (N, K, K)
    each = Where.apply(counts.unsqueeze(2) & is_other.unsqueeze(1), each, 0.0)
    losses: Tensor = each.sum((1, 2)) / classes
    return reduce_losses(losses.reshape(x.shape[:-1]), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return max(0, margin + d(anchor, positive) − d(anchor, negative)): (N, E), ... -> ().

    Args:
        anchor: vectors (N, E) or (E).
        positive: vectors that shall be near.
        negative: vectors that shall be far.
        margin: by how much farther.
        p: of the norm that is the distance.
        eps: added to each difference.
        swap: take the distance of positive and negative where that is less.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: if margin is not positive, or for an unknown ``reduction``.
        RuntimeError: if the numbers of dimensions differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
    """
    require_tensors("triplet_margin_loss(anchor, positive, negative)", anchor, positive, negative)
    reduction = check_reduction(reduction, size_average, reduce)
    return _triplets(anchor, positive, negative, _distance(p, eps), margin, swap, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """Return :func:`triplet_margin_loss` with a distance of one's own.

    Shapes: (N, *), (N, *), (N, *) -> () or (N).

    Args:
        anchor: samples.
        positive: samples that shall be near.
        negative: samples that shall be far.
        distance_function: of two tensors; the Euclidean distance if left out.
        margin: by how much farther.
        swap: take the distance of positive and negative where that is less.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: if margin is not positive, or for an unknown ``reduction``.
        RuntimeError: if the numbers of dimensions differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
    """
    require_tensors(
        "triplet_margin_with_distance_loss(anchor, positive, negative)", anchor, positive, negative
    )
    reduction = check_reduction(reduction, None, None)
    distance = _distance(2.0, 1e-6) if distance_function is None else distance_function
    return _triplets(anchor, positive, negative, distance, margin, swap, reduction)


def _distance(p: float, eps: float) -> Callable[[Tensor, Tensor], Tensor]:
    def distance(a: Tensor, b: Tensor) -> Tensor:
        return (a - b + eps).norm(p, -1)

    return distance


def _triplets(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor],
    margin: float,
    swap: bool,
    reduction: str,
) -> Tensor:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative "
            f"{negative.ndim}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = _minimum(far, distance(positive, negative))
    return reduce_losses(_clamp_min(margin + near - far, 0), reduction)
