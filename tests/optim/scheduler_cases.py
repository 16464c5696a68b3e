"""A row of cases per scheduler: what `test_schedulers.py` walks. A new one needs a row here."""

import math
from dataclasses import dataclass, field
from typing import Any

import minitorch as mt

Arguments = dict[str, Any]
Rates = list[list[float]]
GOLDEN_AT = (0, 1, 2, 3, 4, 10, 25, 49)


@dataclass(frozen=True)
class Row:
    """How a scheduler is constructed, and the rates it gives.

    Attributes:
        golden: Arguments and the rates at the epochs of ``GOLDEN_AT`` from 0.1, as PyTorch 2.13
            gave them.
        arguments: Further ones, walked without a golden value.
        wrong: Arguments that the constructor refuses with ValueError, and the phrase.
        rtol: How far rates may be from PyTorch's; 0 is to the bit.
        closed: Whether ``step(epoch)`` is PyTorch's too.
        tensor_rates: Whether a rate that is a tensor is changed in place.
    """

    golden: list[tuple[Arguments, list[float]]]
    arguments: list[Arguments] = field(default_factory=list)
    wrong: list[tuple[Arguments, str]] = field(default_factory=list)
    rtol: float = 0.0
    closed: bool = True
    tensor_rates: bool = True


def five_percent(epoch: int) -> float:
    return 0.95**epoch


def itself(epoch: int) -> float:
    return epoch


def harmonic(epoch: int) -> float:
    return 1 / (1 + epoch)


def half_scale(x: float) -> float:
    return 0.5**x


ONE_CYCLE = {"max_lr": 0.5, "total_steps": 60}

CYCLIC = {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 4}

ROWS: dict[str, Row] = {
    "CosineAnnealingWarmRestarts": Row(
        golden=[
            (
                {"T_0": 4},
                [
                    0.1,
                    0.08535533905933,
                    0.05,
                    0.01464466094067,
                    0.1,
                    0.05,
                    0.08535533905933,
                    0.08535533905933,
                ],
            ),
            (
                {"T_0": 2, "T_mult": 2, "eta_min": 0.01},
                [
                    0.1,
                    0.055,
                    0.1,
                    0.08681980515339,
                    0.055,
                    0.055,
                    0.02999933951412,
                    0.04193718952355,
                ],
            ),
        ],
        arguments=[{"T_0": 1}, {"T_0": 3, "T_mult": 3}],
        wrong=[
            ({"T_0": 0}, "Expected positive integer T_0, but got 0"),
            ({"T_0": 1.5}, "Expected positive integer T_0, but got 1.5"),
            ({"T_0": 2, "T_mult": 0}, "Expected integer T_mult >= 1, but got 0"),
            ({"T_0": 2, "eta_min": "a"}, "Expected float or int eta_min, but got a of type"),
        ],
        closed=False,
    ),
    "CyclicLR": Row(
        golden=[
            (
                {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 4},
                [0.1, 0.2, 0.3, 0.4, 0.5, 0.3, 0.2, 0.2],
            )
        ],
        arguments=[
            {**CYCLIC, "step_size_down": 2, "mode": "triangular2"},
            {**CYCLIC, "mode": "exp_range", "gamma": 0.9, "cycle_momentum": False},
            {**CYCLIC, "scale_fn": half_scale, "mode": "other"},
            {**CYCLIC, "scale_fn": half_scale, "scale_mode": "iterations"},
            {**CYCLIC, "max_lr": [0.5, 2.0], "base_momentum": [0.5, 0.6], "max_momentum": 0.7},
        ],
        wrong=[
            ({**CYCLIC, "mode": "square"}, "mode is invalid and scale_fn is None"),
            (
                {**CYCLIC, "max_lr": [0.5]},
                "max_lr must have the same length as optimizer.param_groups. max_lr has 1 values",
            ),
        ],
        closed=False,
        tensor_rates=False,
    ),
    "MultiplicativeLR": Row(
        golden=[
            (
                {"lr_lambda": harmonic},
                [
                    0.1,
                    0.05,
                    0.01666666666667,
                    0.004166666666667,
                    0.0008333333333333,
                    2.505210838544e-09,
                    2.479596263225e-28,
                    3.287949416633e-66,
                ],
            )
        ],
        arguments=[{"lr_lambda": five_percent}, {"lr_lambda": [five_percent, harmonic]}],
        wrong=[({"lr_lambda": [math.exp]}, "Expected 2 lr_lambdas, but got 1")],
        closed=False,
    ),
    "SWALR": Row(
        golden=[
            (
                {"swa_lr": 0.02, "anneal_epochs": 4},
                [0.1, 0.08828427124746, 0.06, 0.03171572875254, 0.02, 0.02, 0.02, 0.02],
            )
        ],
        arguments=[
            {"swa_lr": [0.02, 5.0], "anneal_strategy": "linear"},
            {"swa_lr": 0.05, "anneal_epochs": 0},
            {"swa_lr": 0.05},
        ],
        wrong=[
            (
                {"swa_lr": 0.1, "anneal_strategy": "sine"},
                "anneal_strategy must be one of 'cos' or 'linear', instead got sine",
            ),
            (
                {"swa_lr": 0.1, "anneal_epochs": -1},
                "anneal_epochs must be equal or greater than 0, got -1",
            ),
            (
                {"swa_lr": 0.1, "anneal_epochs": 2.5},
                "anneal_epochs must be equal or greater than 0, got 2.5",
            ),
            ({"swa_lr": [0.1]}, "swa_lr must have the same length as optimizer.param_groups"),
        ],
        closed=False,
        tensor_rates=False,
    ),
    "PolynomialLR": Row(
        golden=[
            ({"total_iters": 4}, [0.1, 0.075, 0.05, 0.025, 0.0, 0.0, 0.0, 0.0]),
            (
                {"total_iters": 30, "power": 2.0},
                [
                    0.1,
                    0.09344444444444,
                    0.08711111111111,
                    0.081,
                    0.07511111111111,
                    0.04444444444444,
                    0.002777777777778,
                    0.0,
                ],
            ),
        ],
        arguments=[{}, {"total_iters": 10, "power": 0.5}],
    ),
    "StepLR": Row(
        golden=[
            ({"step_size": 2}, [0.1, 0.1, 0.01, 0.01, 0.001, 1e-06, 1e-13, 1e-25]),
            ({"step_size": 3}, [0.1, 0.1, 0.1, 0.01, 0.01, 1e-4, 1e-9, 1e-17]),
        ],
        arguments=[{"step_size": 1, "gamma": 0.5}],
    ),
    "MultiStepLR": Row(
        golden=[({"milestones": [1, 3]}, [0.1, 0.01, 0.01, 0.001, 0.001, 0.001, 0.001, 0.001])],
        arguments=[{"milestones": [2, 5, 5, 9]}, {"milestones": [7, 1], "gamma": 0.3}],
    ),
    "ConstantLR": Row(
        golden=[({"factor": 0.5, "total_iters": 2}, [0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])],
        arguments=[{}, {"factor": 0.25, "total_iters": 4}],
        wrong=[
            (
                {"factor": 1.5},
                "Constant multiplicative factor expected to be between 0 and 1",
            ),
        ],
    ),
    "LinearLR": Row(
        golden=[
            (
                {"start_factor": 0.5, "total_iters": 4},
                [0.05, 0.0625, 0.075, 0.0875, 0.1, 0.1, 0.1, 0.1],
            )
        ],
        arguments=[{}, {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 7}],
        wrong=[
            (
                {"start_factor": 0.0},
                "Starting multiplicative factor expected to be greater than 0",
            ),
            (
                {"end_factor": 1.1},
                "Ending multiplicative factor expected to be between 0 and 1",
            ),
        ],
    ),
    "ExponentialLR": Row(
        golden=[
            (
                {"gamma": 0.5},
                [
                    0.1,
                    0.05,
                    0.025,
                    0.0125,
                    0.00625,
                    9.765625e-05,
                    2.98023223877e-09,
                    1.7763568394e-16,
                ],
            )
        ],
        arguments=[{"gamma": 0.9}],
    ),
    "CosineAnnealingLR": Row(
        golden=[
            (
                {"T_max": 4},
                [
                    0.1,
                    0.08535533905933,
                    0.05,
                    0.01464466094067,
                    0.0,
                    0.05,
                    0.08535533905933,
                    0.08535533905933,
                ],
            )
        ],
        arguments=[{"T_max": 10}, {"T_max": 5, "eta_min": 0.01}, {"T_max": 1}],
    ),
    "LambdaLR": Row(
        golden=[
            (
                {"lr_lambda": harmonic},
                [
                    0.1,
                    0.05,
                    0.03333333333333,
                    0.025,
                    0.02,
                    0.009090909090909,
                    0.003846153846154,
                    0.002,
                ],
            )
        ],
        arguments=[{"lr_lambda": five_percent}, {"lr_lambda": [itself, harmonic]}],
        wrong=[({"lr_lambda": [math.exp]}, "Expected 2 lr_lambdas, but got 1")],
    ),
    "OneCycleLR": Row(
        golden=[
            (
                {"max_lr": 1.0, "total_steps": 51, "pct_start": 3 / 51},
                [
                    0.04,
                    0.52,
                    1.0,
                    0.9989294659015,
                    0.9957224477972,
                    0.9330129698414,
                    0.5327034338088,
                    0.001074534098545,
                ],
            )
        ],
        arguments=[
            ONE_CYCLE,
            {"max_lr": [0.5, 2.0], "epochs": 15, "steps_per_epoch": 4, "pct_start": 0.25},
            {**ONE_CYCLE, "three_phase": True},
            {**ONE_CYCLE, "anneal_strategy": "linear"},
            {**ONE_CYCLE, "cycle_momentum": False},
            {
                **ONE_CYCLE,
                "base_momentum": [0.7, 0.8],
                "max_momentum": 0.9,
                "div_factor": 10.0,
                "final_div_factor": 100.0,
                "three_phase": True,
                "anneal_strategy": "linear",
            },
        ],
        wrong=[
            (
                {"max_lr": 1.0, "epochs": 3},
                "You must define either total_steps OR (epochs AND steps_per_epoch)",
            ),
            (
                {"max_lr": 1.0, "total_steps": 0},
                "Expected positive integer total_steps, but got 0",
            ),
            (
                {"max_lr": 1.0, "total_steps": 2.5},
                "Expected positive integer total_steps, but got 2.5",
            ),
            (
                {"max_lr": 1.0, "epochs": -1, "steps_per_epoch": 3},
                "Expected positive integer epochs, but got -1",
            ),
            (
                {"max_lr": 1.0, "epochs": 1, "steps_per_epoch": 0},
                "Expected positive integer steps_per_epoch, but got 0",
            ),
            (
                {"max_lr": 1.0, "total_steps": 5, "pct_start": 1.5},
                "Expected float between 0 and 1 pct_start, but got 1.5",
            ),
            (
                {"max_lr": 1.0, "total_steps": 5, "pct_start": 1},
                "Expected float between 0 and 1 pct_start, but got 1",
            ),
            (
                {"max_lr": 1.0, "total_steps": 5, "anneal_strategy": "sine"},
                "anneal_strategy must be one of 'cos' or 'linear', instead got sine",
            ),
            (
                {"max_lr": [1.0], "total_steps": 5},
                "max_lr must have the same length as optimizer.param_groups. max_lr has 1 values, "
                "param_groups has 2.",
            ),
            (
                {"max_lr": 1.0, "total_steps": 5, "base_momentum": [0.1, 0.2, 0.3]},
                "base_momentum must have the same length as optimizer.param_groups",
            ),
        ],
        closed=False,
        tensor_rates=False,
    ),
}


# Those that are made of others, or are told how it goes: `test_schedulers_apart.py`.
APART = ("ChainedScheduler", "ReduceLROnPlateau", "SequentialLR")


def all_arguments(name: str) -> list[Arguments]:
    return [arguments for arguments, _ in ROWS[name].golden] + ROWS[name].arguments


EVERY = [(name, arguments) for name in ROWS for arguments in all_arguments(name)]
IDS = [f"{name} {i}" for i, (name, _) in enumerate(EVERY)]


def two_groups(library: Any = mt, **options: Any) -> Any:
    groups = [{"params": [library.ones(1)], "lr": 0.1}, {"params": [library.ones(1)], "lr": 3.0}]
    return library.optim.SGD(groups, momentum=0.9, **options)


def make(library: Any, name: str, optimizer: Any, **arguments: Any) -> Any:
    return kind_of(library, name)(optimizer, **arguments)


def kind_of(library: Any, name: str) -> Any:
    optim = library.optim
    return getattr(optim.swa_utils if name == "SWALR" else optim.lr_scheduler, name)


def now(optimizer: Any) -> list[float]:
    """The lr and momentum of each group."""
    return [float(group[key]) for group in optimizer.param_groups for key in ("lr", "momentum")]


def rates(library: Any, name: str, steps: int, **arguments: Any) -> Rates:
    """Each step's lr and momentum of both groups, as found in the groups."""
    optimizer = two_groups(library)
    return walk(optimizer, make(library, name, optimizer, **arguments), steps)


def walk(optimizer: Any, scheduler: Any, steps: int) -> Rates:
    """The rates of that many steps from here on."""
    seen = []
    for _ in range(steps):
        seen.append(now(optimizer))
        assert scheduler.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
    return seen
