"""Loss layers that ask for a margin."""

from __future__ import annotations

from collections.abc import Callable

from minitorch.nn import functional as F
from minitorch.nn.modules.loss_base import _Loss, _WeightedLoss
from minitorch.tensor import Tensor


def _check_margin(layer: str, margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"{layer}: expected margin to be greater than 0, got {margin} instead")


class MarginRankingLoss(_Loss):
    """max(0, −y · (x1 − x2) + margin), reduced: (*), (*), (*) -> () or (*).

    Args:
        margin: by how much x1 shall be larger where y is 1, or x2 where it is −1.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class HingeEmbeddingLoss(_Loss):
    """x where y is 1, max(0, margin − x) where y is −1, reduced: (*), (*) -> () or (*).

    Args:
        margin: how large a distance shall be where y is −1.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """1 − cos where y is 1, max(0, cos − margin) where y is −1: (N, E), (N, E), (N) -> () or (N).

    Args:
        margin: the cosine that is small enough.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """Sum over labels y and other classes i of max(0, 1 − x[y] + x[i]) / K: (N, K), (N, K) -> ().

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    A target lists class indices; the first −1 ends the list.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """Sum over i ≠ y of max(0, margin − x[y] + x[i])^p / K: (N, K), (N) -> () or (N).

    Args:
        p: 1 or 2.
        margin: by how much the score of the class shall be the largest.
        weight: (K), factors of the losses of samples of the classes.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: for another p, or a weight that is not one-dimensional.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"only p == 1 and p == 2 supported, but got {p}")
        if weight is not None and weight.ndim != 1:
            raise ValueError(
                "MultiMarginLoss: expected weight to be None or 1D tensor, got "
                f"{weight.ndim}D instead"
            )
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input,
            target,
            p=self.p,
            margin=self.margin,
            weight=self.weight,
            reduction=self.reduction,
        )


class TripletMarginLoss(_Loss):
    """max(0, margin + d(anchor, positive) − d(anchor, negative)): (N, E) thrice -> () or (N).

    Args:
        margin: by how much farther the negative shall be.
        p: of the norm that is the distance.
        eps: added to each difference.
        swap: take the distance of positive and negative where that is less.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: if margin is not positive.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        _check_margin("TripletMarginLoss", margin)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """:class:`TripletMarginLoss` with a distance of one's own: (N, *) thrice -> () or (N).

    Args:
        distance_function: of two tensors; the Euclidean distance if left out.
        margin: by how much farther the negative shall be.
        swap: take the distance of positive and negative where that is less.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: if margin is not positive.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average=None, reduce=None, reduction=reduction)
        _check_margin("TripletMarginWithDistanceLoss", margin)
        self.distance_function = distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )
