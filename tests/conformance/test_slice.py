"""A few samples of each entry of PyTorch's databases, in every run of the suite."""

from __future__ import annotations

from fnmatch import filter as matching
from typing import Any

import pytest

pytest.importorskip("torch", reason="the databases ship in PyTorch's wheel", exc_type=ImportError)
pytest.importorskip("expecttest", reason="PyTorch's databases import it")

from tests.conformance import left_out, modules, ops, optimizers, parallel, report
from tests.conformance.left_out import OPTIMIZERS
from tests.conformance.modules import Outcome
from tests.conformance.tiers import CORE, TIERS, tier

INFOS = modules.database()
RULES = [i for i in optimizers.database() if optimizers.name_of(i) not in OPTIMIZERS]


def disagreements(outcomes: Any) -> list[Outcome]:
    found = list(outcomes)
    return [outcome for outcome in found if outcome.differences]


@pytest.mark.parametrize("info", INFOS, ids=map(modules.name_of, INFOS))
def test_the_first_samples_of_a_module_agree(info: Any) -> None:
    assert not disagreements(modules.run(info, "float64", training=True, most=2))
    assert not disagreements(modules.run_errors(info))


@pytest.mark.parametrize("info", RULES, ids=map(optimizers.name_of, RULES))
def test_the_first_options_of_an_optimizer_agree(info: Any) -> None:
    assert not disagreements(optimizers.run(info, "float64", most=2))
    assert not disagreements(optimizers.run_errors(info))


@pytest.mark.parametrize("name", CORE)
def test_the_first_samples_of_an_op_agree(name: str) -> None:
    found = disagreements(ops.run(ops.database()[name], most=1))
    assert not [o for o in found if not all(map(is_left_out, o.differences))]


def is_left_out(difference: str) -> bool:
    """Whether something is not there, or takes no complex numbers and says so."""
    return difference.startswith("absent") or "not implemented for 'Complex" in difference


def test_every_op_stands_in_one_tier() -> None:
    names = [name for names in TIERS.values() for name in names]
    left_out = [name for name in ops.database() if tier(name) is None]
    assert sorted([*names, *left_out]) == sorted(ops.database())


def test_what_is_left_out_is_in_the_databases() -> None:
    infos = [*map(modules.name_of, modules.database())]
    infos += map(optimizers.name_of, optimizers.database())
    tables = [name for name in vars(left_out) if name.isupper()]
    rows = [row for name in tables for row in getattr(left_out, name)]
    for pattern in [row for row in rows if row not in left_out.REASONS]:
        assert matching([*ops.database(), *infos], pattern), pattern


def test_names_that_match_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no operator is named 'linalg\.spam' or 'slice'"):
        list(parallel.run(["linalg.spam", "slice"]))


def test_a_difference_is_seen_and_reported() -> None:
    differences: list[str] = []
    modules.close(differences, "output", [1.0], [1.5], 0, 0)
    modules.expect_raised(differences, ValueError, lambda: None)
    outcomes = [Outcome("Linear", "train 0", tuple(differences)), Outcome("Linear", "train 1", ())]
    page = report.page("2.13.0", {"Modules": outcomes}, {"SparseAdam": "refuses"}, {})
    assert "| Modules | 0 of 1 | 1 of 2 |" in page
    assert "| Linear | 1 of 2 | train 0: output 0: 1.0, but here 1.5 |" in page
    assert differences[1] == "raises ValueError, but here nothing"
    assert "- SparseAdam: refuses." in page
