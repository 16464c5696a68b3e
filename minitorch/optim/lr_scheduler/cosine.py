"""Half a cosine, once or again and again."""

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


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine from the base rate to ``eta_min``, again and again.

    ``lr = eta_min + (base − eta_min)·(1 + cos(π·T_cur / T_i)) / 2``; after ``T_i`` epochs it starts
    anew, and ``T_i`` is multiplied by ``T_mult``. ``step(epoch)`` takes fractions of epochs.

    Args:
        optimizer: Whose groups are changed.
        T_0: Epochs until the first restart.
        T_mult: What the number of epochs is multiplied with at each restart.
        eta_min: The rate at the bottom.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: a ``T_0`` or ``T_mult`` that is no positive integer, an ``eta_min`` that is no
            number; from ``step``, a negative epoch.

    Source: ``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts``; Loshchilov & Hutter 2017
    (SGDR), eq. 5.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, float | int):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates at ``T_cur`` epochs after the last restart."""
        self._warn_outside_step()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * height / 2 for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to ``epoch``, which may be between two."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        else:
            self.T_cur, self.T_i = self._place(epoch)
        self.last_epoch = math.floor(epoch)
        self._set_rates(self._rates(None))

    def _place(self, epoch: float) -> tuple[float, int]:
        """Return the epochs since the last restart, and how many there are until the next."""
        if epoch < self.T_0:
            return epoch, self.T_0
        if self.T_mult == 1:
            return epoch % self.T_0, self.T_i
        restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
        start = self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
        return epoch - start, self.T_0 * self.T_mult**restarts
