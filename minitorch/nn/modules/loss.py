"""Loss layers."""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.nn.functional.reduction import legacy_reduction
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor


class _Loss(Module):
    """A loss with a ``reduction``: "mean", "sum" or "none" (one loss per sample or element)."""

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = legacy_reduction(size_average, reduce)
        self.reduction = reduction


class _WeightedLoss(_Loss):
    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class L1Loss(_Loss):
    """|input − target|, reduced: (*), (*) -> () or (*).

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """(input − target)², reduced: (*), (*) -> () or (*).

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class NLLLoss(_WeightedLoss):
    """−weight[target] · input[target]: (N, K, *), (N, *) -> () or (N, *); N may be left out.

    Args:
        weight: one per class; the mean is then a weighted one.
        size_average: old form of ``reduction``.
        ignore_index: samples with this target count for nothing.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class CrossEntropyLoss(_WeightedLoss):
    """−log softmax(input)[target]: (N, K, *), (N, *) -> () or (N, *); N may be left out.

    Args:
        weight: one per class; with class indices the mean is then a weighted one.
        size_average: old form of ``reduction``.
        ignore_index: samples with this target count for nothing.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        label_smoothing: share of the target that is spread evenly over all classes.

    Targets are class indices (int64), or probabilities of the input's own shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class BCEWithLogitsLoss(_Loss):
    """−(p·y·log σ(x) + (1 − y)·log(1 − σ(x))), weighted and reduced: (*), (*) -> () or (*).

    Args:
        weight: factor of each element's loss, broadcast.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        pos_weight: p, the factor of the positive part, broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )
