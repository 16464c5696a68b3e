"""ASGD, which averages the parameters."""

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


class ASGD(Rule):
    r"""Stochastic gradient descent that keeps the average of its parameters.

    ``g ← ±grad + weight_decay·p;  p ← (1 − lambd·η)·p − η·g;  ax ← ax + μ·(p − ax)``, then
    ``η ← lr / (1 + lambd·lr·t)^alpha;  μ ← 1 / max(1, t − t0)``. The average is
    ``state[p]["ax"]``; parameters themselves are not averaged.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        lambd: How fast parameters and rate decay.
        alpha: Power of the decay of the rate.
        t0: The step at which averaging begins.
        weight_decay: L2 penalty, added to the gradient.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.
        capturable: Accepted, as ``foreach``.

    Raises:
        ValueError: a negative ``lr`` or ``weight_decay``.

    Source: ``torch.optim.ASGD``; Polyak & Juditsky 1992.
    """

    shaped = ("ax",)

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_rate(lr)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    counted = ("step", "eta", "mu")

    def new_state(self, param: Array, group: Group) -> State:
        """Return the first rate, and an average of nothing."""
        eta = scalar(float(group["lr"]))
        return {"step": scalar(), "eta": eta, "mu": scalar(1.0), "ax": np.zeros_like(param)}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        step, lr, lambd = count(state), float(group["lr"]), group["lambd"]
        kernels.active().update.asgd_(
            param, grad, state["ax"], float(state["mu"]), float(state["eta"]), lambd,
            group["weight_decay"],
        )  # fmt: skip
        state["eta"][...] = lr / (1 + lambd * lr * step) ** group["alpha"]
        state["mu"][...] = 1 / max(1, step - group["t0"])
