"""``LRScheduler``: the epoch, the rates of the groups and the state, which all schedules share.

Most schedules are *chainable*: a step multiplies the group's present rate, so several schedulers,
or the user, may act on one optimizer. ``_get_closed_form_lr`` gives the same rates from the base
rate alone; it is used when an epoch is passed to ``step``.
"""

import warnings
from collections.abc import Callable
from typing import Any

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
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
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
        self._initial_step()

    def _initial_step(self) -> None:
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
            warn_of_epoch()
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._set_rates(self._rates(epoch))

    def _set_rates(self, rates: list[Rate]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_rate(group, rate)
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
                " [explain: scheduler-order]"
            )
        warnings.warn(text, UserWarning, stacklevel=3)

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer; save the optimizer's state beside it."""
        return {key: value for key, value in vars(self).items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what ``state_dict()`` of the same class of scheduler returned."""
        vars(self).update(state_dict)

    def _values(self, key: str) -> list[Any]:
        return [copied(group[key]) for group in self.optimizer.param_groups]

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


class _LRScheduler(LRScheduler):
    """The old name, which programs derive schedules of their own from."""


def per_group(name: str, value: Any, groups: list[Group]) -> list[Any]:
    """Return one value per group, of a list with as many or of a single value."""
    values = list(value) if isinstance(value, list | tuple) else [value] * len(groups)
    if len(values) != len(groups):
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(values)} values, param_groups has {len(groups)}."
        )
    return [copied(v) for v in values]


def set_rate(group: Group, rate: Rate) -> None:
    """Set the rate of a group; one that is a tensor is changed in place."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(float(rate))
    else:
        group["lr"] = rate


def warn_of_epoch() -> None:
    """Warn the caller of ``step`` that epochs are better counted here."""
    warnings.warn(
        "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
        "possible. Please use `scheduler.step()` to step the scheduler.",
        UserWarning,
        stacklevel=3,
    )


def check_optimizer(optimizer: Any) -> None:
    """Refuse what is no optimizer, before its groups are looked at."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def copied(value: Any) -> Any:
    """Copy a tensor, so that changing one group's value in place changes no other's."""
    return value.clone() if isinstance(value, Tensor) else value
