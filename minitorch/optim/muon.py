"""Muon, whose steps are matrices with all singular values near 1."""

from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.core.dtypes import Array
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import Rule, State, check_single


class Muon(Rule):
    r"""Momentum made orthogonal, for the matrices inside a network.

    ``b ← momentum·b + (1 − momentum)·grad;  u = grad + momentum·(b − grad)  if nesterov  else  b;
    p ← (1 − lr·weight_decay)·p − lr·scale·NS(u)``. NS brings all singular values near 1:
    ``X = u / ‖u‖``, then ``ns_steps`` times ``X ← a·X + (b·A + c·A²)·X`` with ``A = X·Xᵀ``, in
    bfloat16.

    Args:
        params: Matrices to optimize; see ``Optimizer``. Biases, norms and embeddings are better
            left to an ``AdamW``.
        lr: Learning rate, a number or a tensor of one element.
        weight_decay: Share of the parameter, times ``lr``, that a step takes away.
        momentum: Share of the old gradients that is kept.
        nesterov: Look ahead along the buffer.
        ns_coefficients: a, b and c.
        eps: The least norm that u is divided by.
        ns_steps: How often NS iterates.
        adjust_lr_fn: ``scale``: "original" (the default) for √max(1, rows / columns),
            "match_rms_adamw" for 0.2·√max(rows, columns).

    Raises:
        ValueError: a parameter that is no matrix; a negative ``lr``, ``momentum`` or
            ``weight_decay``; another ``adjust_lr_fn``; from ``step``, 100 ``ns_steps`` or more,
            or other than three coefficients.

    Source: ``torch.optim.Muon``; Jordan et al. 2024; Liu et al. 2025 for "match_rms_adamw".
    """

    takes_complex = False
    shaped = ("momentum_buffer",)

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-07,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        check_single(lr)
        for is_right, text in (
            (lr >= 0, f"Learning rate should be >= 0 but is: {lr}"),
            (momentum >= 0, f"momentum should be >= 0 but is: {momentum}"),
            (weight_decay >= 0, f"weight decay should be >= 0 but is: {weight_decay}"),
            (
                adjust_lr_fn in (None, *_SCALES),
                f"Adjust learning rate function {adjust_lr_fn} is not supported: give one of "
                f"{list(_SCALES)}",
            ),
        ):
            if not is_right:
                raise ValueError(text)
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                if param.dim() != 2:
                    raise ValueError(
                        "Muon only supports 2D parameters whereas we found a parameter with size: "
                        f"{param.size()}. Leave it to another optimizer, such as AdamW."
                    )

    def new_state(self, param: Array, group: Group) -> State:
        """Return a buffer of zeros."""
        return {"momentum_buffer": np.zeros_like(param)}

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        steps, coefficients = group["ns_steps"], group["ns_coefficients"]
        if steps >= 100:
            raise ValueError(
                f"Number of steps must be less than 100 for computational efficiency, not {steps}"
            )
        if len(coefficients) != 3:
            raise ValueError(
                f"Coefficients must be a tuple of exactly 3 values, but got {coefficients}"
            )
        kernels.active().update.muon_(
            param, grad, state["momentum_buffer"], group["lr"],
            _SCALES[group["adjust_lr_fn"] or "original"](*param.shape), group["weight_decay"],
            group["momentum"], group["nesterov"], coefficients, steps, group["eps"],
        )  # fmt: skip


_SCALES = {
    "original": lambda rows, columns: max(1.0, rows / columns) ** 0.5,
    "match_rms_adamw": lambda rows, columns: 0.2 * max(rows, columns) ** 0.5,
}
