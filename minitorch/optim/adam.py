"""Adam, with moments of the gradient, and AdamW, whose weight decay stays out of them."""

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


class Adam(Rule):
    r"""Steps of about the same size, whatever that of the gradient.

    ``g ← ±grad + weight_decay·p;  m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;
    p ← p − lr·m̂ / (√v̂ + eps)``, where m̂ = m / (1 − β1ᵗ) and v̂ = v / (1 − β2ᵗ).

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2, two floats or two tensors of one element.
        eps: Keeps the denominator from 0.
        weight_decay: L2 penalty, added to the gradient.
        amsgrad: Divide by the largest v so far.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.
        capturable: Accepted, as ``foreach``.
        differentiable: Record the step, so that a loss after it has gradients before it.
        fused: As ``foreach``.
        decoupled_weight_decay: Shrink the parameter itself, ``p ← p − lr·weight_decay·p``.

    Raises:
        ValueError: a negative ``lr``, ``eps`` or ``weight_decay``; a beta outside [0, 1); one beta
            that is a tensor, and one that is not.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    Source: ``torch.optim.Adam``; Kingma & Ba 2015, algorithm 1; Reddi et al. 2018 for ``amsgrad``.

    Example:
        >>> optimizer = Adam(model.parameters(), lr=3e-4)
        >>> optimizer.zero_grad()
        >>> loss_fn(model(inputs), targets).backward()
        >>> optimizer.step()
    """

    shaped = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float | Tensor = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        is_listed = bool(foreach and not capturable)
        _check_no_tensor("lr", lr, is_listed)
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": _checked_betas(betas, is_listed),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return moments of zero, and the largest second one for ``amsgrad``."""
        names = self.shaped if group["amsgrad"] else self.shaped[:2]
        return {"step": scalar(), **{name: np.zeros_like(param) for name in names}}

    def update_all(
        self, params: list[Any], grads: list[Any], states: list[State], group: Group
    ) -> None:
        """Hand the parameters to the kernel, which writes the formula above into them."""
        beta1, beta2 = group["betas"]
        kernels.active().update.adam_(
            params, grads, [s["exp_avg"] for s in states], [s["exp_avg_sq"] for s in states],
            [s["max_exp_avg_sq"] if group["amsgrad"] else None for s in states],
            [count(s) for s in states], group["lr"], beta1, beta2, group["weight_decay"],
            group["eps"], group["decoupled_weight_decay"],
        )  # fmt: skip


class AdamW(Adam):
    r"""Adam whose weight decay shrinks the parameter itself: ``p ← p − lr·weight_decay·p``, first.

    ``m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;  p ← p − lr·m̂ / (√v̂ + eps)``.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2, two floats or two tensors of one element.
        eps: Keeps the denominator from 0.
        weight_decay: Share of the parameter, times ``lr``, that a step takes away.
        amsgrad: Divide by the largest v so far.
        maximize: Go up instead of down.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        capturable: Accepted, as ``foreach``.
        differentiable: Record the step, so that a loss after it has gradients before it.
        fused: As ``foreach``.

    Raises:
        ValueError: a negative ``lr``, ``eps`` or ``weight_decay``; a beta outside [0, 1); one beta
            that is a tensor, and one that is not.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    Source: ``torch.optim.AdamW``; Loshchilov & Hutter 2019, algorithm 2.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float | Tensor = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, fields: dict[str, Any]) -> None:
        """Stay decoupled, also with the state of an Adam."""
        super().__setstate__(fields)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def _check_no_tensor(name: str, option: Any, is_listed: bool) -> None:
    if is_listed and isinstance(option, Tensor):
        raise ValueError(
            f"{name} as a Tensor is not supported for capturable=False and foreach=True"
        )


def _checked_betas(betas: Any, is_listed: bool) -> tuple[Any, Any]:
    """Return two floats, or two tensors, which then have no dimensions."""
    if not any(all(isinstance(b, kind) for b in betas) for kind in (float, Tensor)):
        raise ValueError(f"betas must be either both floats or both Tensors, but got {betas}")
    for index, beta in enumerate(betas):
        _check_no_tensor(f"betas[{index}]", beta, is_listed)
        if isinstance(beta, Tensor) and beta.numel() != 1:
            raise ValueError(f"Tensor betas[{index}] must be 1-element")
    first, second = (b.squeeze() if isinstance(b, Tensor) else b for b in betas)
    return first, second
