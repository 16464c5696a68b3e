"""The NumPy back end: its record, and the kernels that need no file of their own."""

from typing import Any

import numpy as np

from minitorch.kernels import numpy_conv, numpy_norm, numpy_pool
from minitorch.kernels.record import Array, Kernels, Shape, working_dtype

# Parameters are updated in slices of this many elements: the temporaries stay in the L2 cache.
SGD_CHUNK = 1 << 16


def index_add(values: Array, index: Any, shape: Shape) -> Array:
    """Add values into zeros of `shape` at `index`, repeats adding up."""
    out = np.zeros(shape, working_dtype(values.dtype))
    np.add.at(out, index, values)
    return out.astype(values.dtype, copy=False)


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
    if maximize:
        grad = -grad
    if weight_decay:
        grad = grad + param * weight_decay
    if momentum:
        if momentum_buffer is None:
            momentum_buffer = grad.copy()
        else:
            momentum_buffer *= momentum
            momentum_buffer += grad if not dampening else grad * (1 - dampening)
        grad = grad + momentum_buffer * momentum if nesterov else momentum_buffer
    param -= grad * lr
    return momentum_buffer


NUMPY = Kernels(
    name="numpy",
    conv2d=numpy_conv.conv2d,
    conv2d_input_grad=numpy_conv.conv2d_input_grad,
    conv2d_weight_grad=numpy_conv.conv2d_weight_grad,
    max_pool2d=numpy_pool.max_pool2d,
    window_indices=numpy_pool.window_indices,
    scatter_windows=numpy_pool.scatter_windows,
    gather_windows=numpy_pool.gather_windows,
    avg_pool2d=numpy_pool.avg_pool2d,
    avg_pool2d_grad=numpy_pool.avg_pool2d_grad,
    adaptive_avg_pool2d=numpy_pool.adaptive_avg_pool2d,
    adaptive_avg_pool2d_grad=numpy_pool.adaptive_avg_pool2d_grad,
    batch_norm=numpy_norm.batch_norm,
    batch_norm_grad=numpy_norm.batch_norm_grad,
    softmax=numpy_norm.softmax,
    softmax_grad=numpy_norm.softmax_grad,
    log_softmax=numpy_norm.log_softmax,
    log_softmax_grad=numpy_norm.log_softmax_grad,
    nll_loss=numpy_norm.nll_loss,
    nll_loss_grad=numpy_norm.nll_loss_grad,
    index_add=index_add,
    sgd_=sgd_,
)
