"""One cycle of rate and momentum over the whole run."""

import math
from typing import Any

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate, check_optimizer, per_group
from minitorch.optim.optimizer import Group, Optimizer


class OneCycleLR(LRScheduler):
    """One cycle over the whole run, stepped after every batch: up to ``max_lr``, then far down.

    The rate goes from ``max_lr / div_factor`` up to ``max_lr`` in the first ``pct_start`` of the
    steps, and from there to ``max_lr / div_factor / final_div_factor``; with ``three_phase`` it
    first comes down as it went up. Momentum (or beta1) mirrors it between ``max_momentum`` and
    ``base_momentum``. Per-group values may be given as lists.

    Args:
        optimizer: Whose groups are changed.
        max_lr: The rate at the peak.
        total_steps: Steps in the cycle; or give ``epochs`` and ``steps_per_epoch``.
        epochs: Epochs in the cycle.
        steps_per_epoch: Batches in an epoch.
        pct_start: Share of the steps that goes up, a float.
        anneal_strategy: ``"cos"`` or ``"linear"``, the shape of each slope.
        cycle_momentum: Whether momentum cycles too.
        base_momentum: Momentum at the peak.
        max_momentum: Momentum at both ends.
        div_factor: The peak over the first rate.
        final_div_factor: The first rate over the last.
        three_phase: Whether it comes down as it went up before it falls further.
        last_epoch: The number of the last batch, counted over all epochs, when resuming.

    Raises:
        ValueError: no usable number of steps, an argument out of range, a list whose length is not
            the number of groups, no momentum to cycle; from ``step``, a step past the last.

    Source: Smith & Topin 2017 (Super-Convergence), in the two-phase form of ``torch.optim``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        self.cycle_momentum = cycle_momentum
        groups = optimizer.param_groups
        max_lrs = per_group("max_lr", max_lr, groups)
        if cycle_momentum:
            self.use_beta1 = cycles_beta1(optimizer)
            high = per_group("max_momentum", max_momentum, groups)
            low = per_group("base_momentum", base_momentum, groups)
        if last_epoch == -1:  # otherwise the groups were loaded and hold all this
            for index, group in enumerate(groups):
                group["initial_lr"] = max_lrs[index] / div_factor
                group["max_lr"] = max_lrs[index]
                group["min_lr"] = group["initial_lr"] / final_div_factor
                if cycle_momentum:
                    group["max_momentum"], group["base_momentum"] = high[index], low[index]
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Compute the rates; sets the momentum of each group on the way."""
        self._warn_outside_step()
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is "
                f"{self.total_steps}. Step once per batch, and count the batches of all epochs."
            )
        phase, share = self._place()
        for group in self.optimizer.param_groups if self.cycle_momentum else []:
            momentum = self._anneal(group, phase["start_momentum"], phase["end_momentum"], share)
            set_momentum(group, momentum, self.use_beta1)
        return [
            self._anneal(group, phase["start_lr"], phase["end_lr"], share)
            for group in self.optimizer.param_groups
        ]

    def _place(self) -> tuple[dict[str, Any], float]:
        """Return the phase that ``last_epoch`` is in, and the share of it that is over."""
        start = 0.0
        for phase in self._schedule_phases[:-1]:
            if self.last_epoch <= phase["end_step"]:
                break
            start = phase["end_step"]
        else:
            phase = self._schedule_phases[-1]
        return phase, (self.last_epoch - start) / (phase["end_step"] - start)

    def _anneal(self, group: Group, start_key: str, end_key: str, share: float) -> Any:
        start, end = group[start_key], group[end_key]
        if self._anneal_func_type == "linear":
            return start + (end - start) * share
        return end + (start - end) / 2.0 * (1 + math.cos(math.pi * share))


def _total_steps(total: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total is not None:
        return _positive("total_steps", total)
    if epochs is None or steps_per_epoch is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    return _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")
    return value


def _phases(total: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    def phase(end_step: float, lr: str, momentum: str) -> dict[str, Any]:
        start_lr, end_lr = lr.split()
        start_momentum, end_momentum = momentum.split()
        return {
            "end_step": end_step,
            "start_lr": start_lr,
            "end_lr": end_lr,
            "start_momentum": start_momentum,
            "end_momentum": end_momentum,
        }

    peak = float(pct_start * total) - 1
    up = phase(peak, "initial_lr max_lr", "max_momentum base_momentum")
    if not three_phase:
        return [up, phase(total - 1, "max_lr min_lr", "base_momentum max_momentum")]
    back = float(2 * pct_start * total) - 2
    return [
        up,
        phase(back, "max_lr initial_lr", "base_momentum max_momentum"),
        phase(total - 1, "initial_lr min_lr", "max_momentum max_momentum"),
    ]


def set_momentum(group: Group, momentum: float, is_beta1: bool) -> None:
    """Set the momentum of a group, or the first of its betas."""
    if is_beta1:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def cycles_beta1(optimizer: Optimizer) -> bool:
    """Return whether it is beta1 that cycles, not momentum; refuse an optimizer with neither."""
    if "betas" in optimizer.defaults:
        return True
    if "momentum" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
            "pass cycle_momentum=False"
        )
    return False
