"""RMSprop, which divides by the size of late gradients."""

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


class RMSprop(Rule):
    r"""Gradients over the root of their mean square.

    ``g ← ±grad + weight_decay·p;  v ← alpha·v + (1 − alpha)·g²;  d = g / (√v + eps);
    b ← momentum·b + d;  p ← p − lr·b``, without momentum with d in place of b; ``centered`` takes
    the square of the mean gradient from v.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        alpha: Share of the old mean square that is kept.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        momentum: Share of the previous update that is kept; 0 keeps no buffer.
        centered: Divide by the deviation of gradients from their mean.
        capturable: Accepted, as ``foreach``.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.

    Raises:
        ValueError: a negative ``lr``, ``eps``, ``momentum``, ``weight_decay`` or ``alpha``.

    Source: ``torch.optim.RMSprop``; Hinton's lecture 6e, and Graves 2013 for ``centered``, with
    ``eps`` outside the root.
    """

    younger = Rule.younger | {"centered", "momentum"}
    shaped = ("square_avg", "momentum_buffer", "grad_avg")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return averages of zero, those that the options ask for."""
        kept = (True, group["momentum"] > 0, group["centered"])
        names = [name for name, is_kept in zip(self.shaped, kept, strict=True) if is_kept]
        return {"step": scalar(), **{name: np.zeros_like(param) for name in names}}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        count(state)
        kernels.active().update.rmsprop_(
            param, grad, state["square_avg"], state["grad_avg"] if group["centered"] else None,
            state["momentum_buffer"] if group["momentum"] > 0 else None, group["lr"],
            group["alpha"], group["momentum"], group["weight_decay"], group["eps"],
        )  # fmt: skip
