"""Adam as a rule of the template: what a new optimizer takes, and the row that tests it."""

from typing import Any

import numpy as np

from minitorch.optim.rule import Rule, check_not_negative, check_rate


class Adam(Rule):
    """``m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;  p ← p − lr·m̂ / (√v̂ + ε)``."""

    shaped = ("exp_avg", "exp_avg_sq")

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, *, maximize: bool = False, foreach: bool | None = None,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        choices = {"foreach": foreach, "differentiable": differentiable, "fused": fused}
        super().__init__(params, {**defaults, "maximize": maximize, **choices})

    def new_state(self, param: Any, group: Any) -> Any:
        step, m, v = np.zeros((), np.float32), np.zeros_like(param), np.zeros_like(param)
        return {"step": step, "exp_avg": m, "exp_avg_sq": v}

    def update(self, param: Any, grad: Any, state: Any, group: Any) -> None:
        (beta1, beta2), step = group["betas"], state["step"]
        m, v = state["exp_avg"], state["exp_avg_sq"]
        grad = grad + group["weight_decay"] * param
        step += 1
        t = float(step)
        m += (1 - beta1) * (grad - m)
        v *= beta2
        v += (1 - beta2) * grad * grad
        root = np.sqrt(v) / (1 - beta2**t) ** 0.5 + group["eps"]
        param -= group["lr"] / (1 - beta1**t) * (m / root)
