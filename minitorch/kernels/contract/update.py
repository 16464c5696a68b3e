"""Updates of parameters by optimizers: one kernel is one step of one parameter, in place.

Those that models are mostly trained with, SGD and Adam, take lists: a step of all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from minitorch.kernels.arrays import Array


class Sgd(Protocol):
    """One step of PyTorch's SGD: writes each of the parameters, and its momentum buffer.

    Returns the buffers: those it was given, new ones on the first step, None without momentum.
    """

    def __call__(
        self,
        params: Sequence[Array],
        grads: Sequence[Array],
        momentum_buffers: Sequence[Array | None],
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
        maximize: bool,
    ) -> list[Array | None]:
        """Of each (*), (*), (*) or None -> (*) or None."""


class Adam(Protocol):
    """One step of PyTorch's Adam or AdamW (decoupled); of amsgrad ``max_exp_avg_sqs``, or None.

    The steps say how many there were, with this one, for each of the parameters.
    """

    def __call__(
        self,
        params: Sequence[Array],
        grads: Sequence[Array],
        exp_avgs: Sequence[Array],
        exp_avg_sqs: Sequence[Array],
        max_exp_avg_sqs: Sequence[Array | None],
        steps: Sequence[float],
        lr: float,
        beta1: float,
        beta2: float,
        weight_decay: float,
        eps: float,
        decoupled: bool,
    ) -> Any:
        """Of each (*), (*), (*), (*), (*) or None, () -> nothing."""


class NAdam(Protocol):
    """One step of PyTorch's NAdam: ``mu``, the next and the product so far come from its rule."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        exp_avg: Array,
        exp_avg_sq: Array,
        step: float,
        mu: float,
        mu_next: float,
        mu_product: float,
        lr: float,
        beta1: float,
        beta2: float,
        weight_decay: float,
        eps: float,
        decoupled: bool,
    ) -> None:
        """(*), (*), (*), (*) -> None."""


class RAdam(Protocol):
    """One step of PyTorch's RAdam: ``rectified`` (0: none) comes from its rule."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        exp_avg: Array,
        exp_avg_sq: Array,
        step: float,
        rectified: float,
        lr: float,
        beta1: float,
        beta2: float,
        weight_decay: float,
        eps: float,
        decoupled: bool,
    ) -> None:
        """(*), (*), (*), (*) -> None."""


class Adamax(Protocol):
    """One step of PyTorch's Adamax: writes param, the first moment and the infinity norm."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        exp_avg: Array,
        exp_inf: Array,
        step: float,
        lr: float,
        beta1: float,
        beta2: float,
        weight_decay: float,
        eps: float,
    ) -> None:
        """(*), (*), (*), (*) -> None."""


class Adagrad(Protocol):
    """One step of PyTorch's Adagrad: writes param and the sum of squares."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        sum: Array,
        step: float,
        lr: float,
        lr_decay: float,
        weight_decay: float,
        eps: float,
    ) -> None:
        """(*), (*), (*) -> None."""


class Adadelta(Protocol):
    """One step of PyTorch's Adadelta: writes param and both averages."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        square_avg: Array,
        acc_delta: Array,
        lr: float,
        rho: float,
        weight_decay: float,
        eps: float,
    ) -> None:
        """(*), (*), (*), (*) -> None."""


class RMSprop(Protocol):
    """One step of PyTorch's RMSprop: ``grad_avg`` where it is centered, a buffer with momentum."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        square_avg: Array,
        grad_avg: Array | None,
        momentum_buffer: Array | None,
        lr: float,
        alpha: float,
        momentum: float,
        weight_decay: float,
        eps: float,
    ) -> None:
        """(*), (*), (*), (*) or None, (*) or None -> None."""


class Rprop(Protocol):
    """One step of PyTorch's Rprop: writes param, the previous gradient and the sizes of steps."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        prev: Array,
        step_size: Array,
        eta_minus: float,
        eta_plus: float,
        smallest: float,
        largest: float,
    ) -> None:
        """(*), (*), (*), (*) -> None."""


class ASGD(Protocol):
    """One step of PyTorch's ASGD: writes param and the average of parameters."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        ax: Array,
        mu: float,
        eta: float,
        lambd: float,
        weight_decay: float,
    ) -> None:
        """(*), (*), (*) -> None."""


class Adafactor(Protocol):
    """One step of PyTorch's Adafactor: matrices have ``row_var`` and ``col_var``."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        row_var: Array | None,
        col_var: Array | None,
        variance: Array | None,
        step: float,
        lr: float,
        beta2_decay: float,
        eps1: float,
        eps2: float,
        d: float,
        weight_decay: float,
    ) -> None:
        """(*, M, N), (*, M, N), (*, M, 1), (*, 1, N), None or (*), (*), None, None, (*) -> None."""


class Muon(Protocol):
    """One step of PyTorch's Muon: writes param and the buffer; ``scale`` goes with the shape."""

    def __call__(
        self,
        param: Array,
        grad: Array,
        momentum_buffer: Array,
        lr: float,
        scale: float,
        weight_decay: float,
        momentum: float,
        nesterov: bool,
        coefficients: tuple[float, float, float],
        steps: int,
        eps: float,
    ) -> None:
        """(M, N), (M, N), (M, N) -> None."""


@dataclass(frozen=True, eq=False, repr=False)
class Update:
    """A step per optimizer; each name ends in `_`, for each writes its parameter."""

    sgd_: Sgd
    adam_: Adam
    nadam_: NAdam
    radam_: RAdam
    adamax_: Adamax
    adagrad_: Adagrad
    adadelta_: Adadelta
    rmsprop_: RMSprop
    rprop_: Rprop
    asgd_: ASGD
    adafactor_: Adafactor
    muon_: Muon
