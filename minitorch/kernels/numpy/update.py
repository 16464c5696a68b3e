"""Updates by optimizers in NumPy: what a formula says, in as few passes over a slice as it takes.

The formulas stand in `reference/update.py`. Here what is the same for all elements is worked out
before, and a slice has a temporary or two, which stay in the cache with it.
"""

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.update import Update
from minitorch.kernels.lists import LISTS, of_each
from minitorch.kernels.numpy.in_slices import in_slices, temporary
from minitorch.kernels.numpy.update_matrices import adafactor_, muon_


def _decayed(grad: Array, param: Array, weight_decay: float) -> Array:
    """The gradient with that of the L2 penalty, in working memory."""
    if weight_decay == 0:
        return grad
    out = np.multiply(param, weight_decay, temporary(param, "update.decayed"))
    return np.add(out, grad, out)


def _average_(average: Array, grad: Array, beta: float, work: Array) -> None:
    """Average ← β·average + (1 − β)·grad."""
    np.subtract(grad, average, work)
    work *= 1 - beta
    average += work


def _average_of_squares_(average: Array, grad: Array, beta: float, work: Array) -> None:
    """Average ← β·average + (1 − β)·grad²."""
    np.multiply(grad, 1 - beta, work)  # first: the square of 256 is infinite in float16
    work *= grad
    average *= beta
    average += work


def _divided(numerator: Array, denominator: Array, eps: float, scale: float, out: Array) -> Array:
    """Scale · numerator / (√denominator + eps)."""
    np.sqrt(denominator, out)
    out += eps
    np.divide(numerator, out, out)
    out *= scale
    return out


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
    if momentum_buffer is None and momentum:
        momentum_buffer = np.empty_like(param)

    def update_(param: Array, grad: Array, buffer: Array | None) -> None:
        work = temporary(param)
        if maximize:
            grad = np.negative(grad, temporary(param, "update.negative"))
        grad = _decayed(grad, param, weight_decay)
        if momentum and buffer is not None:
            if is_first:
                buffer[...] = grad
            else:
                buffer *= momentum
                buffer += np.multiply(grad, 1 - dampening, work) if dampening else grad
            grad = np.add(np.multiply(buffer, momentum, work), grad, work) if nesterov else buffer
        param -= np.multiply(grad, lr, work)

    in_slices(update_, param, grad, momentum_buffer)
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
    """One step of PyTorch's Adam, or AdamW, in place: 12 passes."""
    correction = (1 - beta2**step) ** 0.5
    rate = lr / (1 - beta1**step) * correction

    def update_(param: Array, grad: Array, m: Array, v: Array, v_max: Array | None) -> None:
        work = temporary(param)
        if decoupled:
            param *= 1 - lr * weight_decay
        else:
            grad = _decayed(grad, param, weight_decay)
        _average_(m, grad, beta1, work)
        _average_of_squares_(v, grad, beta2, work)
        if v_max is not None:
            v = np.maximum(v_max, v, out=v_max)
        param -= _divided(m, v, eps * correction, rate, work)

    in_slices(update_, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq)


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
    correction = (1 - beta2**step) ** 0.5
    share_of_grad = (1 - mu) / (1 - mu_product)
    share_of_average = mu_next / (1 - mu_product * mu_next)

    def update_(param: Array, grad: Array, m: Array, v: Array) -> None:
        work, ahead = temporary(param), temporary(param, "update.ahead")
        if decoupled:
            param *= 1 - lr * weight_decay
        else:
            grad = _decayed(grad, param, weight_decay)
        _average_(m, grad, beta1, work)
        _average_of_squares_(v, grad, beta2, work)
        np.multiply(m, share_of_average, ahead)
        ahead += np.multiply(grad, share_of_grad, work)
        param -= _divided(ahead, v, eps * correction, lr * correction, work)

    in_slices(update_, param, grad, exp_avg, exp_avg_sq)


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
    rate = lr / (1 - beta1**step)

    def update_(param: Array, grad: Array, m: Array, v: Array) -> None:
        work = temporary(param)
        if decoupled:
            param *= 1 - lr * weight_decay
        else:
            grad = _decayed(grad, param, weight_decay)
        _average_(m, grad, beta1, work)
        _average_of_squares_(v, grad, beta2, work)
        if rectified:
            param -= _divided(m, v, eps, rate * rectified * (1 - beta2**step) ** 0.5, work)
        else:
            param -= np.multiply(m, rate, work)

    in_slices(update_, param, grad, exp_avg, exp_avg_sq)


def adamax_(
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
    """One step of PyTorch's Adamax in place."""

    def update_(param: Array, grad: Array, m: Array, u: Array) -> None:
        work = temporary(param)
        grad = _decayed(grad, param, weight_decay)
        _average_(m, grad, beta1, work)
        np.abs(grad, work)
        work += eps
        u *= beta2
        np.maximum(u, work, out=u)
        np.divide(m, u, work)
        work *= lr / (1 - beta1**step)
        param -= work

    in_slices(update_, param, grad, exp_avg, exp_inf)


def adagrad_(
    param: Array,
    grad: Array,
    sum: Array,
    step: float,
    lr: float,
    lr_decay: float,
    weight_decay: float,
    eps: float,
) -> None:
    """One step of PyTorch's Adagrad in place."""
    rate = lr / (1 + (step - 1) * lr_decay)

    def update_(param: Array, grad: Array, sum: Array) -> None:
        work = temporary(param)
        grad = _decayed(grad, param, weight_decay)
        sum += np.multiply(grad, grad, work)
        param -= _divided(grad, sum, eps, rate, work)

    in_slices(update_, param, grad, sum)


def adadelta_(
    param: Array,
    grad: Array,
    square_avg: Array,
    acc_delta: Array,
    lr: float,
    rho: float,
    weight_decay: float,
    eps: float,
) -> None:
    """One step of PyTorch's Adadelta in place."""

    def update_(param: Array, grad: Array, v: Array, u: Array) -> None:
        work, delta = temporary(param), temporary(param, "update.delta")
        grad = _decayed(grad, param, weight_decay)
        _average_of_squares_(v, grad, rho, work)
        np.sqrt(np.add(u, eps, delta), delta)
        delta /= np.sqrt(np.add(v, eps, work), work)
        delta *= grad
        _average_of_squares_(u, delta, rho, work)
        delta *= lr
        param -= delta

    in_slices(update_, param, grad, square_avg, acc_delta)


def rmsprop_(
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
    """One step of PyTorch's RMSprop in place."""

    def update_(
        param: Array, grad: Array, v: Array, mean: Array | None, buffer: Array | None
    ) -> None:
        work = temporary(param)
        grad = _decayed(grad, param, weight_decay)
        _average_of_squares_(v, grad, alpha, work)
        if mean is not None:
            _average_(mean, grad, alpha, work)
            variance = np.multiply(mean, mean, temporary(param, "update.variance"))
            v = np.subtract(v, variance, variance)
        if buffer is None:
            param -= _divided(grad, v, eps, lr, work)
        else:
            buffer *= momentum
            buffer += _divided(grad, v, eps, 1, work)
            param -= np.multiply(buffer, lr, work)

    in_slices(update_, param, grad, square_avg, grad_avg, momentum_buffer)


def rprop_(
    param: Array,
    grad: Array,
    prev: Array,
    step_size: Array,
    eta_minus: float,
    eta_plus: float,
    smallest: float,
    largest: float,
) -> None:
    """One step of PyTorch's Rprop in place."""

    def update_(param: Array, grad: Array, prev: Array, step_size: Array) -> None:
        turn = np.multiply(grad, prev, temporary(param))
        turned = np.less(turn, 0)
        np.multiply(step_size, eta_plus, step_size, where=np.greater(turn, 0))
        np.multiply(step_size, eta_minus, step_size, where=turned)
        np.copyto(step_size, turn, where=np.isnan(turn))
        np.clip(step_size, smallest, largest, out=step_size)
        prev[...] = grad
        prev[turned] = 0
        np.sign(prev, turn)
        turn *= step_size
        param -= turn

    in_slices(update_, param, grad, prev, step_size)


def asgd_(
    param: Array,
    grad: Array,
    ax: Array,
    mu: float,
    eta: float,
    lambd: float,
    weight_decay: float,
) -> None:
    """One step of PyTorch's ASGD in place."""

    def update_(param: Array, grad: Array, ax: Array) -> None:
        work = temporary(param)
        grad = _decayed(grad, param, weight_decay)
        param *= 1 - lambd * eta
        param -= np.multiply(grad, eta, work)
        if mu == 1:
            ax[...] = param
        else:
            np.subtract(param, ax, work)
            work *= mu
            ax += work

    in_slices(update_, param, grad, ax)


UPDATE = Update(
    sgd_=of_each(sgd_, LISTS["sgd_"]),
    adam_=of_each(adam_, LISTS["adam_"]),
    nadam_=nadam_,
    radam_=radam_,
    adamax_=adamax_,
    adagrad_=adagrad_,
    adadelta_=adadelta_,
    rmsprop_=rmsprop_,
    rprop_=rprop_,
    asgd_=asgd_,
    adafactor_=adafactor_,
    muon_=muon_,
)
