"""Updates by optimizers in NumPy."""

from typing import Any

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.update import Update

# Parameters are updated in slices of this many elements, whose temporaries stay in the cache: a
# third less time than whole arrays for the 7 million of AlexNet.
SGD_CHUNK = 1 << 17


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
    """One step of PyTorch's SGD in place; returns the buffer, started here on the first step."""
    is_first = momentum_buffer is None
    buffer = np.empty_like(param) if is_first and momentum else momentum_buffer
    options = (is_first, lr, momentum, dampening, weight_decay, nesterov, maximize)
    arrays = [a for a in (param, grad, buffer) if a is not None]
    update_ = _sgd_narrow_ if param.itemsize == 2 else _sgd_slice_
    if param.size <= SGD_CHUNK or not all(a.flags.c_contiguous for a in arrays):
        update_(param, grad, buffer, *options)
        return buffer
    flat = [a.reshape(-1) for a in arrays]

    def update_part(part: slice) -> None:
        param, grad, *rest = (a[part] for a in flat)
        update_(param, grad, rest[0] if rest else None, *options)

    share(update_part, slices(param.size, SGD_CHUNK), products=False)
    return buffer


def _sgd_narrow_(param: Array, grad: Array, buffer: Array | None, *options: Any) -> None:
    """`_sgd_slice_` of float16, in float32 and rounded once."""
    wide = param.astype(np.float32)
    wide_buffer = None if buffer is None else buffer.astype(np.float32)
    _sgd_slice_(wide, grad.astype(np.float32), wide_buffer, *options)
    param[...] = wide
    if buffer is not None:
        buffer[...] = wide_buffer


def _sgd_slice_(
    param: Array,
    grad: Array,
    buffer: Array | None,
    is_first: bool,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """`sgd_` on a slice that fits the cache, or on arrays with strides."""
    if maximize:
        grad = -grad
    if weight_decay:
        grad = grad + weight_decay * param
    if momentum and buffer is not None:
        if is_first:
            buffer[...] = grad
        else:
            buffer *= momentum
            buffer += (1 - dampening) * grad if dampening else grad
        grad = grad + momentum * buffer if nesterov else buffer
    param -= lr * grad


UPDATE = Update(sgd_=sgd_)
