"""A row of cases per optimizer: what `test_optimizers.py` walks. A new one needs a row here."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

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
        options: Further options, walked without a golden value.
    """

    golden: list[tuple[Options, list[float]]]
    wrong: list[Refusal]
    options: list[Options] = field(default_factory=list)


BOTH = Refusal(
    {"fused": True, "foreach": True},
    RuntimeError,
    "`fused` and `foreach` cannot be `True` together.",
)
NESTEROV = "Nesterov momentum requires a momentum and zero dampening"

FUSED = Refusal(
    {"fused": True, "differentiable": True},
    RuntimeError,
    "`fused` does not support `differentiable`",
)
RATE = Refusal({"lr": -1.0}, ValueError, "Invalid learning rate: -1.0")
EPS = Refusal({"eps": -1.0}, ValueError, "Invalid epsilon value: -1.0")
DECAY = Refusal({"weight_decay": -0.1}, ValueError, "Invalid weight_decay value: -0.1")
BETAS = [
    Refusal({"betas": (1.0, 0.0)}, ValueError, "Invalid beta parameter at index 0: 1.0"),
    Refusal({"betas": (0.0, -0.5)}, ValueError, "Invalid beta parameter at index 1: -0.5"),
]

TENSOR_BETAS = [
    Refusal({"betas": (0.9, 1)}, ValueError, "Invalid beta parameter at index 1: 1"),
    Refusal({"betas": (0, 0.9)}, ValueError, "betas must be either both floats or both Tensors"),
]

ROWS: dict[str, Row] = {
    "Adam": Row(
        golden=[
            ({"lr": 0.1}, [0.529061419485467, -1.500000005, 0.780564443771697]),
            (
                {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.1},
                [0.48912842863657, -1.54026839727079, 0.558525938772982],
            ),
            (
                {"lr": 0.1, "betas": (0.5, 0.6), "amsgrad": True},
                [0.507113627982525, -1.500000005, 0.62831238761684],
            ),
        ],
        options=[
            {},
            {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True, "maximize": True},
            {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
        ],
        wrong=[RATE, EPS, DECAY, *BETAS, *TENSOR_BETAS, BOTH, FUSED],
    ),
    "AdamW": Row(
        golden=[
            ({"lr": 0.1}, [0.525022559312562, -1.49101898549991, 0.777216502860902]),
            (
                {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.1},
                [0.453061677983208, -1.45643509889091, 0.575310793424614],
            ),
        ],
        options=[{}, {"lr": 0.1, "amsgrad": True, "maximize": True}],
        wrong=[RATE, EPS, DECAY, *BETAS, *TENSOR_BETAS, BOTH, FUSED],
    ),
    "Adadelta": Row(
        golden=[
            ({}, [0.97406854688287, -1.98356713795152, 0.499575867380292]),
            (
                {"lr": 0.5, "rho": 0.5, "eps": 0.1, "weight_decay": 0.1},
                [-0.617101994810444, -0.738134562662395, 0.371903693981842],
            ),
        ],
        options=[{"lr": 0.5, "weight_decay": 0.9, "maximize": True}],
        wrong=[
            RATE,
            EPS,
            DECAY,
            Refusal({"rho": 1.1}, ValueError, "Invalid rho value: 1.1"),
        ],
    ),
    "Adagrad": Row(
        golden=[
            ({"lr": 0.1}, [0.574175078196577, -1.67683293543522, 0.540650977286908]),
            (
                {"lr": 0.1, "lr_decay": 0.5, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
                [0.783989678323771, -1.80993485432994, 0.534784227328312],
            ),
        ],
        options=[{}, {"lr": 0.1, "eps": 0.1, "maximize": True}],
        wrong=[
            RATE,
            EPS,
            DECAY,
            Refusal({"lr_decay": -0.5}, ValueError, "Invalid lr_decay value: -0.5"),
            Refusal(
                {"initial_accumulator_value": -0.5},
                ValueError,
                "Invalid initial_accumulator_value value: -0.5",
            ),
            BOTH,
            FUSED,
        ],
    ),
    "Adamax": Row(
        golden=[
            ({"lr": 0.1}, [0.647664707018794, -1.500000005, 0.728350864362282]),
            (
                {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.1},
                [0.607071344393153, -1.53722148681362, 0.571979082599988],
            ),
        ],
        options=[{}, {"lr": 0.1, "maximize": True}],
        wrong=[RATE, EPS, DECAY, *BETAS],
    ),
    "ASGD": Row(
        golden=[
            ({"lr": 0.1}, [-0.250008739341185, -1.49991750583503, 0.499974376643163]),
            (
                {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 2, "weight_decay": 0.1},
                [-0.299208373874026, -1.33376300705622, 0.448830957204831],
            ),
        ],
        options=[{}, {"lr": 0.1, "t0": 1, "maximize": True}],
        wrong=[RATE, DECAY],
    ),
    "NAdam": Row(
        golden=[
            ({"lr": 0.1}, [0.485585198833095, -1.59505936671689, 0.543181538773824]),
            (
                {
                    "lr": 0.1,
                    "betas": (0.5, 0.9),
                    "eps": 0.1,
                    "weight_decay": 0.1,
                    "momentum_decay": 0.1,
                },
                [0.399994857005618, -1.53333535656377, 0.455867660985868],
            ),
        ],
        options=[
            {},
            {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
        ],
        wrong=[
            RATE,
            EPS,
            DECAY,
            *BETAS,
            Refusal({"momentum_decay": -0.2}, ValueError, "Invalid momentum_decay value: -0.2"),
        ],
    ),
    "RMSprop": Row(
        golden=[
            ({"lr": 0.1}, [-3.26491212925403, 1.24460536568715, 0.897173477305412]),
            (
                {"lr": 0.1, "alpha": 0.5, "momentum": 0.9, "eps": 0.1, "weight_decay": 0.1},
                [-0.576017835308624, -0.590029271161072, 0.774413086850648],
            ),
            (
                {"lr": 0.1, "alpha": 0.5, "centered": True, "eps": 0.1},
                [-0.207448187007506, -0.756232130196624, 0.521437260047107],
            ),
        ],
        options=[{}, {"lr": 0.1, "eps": 0.1, "centered": True, "momentum": 0.1, "maximize": True}],
        wrong=[
            RATE,
            EPS,
            DECAY,
            Refusal({"momentum": -1.0}, ValueError, "Invalid momentum value: -1.0"),
            Refusal({"alpha": -1.0}, ValueError, "Invalid alpha value: -1.0"),
        ],
    ),
    "Rprop": Row(
        golden=[
            ({"lr": 0.1}, [0.25584, -1.25584, 0.456]),
            ({"lr": 0.1, "etas": (0.25, 2.0), "step_sizes": (0.05, 0.3)}, [-0.2, -0.8, 0.3]),
        ],
        options=[{}, {"lr": 0.1, "maximize": True}],
        wrong=[
            RATE,
            Refusal({"etas": (1.0, 0.5)}, ValueError, "Invalid eta values: 1.0, 0.5"),
        ],
    ),
    "RAdam": Row(
        golden=[
            ({"lr": 0.1, "betas": (0.9, 0.9)}, [0.206257129575803, -1.5, 0.614064282393951]),
            (
                {
                    "lr": 0.1,
                    "betas": (0.5, 0.6),
                    "eps": 0.1,
                    "weight_decay": 0.1,
                    "decoupled_weight_decay": True,
                },
                [-0.0392896185723503, -1.4118805988, 0.534237295956912],
            ),
        ],
        options=[{}, {"lr": 0.1, "weight_decay": 0.1, "maximize": True}],
        wrong=[RATE, EPS, DECAY, *BETAS],
    ),
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


# Those that do not take parameters of every shape, walked in `test_optimizers_apart.py`.
APART: dict[str, Row] = {
    "Adafactor": Row(
        golden=[],
        options=[
            {},
            {"lr": 0.5, "weight_decay": 0.1},
            {"lr": 0.1, "beta2_decay": -0.5, "eps": (1e-3, 0.5), "d": 1.5, "maximize": True},
        ],
        wrong=[
            Refusal({"lr": -1.0}, ValueError, "Learning rate should be >= 0 but is: -1.0"),
            Refusal({"beta2_decay": 0.5}, ValueError, "beta2_decay should be <= 0 but is: 0.5"),
            Refusal({"eps": (-1.0, 0.1)}, ValueError, "epsilon1 should be >= 0 but is: -1.0"),
            Refusal({"eps": (None, -1.0)}, ValueError, "epsilon2 should be >= 0 but is: -1.0"),
            Refusal({"d": 0.5}, ValueError, "Clipping threshold d should be >= 1 but is: 0.5"),
            Refusal({"weight_decay": -1}, ValueError, "weight_decay should be >= 0 but is: -1"),
        ],
    ),
    "LBFGS": Row(
        golden=[],
        options=[
            {"max_iter": 3},
            {"lr": 0.01, "max_iter": 7, "history_size": 2},
            {"line_search_fn": "strong_wolfe", "max_iter": 4},
            {"line_search_fn": "strong_wolfe", "lr": 5.0, "max_eval": 7},
        ],
        wrong=[RATE],
    ),
    "Muon": Row(
        golden=[],
        options=[
            {},
            {"lr": 0.1, "weight_decay": 0.2, "nesterov": False},
            {"lr": 0.1, "momentum": 0.5, "ns_steps": 3, "adjust_lr_fn": "match_rms_adamw"},
            {"lr": 0.1, "ns_coefficients": (3.4, -4.7, 2.0)},
        ],
        wrong=[
            Refusal({"lr": -1.0}, ValueError, "Learning rate should be >= 0 but is: -1.0"),
            Refusal({"momentum": -1.0}, ValueError, "momentum should be >= 0 but is: -1.0"),
            Refusal({"weight_decay": -1}, ValueError, "weight decay should be >= 0 but is: -1"),
            Refusal(
                {"adjust_lr_fn": "mine"},
                ValueError,
                "Adjust learning rate function mine is not supported",
            ),
        ],
    ),
    "SparseAdam": Row(
        golden=[],
        wrong=[
            Refusal({"lr": 0.0}, ValueError, "Invalid learning rate: 0.0"),
            Refusal({"eps": 0.0}, ValueError, "Invalid epsilon value: 0.0"),
            *BETAS,
        ],
    ),
}


def make(library: Any, name: str, params: Any, **options: Any) -> Any:
    """The optimizer, here or in PyTorch."""
    return getattr(library.optim, name)(params, **options)


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
    row = (ROWS | APART)[name]
    return [options for options, _ in row.golden] + row.options


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
