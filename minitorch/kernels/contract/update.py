"""Updates of parameters by optimizers: one kernel is one step of one parameter, in place."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array


class Sgd(Protocol):
    """One step of PyTorch's SGD: writes param and the momentum buffer.

    Returns the buffer: the one it was given, a new one on the first step, None without momentum.
    """

    def __call__(
        self,
        param: Array,
        grad: Array,
        momentum_buffer: Array | None,
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
        maximize: bool,
    ) -> Array | None:
        """(*), (*), (*) or None -> (*) or None."""


@dataclass(frozen=True, eq=False, repr=False)
class Update:
    """A step per optimizer; each name ends in `_`, for each writes its parameter."""

    sgd_: Sgd
