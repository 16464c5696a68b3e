"""SparseAdam, of sparse gradients, which are not there."""

from typing import Any

from minitorch.optim.optimizer import Group, ParamsT
from minitorch.optim.rule import Rule, State, check_betas, check_positive, check_single
from minitorch.tensor import Tensor


class SparseAdam(Rule):
    r"""Adam that leaves alone what a sparse gradient does not name.

    It can be made, so that programs which only mention it run; a step refuses the gradient, for
    all gradients here are dense. With those, ``Adam`` takes the same steps.

    Args:
        params: What to optimize; see ``Optimizer``.
        lr: Learning rate, a number or a tensor of one element.
        betas: β1 and β2.
        eps: Keeps the denominator from 0.
        maximize: Go up instead of down.

    Raises:
        ValueError: an ``lr`` or ``eps`` that is not positive; a beta outside [0, 1).
        RuntimeError: from ``step``, for a gradient that is dense.

    Source: ``torch.optim.SparseAdam``.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        check_single(lr)
        check_positive("learning rate", lr)
        check_positive("epsilon value", eps)
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Refuse the gradient."""
        raise RuntimeError(
            "SparseAdam does not support dense gradients, please consider Adam instead: there "
            "are no sparse gradients here, Embedding's are dense."
        )
