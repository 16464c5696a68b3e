"""Updates by optimizers, as formulas of one element.

A formula takes numbers and gives the new ones: the parameter, then what is kept for it, in the
order they came in. It says no more than `+ - * / **` and the few functions below, so tensors may
take the place of numbers: that is how a step is differentiated (`optim/differentiable.py`).
"""

from collections.abc import Callable
from typing import Any, ParamSpec

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.update import Update
from minitorch.kernels.lists import LISTS, of_each

P = ParamSpec("P")


def sgd(
    param: Any, grad: Any, momentum_buffer: Any, lr: Any, momentum: Any, dampening: Any,
    weight_decay: Any, nesterov: bool, maximize: bool,
) -> tuple[Any, Any]:  # fmt: skip
    """Stochastic gradient descent; None for the buffer starts it."""
    grad = decayed(-grad if maximize else grad, param, weight_decay)
    if not momentum:
        return param - lr * grad, momentum_buffer
    if momentum_buffer is None:
        momentum_buffer = grad
    else:
        momentum_buffer = momentum * momentum_buffer + (1 - dampening) * grad
    return param - lr * (
        grad + momentum * momentum_buffer if nesterov else momentum_buffer
    ), momentum_buffer


def adam(
    param: Any, grad: Any, exp_avg: Any, exp_avg_sq: Any, max_exp_avg_sq: Any, step: Any, lr: Any,
    beta1: Any, beta2: Any, weight_decay: Any, eps: Any, decoupled: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Kingma & Ba 2015, algorithm 1; decoupled: Loshchilov & Hutter 2019, algorithm 2."""
    if decoupled:
        param = param * (1 - lr * weight_decay)
    else:
        grad = decayed(grad, param, weight_decay)
    exp_avg = beta1 * exp_avg + (1 - beta1) * grad
    exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
    if max_exp_avg_sq is not None:
        max_exp_avg_sq = larger(max_exp_avg_sq, exp_avg_sq)
    second = exp_avg_sq if max_exp_avg_sq is None else max_exp_avg_sq
    root = (second / (1 - beta2**step)) ** 0.5
    param = param - lr * (exp_avg / (1 - beta1**step)) / (root + eps)
    return param, exp_avg, exp_avg_sq, max_exp_avg_sq


def nadam(
    param: Any, grad: Any, exp_avg: Any, exp_avg_sq: Any, step: Any, mu: Any, mu_next: Any,
    mu_product: Any, lr: Any, beta1: Any, beta2: Any, weight_decay: Any, eps: Any, decoupled: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Dozat 2016, algorithm 2: Adam with Nesterov's look ahead."""
    if decoupled:
        param = param * (1 - lr * weight_decay)
    else:
        grad = decayed(grad, param, weight_decay)
    exp_avg = beta1 * exp_avg + (1 - beta1) * grad
    exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
    root = (exp_avg_sq / (1 - beta2**step)) ** 0.5
    ahead = mu_next * exp_avg / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)
    return param - lr * ahead / (root + eps), exp_avg, exp_avg_sq


def radam(
    param: Any, grad: Any, exp_avg: Any, exp_avg_sq: Any, step: Any, rectified: Any, lr: Any,
    beta1: Any, beta2: Any, weight_decay: Any, eps: Any, decoupled: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Liu et al. 2020, algorithm 2: Adam once the variance of its second moment is known."""
    if decoupled:
        param = param * (1 - lr * weight_decay)
    else:
        grad = decayed(grad, param, weight_decay)
    exp_avg = beta1 * exp_avg + (1 - beta1) * grad
    exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
    slope = exp_avg / (1 - beta1**step)
    if rectified:
        slope = slope * rectified * (1 - beta2**step) ** 0.5 / (exp_avg_sq**0.5 + eps)
    return param - lr * slope, exp_avg, exp_avg_sq


def adamax(
    param: Any, grad: Any, exp_avg: Any, exp_inf: Any, step: Any, lr: Any, beta1: Any, beta2: Any,
    weight_decay: Any, eps: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Kingma & Ba 2015, algorithm 2: the second moment is a maximum."""
    grad = decayed(grad, param, weight_decay)
    exp_avg = beta1 * exp_avg + (1 - beta1) * grad
    exp_inf = larger(beta2 * exp_inf, abs(grad) + eps)
    return param - lr / (1 - beta1**step) * exp_avg / exp_inf, exp_avg, exp_inf


def adagrad(
    param: Any, grad: Any, sum: Any, step: Any, lr: Any, lr_decay: Any, weight_decay: Any, eps: Any
) -> tuple[Any, ...]:
    """Duchi et al. 2011, with a rate that decays besides."""
    grad = decayed(grad, param, weight_decay)
    sum = sum + grad * grad
    return param - lr / (1 + (step - 1) * lr_decay) * grad / (sum**0.5 + eps), sum


def adadelta(
    param: Any, grad: Any, square_avg: Any, acc_delta: Any, lr: Any, rho: Any, weight_decay: Any,
    eps: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Zeiler 2012, algorithm 1."""
    grad = decayed(grad, param, weight_decay)
    square_avg = rho * square_avg + (1 - rho) * grad * grad
    delta = (acc_delta + eps) ** 0.5 / (square_avg + eps) ** 0.5 * grad
    acc_delta = rho * acc_delta + (1 - rho) * delta * delta
    return param - lr * delta, square_avg, acc_delta


def rmsprop(
    param: Any, grad: Any, square_avg: Any, grad_avg: Any, momentum_buffer: Any, lr: Any,
    alpha: Any, momentum: Any, weight_decay: Any, eps: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Hinton's lecture 6e; centered: Graves 2013, equations 38 to 43, with eps outside the root."""
    grad = decayed(grad, param, weight_decay)
    square_avg = alpha * square_avg + (1 - alpha) * grad * grad
    variance = square_avg
    if grad_avg is not None:
        grad_avg = alpha * grad_avg + (1 - alpha) * grad
        variance = square_avg - grad_avg * grad_avg
    slope = grad / (variance**0.5 + eps)
    if momentum_buffer is not None:
        slope = momentum_buffer = momentum * momentum_buffer + slope
    return param - lr * slope, square_avg, grad_avg, momentum_buffer


def rprop(
    param: Any, grad: Any, prev: Any, step_size: Any, eta_minus: Any, eta_plus: Any, smallest: Any,
    largest: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Riedmiller & Braun 1993, without a step where the gradient changed its sign."""
    turn = sign(grad * prev)
    grown, shrunk = eta_plus * step_size * (turn > 0), eta_minus * step_size * (turn < 0)
    kept = step_size * (turn == 0) + 0 * turn  # NaN stays NaN
    step_size = between(grown + shrunk + kept, smallest, largest)
    grad = grad * (turn >= 0)
    return param - sign(grad) * step_size, grad, step_size


def asgd(
    param: Any, grad: Any, ax: Any, mu: Any, eta: Any, lambd: Any, weight_decay: Any
) -> tuple[Any, ...]:
    """Polyak & Juditsky 1992: ``ax`` is the average of parameters."""
    grad = decayed(grad, param, weight_decay)
    param = param * (1 - lambd * eta) - eta * grad
    return param, param if mu == 1 else ax + mu * (param - ax)


def decayed(grad: Any, param: Any, weight_decay: Any) -> Any:
    """The gradient with that of the L2 penalty."""
    return grad + weight_decay * param if weight_decay != 0 else grad


def larger(a: Any, b: Any) -> Any:
    """The larger of two; NaN where one is."""
    return a.maximum(b) if hasattr(a, "maximum") else np.maximum(a, b)


def between(x: Any, low: Any, high: Any) -> Any:
    """The nearest number that is not outside."""
    return x.clamp(low, high) if hasattr(x, "clamp") else np.clip(x, low, high)


def sign(x: Any) -> Any:
    """-1, 0 or 1; NaN of NaN."""
    return x.sign() if hasattr(x, "sign") else np.sign(x)


def _each(formula: Callable[P, tuple[Any, ...]]) -> Callable[P, None]:
    """The kernel of a formula: element by element, in float64 and rounded once."""

    def kernel_(*args: P.args, **kwargs: P.kwargs) -> None:
        arrays, options = _split(args)
        for place in np.ndindex(*arrays[0].shape):
            given = [a if a is None else np.float64(a[place]) for a in arrays]
            with np.errstate(all="ignore"):
                new = formula(*given, *options)  # type: ignore[call-arg, arg-type]
            for array, value in zip((arrays[0], *arrays[2:]), new, strict=True):
                if array is not None:
                    array[place] = value

    return kernel_


def _split(args: Any) -> tuple[list[Any], list[Any]]:
    """Separate arrays (None: one that is not kept), which lead, from options."""
    arrays = [a for a in args if a is None or isinstance(a, np.ndarray)]
    return arrays, list(args[len(arrays) :])


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
    """One step of PyTorch's SGD; the first one starts the buffer."""
    is_first = momentum_buffer is None
    if momentum_buffer is None and momentum:
        momentum_buffer = np.zeros(param.shape, param.dtype)
    options = (lr, momentum, dampening, weight_decay, nesterov, maximize)
    for place in np.ndindex(*param.shape):
        kept = None if momentum_buffer is None or is_first else float(momentum_buffer[place])
        new, kept = sgd(float(param[place]), float(grad[place]), kept, *options)
        param[place] = new
        if momentum_buffer is not None:
            momentum_buffer[place] = kept
    return momentum_buffer


def adafactor_(
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
    """Shazeer & Stern 2018, algorithms 4 and 5, with PyTorch's place for ``eps1``."""
    if not param.size:
        return
    p, g, share = param.astype(float), grad.astype(float), step**beta2_decay
    rate = max(eps2, _rms(p)) * min(lr, step**-0.5)
    if variance is not None:
        variance[...] = moment = (1 - share) * variance.astype(float) + share * g * g
    elif row_var is not None and col_var is not None:
        row = (1 - share) * row_var.astype(float) + share * (g * g).mean(-1, keepdims=True)
        column = (1 - share) * col_var.astype(float) + share * (g * g).mean(-2, keepdims=True)
        row_var[...], col_var[...] = row, column
        moment = row * column / np.maximum(row.mean(-2, keepdims=True), eps1)
    u = g / np.maximum(moment, eps1 * eps1) ** 0.5
    param[...] = (1 - lr * weight_decay) * p - rate * u / max(1.0, _rms(u) / d)


def _rms(x: Array) -> float:
    """The root mean square."""
    return float(np.mean(x * x)) ** 0.5


def muon_(
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
    """Jordan et al. 2024; what PyTorch keeps in bfloat16 is rounded to it."""
    p, g, (a, b, c) = param.astype(float), grad.astype(float), coefficients
    buffer = momentum * momentum_buffer.astype(float) + (1 - momentum) * g
    momentum_buffer[...] = buffer
    x = to_bfloat16(g + momentum * (buffer - g) if nesterov else buffer)
    x = x.T if len(x) > len(x.T) else x
    x = to_bfloat16(
        x / max(to_bfloat16(np.array((x * x).sum() ** 0.5)), to_bfloat16(np.array(eps)))
    )
    for _ in range(steps):
        gram = to_bfloat16(x @ x.T)
        x = to_bfloat16(a * x + to_bfloat16(b * gram + c * gram @ gram) @ x)
    x = x.T if len(grad) > len(grad.T) else x
    param[...] = (1 - lr * weight_decay) * p - lr * scale * x


def to_bfloat16(x: Array) -> Array:
    """Round to eight binary digits, to even where two are as near."""
    mantissa, exponent = np.frexp(x)
    return np.ldexp(np.rint(mantissa * 256), exponent - 8)


FORMULAS = {
    "sgd": sgd,
    "adam": adam,
    "nadam": nadam,
    "radam": radam,
    "adamax": adamax,
    "adagrad": adagrad,
    "adadelta": adadelta,
    "rmsprop": rmsprop,
    "rprop": rprop,
    "asgd": asgd,
}

UPDATE = Update(
    sgd_=of_each(sgd_, LISTS["sgd_"]),
    adam_=of_each(_each(adam), LISTS["adam_"]),
    nadam_=_each(nadam),
    radam_=_each(radam),
    adamax_=_each(adamax),
    adagrad_=_each(adagrad),
    adadelta_=_each(adadelta),
    rmsprop_=_each(rmsprop),
    rprop_=_each(rprop),
    asgd_=_each(asgd),
    adafactor_=adafactor_,
    muon_=muon_,
)
