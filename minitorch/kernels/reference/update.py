"""Updates by optimizers, element by element."""

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.update import Update


def sgd_(
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
    """One step of PyTorch's SGD, element by element; the first step starts the buffer."""
    started = momentum_buffer is not None
    if momentum and momentum_buffer is None:
        momentum_buffer = np.zeros(param.shape, param.dtype)
    for place in np.ndindex(*param.shape):
        p = float(param[place])
        g = (-1 if maximize else 1) * float(grad[place]) + weight_decay * p
        if momentum_buffer is not None and momentum:
            b = float(momentum_buffer[place])
            b = momentum * b + (1 - dampening) * g if started else g
            momentum_buffer[place] = b
            g = g + momentum * b if nesterov else b
        param[place] = p - lr * g
    return momentum_buffer


UPDATE = Update(sgd_=sgd_)
