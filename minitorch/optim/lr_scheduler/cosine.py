"""Half a cosine."""

import math

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate
from minitorch.optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the base rate at epoch 0 down to ``eta_min`` at epoch ``T_max``.

    ``lr = eta_min + (base − eta_min)·(1 + cos(π·epoch / T_max)) / 2``; it rises again after
    ``T_max``.

    Args:
        optimizer: Whose groups are changed.
        T_max: Epochs from the base rate to the bottom.
        eta_min: The rate at the bottom.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Source: ``torch.optim.lr_scheduler.CosineAnnealingLR``; Loshchilov & Hutter 2017 (SGDR), eq. 5,
    without the restarts.
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates by recursion from the present ones."""
        self._warn_outside_step()
        if self._is_initial:
            return self._values("lr")
        groups = self.optimizer.param_groups
        now, before = self._height(self.last_epoch), self._height(self.last_epoch - 1)
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            # One past the bottom: the rate was eta_min, and nothing times a factor is nothing.
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            pairs = zip(groups, self.base_lrs, strict=True)
            return [group["lr"] + (base - self.eta_min) * rise for group, base in pairs]
        return [self.eta_min + now / before * (group["lr"] - self.eta_min) for group in groups]

    def _height(self, epoch: int) -> float:
        return 1 + math.cos(math.pi * epoch / self.T_max)

    def _get_closed_form_lr(self) -> list[Rate]:
        height = self._height(self.last_epoch) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]
