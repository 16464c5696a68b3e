"""Schedules that come down in steps."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate
from minitorch.optim.optimizer import Optimizer


class StepLR(LRScheduler):
    """Multiply the rate by ``gamma`` every ``step_size`` epochs.

    Args:
        optimizer: Whose groups are changed.
        step_size: Epochs between two falls.
        gamma: Factor of each fall.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Source: ``torch.optim.lr_scheduler.StepLR``.
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates, at the end of a step times ``gamma``."""
        self._warn_outside_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._values("lr")
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return [b * self.gamma ** (self.last_epoch // self.step_size) for b in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiply the rate by ``gamma`` at each epoch in ``milestones``.

    Args:
        optimizer: Whose groups are changed.
        milestones: Epochs in any order; one listed twice counts twice.
        gamma: Factor of each fall.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Source: ``torch.optim.lr_scheduler.MultiStepLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates, at a milestone times ``gamma``."""
        self._warn_outside_step()
        if self.last_epoch not in self.milestones:
            return self._values("lr")
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[Rate]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [base * self.gamma**passed for base in self.base_lrs]
