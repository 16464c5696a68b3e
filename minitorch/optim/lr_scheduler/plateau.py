"""Smaller steps once nothing gets better."""

import math
from typing import Any

from minitorch.optim.lr_scheduler.scheduler import (
    LRScheduler,
    check_optimizer,
    set_rate,
    warn_of_epoch,
)
from minitorch.optim.optimizer import Optimizer
from minitorch.tensor import Tensor


class ReduceLROnPlateau(LRScheduler):
    """Multiply the rate by ``factor`` once a metric has not got better for ``patience`` epochs.

    Args:
        optimizer: Whose groups are changed.
        mode: "min" where smaller is better, "max" where larger is.
        factor: Factor of each fall.
        patience: Epochs without an improvement that are let pass.
        threshold: How much better is better.
        threshold_mode: Whether that is a share of the best ("rel") or a difference ("abs").
        cooldown: Epochs after a fall during which none is counted.
        min_lr: The lowest rate, or a list with one per group.
        eps: A fall of less than that is left out.

    Raises:
        ValueError: a ``factor`` of 1 or more, another ``mode``, a list of another length than
            groups.
        TypeError: ``optimizer`` is none.

    Source: ``torch.optim.lr_scheduler.ReduceLROnPlateau``.

    Example:
        >>> scheduler = ReduceLROnPlateau(optimizer, patience=5)
        >>> for epoch in range(100):
        ...     train()
        ...     scheduler.step(validate())
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(f"Factor should be < 1.0. It is {factor}.")
        self.factor = factor
        check_optimizer(optimizer)
        self.optimizer = optimizer
        groups = len(optimizer.param_groups)
        self.default_min_lr = None if isinstance(min_lr, list | tuple) else min_lr
        self.min_lrs = list(min_lr) if isinstance(min_lr, list | tuple) else [min_lr] * groups
        if len(self.min_lrs) != groups:
            raise ValueError(f"expected {groups} min_lrs, got {len(self.min_lrs)}")
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = self._values("lr")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self._reset()

    def _reset(self) -> None:
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs are not counted, for the rate has just fallen."""
        return self.cooldown_counter > 0

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Take the metric of an epoch, and let the rate fall if it is time."""
        current = float(metrics.detach() if isinstance(metrics, Tensor) else metrics)
        if epoch is not None:
            warn_of_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._values("lr")

    def _is_better(self, value: float, best: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "abs":
            return sign * value > sign * (best + sign * self.threshold)
        return sign * value > sign * (best * (1.0 + sign * self.threshold))

    def _reduce_lr(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"The number of param groups in the `optimizer` ({len(groups)}) differs from "
                    f"when `ReduceLROnPlateau` was initialized ({len(self.min_lrs)}), usually due "
                    "to a new param group being added to the optimizer. Please modify the "
                    "`min_lrs` field to match the length of the `optimizer` param groups."
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, lowest in zip(groups, self.min_lrs, strict=True):
            before = float(group["lr"])
            after = max(before * self.factor, lowest)
            if before - after > self.eps:
                set_rate(group, after)
