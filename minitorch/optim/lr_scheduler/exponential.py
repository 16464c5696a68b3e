"""Exponential decay."""

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate
from minitorch.optim.optimizer import Optimizer


class ExponentialLR(LRScheduler):
    """Multiply the rate by ``gamma`` every epoch.

    Args:
        optimizer: Whose groups are changed.
        gamma: Factor per epoch.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Source: ``torch.optim.lr_scheduler.ExponentialLR``.
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates times ``gamma``."""
        self._warn_outside_step()
        return self._values("lr") if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]
