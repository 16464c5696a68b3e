"""Adamax, Adam with a maximum in place of the second moment."""

from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.core.dtypes import Array
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import (
    Rule,
    State,
    check_betas,
    check_not_negative,
    check_rate,
    count,
    scalar,
)
from minitorch.tensor import Tensor


class Adamax(Rule):
    r"""Adam by the infinity norm: the denominator is the largest gradient of late.

    ``g ← ±grad + weight_decay·p;  m ← β1·m + (1 − β1)·g;  u ← max(β2·u, |g| + eps);
    p ← p − lr / (1 − β1ᵗ) · m / u``.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.
        capturable: Accepted, as ``foreach``.

    Raises:
        ValueError: a negative ``lr``, ``eps`` or ``weight_decay``; a beta outside [0, 1).

    Source: ``torch.optim.Adamax``; Kingma & Ba 2015, algorithm 2.
    """

    shaped = ("exp_avg", "exp_inf")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return averages of zero."""
        return {"step": scalar(), **{name: np.zeros_like(param) for name in self.shaped}}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        beta1, beta2 = group["betas"]
        kernels.active().update.adamax_(
            param, grad, state["exp_avg"], state["exp_inf"], count(state), group["lr"],
            beta1, beta2, group["weight_decay"], group["eps"],
        )  # fmt: skip
