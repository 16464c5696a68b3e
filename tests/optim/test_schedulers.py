"""Every scheduler through the same checks: its row of cases is all that a new one has to add."""

import copy
import inspect
import io
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import minitorch as mt
from minitorch.optim import SGD
from minitorch.optim.lr_scheduler import LRScheduler
from tests.optim.scheduler_cases import (
    APART,
    EVERY,
    GOLDEN_AT,
    IDS,
    ROWS,
    Rates,
    all_arguments,
    kind_of,
    make,
    now,
    rates,
    two_groups,
    walk,
)
from tests.optim.walk import found, without_row

KINDS = found(LRScheduler, "minitorch.optim")

each = pytest.mark.parametrize("name", ROWS)
each_case = pytest.mark.parametrize(("name", "arguments"), EVERY, ids=IDS)
each_golden = pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [(name, *golden) for name, row in ROWS.items() for golden in row.golden],
    ids=[name for name, row in ROWS.items() for _ in row.golden],
)
each_wrong = pytest.mark.parametrize(
    ("name", "arguments", "phrase"),
    [(name, *wrong) for name, row in ROWS.items() for wrong in row.wrong],
    ids=[f"{name} {wrong[0]}" for name, row in ROWS.items() for wrong in row.wrong],
)


def assert_near(ours: Rates, theirs: Rates, rtol: float = 1e-12) -> None:
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a == pytest.approx(b, rel=rtol, abs=1e-15), f"at step {step}"


# --- the registry


def test_every_scheduler_has_a_row() -> None:
    missing = without_row(KINDS, {**ROWS, **dict.fromkeys(APART)}, "tests/optim/scheduler_cases.py")
    assert not missing, "\n".join(missing)
    assert not {*ROWS, *APART} - KINDS.keys()
    assert "StepLR" in KINDS


def test_a_scheduler_without_a_row_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "scratch_schedulers"
    package.mkdir()
    (package / "__init__.py").touch()
    text = "from minitorch.optim.lr_scheduler import StepLR\nclass ForgottenLR(StepLR): ..."
    (package / "forgotten.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    kinds = found(LRScheduler, "scratch_schedulers")
    assert without_row(kinds, ROWS, "cases.py") == [
        "scratch_schedulers.forgotten.ForgottenLR has no row of cases: add 'ForgottenLR' to ROWS "
        "in cases.py"
    ]
    for module in ("scratch_schedulers", "scratch_schedulers.forgotten"):
        del sys.modules[module]


@pytest.mark.parametrize("name", KINDS)
def test_it_is_public_and_explained(name: str) -> None:
    assert kind_of(mt, name) is KINDS[name]
    text = KINDS[name].__doc__ or ""
    for part in ("Args:", "Source:"):
        assert part in text, f"{name}: no {part!r} in its docstring"
    assert name not in ROWS or not ROWS[name].wrong or "Raises:" in text
    for argument in list(inspect.signature(KINDS[name]).parameters)[1:]:
        assert argument == "last_epoch" or f"``{argument}``" in text or f"{argument}:" in text, (
            f"{name}: {argument} is not in its docstring"
        )


@pytest.mark.parametrize("name", KINDS)
def test_the_constructor_is_pytorchs(name: str, torch: ModuleType) -> None:
    def arguments(of: Any) -> list[Any]:
        found = inspect.signature(of).parameters.values()
        return [(p.name, repr(p.default), p.kind) for p in found]

    assert arguments(KINDS[name]) == arguments(kind_of(torch, name))


# --- the rates


@each_golden
def test_golden_rates(name: str, arguments: Any, expected: list[float]) -> None:
    seen = [step[0] for step in rates(mt, name, 50, **arguments)]
    assert [seen[epoch] for epoch in GOLDEN_AT] == pytest.approx(expected, rel=1e-11, abs=1e-15)


@each_golden
def test_pytorch_gives_the_golden_rates(
    name: str, arguments: Any, expected: list[float], torch: ModuleType
) -> None:
    seen = [step[0] for step in rates(torch, name, 50, **arguments)]
    assert [seen[epoch] for epoch in GOLDEN_AT] == pytest.approx(expected, rel=1e-11, abs=1e-15)


@each_case
def test_fifty_steps_match_pytorch(name: str, arguments: Any, torch: ModuleType) -> None:
    ours, theirs = (rates(library, name, 50, **arguments) for library in (mt, torch))
    if ROWS[name].rtol:
        assert_near(ours, theirs, ROWS[name].rtol)
    else:
        assert ours == theirs  # to the bit


@each_case
def test_chained_with_another_it_matches_pytorch(
    name: str, arguments: Any, torch: ModuleType
) -> None:
    def run(library: Any) -> Rates:
        optimizer = two_groups(library)
        other = make(library, "ExponentialLR", optimizer, gamma=0.9)
        scheduler = make(library, name, optimizer, **arguments)
        seen = []
        for _ in range(20):
            seen.append(now(optimizer))
            optimizer.step()
            other.step()
            scheduler.step()
        return seen

    assert_near(run(mt), run(torch))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [case for case in EVERY if ROWS[case[0]].closed],
    ids=[i for i, (name, _) in zip(IDS, EVERY, strict=True) if ROWS[name].closed],
)
def test_the_closed_form_matches_pytorch(name: str, arguments: Any, torch: ModuleType) -> None:
    def run(library: Any) -> Rates:
        optimizer = two_groups(library)
        scheduler = make(library, name, optimizer, **arguments)
        optimizer.step()
        seen = []
        for epoch in (4, 1, 17, 0):
            with pytest.warns(UserWarning, match="The epoch parameter in `scheduler.step"):
                scheduler.step(epoch)
            seen.append(now(optimizer))
        return seen

    assert_near(run(mt), run(torch))


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.tensor_rates])
def test_tensor_rates_are_changed_in_place(name: str) -> None:
    for arguments in all_arguments(name):
        if isinstance(arguments.get("lr_lambda"), list):
            continue  # for two groups
        lr = mt.tensor(0.1)
        optimizer = SGD([mt.ones(1)], lr=lr, momentum=0.9)
        scheduler = make(mt, name, optimizer, **arguments)
        for expected in rates(mt, name, 6, **arguments):
            assert optimizer.param_groups[0]["lr"] is lr
            assert scheduler.get_last_lr()[0] is not lr
            assert scheduler.get_last_lr()[0].item() == lr.item()
            assert lr.item() == pytest.approx(expected[0], rel=1e-5, abs=1e-8)
            optimizer.step()
            scheduler.step()


@each_case
def test_get_lr_outside_step_points_to_get_last_lr(name: str, arguments: Any) -> None:
    scheduler = make(mt, name, two_groups(), **arguments)
    with pytest.warns(UserWarning, match="please use `get_last_lr") as caught:
        scheduler.get_lr()
    assert caught[0].filename == __file__


# --- saving and resuming


@each_case
def test_a_loaded_scheduler_continues_exactly(name: str, arguments: Any) -> None:
    whole = rates(mt, name, 16, **arguments)
    optimizer = two_groups()
    scheduler = make(mt, name, optimizer, **arguments)
    walk(optimizer, scheduler, 7)
    file = io.BytesIO()
    mt.save([optimizer.state_dict(), scheduler.state_dict()], file)
    file.seek(0)
    saved_optimizer, saved_scheduler = mt.load(file)

    optimizer = two_groups()
    scheduler = make(mt, name, optimizer, **arguments)
    scheduler.load_state_dict(saved_scheduler)
    optimizer.load_state_dict(saved_optimizer)
    assert walk(optimizer, scheduler, 9) == whole[7:]


@each_case
@pytest.mark.parametrize("twin", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_continue_exactly_and_apart(name: str, arguments: Any, twin: Any) -> None:
    whole = rates(mt, name, 16, **arguments)
    optimizer = two_groups()
    scheduler = make(mt, name, optimizer, **arguments)
    walk(optimizer, scheduler, 7)
    other = twin(scheduler)
    assert walk(other.optimizer, other, 9) == whole[7:]
    assert walk(optimizer, scheduler, 9) == whole[7:]


@each_case
def test_last_epoch_resumes_as_in_pytorch(name: str, arguments: Any, torch: ModuleType) -> None:
    def run(library: Any) -> Rates:
        optimizer = two_groups(library)
        make(library, name, optimizer, **arguments)
        return walk(optimizer, make(library, name, optimizer, **arguments, last_epoch=5), 6)

    assert_near(run(mt), run(torch))


@each_case
def test_state_dict_has_pytorchs_entries(name: str, arguments: Any, torch: ModuleType) -> None:
    ours, theirs = (
        make(library, name, two_groups(library), **arguments).state_dict()
        for library in (mt, torch)
    )
    assert ours == theirs


# --- what is refused


@each_wrong
def test_wrong_arguments_are_refused(name: str, arguments: Any, phrase: str) -> None:
    optimizer = two_groups()
    before = [dict(group) for group in optimizer.param_groups]
    with pytest.raises(ValueError) as caught:
        make(mt, name, optimizer, **arguments)
    assert phrase in str(caught.value)
    assert [dict(group) for group in optimizer.param_groups] == before


@each_wrong
def test_pytorch_refuses_them_the_same_way(
    name: str, arguments: Any, phrase: str, torch: ModuleType
) -> None:
    with pytest.raises(ValueError) as caught:
        make(torch, name, two_groups(torch), **arguments)
    assert phrase in str(caught.value)


@each
def test_only_optimizers_are_scheduled(name: str) -> None:
    with pytest.raises(TypeError, match="list is not an Optimizer"):
        make(mt, name, [mt.ones(1)], **all_arguments(name)[0])


@each
def test_resuming_needs_initial_lr(name: str) -> None:
    text = r"param 'initial_lr' is not specified in param_groups\[0\] when resuming scheduler"
    with pytest.raises(KeyError, match=text):
        make(mt, name, two_groups(), **all_arguments(name)[0], last_epoch=3)
