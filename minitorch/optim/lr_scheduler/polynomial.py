"""Decay by a power of what is left."""

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate
from minitorch.optim.optimizer import Optimizer


class PolynomialLR(LRScheduler):
    """Decay to 0 in ``total_iters`` epochs: ``lr = base·(1 − epoch / total_iters)^power``.

    Args:
        optimizer: Whose groups are changed.
        total_iters: Epochs until the rate is 0.
        power: 1 for a straight line.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Source: ``torch.optim.lr_scheduler.PolynomialLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates times the share that this epoch leaves of them."""
        self._warn_outside_step()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._values("lr")
        now, before = (1.0 - n / self.total_iters for n in (self.last_epoch, self.last_epoch - 1))
        return self._scaled((now / before) ** self.power)

    def _get_closed_form_lr(self) -> list[Rate]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [base * left**self.power for base in self.base_lrs]
