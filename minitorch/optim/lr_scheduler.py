"""Learning-rate schedules.

Most of them are *chainable*: a step multiplies the group's present rate, so several schedulers, or
the user, may act on one optimizer. ``_get_closed_form_lr`` gives the same rates from the base rate
alone; it is used when an epoch is passed to ``step``.
"""

import math
import types
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minitorch.core.errors import missing_attribute
from minitorch.optim.optimizer import Group, Optimizer
from minitorch.tensor import Tensor

Rate = Any  # a float, or a Tensor of one element where the group's lr is one


class LRScheduler:
    """Base class: sets each group's ``lr`` from ``get_lr()``, when made and at each ``step()``.

    Args:
        optimizer: Whose groups are changed. Making a scheduler sets their ``lr``; load the
            optimizer's state dict afterwards when resuming.
        last_epoch: -1 to begin; otherwise the epoch reached, and each group must hold
            ``initial_lr``, as a loaded optimizer state does.

    Raises:
        TypeError: ``optimizer`` is none.
        KeyError: resuming without ``initial_lr``.

    Source: ``torch.optim.lr_scheduler``; ``state_dict()`` has the same entries.
    """

    _get_lr_called_within_step = False
    _is_initial = False
    _last_lr: list[Rate]
    _get_closed_form_lr: Callable[[], list[Rate]]  # where there is one

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copy(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{index}] when resuming "
                    f"scheduler with last_epoch >= 0 (got {last_epoch}). Load the optimizer's "
                    "state dict first, or leave last_epoch at -1 to start a new run."
                )
        self.base_lrs = self._values("initial_lr")
        self.last_epoch = last_epoch
        if optimizer._opt_called is None:
            optimizer._opt_called = False
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def get_lr(self) -> list[Rate]:
        """Compute the rate of each group for ``last_epoch``; called by ``step``."""
        raise NotImplementedError

    def get_last_lr(self) -> list[Rate]:
        """Return the rates set last, one per group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch (or to ``epoch``, deprecated) and set the rates."""
        if self._step_count == 1:
            self._warn_if_optimizer_waits()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                "The epoch parameter in `scheduler.step()` was not necessary and is being "
                "deprecated where possible. Please use `scheduler.step()` to step the scheduler.",
                UserWarning,
                stacklevel=2,
            )
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        for group, rate in zip(self.optimizer.param_groups, self._rates(epoch), strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(float(rate))
            else:
                group["lr"] = rate
        self._last_lr = self._values("lr")

    def _rates(self, epoch: int | None) -> list[Rate]:
        self._get_lr_called_within_step = True
        try:
            if epoch is not None and hasattr(self, "_get_closed_form_lr"):
                return self._get_closed_form_lr()
            return self.get_lr()
        finally:
            self._get_lr_called_within_step = False

    def _warn_if_optimizer_waits(self) -> None:
        if self.optimizer._opt_called:
            return
        if "step" in vars(self.optimizer):
            text = (
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler "
                "initialization. Please, make sure to call `optimizer.step()` before "
                "`lr_scheduler.step()`."
            )
        else:
            text = (
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in "
                "the opposite order: `optimizer.step()` before `lr_scheduler.step()`. Failure to "
                "do this skips the first value of the learning rate schedule."
            )
        warnings.warn(text, UserWarning, stacklevel=3)

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer; save the optimizer's state beside it."""
        return {key: value for key, value in vars(self).items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what ``state_dict()`` of the same class of scheduler returned."""
        vars(self).update(state_dict)

    def _values(self, key: str) -> list[Any]:
        return [_copy(group[key]) for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> list[Rate]:
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )


class LambdaLR(LRScheduler):
    """Base rate times ``lr_lambda(epoch)``; one function, or one per group.

    Functions are not saved; an object with ``__call__`` has its attributes saved and loaded.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        _check_optimizer(optimizer)
        groups = len(optimizer.param_groups)
        given = list(lr_lambda) if isinstance(lr_lambda, list | tuple) else [lr_lambda] * groups
        if len(given) != groups:
            raise ValueError(
                f"Expected {groups} lr_lambdas, but got {len(given)}: one per parameter group, or "
                "a single function for all"
            )
        self.lr_lambdas: list[Any] = given
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        self._warn_outside_step()
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * factor(self.last_epoch) for base, factor in pairs]

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else dict(vars(f)) for f in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        rest = dict(state_dict)
        for function, saved in zip(self.lr_lambdas, rest.pop("lr_lambdas"), strict=True):
            if saved is not None:
                vars(function).update(saved)
        super().load_state_dict(rest)


class StepLR(LRScheduler):
    """Multiply the rate by ``gamma`` every ``step_size`` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        self._warn_outside_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._values("lr")
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return [b * self.gamma ** (self.last_epoch // self.step_size) for b in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiply the rate by ``gamma`` at each epoch in ``milestones`` (twice if listed twice)."""

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
        self._warn_outside_step()
        if self.last_epoch not in self.milestones:
            return self._values("lr")
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[Rate]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [base * self.gamma**passed for base in self.base_lrs]


class ConstantLR(LRScheduler):
    """Base rate times ``factor`` until epoch ``total_iters``, the base rate from then on."""

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
    """Base rate times a factor that goes in a line from ``start_factor`` to ``end_factor``."""

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


class ExponentialLR(LRScheduler):
    """Multiply the rate by ``gamma`` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        self._warn_outside_step()
        return self._values("lr") if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the base rate at epoch 0 down to ``eta_min`` at epoch ``T_max``.

    ``lr = eta_min + (base − eta_min)·(1 + cos(π·epoch / T_max)) / 2``; it rises again after
    ``T_max``. Source: Loshchilov & Hutter 2017 (SGDR), eq. 5, without the restarts.
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
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


class OneCycleLR(LRScheduler):
    """One cycle over the whole run, stepped after every batch: up to ``max_lr``, then far down.

    The rate goes from ``max_lr / div_factor`` up to ``max_lr`` in the first ``pct_start`` of the
    steps, and from there to ``max_lr / div_factor / final_div_factor``; with ``three_phase`` it
    first comes down as it went up. Momentum (or beta1) mirrors it between ``max_momentum`` and
    ``base_momentum``. Per-group values may be given as lists.

    Args:
        total_steps: Steps in the cycle; or give ``epochs`` and ``steps_per_epoch``.
        anneal_strategy: ``"cos"`` or ``"linear"``, the shape of each slope.
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
        _check_optimizer(optimizer)
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
        max_lrs = _per_group("max_lr", max_lr, groups)
        if cycle_momentum:
            self.use_beta1 = _cycles_beta1(optimizer)
            high = _per_group("max_momentum", max_momentum, groups)
            low = _per_group("base_momentum", base_momentum, groups)
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
            if self.use_beta1:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum
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


def _per_group(name: str, value: Any, groups: list[Group]) -> list[Any]:
    values = list(value) if isinstance(value, list | tuple) else [value] * len(groups)
    if len(values) != len(groups):
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(values)} values, param_groups has {len(groups)}."
        )
    return [_copy(v) for v in values]


def _cycles_beta1(optimizer: Optimizer) -> bool:
    if "betas" in optimizer.defaults:
        return True
    if "momentum" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
            "pass cycle_momentum=False"
        )
    return False


def _check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _copy(value: Any) -> Any:
    """Copy a tensor, so that changing one group's value in place changes no other's."""
    return value.clone() if isinstance(value, Tensor) else value


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
