"""The outcome of a run as a page of `docs/`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tests.conformance import ops_report
from tests.conformance.modules import Outcome

HEAD = """# Conformance

What PyTorch {version}'s own databases of modules, optimizers and operators (`module_db`,
`optim_db`, `op_db`) say of minitorch: every sample is run on both sides and compared. Modules:
initial values from the same seed, outputs, gradients of inputs and parameters, second order, the
state afterwards, `state_dict` keys, `repr`, deepcopy and pickle, in training and in evaluation,
float64 and float32. Optimizers and schedulers: 50 steps, and PyTorch's state loaded here. Error
inputs: the class that is raised. Written by `python -m tests.conformance`.

| | agree on all samples | samples that agree |
|---|---|---|"""


def page(
    version: str,
    tables: dict[str, list[Outcome]],
    left_out: dict[str, str],
    operators: ops_report.Outcomes,
) -> str:
    """Totals on top, then a table per database, what differs, what is left out."""
    parts = [HEAD.format(version=version)]
    for title, outcomes in tables.items():
        rows = [_row(name, found) for name, found in by_name(outcomes)]
        whole = sum(agreed == total for _, agreed, total in rows)
        agreed = sum(agreed for _, agreed, _ in rows)
        parts[0] += f"\n| {title} | {whole} of {len(rows)} | {agreed} of {len(outcomes)} |"
    parts.append(ops_report.summary(operators))
    for title, outcomes in tables.items():
        parts += [f"\n## {title}\n", "| | agree | first difference |\n|---|---|---|"]
        for name, found in by_name(outcomes):
            _, agreed, total = _row(name, found)
            parts[-1] += (
                f"\n| {name} | {agreed} of {total} | {ops_report.first_difference(found)} |"
            )
    parts += [ops_report.tables(operators), "\n## Left out\n"]
    parts += [f"- {name}: {reason}." for name, reason in left_out.items()] or ["Nothing."]
    return "\n".join(parts) + "\n"


def by_name(outcomes: Iterable[Outcome]) -> list[tuple[str, list[Outcome]]]:
    """Outcomes of each module or rule, in alphabetical order."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.module)
    return [(name, list(found)) for name, found in groupby(ordered, lambda o: o.module)]


def _row(name: str, found: list[Outcome]) -> tuple[str, int, int]:
    return name, sum(not outcome.differences for outcome in found), len(found)
