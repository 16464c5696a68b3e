"""Schedules that are made of others, or that are told how it goes, beside PyTorch."""

import copy
import io
import pickle
from types import ModuleType
from typing import Any

import pytest

import minitorch as mt
from tests.optim.scheduler_cases import Rates, itself, now, two_groups

# Parts by name; a list of parts and milestones is a sequence, a list alone a chain.
Parts = Any
COMPOSED: dict[str, Parts] = {
    "warm up": (
        [
            ("LinearLR", {"start_factor": 0.1, "total_iters": 5}),
            ("CosineAnnealingLR", {"T_max": 20}),
        ],
        [5],
    ),
    "three": (
        [
            ("ConstantLR", {"factor": 0.5, "total_iters": 3}),
            ("ExponentialLR", {"gamma": 0.9}),
            ("StepLR", {"step_size": 4}),
        ],
        [4, 9],
    ),
    "from the second on": (
        [("ExponentialLR", {"gamma": 0.5}), ("ExponentialLR", {"gamma": 0.9})],
        [0],
    ),
    "restarts": (
        [("CosineAnnealingWarmRestarts", {"T_0": 3}), ("PolynomialLR", {"total_iters": 8})],
        [7],
    ),
    "chain": [
        ("ConstantLR", {"factor": 0.1, "total_iters": 6}),
        ("ExponentialLR", {"gamma": 0.9}),
        ("MultiStepLR", {"milestones": [3, 8]}),
    ],
    "sequence of a chain": (
        [
            [("ExponentialLR", {"gamma": 0.9}), ("StepLR", {"step_size": 3})],
            ("LambdaLR", {"lr_lambda": itself}),
        ],
        [6],
    ),
}
PLATEAU: dict[str, dict[str, Any]] = {
    "default": {},
    "impatient": {"patience": 1, "factor": 0.5, "cooldown": 2},
    "max, abs": {"mode": "max", "patience": 0, "threshold": 0.1, "threshold_mode": "abs"},
    "max, rel": {"mode": "max", "patience": 2, "threshold": 0.1},
    "min, abs": {"patience": 0, "threshold": 0.2, "threshold_mode": "abs", "min_lr": [0.01, 1.0]},
    "eps": {"patience": 0, "min_lr": 0.001, "eps": 0.01},
}
METRICS = [1.0, 0.9, 0.95, 0.95, 0.7, 0.72, 0.71, 0.5, float("nan"), 0.6, *[0.55] * 20]

# A sequence begins with a step of its first schedule; PyTorch too warns of a chain's.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")

each_composed = pytest.mark.parametrize("name", COMPOSED)
each_plateau = pytest.mark.parametrize("name", PLATEAU)


def build(library: Any, optimizer: Any, parts: Parts) -> Any:
    schedulers = library.optim.lr_scheduler
    if isinstance(parts, list):
        return schedulers.ChainedScheduler([build(library, optimizer, part) for part in parts])
    if isinstance(parts[0], str):
        return getattr(schedulers, parts[0])(optimizer, **parts[1])
    chosen = [build(library, optimizer, part) for part in parts[0]]
    return schedulers.SequentialLR(optimizer, chosen, milestones=parts[1])


def plateau(library: Any, optimizer: Any, name: str) -> Any:
    return library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **PLATEAU[name])


def walk(optimizer: Any, scheduler: Any, arguments: list[Any]) -> Rates:
    """The rates found in the groups; each step gets its arguments."""
    seen = []
    for given in arguments:
        seen.append(now(optimizer))
        assert scheduler.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        optimizer.step()
        scheduler.step(*given)
    return seen


def plain(state: Any) -> Any:
    """A state dict in plain containers."""
    return {k: [plain(v) for v in x] if k == "_schedulers" else x for k, x in state.items()}


@each_composed
def test_composed_schedules_match_pytorch(name: str, torch: ModuleType) -> None:
    def run(library: Any) -> tuple[Rates, Any]:
        optimizer = two_groups(library)
        scheduler = build(library, optimizer, COMPOSED[name])
        return walk(optimizer, scheduler, [()] * 30), plain(scheduler.state_dict())

    assert run(mt) == run(torch)


@each_plateau
def test_plateaus_match_pytorch(name: str, torch: ModuleType) -> None:
    def run(library: Any) -> tuple[Rates, Any]:
        optimizer = two_groups(library)
        scheduler = plateau(library, optimizer, name)
        metrics = [(m,) if i % 2 else (library.tensor(m),) for i, m in enumerate(METRICS)]
        return walk(optimizer, scheduler, metrics), plain(scheduler.state_dict())

    (ours, our_state), (theirs, their_state) = run(mt), run(torch)
    assert ours == theirs
    assert our_state == their_state


def make_any(name: str, optimizer: Any) -> tuple[Any, list[Any]]:
    """One of either kind, and the arguments of its steps."""
    if name in COMPOSED:
        return build(mt, optimizer, COMPOSED[name]), [()] * 20
    return plateau(mt, optimizer, name), [(m,) for m in METRICS]


@pytest.mark.parametrize("name", [*COMPOSED, *PLATEAU])
@pytest.mark.parametrize("reached", [1, 5, 8])
def test_they_resume_anywhere(name: str, reached: int) -> None:
    optimizer = two_groups()
    scheduler, arguments = make_any(name, optimizer)
    walk(optimizer, scheduler, arguments[:reached])
    file = io.BytesIO()
    mt.save([optimizer.state_dict(), scheduler.state_dict()], file)
    file.seek(0)
    saved_optimizer, saved_scheduler = mt.load(file)
    twins = [copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler))]
    rest = walk(optimizer, scheduler, arguments[reached:])

    fresh = two_groups()
    resumed, _ = make_any(name, fresh)
    resumed.load_state_dict(saved_scheduler)
    fresh.load_state_dict(saved_optimizer)
    for other in (resumed, *twins):
        assert walk(other.optimizer, other, arguments[reached:]) == rest


def test_a_rate_that_is_a_tensor_falls_in_place() -> None:
    lr = mt.tensor(0.5)
    optimizer = mt.optim.SGD([mt.ones(1)], lr=lr)
    scheduler = mt.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    for _ in range(3):
        scheduler.step(1.0)
    assert lr.item() == 0.125


def wrong(library: Any) -> dict[str, Any]:
    """Constructions that are refused."""
    schedulers = library.optim.lr_scheduler
    optimizer, other = two_groups(library), two_groups(library)
    step = schedulers.StepLR(optimizer, 2)
    foreign = schedulers.StepLR(other, 2)
    on_plateau = schedulers.ReduceLROnPlateau(optimizer)

    def sequence(parts: Any, milestones: Any) -> Any:
        return lambda: schedulers.SequentialLR(optimizer, parts, milestones)

    def chain(parts: Any) -> Any:
        return lambda: schedulers.ChainedScheduler(parts, optimizer)

    def reduce(**options: Any) -> Any:
        return lambda: schedulers.ReduceLROnPlateau(optimizer, **options)

    return {
        "SequentialLR expects at least one scheduler": sequence([], []),
        "SequentialLR expects all schedulers to belong to": sequence([step, foreign], [1]),
        "SequentialLR does not support `ReduceLROnPlateau`": sequence([step, on_plateau], [1]),
        "number of schedulers provided to be one more": sequence([step], [1]),
        "SequentialLR at index 1 should have `optimizer`": sequence([step, 3], [1]),
        "ChainedScheduler expects at least one scheduler": chain([]),
        "ChainedScheduler expects all schedulers to belong": chain([step, foreign]),
        "ChainedScheduler does not support `ReduceLROnPlateau`": chain([step, on_plateau]),
        "ChainedScheduler at index 1 should have `optimizer`": chain([step, 3]),
        "Factor should be < 1.0": reduce(factor=1.0),
        "mode less is unknown!": reduce(mode="less"),
        "threshold mode less is unknown!": reduce(threshold_mode="less"),
        "expected 2 min_lrs, got 1": reduce(min_lr=[0.1]),
        "list is not an Optimizer": lambda: schedulers.ReduceLROnPlateau([]),
        "lr_lambda should be a function, but got int": lambda: schedulers.MultiplicativeLR(
            optimizer, 3
        ),
    }


@pytest.mark.parametrize("phrase", wrong(mt))
def test_wrong_schedules_are_refused_as_in_pytorch(phrase: str, torch: ModuleType) -> None:
    kinds = []
    for library in (mt, torch):
        with pytest.raises((TypeError, ValueError)) as caught:
            wrong(library)[phrase]()
        assert phrase in str(caught.value)
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]


def test_a_new_group_needs_a_lowest_rate_where_they_were_listed() -> None:
    optimizer = two_groups()
    listed = mt.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, min_lr=[0.1, 0.2])
    single = mt.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, min_lr=0.01)
    optimizer.add_param_group({"params": [mt.ones(1)], "lr": 1.0})
    for metric in (1.0, 1.0):
        single.step(metric)
    assert single.min_lrs == [0.01] * 3 and optimizer.param_groups[2]["lr"] == 0.1
    listed.step(1.0)
    with pytest.raises(RuntimeError, match="The number of param groups in the `optimizer`"):
        listed.step(1.0)


def test_the_old_base_class_can_be_derived_from() -> None:
    from minitorch.optim.lr_scheduler import _LRScheduler

    class Fall(_LRScheduler):
        def get_lr(self) -> list[Any]:
            return [base / (1 + self.last_epoch) for base in self.base_lrs]

    optimizer = two_groups()
    assert walk(optimizer, Fall(optimizer), [(), ()])[1][0] == 0.05
