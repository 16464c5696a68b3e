"""Stochastic gradient descent with momentum."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import quiet
from minitorch.autograd.versions import bump
from minitorch.optim.optimizer import Group, Optimizer, Params, evaluate
from minitorch.tensor import Tensor

_STATELESS: Group = {}  # without momentum nothing is kept


class SGD(Optimizer):
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
        fused: As ``foreach``.

    Raises:
        ValueError: a negative ``lr``, ``momentum`` or ``weight_decay``; ``nesterov`` without
            momentum or with dampening.

    Source: ``torch.optim.SGD``; Sutskever et al. 2013 for Nesterov's form. Unlike there, the
    learning rate multiplies the whole buffer, and the first buffer is not dampened.

    Example:
        >>> optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        >>> optimizer.zero_grad()
        >>> loss_fn(model(inputs), targets).backward()
        >>> optimizer.step()
    """

    def __init__(
        self,
        params: Params,
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
        _check(lr, momentum, dampening, weight_decay, nesterov)
        _check_implementation(foreach, differentiable, fused)
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

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update each parameter that has a gradient; return what ``closure`` returned."""
        loss = evaluate(closure)
        for group in self.param_groups:
            self._step_group(group)
        return loss

    @quiet  # of a run that diverges
    def _step_group(self, group: Group) -> None:
        sgd_ = kernels.active().update.sgd_
        lr, weight_decay = float(group["lr"]), float(group["weight_decay"])
        momentum, dampening = group["momentum"], group["dampening"]
        nesterov, maximize = group["nesterov"], group["maximize"]
        for param in group["params"]:
            grad = param.grad
            if grad is None:
                continue
            state = self.state[param] if momentum else _STATELESS
            buffer = state.get("momentum_buffer")
            velocity = sgd_(
                param._array, grad._array, None if buffer is None else buffer._array,
                lr, momentum, dampening, weight_decay, nesterov, maximize,
            )  # fmt: skip
            bump(param, "the optimizer's step()", 3)
            if momentum and buffer is None:  # asarray: NumPy makes numbers of 0-d results
                state["momentum_buffer"] = Tensor._wrap(np.asarray(velocity))

    def _load_param_state(self, param: Tensor, number: int, saved: Any) -> Any:
        state = super()._load_param_state(param, number, saved)
        buffer = state.get("momentum_buffer")
        if buffer is not None and buffer.shape != param.shape:
            raise ValueError(
                f"the momentum_buffer saved for parameter {number} has shape "
                f"{tuple(buffer.shape)}, the parameter has {tuple(param.shape)}: the state dict "
                "belongs to another model, or its parameters came in another order."
            )
        return state


def _check(lr: Any, momentum: Any, dampening: Any, weight_decay: Any, nesterov: bool) -> None:
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, but it has {lr.numel()} elements")
    for name, value in (
        ("learning rate", lr),
        ("momentum value", momentum),
        ("weight_decay value", weight_decay),
    ):
        if value < 0.0:
            raise ValueError(f"Invalid {name}: {value}. It must not be negative.")
    if nesterov and (momentum <= 0 or dampening != 0):
        raise ValueError(
            "Nesterov momentum requires a momentum and zero dampening, but got "
            f"momentum={momentum} and dampening={dampening}"
        )


def _check_implementation(foreach: bool | None, differentiable: bool, fused: bool | None) -> None:
    if differentiable:
        raise NotImplementedError(
            "SGD(differentiable=True) is not there: updates are written into the parameters. To "
            "differentiate through a step, write it with tensors: p - lr * grad."
        )
    if foreach and fused:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
