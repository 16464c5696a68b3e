"""Run everything, write `docs/conformance.md`: python -m tests.conformance [NAME ...].

With names of modules, optimizers or schedulers, or `--ops` and patterns of names of operators
(`--ops 'linalg.*' cat`): run these alone, print what differs, write nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from tests.conformance import (
    modules,
    ops,
    ops_report,
    optimizers,
    parallel,
    report,
    schedulers,
)
from tests.conformance.left_out import OPTIMIZERS, REASONS
from tests.conformance.modules import Outcome
from tests.optim.scheduler_cases import EVERY
from tests.support.oracles import import_torch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
MODULES, ERRORS = "Modules", "Error inputs"


def everything(names: list[str]) -> Iterator[tuple[str, Outcome]]:
    """Yield the table and the outcome of each sample, for some names or for all."""
    infos = [info for info in modules.database() if wanted(modules.name_of(info), names)]
    rules = [info for info in optimizers.database() if wanted(optimizers.name_of(info), names)]
    rules = [info for info in rules if optimizers.name_of(info) not in OPTIMIZERS]
    for info in tqdm(infos, desc="modules", leave=False):
        for dtype in modules.CLOSE:
            for training in (True, False):
                yield from ((MODULES, o) for o in modules.run(info, dtype, training))
        yield from ((ERRORS, o) for o in modules.run_errors(info))
    for info in tqdm(rules, desc="optimizers", leave=False):
        for dtype in optimizers.CLOSE:
            yield from (("Optimizers", o) for o in optimizers.run(info, dtype))
        yield from ((ERRORS, o) for o in optimizers.run_errors(info))
    yield from (("Schedulers", o) for o in schedulers.run() if wanted(o.module, names))


def known_names() -> set[str]:
    """The names that may be asked for: of modules, optimizers and schedulers."""
    rules = set(map(optimizers.name_of, optimizers.database()))
    return {*map(modules.name_of, modules.database()), *(rules - OPTIMIZERS.keys()), *dict(EVERY)}


def wanted(name: str, names: list[str]) -> bool:
    return not names or name in names


def print_ops(patterns: list[str], jobs: int | None) -> None:
    """Print what differs for each op, once each, with the first sample that shows it."""
    for name, found in parallel.run(patterns, jobs):
        counts = zip(ops.KINDS, ops_report.cells(found), strict=True)
        tqdm.write(f"{name}: {', '.join(f'{kind} {cell}' for kind, cell in counts if cell)}")
        seen: dict[tuple[str, str], list[str]] = {}
        for outcome in found:
            for difference in outcome.differences:
                seen.setdefault((outcome.kind, difference), []).append(outcome.sample)
        for (_, difference), where in seen.items():
            tqdm.write(f"    {len(where)}x {difference}   first at {where[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare with PyTorch's own databases.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--ops", nargs="+", metavar="PATTERN", help="operators alone")
    parser.add_argument("--jobs", type=int, help="processes for operators, one a core unless given")
    arguments = parser.parse_args()
    if arguments.ops:
        print_ops(arguments.ops, arguments.jobs)
        return
    names = arguments.names
    unknown = [name for name in names if name not in known_names()]
    if unknown:
        parser.error(f"no module, optimizer or scheduler is named {', '.join(unknown)}")
    tables: dict[str, list[Outcome]] = {}
    for table, outcome in everything(names):
        tables.setdefault(table, []).append(outcome)
        for difference in outcome.differences if names else ():
            tqdm.write(f"{outcome.module}, {outcome.sample}: {difference}")
    for table, found in tables.items():
        print(f"{table}: {sum(not o.differences for o in found)} of {len(found)} samples agree")
    if not names:
        found = dict(sorted(parallel.run(["*"], arguments.jobs)))
        print(ops_report.summary(found))
        version = import_torch().__version__.partition("+")[0]
        PAGE.write_text(report.page(version, tables, REASONS, found), encoding="utf-8")
        print(f"written to {PAGE}")


if __name__ == "__main__":
    main()
