"""Stochastic gradient descent with momentum."""

from typing import Any

from minitorch import kernels
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import Rule, State, check_not_negative, check_rate
from minitorch.tensor import Tensor


class SGD(Rule):
    r"""Stochastic gradient descent, optionally with (Nesterov) momentum.

    ``g ← ±grad + weight_decay·p;  b ← momentum·b + (1 − dampening)·g;
    p ← p − lr·(g + momentum·b  if nesterov else  b)``, where b is g itself at the first step.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        momentum: Share of the previous update that is kept; 0 keeps no buffer.
        dampening: Share of the gradient that is held back from the buffer.
        weight_decay: L2 penalty, added to the gradient.
        nesterov: Look ahead along the buffer; needs momentum and no dampening.
        maximize: Go up instead of down.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        differentiable: Record the step, so that a loss after it has gradients before it.
        fused: As ``foreach``.

    Raises:
        ValueError: a negative ``lr``, ``momentum`` or ``weight_decay``; ``nesterov`` without
            momentum or with dampening.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    Source: ``torch.optim.SGD``; Sutskever et al. 2013 for Nesterov's form. Unlike there, the
    learning rate multiplies the whole buffer, and the first buffer is not dampened. Deliberate
    difference: with ``differentiable`` the first buffer keeps the gradient's history.

    Example:
        >>> optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        >>> optimizer.zero_grad()
        >>> loss_fn(model(inputs), targets).backward()
        >>> optimizer.step()
    """

    shaped = ("momentum_buffer",)

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_rate(lr)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        _check_nesterov(nesterov, momentum, dampening)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update_all(
        self, params: list[Any], grads: list[Any], states: list[State], group: Group
    ) -> None:
        """Hand the parameters to the kernel, which writes the formula above into them."""
        momentum = group["momentum"]
        buffers = kernels.active().update.sgd_(
            params, grads, [state.get("momentum_buffer") if momentum else None for state in states],
            group["lr"], momentum, group["dampening"], group["weight_decay"], group["nesterov"],
            False,  # maximize: the gradients come negated
        )  # fmt: skip
        if momentum:
            for state, buffer in zip(states, buffers, strict=True):
                state["momentum_buffer"] = buffer


def _check_nesterov(nesterov: bool, momentum: float, dampening: float) -> None:
    if nesterov and (momentum <= 0 or dampening != 0):
        raise ValueError(
            "Nesterov momentum requires a momentum and zero dampening, but got "
            f"momentum={momentum} and dampening={dampening}"
        )
