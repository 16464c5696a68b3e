"""Updates of contiguous float32 parameters in C, in one pass; all others as in NumPy."""

import dataclasses
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import Tiles, slices
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.numpy.in_slices import CHUNK

FLOAT = np.dtype(np.float32)
SGD, ADAM = struct.Struct("=6d"), struct.Struct("=9d")

Arrays = Sequence[Array | None]


def is_native(*lists: Arrays) -> bool:
    for arrays in lists:
        for a in arrays:
            if a is not None and not (a.dtype == FLOAT and a.flags.c_contiguous):
                return False
    return True


def are_apart(params: Sequence[Array]) -> bool:
    """Whether each has memory of its own: else one is only updated after the other."""
    return len(params) == 1 or not [p for p in params if p.base is not None]


def one_by_one(name: str, lists: tuple[Sequence[Any], ...], options: tuple[Any, ...]) -> list[Any]:
    """Step each by itself: one that is not for the C as in NumPy."""
    step = getattr(NUMPY.update if len(lists[0]) == 1 else UPDATE, name)
    return [step(*([a] for a in one), *options) for one in zip(*lists, strict=True)]


def tiles_of(params: Sequence[Array]) -> Tiles:
    """Cut the elements of all, one parameter after the other."""
    return slices(sum([p.size for p in params]), CHUNK)


def sgd_(
    params: Sequence[Array],
    grads: Sequence[Array],
    momentum_buffers: Arrays,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> list[Array | None]:
    """One step of PyTorch's SGD in place; returns the buffers, started here on the first step."""
    lists = params, grads, momentum_buffers
    if not (are_apart(params) and is_native(*lists)):
        options = (lr, momentum, dampening, weight_decay, nesterov, maximize)
        return [buffer for (buffer,) in one_by_one("sgd_", lists, options)]
    firsts = bytes(len(params))
    buffers: list[Array | None] = [None] * len(params)
    if momentum:
        firsts = bytes([buffer is None for buffer in momentum_buffers])
        pairs = zip(params, momentum_buffers, strict=True)
        buffers = [np.empty_like(p) if buffer is None else buffer for p, buffer in pairs]
    rule = SGD.pack(lr, momentum, 1 - dampening, weight_decay, nesterov, maximize)
    arrays = *params, *grads, *buffers
    _native.update_sgd(len(params), rule, firsts, *arrays, available(), tiles_of(params))
    return buffers if momentum else [*momentum_buffers]


def adam_(
    params: Sequence[Array],
    grads: Sequence[Array],
    exp_avgs: Sequence[Array],
    exp_avg_sqs: Sequence[Array],
    max_exp_avg_sqs: Arrays,
    steps: Sequence[float],
    lr: float,
    beta1: float,
    beta2: float,
    weight_decay: float,
    eps: float,
    decoupled: bool,
) -> None:
    """One step of PyTorch's Adam, or AdamW, in place."""
    lists = params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs
    if not (are_apart(params) and is_native(*lists)):
        one_by_one("adam_", (*lists, steps), (lr, beta1, beta2, weight_decay, eps, decoupled))
        return
    rules = {}
    for step in {*steps}:
        correction = (1 - beta2**step) ** 0.5
        rate = lr / (1 - beta1**step) * correction
        decay = _decay(lr, weight_decay, decoupled)
        rules[step] = ADAM.pack(beta1, beta2, *decay, 1, 0, eps * correction, rate, True)
    arrays = *params, *grads, *exp_avgs, *exp_avg_sqs, *max_exp_avg_sqs
    each = b"".join([rules[step] for step in steps])
    _native.update_adam(len(params), each, *arrays, available(), tiles_of(params))


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
    if not is_native(arrays):
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
    rule = ADAM.pack(beta1, beta2, *decay, *shares, *ends)
    _native.update_adam(1, rule, *arrays, None, available(), tiles_of([param]))


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
    if not is_native(arrays):
        numbers: Any = (step, rectified, lr, beta1, beta2, weight_decay, eps, decoupled)
        return NUMPY.update.radam_(*arrays, *numbers)
    rate = lr / (1 - beta1**step)
    if rectified:
        rate *= rectified * (1 - beta2**step) ** 0.5
    decay = _decay(lr, weight_decay, decoupled)
    rule = ADAM.pack(beta1, beta2, *decay, 1, 0, eps, rate, bool(rectified))
    _native.update_adam(1, rule, *arrays, None, available(), tiles_of([param]))


def _decay(lr: float, weight_decay: float, decoupled: bool) -> tuple[float, float]:
    """What of the parameter goes to its gradient, and what is left of itself."""
    return (0.0, 1 - lr * weight_decay) if decoupled else (weight_decay, 1.0)


UPDATE = dataclasses.replace(NUMPY.update, sgd_=sgd_, adam_=adam_, nadam_=nadam_, radam_=radam_)
