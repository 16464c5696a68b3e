"""Updates of contiguous float32 parameters in C, in one pass; all others as in NumPy."""

import dataclasses
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.native import _native
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.numpy.in_slices import CHUNK, in_slices

FLOAT = np.dtype(np.float32)


def is_native(*arrays: Array | None) -> bool:
    for a in arrays:
        if a is not None and not (a.dtype == FLOAT and a.flags.c_contiguous):
            return False
    return True


def update_(kernel: Callable[..., None], rule: bytes, param: Array, *others: Array | None) -> None:
    """Call a kernel of C on slices of the parameter, the gradient and the state."""
    if param.size <= CHUNK:
        kernel(rule, param.size, param, *others)
        return

    def update_part(param: Array, *others: Array | None) -> None:
        kernel(rule, param.size, param, *others)

    in_slices(update_part, param, *others)


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
    if not is_native(param, grad, momentum_buffer):
        options: Any = (lr, momentum, dampening, weight_decay, nesterov, maximize)
        return NUMPY.update.sgd_(param, grad, momentum_buffer, *options)
    is_first = momentum_buffer is None
    if momentum_buffer is None and momentum:
        momentum_buffer = np.empty_like(param)
    numbers = (lr, momentum, 1 - dampening, weight_decay, is_first, nesterov, maximize)
    rule = struct.pack("=7d", *numbers)
    update_(_native.update_sgd, rule, param, grad, momentum_buffer if momentum else None)
    return momentum_buffer


def adam_(
    param: Array,
    grad: Array,
    exp_avg: Array,
    exp_avg_sq: Array,
    max_exp_avg_sq: Array | None,
    step: float,
    lr: float,
    beta1: float,
    beta2: float,
    weight_decay: float,
    eps: float,
    decoupled: bool,
) -> None:
    """One step of PyTorch's Adam, or AdamW, in place."""
    arrays = (param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq)
    if not is_native(*arrays):
        numbers: Any = (step, lr, beta1, beta2, weight_decay, eps, decoupled)
        return NUMPY.update.adam_(*arrays, *numbers)
    correction = (1 - beta2**step) ** 0.5
    rate = lr / (1 - beta1**step) * correction
    decay = _decay(lr, weight_decay, decoupled)
    rule = struct.pack("=9d", beta1, beta2, *decay, 1, 0, eps * correction, rate, True)
    update_(_native.update_adam, rule, *arrays)


def nadam_(
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
    """One step of PyTorch's NAdam in place."""
    arrays = (param, grad, exp_avg, exp_avg_sq)
    if not is_native(*arrays):
        numbers: Any = (
            step,
            mu,
            mu_next,
            mu_product,
            lr,
            beta1,
            beta2,
            weight_decay,
            eps,
            decoupled,
        )
        return NUMPY.update.nadam_(*arrays, *numbers)
    correction = (1 - beta2**step) ** 0.5
    shares = (mu_next / (1 - mu_product * mu_next), (1 - mu) / (1 - mu_product))
    decay = _decay(lr, weight_decay, decoupled)
    ends = (eps * correction, lr * correction, True)
    rule = struct.pack("=9d", beta1, beta2, *decay, *shares, *ends)
    update_(_native.update_adam, rule, *arrays, None)


def radam_(
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
    """One step of PyTorch's RAdam in place."""
    arrays = (param, grad, exp_avg, exp_avg_sq)
    if not is_native(*arrays):
        numbers: Any = (step, rectified, lr, beta1, beta2, weight_decay, eps, decoupled)
        return NUMPY.update.radam_(*arrays, *numbers)
    rate = lr / (1 - beta1**step)
    if rectified:
        rate *= rectified * (1 - beta2**step) ** 0.5
    decay = _decay(lr, weight_decay, decoupled)
    rule = struct.pack("=9d", beta1, beta2, *decay, 1, 0, eps, rate, bool(rectified))
    update_(_native.update_adam, rule, *arrays, None)


def _decay(lr: float, weight_decay: float, decoupled: bool) -> tuple[float, float]:
    """What of the parameter goes to its gradient, and what is left of itself."""
    return (0.0, 1 - lr * weight_decay) if decoupled else (weight_decay, 1.0)


UPDATE = dataclasses.replace(NUMPY.update, sgd_=sgd_, adam_=adam_, nadam_=nadam_, radam_=radam_)
