"""Adagrad, which divides by all gradients so far."""

from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.core.dtypes import Array
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import (
    Rule,
    State,
    check_not_negative,
    check_rate,
    count,
    scalar,
)
from minitorch.tensor import Tensor


class Adagrad(Rule):
    r"""Steps that shrink with the sum of squared gradients.

    ``g ← ±grad + weight_decay·p;  s ← s + g²;
    p ← p − lr / (1 + (t − 1)·lr_decay) · g / (√s + eps)``.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        lr_decay: How fast the rate falls besides.
        weight_decay: L2 penalty, added to the gradient.
        initial_accumulator_value: What s begins with.
        eps: Keeps the denominator from 0.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.
        fused: Accepted, as ``foreach``.

    Raises:
        ValueError: a negative ``lr``, ``lr_decay``, ``weight_decay``, ``eps`` or
            ``initial_accumulator_value``.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    Source: ``torch.optim.Adagrad``; Duchi, Hazan & Singer 2011. As there, the state is
    there before the first step.
    """

    shaped = ("sum",)

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_rate(lr)
        check_not_negative("lr_decay value", lr_decay)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("initial_accumulator_value value", initial_accumulator_value)
        check_not_negative("epsilon value", eps)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self.start_state(param, group)

    def new_state(self, param: Array, group: Group) -> State:
        """Return the sum that steps begin with."""
        start = self.defaults["initial_accumulator_value"]
        return {"step": scalar(), "sum": np.full_like(param, start)}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        kernels.active().update.adagrad_(
            param, grad, state["sum"], count(state), group["lr"], group["lr_decay"],
            group["weight_decay"], group["eps"],
        )  # fmt: skip

    def share_memory(self) -> None:
        """Put the sums where other processes see them: ``Tensor.share_memory_``."""
        for state in self.state.values():
            state["sum"].share_memory_()
