"""Schedules that warm up: a factor, constant or in a line, for the first epochs."""

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate
from minitorch.optim.optimizer import Optimizer


class ConstantLR(LRScheduler):
    """Base rate times ``factor`` until epoch ``total_iters``, the base rate from then on.

    Args:
        optimizer: Whose groups are changed.
        factor: Share of the base rate, between 0 and 1.
        total_iters: The epoch from which the base rate holds.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: ``factor`` is not between 0 and 1.

    Source: ``torch.optim.lr_scheduler.ConstantLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(
                "Constant multiplicative factor expected to be between 0 and 1, but got "
                f"factor={factor}"
            )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates, smaller at epoch 0, undone at ``total_iters``."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch != self.total_iters:
            return self._values("lr")
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self) -> list[Rate]:
        factor = 1.0 if self.last_epoch >= self.total_iters else self.factor
        return [base * factor for base in self.base_lrs]


class LinearLR(LRScheduler):
    """Base rate times a factor that goes in a line from ``start_factor`` to ``end_factor``.

    Args:
        optimizer: Whose groups are changed.
        start_factor: Factor of epoch 0, over 0 and at most 1.
        end_factor: Factor from epoch ``total_iters`` on, between 0 and 1.
        total_iters: Epochs on the way.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: a factor out of range.

    Source: ``torch.optim.lr_scheduler.LinearLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal "
                f"to 1, but got start_factor={start_factor}"
            )
        if not 0 <= end_factor <= 1:
            raise ValueError(
                "Ending multiplicative factor expected to be between 0 and 1, but got "
                f"end_factor={end_factor}"
            )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates times this epoch's factor over that of the last."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._values("lr")
        # Factor of this epoch over that of the last one, rounded as PyTorch rounds it.
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)

    def _get_closed_form_lr(self) -> list[Rate]:
        rise = self.end_factor - self.start_factor
        factor = (
            self.start_factor + rise * min(self.total_iters, self.last_epoch) / self.total_iters
        )
        return [base * factor for base in self.base_lrs]
