"""The base of schedules, its warnings, and single schedules.

What holds of every scheduler is in `test_schedulers.py`.
"""

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch.optim import SGD, Optimizer
from minitorch.optim.lr_scheduler import (
    ExponentialLR,
    LambdaLR,
    LRScheduler,
    OneCycleLR,
    StepLR,
)
from tests.optim.scheduler_cases import Rates, rates, two_groups


def assert_same(ours: Rates, theirs: Rates) -> None:
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15), f"at step {step}"


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


# --- one cycle


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
