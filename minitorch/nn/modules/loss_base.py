"""What the loss layers share."""

from __future__ import annotations

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
