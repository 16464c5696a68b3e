"""RAdam, which does without the second moment as long as too little is known of it."""

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


class RAdam(Rule):
    r"""Adam whose first steps are those of momentum alone, and the next ones rectified.

    ``g ← ±grad + weight_decay·p;  m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;
    p ← p − lr·m̂·(r·√(1 − β2ᵗ) / (√v + eps)  if r  else  1)``, where m̂ = m / (1 − β1ᵗ) and r is
    ``rectification(t, β2)``.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        decoupled_weight_decay: Shrink the parameter itself, ``p ← p − lr·weight_decay·p``.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        capturable: Accepted, as ``foreach``.
        differentiable: Record the step, so that a loss after it has gradients before it.

    Raises:
        ValueError: a negative ``lr``, ``eps`` or ``weight_decay``; a beta outside [0, 1).

    Source: ``torch.optim.RAdam``; Liu et al. 2020, algorithm 2.
    """

    shaped = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
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
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return moments of zero."""
        return {"step": scalar(), **{name: np.zeros_like(param) for name in self.shaped}}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        step, (beta1, beta2) = count(state), group["betas"]
        kernels.active().update.radam_(
            param, grad, state["exp_avg"], state["exp_avg_sq"], step, rectification(step, beta2),
            group["lr"], beta1, beta2, group["weight_decay"], group["eps"],
            group["decoupled_weight_decay"],
        )  # fmt: skip


def rectification(step: float, beta2: float) -> float:
    """Return r, which an adaptive step is scaled with; 0 while v knows too little for one."""
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * step * beta2**step / (1 - beta2**step)
    if length <= 5:
        return 0.0
    share = (length - 4) * (length - 2) / length
    return (share * longest / ((longest - 4) * (longest - 2))) ** 0.5
