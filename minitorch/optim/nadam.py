"""NAdam, Adam that looks ahead."""

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


class NAdam(Rule):
    r"""Adam with Nesterov's momentum.

    ``g ← ±grad + weight_decay·p;  m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;
    μₜ = β1·(1 − 0.96^(t·momentum_decay) / 2);
    p ← p − lr·(μₜ₊₁·m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ)·g / (1 − μ₁⋯μₜ)) / (√v̂ + eps)``, where
    v̂ = v / (1 − β2ᵗ).

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        momentum_decay: How fast μ comes from β1/2 to β1.
        decoupled_weight_decay: Shrink the parameter itself, ``p ← p − lr·weight_decay·p``.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        capturable: Accepted, as ``foreach``.
        differentiable: Record the step, so that a loss after it has gradients before it.

    Raises:
        ValueError: a negative ``lr``, ``eps``, ``weight_decay`` or ``momentum_decay``; a beta
            outside [0, 1).

    Source: ``torch.optim.NAdam``; Dozat 2016, algorithm 2.
    """

    shaped = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
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
        check_not_negative("momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    counted = ("step", "mu_product")

    def new_state(self, param: Array, group: Group) -> State:
        """Return moments of zero, and the empty product."""
        moments = {name: np.zeros_like(param) for name in self.shaped}
        return {"step": scalar(), "mu_product": scalar(1.0), **moments}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        step, (beta1, beta2) = count(state), group["betas"]
        decay = group["momentum_decay"]
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (t * decay)) for t in (step, step + 1))
        state["mu_product"] *= mu
        kernels.active().update.nadam_(
            param, grad, state["exp_avg"], state["exp_avg_sq"], step, mu, mu_next,
            float(state["mu_product"]), group["lr"], beta1, beta2, group["weight_decay"],
            group["eps"], group["decoupled_weight_decay"],
        )  # fmt: skip
