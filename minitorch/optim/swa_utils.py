"""Averages of a model along its way: stochastic weight averaging, and exponential averages."""

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from minitorch.autograd.grad_mode import no_grad
from minitorch.core.dtypes import int64
from minitorch.creation import tensor
from minitorch.nn.modules.batchnorm import _BatchNorm
from minitorch.nn.modules.module import Module
from minitorch.optim.lr_scheduler.scheduler import LRScheduler, Rate, check_optimizer, per_group
from minitorch.optim.optimizer import Optimizer
from minitorch.tensor import Tensor

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]
Averages = Callable[[list[Tensor], list[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """Return ``avg ← decay·avg + (1 − decay)·param``, of one tensor.

    Raises:
        ValueError: a decay outside [0, 1].
    """
    _check_decay(decay)

    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """Return the same of lists of tensors, in place.

    Raises:
        ValueError: a decay outside [0, 1].
    """
    _check_decay(decay)

    def ema_update(ema_param_list: list[Tensor], current_param_list: list[Tensor], _: Any) -> None:
        _lerp_(ema_param_list, current_param_list, 1 - decay)

    return ema_update


def get_swa_avg_fn() -> Average:
    """Return ``avg ← avg + (param − avg) / (n + 1)``, of one tensor: the mean of all so far."""

    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_swa_multi_avg_fn() -> Averages:
    """Return the same of lists of tensors, in place."""

    def swa_update(
        averaged_param_list: list[Tensor], current_param_list: list[Tensor], num_averaged: Any
    ) -> None:
        _lerp_(averaged_param_list, current_param_list, 1 / (float(num_averaged) + 1))

    return swa_update


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(
            f"Invalid decay value {decay} provided. Please provide a value in [0,1] range."
        )


def _lerp_(averages: list[Tensor], values: list[Tensor], weight: float) -> None:
    """Average ← average + weight·(value − average); what are no floats are rounded down."""
    with no_grad():
        for average, value in zip(averages, values, strict=True):
            average.copy_(average + weight * (value - average))


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of its parameters.

    ``update_parameters(model)`` takes in what the model has become; the first call copies it. Used
    as the model itself; batch norm needs ``update_bn`` afterwards, unless buffers are averaged too.

    Args:
        model: Copied deeply.
        device: Only the CPU.
        avg_fn: (average, parameter, number averaged) -> the new average, one tensor at a time; the
            mean of all by default. ``get_ema_avg_fn(decay)`` for exponential averages.
        multi_avg_fn: The same for lists of tensors, in place.
        use_buffers: Average buffers, too; otherwise they are copied at each update.

    Raises:
        AssertionError: ``avg_fn`` and ``multi_avg_fn`` both.

    Source: ``torch.optim.swa_utils.AveragedModel``; Izmailov et al. 2018; Polyak & Juditsky 1992.

    Example:
        >>> averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.999))
        >>> for inputs, targets in loader:
        ...     train(model, inputs, targets)
        ...     averaged.update_parameters(model)
        >>> averaged(test_inputs)
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the averaged model."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take in the parameters of the model, and average or copy its buffers."""
        ours, theirs = self._averaged(self.module), self._averaged(model)
        if self.n_averaged == 0:
            for average, value in zip(ours, theirs, strict=False):
                average.copy_(value)
        elif self.multi_avg_fn is not None:
            for dtype in dict.fromkeys(average.dtype for average in ours):
                pairs = [p for p in zip(ours, theirs, strict=False) if p[0].dtype is dtype]
                self.multi_avg_fn([a for a, _ in pairs], [b for _, b in pairs], self.n_averaged)
        else:
            average_of = self.avg_fn or get_swa_avg_fn()
            for average, value in zip(ours, theirs, strict=False):
                average.copy_(average_of(average, value, self.n_averaged))
        if not self.use_buffers:
            for kept, value in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.detach().copy_(value.detach())
        self.n_averaged += 1

    def _averaged(self, model: Module) -> list[Tensor]:
        buffers = model.buffers() if self.use_buffers else []
        return [t.detach() for t in itertools.chain(model.parameters(), buffers)]


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of batch norms anew, as means over a loader's batches.

    Args:
        loader: Batches of inputs, or lists and tuples that begin with them.
        model: Called with each batch, in training mode; it is left in the mode it was in.
        device: Only the CPU.

    Source: ``torch.optim.swa_utils.update_bn``.
    """
    momenta = {m: m.momentum for m in model.modules() if isinstance(m, _BatchNorm)}
    if not momenta:
        return
    was_training = model.training
    model.train()
    for norm in momenta:
        norm.reset_running_stats()
        norm.momentum = None  # the mean of all batches
    with no_grad():
        for batch in loader:
            inputs = batch[0] if isinstance(batch, list | tuple) else batch
            model(inputs if device is None else inputs.to(device))
    for norm, momentum in momenta.items():
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Anneal the rate to ``swa_lr`` in ``anneal_epochs`` epochs, and keep it.

    Args:
        optimizer: Whose groups are changed.
        swa_lr: The rate at the end, or a list with one per group.
        anneal_epochs: How many epochs it takes.
        anneal_strategy: "cos" or "linear".
        last_epoch: The epoch reached, when resuming; see ``LRScheduler``.

    Raises:
        ValueError: another ``anneal_strategy``; ``anneal_epochs`` that are no integer from 0 on; a
            list of another length than groups.

    Source: ``torch.optim.swa_utils.SWALR``.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        rates = per_group("swa_lr", swa_lr, optimizer.param_groups)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for rate, group in zip(rates, optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates; those that annealing began with are worked out from the present."""
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        return [
            group["swa_lr"] * now + _first(group["lr"], group["swa_lr"], before) * (1 - now)
            for group in self.optimizer.param_groups
        ]

    def _share(self, step: int) -> float:
        done = max(0, min(1, step / max(1, self.anneal_epochs)))
        return done if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * done)) / 2


def _first(lr: Rate, swa_lr: Rate, share: float) -> Rate:
    return swa_lr if share == 1 else (lr - share * swa_lr) / (1 - share)
