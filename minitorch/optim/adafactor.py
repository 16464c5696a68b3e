"""Adafactor, which keeps a row and a column of the second moment."""

from typing import Any

import numpy as np

from minitorch import kernels
from minitorch.core.dtypes import Array, finfo
from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import Rule, State, check_single, count, scalar
from minitorch.tensor import Tensor


class Adafactor(Rule):
    r"""Adam without momentum, whose second moment of a matrix is a product of a row and a column.

    ``β = 1 − t^beta2_decay;  R ← β·R + (1 − β)·mean(g², -1);  C ← β·C + (1 − β)·mean(g², -2);
    u = g / √max(R·C / max(mean(R), eps1), eps1²);
    p ← p − lr·weight_decay·p − max(eps2, rms(p))·min(lr, 1/√t) · u / max(1, rms(u) / d)``; a
    vector has a second moment of its own shape.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: The largest step relative to the parameter; a number or a tensor of one element.
        beta2_decay: Power by which the share of a new gradient falls.
        eps: ``eps1``, the least root of a second moment (None: the dtype's), and ``eps2``, the
            least size that a parameter is taken to have.
        d: The largest root mean square of a step, before it is scaled.
        weight_decay: Share of the parameter, times ``lr``, that a step takes away.
        foreach: Accepted; chooses between implementations of the same sums in PyTorch.
        maximize: Go up instead of down.

    Raises:
        ValueError: a negative ``lr``, ``weight_decay`` or eps, a positive ``beta2_decay``, ``d``
            below 1.

    Source: ``torch.optim.Adafactor``; Shazeer & Stern 2018, with PyTorch's place for ``eps1``.
    """

    takes_complex = False
    shaped = ("variance",)

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        check_single(lr)
        for is_right, text in (
            (lr >= 0, f"Learning rate should be >= 0 but is: {lr}"),
            (beta2_decay <= 0, f"beta2_decay should be <= 0 but is: {beta2_decay}"),
            (eps[0] is None or eps[0] >= 0, f"epsilon1 should be >= 0 but is: {eps[0]}"),
            (eps[1] >= 0, f"epsilon2 should be >= 0 but is: {eps[1]}"),
            (d >= 1, f"Clipping threshold d should be >= 1 but is: {d}"),
            (weight_decay >= 0, f"weight_decay should be >= 0 but is: {weight_decay}"),
        ):
            if not is_right:
                raise ValueError(text)
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def new_state(self, param: Array, group: Group) -> State:
        """Return a row and a column of zeros for a matrix, a variance of zero for a vector."""
        if param.ndim < 2:
            return {"step": scalar(), "variance": np.zeros_like(param)}
        *lead, rows, columns = param.shape
        return {
            "step": scalar(),
            "row_var": np.zeros((*lead, rows, 1), param.dtype),
            "col_var": np.zeros((*lead, 1, columns), param.dtype),
        }

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Hand one parameter to the kernel, which writes the formula above into it."""
        eps1, eps2 = group["eps"]
        kernels.active().update.adafactor_(
            param, grad, state.get("row_var"), state.get("col_var"), state.get("variance"),
            count(state), group["lr"], group["beta2_decay"],
            float(finfo(param.dtype).eps) if eps1 is None else eps1, eps2, group["d"],
            group["weight_decay"],
        )  # fmt: skip
