"""Rprop, which looks at the signs of gradients alone."""

from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.core.dtypes import Array
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import (
    Rule,
    State,
    check_rate,
    count,
    scalar,
)
from minitorch.tensor import Tensor


class Rprop(Rule):
    r"""Each element has a step of its own, which grows until the gradient turns.

    ``s ← clip(s · (eta_plus  if g·g' > 0  else  eta_minus  if g·g' < 0  else  1))`` and ``g ← 0``
    where it turned; ``p ← p − s·sign(g)``; g' is the g of the step before.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: The first step, a number or a tensor of one element.
        etas: ``eta_minus`` and ``eta_plus``: what a step shrinks and grows by.
        step_sizes: The smallest step, and the largest.
        capturable: Accepted, as ``foreach``.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        differentiable: Record the step, so that a loss after it has gradients before it.

    Raises:
        ValueError: a negative ``lr``; ``etas`` that do not lie on both sides of 1.

    Source: ``torch.optim.Rprop``; Riedmiller & Braun 1993. For whole batches: it does not know
    the size of a gradient.
    """

    shaped = ("prev", "step_size")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(
                f"Invalid eta values: {etas[0]}, {etas[1]}. One lies on each side of 1."
            )
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return no gradient, and steps of ``lr``."""
        first = float(group["lr"])
        return {
            "step": scalar(),
            "prev": np.zeros_like(param),
            "step_size": np.full_like(param, first),
        }

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        count(state)
        kernels.active().update.rprop_(
            param, grad, state["prev"], state["step_size"], *group["etas"], *group["step_sizes"]
        )
