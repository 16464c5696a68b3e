"""Adadelta, which needs no rate."""

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


class Adadelta(Rule):
    r"""Steps in the units of the parameter: as large as the last ones were.

    ``g ← ±grad + weight_decay·p;  v ← rho·v + (1 − rho)·g²;  d = √(u + eps) / √(v + eps) · g;
    u ← rho·u + (1 − rho)·d²;  p ← p − lr·d``.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: What the step is scaled with, a number or a tensor of one element.
        rho: Share of the old averages of squares that is kept.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        capturable: Accepted, as ``foreach``.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.

    Raises:
        ValueError: a negative ``lr``, ``eps`` or ``weight_decay``; ``rho`` outside [0, 1].

    Source: ``torch.optim.Adadelta``; Zeiler 2012, algorithm 1.
    """

    shaped = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}. It must be in [0, 1].")
        check_not_negative("epsilon value", eps)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return averages of zero."""
        return {"step": scalar(), **{name: np.zeros_like(param) for name in self.shaped}}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        count(state)
        kernels.active().update.adadelta_(
            param, grad, state["square_avg"], state["acc_delta"], group["lr"], group["rho"],
            group["weight_decay"], group["eps"],
        )  # fmt: skip
