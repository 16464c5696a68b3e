"""A row of cases per optimizer: what `test_optimizers.py` walks. A new one needs a row here."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

import minitorch as mt
from tests.optim.adam import Adam

Options = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Constructor options that PyTorch refuses, with the class and key phrase of its error."""

    options: Options
    error: type[Exception]
    phrase: str


@dataclass(frozen=True)
class Row:
    """How an optimizer is constructed, and where it leads.

    Attributes:
        golden: Pairs of options and of what `golden_steps` ends in, as PyTorch 2.13 gave it.
        wrong: What the constructor refuses.
        kind: The class; that of `minitorch.optim` by default.
        options: Further options, walked without a golden value.
        not_there: PyTorch's options that are not there.
    """

    golden: list[tuple[Options, list[float]]]
    wrong: list[Refusal]
    kind: type | None = None
    options: list[Options] = field(default_factory=list)
    not_there: tuple[str, ...] = ()


BOTH = Refusal(
    {"fused": True, "foreach": True},
    RuntimeError,
    "`fused` and `foreach` cannot be `True` together.",
)
NESTEROV = "Nesterov momentum requires a momentum and zero dampening"

ROWS: dict[str, Row] = {
    "SGD": Row(
        golden=[
            ({"lr": 0.1}, [-0.25, -1.5, 0.5]),
            ({"lr": 0.1, "momentum": 0.9}, [-1.513105, -0.68559, 0.69323]),
            (
                {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1},
                [-0.4330342230375, -0.980035791425, 0.651723548528125],
            ),
            ({"lr": 0.1, "momentum": 0.9, "nesterov": True}, [-2.5117945, -0.317031, 0.673907]),
        ],
        options=[
            {},
            {"weight_decay": 0.1},
            {"weight_decay": 0.1, "momentum": 0.5, "dampening": 0.1},
            {"weight_decay": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True},
            {"maximize": True},
        ],
        wrong=[
            Refusal({"lr": -1.0}, ValueError, "Invalid learning rate: -1.0"),
            Refusal({"momentum": -0.5}, ValueError, "Invalid momentum value: -0.5"),
            Refusal({"weight_decay": -0.1}, ValueError, "Invalid weight_decay value: -0.1"),
            Refusal({"nesterov": True}, ValueError, NESTEROV),
            Refusal({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, ValueError, NESTEROV),
            BOTH,
        ],
    ),
}

# Not of the package: it proves the template, and goes when the package has one of that name.
TEMPLATE = {
    "Adam": Row(
        kind=Adam,
        golden=[
            ({"lr": 0.1}, [0.529061419485467, -1.500000005, 0.780564443771697]),
            (
                {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.1},
                [0.48912842863657, -1.54026839727079, 0.558525938772982],
            ),
        ],
        options=[{}, {"maximize": True}],
        wrong=[
            Refusal({"lr": -1.0}, ValueError, "Invalid learning rate: -1.0"),
            Refusal({"eps": -1.0}, ValueError, "Invalid epsilon value: -1.0"),
            BOTH,
        ],
        not_there=("amsgrad", "capturable", "decoupled_weight_decay"),
    )
}

CASES = {**TEMPLATE, **ROWS}


def make(library: Any, name: str, params: Any, **options: Any) -> Any:
    """The optimizer, here or in PyTorch."""
    kind = CASES[name].kind if library is mt else None
    return (kind or getattr(library.optim, name))(params, **options)


def take_step(optimizer: Any, params: list[Any], grads: list[Any]) -> None:
    """One step with these gradients (None: none); the closure is for rules that need one."""

    def closure() -> float:
        for param, grad in zip(params, grads, strict=True):
            param.grad = grad if grad is None else grad.clone()
        return 0.0

    closure()
    optimizer.step(closure)


def golden_steps(library: Any, name: str, options: Options) -> list[float]:
    """Five steps down a bowl from (1, -2, 0.5), with gradients that no rounding can disturb."""
    param = library.tensor([1.0, -2.0, 0.5], dtype=library.float64, requires_grad=True)
    optimizer = make(library, name, [param], **options)
    for step in range(5):
        grad = library.tensor([0.5 + step, -1.0, 0.25 * step - 0.5], dtype=library.float64)
        take_step(optimizer, [param], [grad])
    return [float(x) for x in param.detach().numpy()]


def all_options(name: str) -> list[Options]:
    return [options for options, _ in CASES[name].golden] + CASES[name].options


SHAPES: list[tuple[int, ...]] = [(3,), (2, 3), (), (0,), (2, 0), (1,)]


def start(library: Any, dtype: str = "float32") -> list[Any]:
    """Parameters of all shapes, drawn from a fixed seed."""
    rng = np.random.default_rng(7)
    return [tensor(library, rng.normal(size=s), dtype).requires_grad_() for s in SHAPES]


def gradients(library: Any, step: int, dtype: str = "float32") -> list[Any]:
    """Gradients of the parameters; each misses one now and then, the last always."""
    rng = np.random.default_rng(step)
    drawn = [tensor(library, rng.normal(size=s), dtype) for s in SHAPES]
    return [g if (i + step) % 4 else None for i, g in enumerate(drawn[:-1])] + [None]


def tensor(library: Any, value: Any, dtype: str) -> Any:
    return library.tensor(np.asarray(value).tolist(), dtype=getattr(library, dtype)).reshape(
        np.shape(value)
    )


def two_groups(library: Any, name: str, params: list[Any], **options: Any) -> Any:
    """An optimizer of two groups with rates of their own."""
    groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.05}]
    return make(library, name, groups, **options)


def values(params: list[Any]) -> list[Any]:
    return [param.detach().numpy().copy() for param in params]
