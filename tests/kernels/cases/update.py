"""Cases of updates by optimizers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from minitorch.kernels.lists import LISTS
from minitorch.optim.radam import rectification
from tests.kernels.check import Row, normal

# lr, momentum, dampening, weight_decay, nesterov, maximize
SGD = {
    "plain": (0.1, 0.0, 0.0, 0.0, False, False),
    "uphill, decayed": (0.5, 0.0, 0.0, 0.01, False, True),
    "momentum": (0.1, 0.9, 0.0, 0.0, False, False),
    "momentum, dampened": (0.1, 0.9, 0.25, 0.01, False, False),
    "nesterov": (0.1, 0.9, 0.0, 0.01, True, False),
    "nesterov, dampened": (0.1, 0.9, 0.25, 0.0, True, True),
}
SHAPES = [(), (0,), (3, 2), (2, 3, 2), (5, 11)]


def first(options: Any, shape: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype), normal(shape, dtype, 1), None, *options


def later(options: Any, shape: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype), normal(shape, dtype, 1), normal(shape, dtype, 2), *options


def sgd(
    torch: Any, param: Any, grad: Any, buffer: Any, lr: float, momentum: float, dampening: float,
    weight_decay: float, nesterov: bool, maximize: bool,
) -> Any:  # fmt: skip
    """One step of PyTorch's optimizer: buffer, param and, where one came in, the buffer again."""
    parameter = torch.nn.Parameter(torch.tensor(param))
    optimizer = torch.optim.SGD([parameter], lr, momentum, dampening, weight_decay)
    # Set here, for the constructor refuses Nesterov's form with dampening.
    optimizer.param_groups[0].update(nesterov=nesterov, maximize=maximize)
    if buffer is not None:
        optimizer.state[parameter]["momentum_buffer"] = torch.tensor(buffer)
    parameter.grad = torch.tensor(grad)
    optimizer.step()
    out = optimizer.state[parameter].get("momentum_buffer")
    return out, parameter, None if buffer is None else out


@dataclass(frozen=True)
class Rule:
    """A rule whose state is there from the first step on.

    Attributes:
        name: PyTorch's optimizer.
        state: PyTorch's names of what is kept, in the order of the kernel's arguments.
        options: Cases: which of the state is None, and the numbers that follow it.
        parity: The numbers -> options of PyTorch's optimizer, and what it keeps besides.
    """

    name: str
    state: tuple[str, ...]
    options: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]]
    parity: Callable[..., tuple[dict[str, Any], dict[str, float]]]

    def arguments(self, case: str, shape: Any, dtype: Any) -> tuple[Any, ...]:
        absent, numbers = self.options[case]
        kept = [normal(shape, dtype, 2 + i) for i in range(len(self.state))]
        for i, name in enumerate(self.state):
            if name not in SIGNED:
                np.abs(kept[i], out=kept[i])
        state = [None if n in absent else k for n, k in zip(self.state, kept, strict=True)]
        if self.name == "RMSprop":  # a mean of squares is no less than the square of the mean
            np.add(kept[0], kept[1] ** 2, out=kept[0])
        return normal(shape, dtype), normal(shape, dtype, 1), *state, *numbers

    def step(self, torch: Any, param: Any, grad: Any, *rest: Any) -> Any:
        """One step of PyTorch's optimizer: None, then what it wrote."""
        kept, numbers = rest[: len(self.state)], rest[len(self.state) :]
        options, counted = self.parity(*numbers)
        if "max_exp_avg_sq" in self.state:
            options["amsgrad"] = kept[2] is not None
        parameter = torch.nn.Parameter(torch.tensor(param))
        optimizer = getattr(torch.optim, self.name)([parameter], **options)
        state = {n: torch.tensor(k) for n, k in zip(self.state, kept, strict=True) if k is not None}
        state |= {n: torch.tensor(c, dtype=torch.float64) for n, c in counted.items()}
        optimizer.state[parameter] = state
        parameter.grad = torch.tensor(grad)
        optimizer.step()
        return None, parameter, *(state.get(name) for name in self.state)

    def row(self, lists: int) -> Row:
        return Row(
            {
                f"{case}, {shape}": partial(self.arguments, case, shape)
                for case in self.options
                for shape in SHAPES
            },
            self.step,
            writes=(0, *range(2, 2 + len(self.state))),
            lists=lists,
            tolerance={2: 2e-3, 4: 2e-6, 8: 1e-14},
        )


SIGNED = ("exp_avg", "grad_avg", "momentum_buffer", "prev", "ax")


def adam(
    step: float, lr: float, b1: float, b2: float, decay: float, eps: float, apart: bool
) -> Any:
    options = {"lr": lr, "betas": (b1, b2), "weight_decay": decay, "eps": eps}
    return options | {"decoupled_weight_decay": apart}, {"step": step - 1}


def nadam(step: float, mu: float, mu_next: float, product: float, *rest: Any) -> Any:
    options, counted = adam(step, *rest)
    return options | {"momentum_decay": 4e-3}, counted | {"mu_product": product / mu}


def radam(step: float, rectified: float, *rest: Any) -> Any:
    return adam(step, *rest)


def adamax(*numbers: Any) -> Any:
    options, counted = adam(*numbers, False)
    del options["decoupled_weight_decay"]
    return options, counted


def adagrad(step: float, lr: float, lr_decay: float, decay: float, eps: float) -> Any:
    options = {"lr": lr, "lr_decay": lr_decay, "weight_decay": decay, "eps": eps}
    return options, {"step": step - 1}


def adadelta(lr: float, rho: float, decay: float, eps: float) -> Any:
    return {"lr": lr, "rho": rho, "weight_decay": decay, "eps": eps}, {"step": 0.0}


def rmsprop(lr: float, alpha: float, momentum: float, decay: float, eps: float) -> Any:
    options = {"lr": lr, "alpha": alpha, "momentum": momentum, "weight_decay": decay, "eps": eps}
    return options | {"centered": alpha == CENTERED}, {"step": 0.0}


def rprop(eta_minus: float, eta_plus: float, smallest: float, largest: float) -> Any:
    return {"etas": (eta_minus, eta_plus), "step_sizes": (smallest, largest)}, {"step": 0.0}


def asgd(mu: float, eta: float, lambd: float, decay: float) -> Any:
    return {"lambd": lambd, "weight_decay": decay}, {"step": 0.0, "mu": mu, "eta": eta}


MU, MU_NEXT = (0.9 * (1 - 0.5 * 0.96 ** (4e-3 * step)) for step in (3, 4))
CENTERED = 0.75

RULES = {
    "adam_": Rule(
        "Adam",
        ("exp_avg", "exp_avg_sq", "max_exp_avg_sq"),
        {
            "first": (("max_exp_avg_sq",), (1.0, 0.1, 0.9, 0.999, 0.0, 1e-8, False)),
            "decayed": (("max_exp_avg_sq",), (7.0, 0.1, 0.8, 0.99, 0.1, 1e-3, False)),
            "decoupled": (("max_exp_avg_sq",), (7.0, 0.1, 0.8, 0.99, 0.1, 1e-3, True)),
            "amsgrad": ((), (7.0, 0.1, 0.8, 0.99, 0.0, 1e-3, False)),
            "no averages": ((), (2.0, 0.1, 0.0, 0.0, 0.0, 1e-3, False)),
        },
        adam,
    ),
    "nadam_": Rule(
        "NAdam",
        ("exp_avg", "exp_avg_sq"),
        {
            "plain": ((), (3.0, MU, MU_NEXT, 0.25 * MU, 0.1, 0.9, 0.999, 0.0, 1e-8, False)),
            "decayed": ((), (3.0, MU, MU_NEXT, 0.25 * MU, 0.1, 0.9, 0.99, 0.1, 1e-3, False)),
            "decoupled": ((), (3.0, MU, MU_NEXT, 0.25 * MU, 0.1, 0.9, 0.99, 0.1, 1e-3, True)),
        },
        nadam,
    ),
    "radam_": Rule(
        "RAdam",
        ("exp_avg", "exp_avg_sq"),
        {
            "first": ((), (1.0, 0.0, 0.1, 0.9, 0.999, 0.0, 1e-8, False)),
            "rectified": ((), (9.0, rectification(9.0, 0.99), 0.1, 0.9, 0.99, 0.1, 1e-3, False)),
            "decoupled": ((), (9.0, rectification(9.0, 0.99), 0.1, 0.9, 0.99, 0.1, 1e-3, True)),
        },
        radam,
    ),
    "adamax_": Rule(
        "Adamax",
        ("exp_avg", "exp_inf"),
        {
            "plain": ((), (1.0, 0.1, 0.9, 0.999, 0.0, 1e-8)),
            "decayed": ((), (4.0, 0.1, 0.8, 0.99, 0.1, 1e-3)),
        },
        adamax,
    ),
    "adagrad_": Rule(
        "Adagrad",
        ("sum",),
        {"plain": ((), (1.0, 0.1, 0.0, 0.0, 1e-10)), "decayed": ((), (5.0, 0.1, 0.5, 0.1, 1e-3))},
        adagrad,
    ),
    "adadelta_": Rule(
        "Adadelta",
        ("square_avg", "acc_delta"),
        {"plain": ((), (1.0, 0.9, 0.0, 1e-6)), "decayed": ((), (0.5, 0.8, 0.1, 1e-3))},
        adadelta,
    ),
    "rmsprop_": Rule(
        "RMSprop",
        ("square_avg", "grad_avg", "momentum_buffer"),
        {
            "plain": (("grad_avg", "momentum_buffer"), (0.1, 0.99, 0.0, 0.0, 1e-8)),
            "momentum": (("grad_avg",), (0.1, 0.9, 0.5, 0.1, 1e-3)),
            "centered": (("momentum_buffer",), (0.1, CENTERED, 0.0, 0.0, 1e-3)),
            "all": ((), (0.1, CENTERED, 0.9, 0.1, 1e-3)),
        },
        rmsprop,
    ),
    "rprop_": Rule(
        "Rprop",
        ("prev", "step_size"),
        {"plain": ((), (0.5, 1.2, 1e-6, 50.0)), "clipped": ((), (0.3, 1.5, 0.4, 0.9))},
        rprop,
    ),
    "asgd_": Rule(
        "ASGD",
        ("ax",),
        {"first": ((), (1.0, 0.1, 1e-4, 0.0)), "averaging": ((), (0.25, 0.1, 0.5, 0.1))},
        asgd,
    ),
}

# lr, beta2_decay, eps1, eps2, d, weight_decay
ADAFACTOR = {
    "plain": (0.01, -0.8, 1e-3, 1e-3, 1.0, 0.0),
    "decayed": (0.5, -0.5, 0.5, 2.0, 1.5, 0.1),
}


def factored(shape: Any, options: Any, dtype: Any) -> tuple[Any, ...]:
    if len(shape) < 2:
        kept = [None, None, np.abs(normal(shape, dtype, 2), out=np.empty(shape, dtype))]
    else:
        *lead, rows, columns = shape
        row, column = normal((*lead, rows, 1), dtype, 2), normal((*lead, 1, columns), dtype, 3)
        kept = [np.abs(row), np.abs(column), None]
    return normal(shape, dtype), normal(shape, dtype, 1), *kept, 3.0, *options


def adafactor(
    torch: Any, param: Any, grad: Any, row: Any, column: Any, variance: Any, step: float, lr: float,
    beta2_decay: float, eps1: float, eps2: float, d: float, weight_decay: float,
) -> Any:  # fmt: skip
    """One step of PyTorch's optimizer: None, then what it wrote."""
    parameter = torch.nn.Parameter(torch.tensor(param))
    optimizer = torch.optim.Adafactor([parameter], lr, beta2_decay, (eps1, eps2), d, weight_decay)
    kept = {"row_var": row, "col_var": column, "variance": variance}
    state = {name: torch.tensor(k) for name, k in kept.items() if k is not None}
    optimizer.state[parameter] = {"step": torch.tensor(step - 1), **state}
    parameter.grad = torch.tensor(grad)
    optimizer.step()
    return None, parameter, *(state.get(name) for name in kept)


# lr, scale, weight_decay, momentum, nesterov, coefficients, steps, eps
QUINTIC = (3.4445, -4.775, 2.0315)
MUON = {
    "plain": (0.01, 1.0, 0.0, 0.95, False, QUINTIC, 5, 1e-7),
    "nesterov, decayed": (0.5, 1.0, 0.1, 0.9, True, (3.4, -4.7, 2.0), 6, 1e-7),
}


def matrix(shape: Any, options: Any, dtype: Any) -> tuple[Any, ...]:
    lr, scale, *rest = options
    scale = max(1, shape[0] / shape[1]) ** 0.5
    return normal(shape, dtype), normal(shape, dtype, 1), normal(shape, dtype, 2), lr, scale, *rest


def muon(
    torch: Any, param: Any, grad: Any, buffer: Any, lr: float, scale: float, weight_decay: float,
    momentum: float, nesterov: bool, coefficients: Any, steps: int, eps: float,
) -> Any:  # fmt: skip
    """One step of PyTorch's optimizer: None, then what it wrote."""
    parameter = torch.nn.Parameter(torch.tensor(param))
    optimizer = torch.optim.Muon(
        [parameter], lr, weight_decay, momentum, nesterov, coefficients, eps, steps
    )
    state = optimizer.state[parameter] = {"momentum_buffer": torch.tensor(buffer)}
    parameter.grad = torch.tensor(grad)
    optimizer.step()
    return None, parameter, state["momentum_buffer"]


ROWS = {
    "update.adafactor_": Row(
        {
            f"{name}, {shape}": partial(factored, shape, options)
            for name, options in ADAFACTOR.items()
            for shape in ((), (0,), (4,), (3, 2), (2, 3, 2), (0, 2))
        },
        adafactor,
        refused=tuple(f"{name}, {shape}" for name in ADAFACTOR for shape in ((0,), (0, 2))),
        writes=(0, 2, 3, 4),
        tolerance={2: 2e-3, 4: 2e-6, 8: 1e-14},
    ),
    "update.muon_": Row(
        {
            f"{name}, {shape}": partial(matrix, shape, options)
            for name, options in MUON.items()
            for shape in ((3, 2), (2, 4), (1, 1))
        },
        muon,
        writes=(0, 2),
        tolerance={2: 2e-2, 4: 2e-6, 8: 1e-14},  # rounded to bfloat16 on the way
    ),
    "update.sgd_": Row(
        {
            f"{name}, {shape}, {build.__name__} step": partial(build, options, shape)
            for name, options in SGD.items()
            for shape in SHAPES
            for build in ((first, later) if options[1] else (first,))
        },
        sgd,
        writes=(0, 2),
        lists=LISTS["sgd_"],
        tolerance={2: 1e-3, 4: 1e-6, 8: 1e-14},
    ),
    **{f"update.{name}": rule.row(LISTS.get(name, 0)) for name, rule in RULES.items()},
}
