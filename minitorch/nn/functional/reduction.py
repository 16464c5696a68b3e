"""The ``reduction`` argument of losses, and what it was before."""

from __future__ import annotations

from minitorch.autograd.sites import warn_user
from minitorch.tensor import Tensor


def legacy_reduction(size_average: bool | None, reduce: bool | None) -> str:
    """Translate the arguments that ``reduction`` has replaced."""
    if reduce is not None and not reduce:
        reduction = "none"
    else:
        reduction = "mean" if size_average is None or size_average else "sum"
    warn_user(
        "size_average and reduce args will be deprecated, please use "
        f"reduction='{reduction}' instead."
    )
    return reduction


def check_reduction(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """Return "mean", "sum" or "none".

    Raises:
        ValueError: for anything else.
    """
    if size_average is not None or reduce is not None:
        return legacy_reduction(size_average, reduce)
    if reduction in ("mean", "sum", "none"):
        return reduction
    if reduction == "elementwise_mean":
        warn_user(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead."
        )
        return "mean"
    raise ValueError(f"{reduction} is not a valid value for reduction; use 'mean', 'sum' or 'none'")


def reduce_losses(losses: Tensor, reduction: str) -> Tensor:
    """Reduce the losses of the elements."""
    if reduction == "mean":
        return losses.mean()
    return losses.sum() if reduction == "sum" else losses
