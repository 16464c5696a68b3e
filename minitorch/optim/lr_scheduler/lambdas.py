"""Schedules that a function of the epoch gives."""

import types
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate, check_optimizer
from minitorch.optim.optimizer import Optimizer


class _OfFunctions(LRScheduler):
    """What schedules share that functions give: the functions, and how they are saved."""

    lr_lambdas: list[Any]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer and functions; None stands for a function."""
        state = super().state_dict()
        state["lr_lambdas"] = [saved_function(f) for f in self.lr_lambdas]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a saved state; functions stay those that this scheduler was made with."""
        rest = dict(state_dict)
        for function, saved in zip(self.lr_lambdas, rest.pop("lr_lambdas"), strict=True):
            if saved is not None:
                vars(function).update(saved)
        super().load_state_dict(rest)


def saved_function(function: Any) -> dict[str, Any] | None:
    """Return what is saved of a function: the attributes of an object, nothing else."""
    return None if isinstance(function, types.FunctionType) else dict(vars(function))


def _per_group(lr_lambda: Any, optimizer: Optimizer) -> list[Any]:
    check_optimizer(optimizer)
    groups = len(optimizer.param_groups)
    given = list(lr_lambda) if isinstance(lr_lambda, list | tuple) else [lr_lambda] * groups
    if len(given) != groups:
        raise ValueError(
            f"Expected {groups} lr_lambdas, but got {len(given)}: one per parameter group, or a "
            "single function for all"
        )
    return given


class LambdaLR(_OfFunctions):
    """Base rate times ``lr_lambda(epoch)``; one function, or one per group.

    Functions are not saved; an object with ``__call__`` has its attributes saved and loaded.

    Args:
        optimizer: Whose groups are changed.
        lr_lambda: A function of the epoch, or a list with one per group.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: a list whose length is not the number of groups.

    Source: ``torch.optim.lr_scheduler.LambdaLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = _per_group(lr_lambda, optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the base rates times what the functions give for the epoch."""
        self._warn_outside_step()
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * factor(self.last_epoch) for base, factor in pairs]


class MultiplicativeLR(_OfFunctions):
    """Multiply the rate by ``lr_lambda(epoch)`` every epoch; one function, or one per group.

    Functions are not saved; an object with ``__call__`` has its attributes saved and loaded.

    Args:
        optimizer: Whose groups are changed.
        lr_lambda: A function of the epoch, or a list with one per group.
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: a list whose length is not the number of groups.
        TypeError: what is no function.

    Source: ``torch.optim.lr_scheduler.MultiplicativeLR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = _per_group(lr_lambda, optimizer)
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(
                    f"lr_lambda should be a function, but got {type(function).__name__}"
                )
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the present rates times what the functions give for the epoch."""
        self._warn_outside_step()
        if self._is_initial:
            return self._values("lr")
        pairs = zip(self.optimizer.param_groups, self.lr_lambdas, strict=True)
        return [group["lr"] * factor(self.last_epoch) for group, factor in pairs]
