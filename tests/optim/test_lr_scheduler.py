"""Schedules against PyTorch, their warnings, errors and resumption."""

import io
import math
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.optim import SGD, Optimizer
from minitorch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    StepLR,
)

Rates = list[list[float]]


def two_groups(library: Any = mt, **options: Any) -> Any:
    groups = [{"params": [library.ones(1)], "lr": 0.1}, {"params": [library.ones(1)], "lr": 3.0}]
    return library.optim.SGD(groups, momentum=0.9, **options)


def rates(library: Any, name: str, steps: int, **arguments: Any) -> Rates:
    """Each step's lr and momentum of both groups, as found in the groups."""
    optimizer = two_groups(library)
    scheduler = getattr(library.optim.lr_scheduler, name)(optimizer, **arguments)
    seen = []
    for _ in range(steps):
        seen.append([float(g[key]) for g in optimizer.param_groups for key in ("lr", "momentum")])
        assert scheduler.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
    return seen


def assert_same(ours: Rates, theirs: Rates) -> None:
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15), f"at step {step}"


SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9]}),
    ("MultiStepLR", {"milestones": [7, 1], "gamma": 0.3}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 4}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 7}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
    ("LambdaLR", {"lr_lambda": [lambda epoch: epoch, lambda epoch: 1 / (1 + epoch)]}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 24}),
    ("OneCycleLR", {"max_lr": [0.5, 2.0], "epochs": 6, "steps_per_epoch": 4, "pct_start": 0.25}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 24, "three_phase": True}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 24, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 24, "cycle_momentum": False}),
    (
        "OneCycleLR",
        {
            "max_lr": 0.5,
            "total_steps": 24,
            "base_momentum": [0.7, 0.8],
            "max_momentum": 0.9,
            "div_factor": 10.0,
            "final_div_factor": 100.0,
            "three_phase": True,
            "anneal_strategy": "linear",
        },
    ),
]
IDS = [f"{name} {i}" for i, (name, _) in enumerate(SCHEDULES)]


@pytest.mark.parametrize(("name", "arguments"), SCHEDULES, ids=IDS)
def test_rates_match_pytorch(name: str, arguments: dict[str, Any], torch: ModuleType) -> None:
    assert rates(mt, name, 24, **arguments) == rates(torch, name, 24, **arguments)  # to the bit


@given(t_max=st.integers(1, 30), eta_min=st.floats(0, 1), steps=st.integers(1, 70))
def test_cosine_matches_pytorch(torch: ModuleType, t_max: int, eta_min: float, steps: int) -> None:
    ours, theirs = (
        rates(library, "CosineAnnealingLR", steps, T_max=t_max, eta_min=eta_min)
        for library in (mt, torch)
    )
    # The recursion amplifies the last bit near the bottom of the cosine.
    for a, b in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-12)


@given(
    total=st.integers(4, 60),
    pct=st.floats(0.2, 0.9),
    strategy=st.sampled_from(["cos", "linear"]),
    three_phase=st.booleans(),
)
def test_one_cycle_matches_pytorch(
    torch: ModuleType, total: int, pct: float, strategy: str, three_phase: bool
) -> None:
    arguments = dict(
        max_lr=1.0,
        total_steps=total,
        pct_start=min(pct, 0.45) if three_phase else pct,
        anneal_strategy=strategy,
        three_phase=three_phase,
    )
    try:
        theirs = rates(torch, "OneCycleLR", total, **arguments)
    except ZeroDivisionError:  # a phase of no length
        with pytest.raises(ZeroDivisionError):
            rates(mt, "OneCycleLR", total, **arguments)
        return
    assert_same(rates(mt, "OneCycleLR", total, **arguments), theirs)


GOLDEN = {
    "StepLR": ({"step_size": 2}, [0.1, 0.1, 0.01, 0.01, 0.001]),
    "MultiStepLR": ({"milestones": [1, 3]}, [0.1, 0.01, 0.01, 0.001, 0.001]),
    "CosineAnnealingLR": ({"T_max": 4}, [0.1, 0.0853553390593, 0.05, 0.0146446609407, 0.0]),
    "LambdaLR": ({"lr_lambda": lambda e: 1 / (1 + e)}, [0.1, 0.05, 0.0333333333333, 0.025, 0.02]),
    "ExponentialLR": ({"gamma": 0.5}, [0.1, 0.05, 0.025, 0.0125, 0.00625]),
    "LinearLR": ({"start_factor": 0.5, "total_iters": 4}, [0.05, 0.0625, 0.075, 0.0875, 0.1]),
    "ConstantLR": ({"factor": 0.5, "total_iters": 2}, [0.05, 0.05, 0.1, 0.1, 0.1]),
    "OneCycleLR": (
        {"max_lr": 1.0, "total_steps": 5, "pct_start": 0.4},
        [0.04, 1.0, 0.750001, 0.250003, 4e-6],
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_rates_golden(name: str) -> None:
    arguments, expected = GOLDEN[name]
    ours = [step[0] for step in rates(mt, name, 5, **arguments)]
    assert ours == pytest.approx(expected, abs=1e-12)


def test_one_cycle_momentum_golden() -> None:
    seen = [
        step[1] for step in rates(mt, "OneCycleLR", 5, max_lr=1.0, total_steps=5, pct_start=0.4)
    ]
    assert seen == pytest.approx([0.95, 0.85, 0.875, 0.925, 0.95])


def test_the_cosine_rises_again() -> None:
    seen = [step[0] for step in rates(mt, "CosineAnnealingLR", 9, T_max=4, eta_min=0.0)]
    assert seen[8] == pytest.approx(0.1)
    assert seen[5:] == pytest.approx(seen[3::-1])


# --- chaining


def test_two_schedulers_act_together(torch: ModuleType) -> None:
    def run(library: Any) -> Rates:
        optimizer = two_groups(library)
        schedule = library.optim.lr_scheduler
        both = [schedule.ExponentialLR(optimizer, 0.9), schedule.StepLR(optimizer, 3)]
        seen = []
        for _ in range(8):
            optimizer.step()
            for scheduler in both:
                scheduler.step()
            seen.append([g["lr"] for g in optimizer.param_groups])
        return seen

    assert_same(run(mt), run(torch))


def test_a_rate_changed_by_hand_is_taken_up() -> None:
    optimizer = SGD([mt.ones(1)], lr=1.0)
    scheduler = StepLR(optimizer, 2)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 5.0
    scheduler.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5]


def test_a_group_that_joins_later_is_scheduled_by_the_next_scheduler() -> None:
    optimizer = SGD([mt.ones(1)], lr=1.0)
    ExponentialLR(optimizer, 0.5)
    optimizer.add_param_group({"params": mt.ones(1), "lr": 2.0})
    scheduler = ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5, 1.0]


# --- epochs given to step()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [s for s in SCHEDULES if s[0] != "OneCycleLR"],
    ids=[i for i in IDS if "OneCycle" not in i],
)
def test_the_closed_form_matches_pytorch(
    name: str, arguments: dict[str, Any], torch: ModuleType
) -> None:
    def run(library: Any) -> Rates:
        optimizer = two_groups(library)
        scheduler = getattr(library.optim.lr_scheduler, name)(optimizer, **arguments)
        optimizer.step()
        seen = []
        for epoch in (4, 1, 17, 0):
            with pytest.warns(UserWarning, match="The epoch parameter in `scheduler.step"):
                scheduler.step(epoch)
            seen.append([g["lr"] for g in optimizer.param_groups])
        return seen

    assert_same(run(mt), run(torch))


# --- warnings


def test_stepping_before_the_optimizer_warns_once() -> None:
    scheduler = StepLR(two_groups(), 2)
    with pytest.warns(UserWarning, match="`lr_scheduler.step.*` before `optimizer.step") as caught:
        scheduler.step()
    assert caught[0].filename == __file__
    scheduler.step()


def test_steps_before_the_scheduler_was_made_do_not_count(torch: ModuleType) -> None:
    for library in (mt, torch):
        optimizer = two_groups(library)
        optimizer.step()
        scheduler = library.optim.lr_scheduler.StepLR(optimizer, 2)
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            scheduler.step()


def test_any_optimizer_is_watched() -> None:
    class Rule(Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 1.0})

        def step(self, closure: Callable[[], Any] | None = None) -> None:
            """Do nothing."""

    optimizer = Rule([mt.ones(1)])
    scheduler = ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert Rule.step.__doc__ == "Do nothing."


def test_a_replaced_step_is_spoken_of() -> None:
    optimizer = two_groups()
    scheduler = StepLR(optimizer, 2)
    optimizer.step = lambda: None
    optimizer.step()
    with pytest.warns(UserWarning, match="`optimizer.step.*` has been overridden"):
        scheduler.step()


def test_get_lr_outside_step_points_to_get_last_lr() -> None:
    optimizer = two_groups()
    schedulers = [
        getattr(mt.optim.lr_scheduler, name)(optimizer, **arguments)
        for name, arguments in SCHEDULES
    ]
    for scheduler in schedulers:
        with pytest.warns(UserWarning, match="please use `get_last_lr") as caught:
            scheduler.get_lr()
        assert caught[0].filename == __file__


def test_the_base_class_computes_nothing() -> None:
    with pytest.raises(NotImplementedError):
        LRScheduler(two_groups())


def test_own_schedules_need_only_get_lr() -> None:
    class Halving(LRScheduler):
        def get_lr(self) -> list[float]:
            return [base / 2**self.last_epoch for base in self.base_lrs]

    optimizer = two_groups()
    scheduler = Halving(optimizer)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.05, 1.5]


# --- saving and resuming


@pytest.mark.parametrize(("name", "arguments"), SCHEDULES, ids=IDS)
def test_a_loaded_scheduler_continues_exactly(name: str, arguments: dict[str, Any]) -> None:
    whole = rates(mt, name, 16, **arguments)

    def make() -> tuple[Any, Any]:
        optimizer = two_groups()
        return optimizer, getattr(mt.optim.lr_scheduler, name)(optimizer, **arguments)

    optimizer, scheduler = make()
    for _ in range(7):
        optimizer.step()
        scheduler.step()
    file = io.BytesIO()
    mt.save([optimizer.state_dict(), scheduler.state_dict()], file)
    file.seek(0)
    saved_optimizer, saved_scheduler = mt.load(file)

    optimizer, scheduler = make()
    scheduler.load_state_dict(saved_scheduler)
    optimizer.load_state_dict(saved_optimizer)
    for step in range(7, 16):
        seen = [g[key] for g in optimizer.param_groups for key in ("lr", "momentum")]
        assert seen == whole[step]
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize(("name", "arguments"), SCHEDULES, ids=IDS)
def test_last_epoch_resumes_as_in_pytorch(
    name: str, arguments: dict[str, Any], torch: ModuleType
) -> None:
    def run(library: Any) -> Rates:
        kind = getattr(library.optim.lr_scheduler, name)
        optimizer = two_groups(library)
        kind(optimizer, **arguments)
        scheduler = kind(optimizer, **arguments, last_epoch=5)
        seen = []
        for _ in range(6):
            seen.append([g[key] for g in optimizer.param_groups for key in ("lr", "momentum")])
            optimizer.step()
            scheduler.step()
        return seen

    assert_same(run(mt), run(torch))


def test_resuming_needs_initial_lr() -> None:
    text = r"param 'initial_lr' is not specified in param_groups\[0\] when resuming scheduler"
    with pytest.raises(KeyError, match=text):
        StepLR(two_groups(), 2, last_epoch=3)


@pytest.mark.parametrize(("name", "arguments"), SCHEDULES, ids=IDS)
def test_state_dict_has_pytorchs_entries(
    name: str, arguments: dict[str, Any], torch: ModuleType
) -> None:
    ours, theirs = (
        getattr(library.optim.lr_scheduler, name)(two_groups(library), **arguments).state_dict()
        for library in (mt, torch)
    )
    assert ours == theirs


def test_objects_as_lambdas_are_saved() -> None:
    class Decay:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        def __call__(self, epoch: int) -> float:
            return self.factor**epoch

    arguments = [Decay(0.5), lambda epoch: 1.0]
    state = LambdaLR(two_groups(), arguments).state_dict()
    assert state["lr_lambdas"] == [{"factor": 0.5}, None]
    other = LambdaLR(two_groups(), [Decay(0.1), lambda epoch: 1.0])
    other.load_state_dict(state)
    assert other.lr_lambdas[0].factor == 0.5
    assert state["lr_lambdas"] == [{"factor": 0.5}, None]


# --- a rate that is a tensor


@pytest.mark.parametrize("name", ["StepLR", "CosineAnnealingLR", "LambdaLR", "ExponentialLR"])
def test_tensor_rates_are_changed_in_place(name: str) -> None:
    arguments = {n: a for n, a in reversed(SCHEDULES)}[name]
    lr = mt.tensor(0.1)
    optimizer = SGD([mt.ones(1)], lr=lr)
    scheduler = getattr(mt.optim.lr_scheduler, name)(optimizer, **arguments)
    expected = [step[0] for step in rates(mt, name, 6, **arguments)] if name != "LambdaLR" else None
    for step in range(6):
        assert optimizer.param_groups[0]["lr"] is lr
        assert scheduler.get_last_lr()[0] is not lr
        assert scheduler.get_last_lr()[0].item() == lr.item()
        if expected is not None:
            assert lr.item() == pytest.approx(expected[step], rel=1e-5)
        optimizer.step()
        scheduler.step()


# --- errors

WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "lambdas": ("LambdaLR", {"lr_lambda": [math.exp]}, "Expected 2 lr_lambdas, but got 1"),
    "constant": (
        "ConstantLR",
        {"factor": 1.5},
        "Constant multiplicative factor expected to be between 0 and 1",
    ),
    "linear start": (
        "LinearLR",
        {"start_factor": 0.0},
        "Starting multiplicative factor expected to be greater than 0",
    ),
    "linear end": (
        "LinearLR",
        {"end_factor": 1.1},
        "Ending multiplicative factor expected to be between 0 and 1",
    ),
    "no steps": (
        "OneCycleLR",
        {"max_lr": 1.0, "epochs": 3},
        r"You must define either total_steps OR \(epochs AND steps_per_epoch\)",
    ),
    "total": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 0},
        "Expected positive integer total_steps, but got 0",
    ),
    "half a step": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 2.5},
        "Expected positive integer total_steps, but got 2.5",
    ),
    "epochs": (
        "OneCycleLR",
        {"max_lr": 1.0, "epochs": -1, "steps_per_epoch": 3},
        "Expected positive integer epochs, but got -1",
    ),
    "steps_per_epoch": (
        "OneCycleLR",
        {"max_lr": 1.0, "epochs": 1, "steps_per_epoch": 0},
        "Expected positive integer steps_per_epoch, but got 0",
    ),
    "pct_start": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 5, "pct_start": 1.5},
        "Expected float between 0 and 1 pct_start, but got 1.5",
    ),
    "pct_start int": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 5, "pct_start": 1},
        "Expected float between 0 and 1 pct_start, but got 1",
    ),
    "strategy": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 5, "anneal_strategy": "sine"},
        "anneal_strategy must be one of 'cos' or 'linear', instead got sine",
    ),
    "max_lr": (
        "OneCycleLR",
        {"max_lr": [1.0], "total_steps": 5},
        "max_lr must have the same length as optimizer.param_groups. max_lr has 1 values, "
        "param_groups has 2.",
    ),
    "momenta": (
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": 5, "base_momentum": [0.1, 0.2, 0.3]},
        "base_momentum must have the same length as optimizer.param_groups",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused(case: str) -> None:
    name, arguments, text = WRONG[case]
    optimizer = two_groups()
    with pytest.raises(ValueError, match=text):
        getattr(mt.optim.lr_scheduler, name)(optimizer, **arguments)
    assert "max_lr" not in optimizer.param_groups[0]


@pytest.mark.parametrize("case", WRONG)
def test_pytorch_refuses_them_the_same_way(case: str, torch: ModuleType) -> None:
    name, arguments, text = WRONG[case]
    with pytest.raises(ValueError, match=text):
        getattr(torch.optim.lr_scheduler, name)(two_groups(torch), **arguments)


@pytest.mark.parametrize("name", ["StepLR", "LambdaLR", "OneCycleLR"])
def test_only_optimizers_are_scheduled(name: str) -> None:
    arguments = {n: a for n, a in reversed(SCHEDULES)}[name]
    with pytest.raises(TypeError, match="list is not an Optimizer"):
        getattr(mt.optim.lr_scheduler, name)([mt.ones(1)], **arguments)


def test_one_cycle_ends() -> None:
    optimizer = two_groups()
    scheduler = OneCycleLR(optimizer, 1.0, total_steps=3)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    with pytest.raises(ValueError, match=r"Tried to step 4 times. The specified number of total"):
        scheduler.step()


def test_one_cycle_needs_a_momentum_to_cycle() -> None:
    class Plain(Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 1.0})

    with pytest.raises(ValueError, match="optimizer must support momentum or beta1"):
        OneCycleLR(Plain([mt.ones(1)]), 1.0, total_steps=3)
    OneCycleLR(Plain([mt.ones(1)]), 1.0, total_steps=3, cycle_momentum=False)


def test_one_cycle_cycles_beta1() -> None:
    class WithBetas(Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 1.0, "betas": (0.9, 0.999)})

    optimizer = WithBetas([mt.ones(1)])
    OneCycleLR(optimizer, 1.0, total_steps=10)
    assert optimizer.param_groups[0]["betas"] == (0.95, 0.999)


def test_no_warnings_in_the_usual_loop() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates(mt, "CosineAnnealingLR", 5, T_max=5)


def test_classes_are_those_of_the_module() -> None:
    for kind in (StepLR, MultiStepLR, CosineAnnealingLR, ExponentialLR, ConstantLR, LinearLR):
        assert issubclass(kind, LRScheduler)
        assert getattr(mt.optim.lr_scheduler, kind.__name__) is kind
