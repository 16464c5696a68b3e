"""Loss layers."""

from __future__ import annotations

from minitorch.autograd.sites import warn_user
from minitorch.nn import functional as F
from minitorch.nn.modules.loss_base import _Loss, _WeightedLoss
from minitorch.nn.modules.margin_loss import (
    CosineEmbeddingLoss as CosineEmbeddingLoss,
    HingeEmbeddingLoss as HingeEmbeddingLoss,
    MarginRankingLoss as MarginRankingLoss,
    MultiLabelMarginLoss as MultiLabelMarginLoss,
    MultiMarginLoss as MultiMarginLoss,
    TripletMarginLoss as TripletMarginLoss,
    TripletMarginWithDistanceLoss as TripletMarginWithDistanceLoss,
)
from minitorch.tensor import Tensor


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


class NLLLoss2d(NLLLoss):
    """:class:`NLLLoss` under an old name: (N, K, *), (N, *) -> () or (N, *).

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
        warn_user(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in "
            "replacement and see https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more "
            "details.",
            FutureWarning,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class PoissonNLLLoss(_Loss):
    """−log of the Poisson distribution's density, without constants: (*), (*) -> () or (*).

    Args:
        log_input: whether the input is the logarithm of the expected count, or that itself.
        full: add Stirling's approximation of the constants.
        size_average: old form of ``reduction``.
        eps: added to the expected count before its logarithm is taken.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """(log var + (x − y)² / var) / 2, reduced: (N, *), (N, *), (N, *) -> () or (N, *).

    Args:
        full: add log(2π) / 2.
        eps: smallest variance; below it the gradient is as if there were no limit.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )


class KLDivLoss(_Loss):
    """y · (log y − x), reduced, the divergence of Kullback and Leibler: (*), (*) -> () or (*).

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "batchmean" (the sum over the batch size), "mean", "sum" or "none".
        log_target: whether the target holds logarithms, as the input does.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class BCELoss(_WeightedLoss):
    """−(y·log x + (1 − y)·log(1 − x)), weighted and reduced: (*), (*) -> () or (*).

    Args:
        weight: factor of each element's loss, broadcast.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """(x − y)² / (2 beta) up to a distance of beta, beyond it |x − y| − beta / 2, reduced.

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".
        beta: where the parabola becomes a line; 0 for the absolute error.

    Shapes: (*), (*) -> () or (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """(x − y)² / 2 up to a distance of delta, beyond it delta · (|x − y| − delta / 2), reduced.

    Args:
        reduction: "mean", "sum" or "none".
        delta: where the parabola becomes a line.

    Shapes: (*), (*) -> () or (*).

    Raises:
        TypeError: if delta is no number.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, float | int):
            raise TypeError(f"delta must be a float or int, got: {type(delta)}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class SoftMarginLoss(_Loss):
    """log(1 + exp(−x·y)), reduced; y is 1 or −1: (*), (*) -> () or (*).

    Args:
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Mean over the classes of −(y·log σ(x) + (1 − y)·log σ(−x)): (*, K) -> () or (*).

    Args:
        weight: (K), of the classes.
        size_average: old form of ``reduction``.
        reduce: old form of ``reduction``.
        reduction: "mean", "sum" or "none".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )
