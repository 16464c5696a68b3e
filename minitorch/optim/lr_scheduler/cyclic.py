"""Up and down again, and momentum the other way."""

import math
from collections.abc import Callable
from typing import Any

from minitorch.optim.lr_scheduler.lambdas import saved_function
from minitorch.optim.lr_scheduler.one_cycle import cycles_beta1, set_momentum
from minitorch.optim.lr_scheduler.scheduler import (
    LRScheduler,
    Rate,
    check_optimizer,
    per_group,
    set_rate,
)
from minitorch.optim.optimizer import Optimizer

_MODES = ("triangular", "triangular2", "exp_range")


class CyclicLR(LRScheduler):
    """From ``base_lr`` up to ``max_lr`` and back, again and again; step it after each batch.

    The height of a cycle stays ("triangular"), halves with each ("triangular2"), or is multiplied
    by ``gamma`` at each step ("exp_range"). Momentum goes down where the rate goes up.

    Args:
        optimizer: Whose groups are changed.
        base_lr: The lowest rate, or a list with one per group.
        max_lr: The highest rate of the first cycle, or a list.
        step_size_up: Steps of the way up.
        step_size_down: Steps of the way down; as many by default.
        mode: One of the three above; not looked at with ``scale_fn``.
        gamma: For "exp_range".
        scale_fn: The height, as a share of the first, given by ``scale_mode``. Functions are not
            saved; an object with ``__call__`` has its attributes saved and loaded.
        scale_mode: What ``scale_fn`` is called with: the number of the "cycle", from 1, or the
            "iterations" so far.
        cycle_momentum: Cycle ``momentum``, or the first of ``betas``.
        base_momentum: Its lowest value, or a list.
        max_momentum: Its highest value, or a list.
        last_epoch: The step reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: another ``mode`` without ``scale_fn``; a list of another length than groups; an
            optimizer without momentum with ``cycle_momentum``.

    Source: ``torch.optim.lr_scheduler.CyclicLR``; Smith 2017.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        groups = optimizer.param_groups
        base_lrs = per_group("base_lr", base_lr, groups)
        self.max_lrs = per_group("max_lr", max_lr, groups)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        if mode not in _MODES and scale_fn is None:
            raise ValueError(f"mode is invalid and scale_fn is None: {mode!r} is none of {_MODES}")
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = cycles_beta1(optimizer)
            self.base_momentums = per_group("base_momentum", base_momentum, groups)
            self.max_momentums = per_group("max_momentum", max_momentum, groups)
        if last_epoch == -1:  # otherwise the groups were loaded and hold all this
            for index, group in enumerate(groups):
                set_rate(group, base_lrs[index])
                if cycle_momentum:
                    set_momentum(group, self.max_momentums[index], self.use_beta1)
                    group["max_momentum"] = self.max_momentums[index]
                    group["base_momentum"] = self.base_momentums[index]
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """Return the height of a cycle, as a share of the first, at cycle or step ``x``."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / (2.0 ** (x - 1)) if self.mode == "triangular2" else self.gamma**x

    def get_lr(self) -> list[Rate]:
        """Compute the rates; sets the momentum of each group on the way."""
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        place = 1.0 + self.last_epoch / self.total_size - cycle  # 0 to 1, over the cycle
        if place <= self.step_ratio:
            share = place / self.step_ratio
        else:
            share = (place - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            ends = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, ends, strict=True):
                set_momentum(group, high - (high - low) * share * scale, self.use_beta1)
        pairs = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * share * scale for low, high in pairs]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer and a function; None stands for that."""
        state = super().state_dict()
        if self._scale_fn_custom is not None:
            state["_scale_fn_custom"] = saved_function(self._scale_fn_custom)
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a saved state; ``scale_fn`` stays that which this scheduler was made with."""
        rest = dict(state_dict)
        saved = rest.pop("_scale_fn_custom")
        if saved is not None:
            vars(self._scale_fn_custom).update(saved)
        super().load_state_dict(rest)
